// A number as the sum of two doubles, and the same functions as elementary.hpp on it.
//
// Laws are written once, over any number type. Draws use double; sf, isf and the other
// exact answers use Wide, so that their one rounding is at the very end, however many
// selections stand between the value and the law.
//
// Reference  T. J. Dekker, "A floating-point technique for extending the available
// precision", Numer. Math. 18 (1971); M. Joldes, J.-M. Muller, V. Popescu, "Tight and
// rigorous error bounds for basic building blocks of double-word arithmetic", ACM
// Trans. Math. Softw. 44 (2017).

#pragma once

#include "tailrace/math/elementary.hpp"
#include "tailrace/math/two_doubles.hpp"

TAILRACE_BEGIN_ISA

struct Wide {
    double hi;
    double lo = 0.0;

    Wide() = default;
    constexpr Wide(double x) : hi(x), lo(0.0) {}  // NOLINT: a double is a Wide
    constexpr Wide(double h, double l) : hi(h), lo(l) {}
};

inline Wide wide(TwoDoubles x) { return {x.hi, x.lo}; }
inline TwoDoubles stored(Wide x) { return {x.hi, x.lo}; }
inline bool is_finite(double x) { return x - x == 0.0; }
inline double raw(Wide x) { return x.hi + (is_finite(x.hi) ? x.lo : 0.0); }

/// The sum of two doubles of which |a| >= |b|, or either is not finite.
inline Wide quick_sum(double a, double b) {
    const double s = a + b;
    return is_finite(s) ? Wide(s, b - (s - a)) : Wide(s);
}

inline Wide exact_sum(double a, double b) {
    const double s = a + b;
    const double t = s - a;
    return is_finite(s) ? Wide(s, (a - (s - t)) + (b - t)) : Wide(s);
}

inline Wide exact_product(double a, double b) {
    const double p = a * b;
    return is_finite(p) ? Wide(p, fma(a, b, -p)) : Wide(p);
}

inline Wide operator-(Wide a) { return {-a.hi, -a.lo}; }

inline Wide operator+(Wide a, Wide b) {
    const Wide s = exact_sum(a.hi, b.hi);
    if (!is_finite(s.hi)) {
        return s;
    }
    const Wide t = exact_sum(a.lo, b.lo);
    const Wide v = quick_sum(s.hi, s.lo + t.hi);
    return quick_sum(v.hi, v.lo + t.lo);
}

inline Wide operator-(Wide a, Wide b) { return a + (-b); }

inline Wide operator*(Wide a, Wide b) {
    const Wide p = exact_product(a.hi, b.hi);
    if (!is_finite(p.hi)) {
        return p;
    }
    return quick_sum(p.hi, p.lo + fma(a.hi, b.lo, a.lo * b.hi));
}

inline Wide operator/(Wide a, Wide b) {
    const double q = a.hi / b.hi;
    if (!is_finite(q) || !is_finite(b.hi)) {
        return q;
    }
    const Wide r = a - b * Wide(q);
    return quick_sum(q, r.hi / b.hi);
}

inline Wide operator/(Wide a, const Divisor& b) { return a / Wide(b.value); }
inline bool operator<(Wide a, double b) {
    return a.hi < b || (a.hi == b && a.lo < 0.0);
}
inline Wide choose(bool yes, Wide a, Wide b) { return yes ? a : b; }

namespace detail {

inline constexpr Wide kWideLog2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/// 2^k in two factors, for any k from -2000 to 2000.
inline Wide scale_by_power(Wide x, int k) {
    const int half = k / 2;
    const double first = double_of(static_cast<uint64_t>(1023 + half) << 52);
    const double second = double_of(static_cast<uint64_t>(1023 + k - half) << 52);
    const double hi = x.hi * first * second;
    return is_finite(hi) ? Wide(hi, x.lo * first * second) : Wide(hi);
}

struct WideReduced {
    int k;
    Wide p;
};

/// e^x = 2^k (1 + p), relative error of p about 2^-76.
inline WideReduced reduce_exp(Wide x) {
    const double scaled = x.hi * 0x1.71547652b82fep0;
    const int k = static_cast<int>(scaled + (scaled < 0.0 ? -0.5 : 0.5));
    // log 2 in three parts, the first with zeros enough that k times it is exact.
    const double d = k;
    Wide r = Wide(fma(-d, 0x1.62e42fefa3800p-1, x.hi)) + Wide(x.lo);
    r = r - exact_product(d, 0x1.ef35793c76730p-45);
    r = r - Wide(d * 0x1.f97b57a079a19p-103);
    const Wide t{r.hi * 0.125, r.lo * 0.125};
    // Taylor: in double from t^5 on, 2^-25 of the whole.
    const double tail = horner(t.hi,
                               0x1.1111111111111p-7,
                               0x1.6c16c16c16c17p-10,
                               0x1.a01a01a01a01ap-13,
                               0x1.a01a01a01a01ap-16,
                               0x1.71de3a556c734p-19,
                               0x1.27e4fb7789f5cp-22,
                               0x1.ae64567f544e4p-26);
    Wide s = Wide(0x1.5555555555555p-5, 0x1.5555555555555p-59) + Wide(t.hi * tail);
    s = Wide(0x1.5555555555555p-3, 0x1.5555555555555p-57) + t * s;
    s = Wide(0.5) + t * s;
    Wide p = t + t * t * s;
    for (int i = 0; i < 3; ++i) {
        p = Wide(2.0 * p.hi, 2.0 * p.lo) + p * p;
    }
    return {k, p};
}

}  // namespace detail

inline Wide exp(Wide x) {
    if (!(x.hi < 709.79)) {
        return x.hi != x.hi ? x.hi : kInfinity;
    }
    if (x.hi < -746.0) {
        return 0.0;
    }
    const auto [k, p] = detail::reduce_exp(x);
    return detail::scale_by_power(Wide(1.0) + p, k);
}

inline Wide expm1(Wide x) {
    if (!(x.hi < 709.79)) {
        return x.hi != x.hi ? x.hi : kInfinity;
    }
    if (x.hi < -80.0) {
        return -1.0;
    }
    const auto [k, p] = detail::reduce_exp(x);
    if (k == 0) {
        return p;
    }
    if (k > 200) {
        return detail::scale_by_power(Wide(1.0) + p, k);
    }
    const double scale = double_of(static_cast<uint64_t>(1023 + k) << 52);
    return Wide(scale * p.hi, scale * p.lo) + exact_sum(scale, -1.0);
}

inline Wide log(Wide x);

/// One Newton step on the double result, through an accurate expm1.
inline Wide log1p(Wide x) {
    if (!(x.hi > -0.5 && x.hi < 1.0)) {
        return log(Wide(1.0) + x);
    }
    const double y = log1p(x.hi);
    const Wide e = expm1(Wide(-y));
    const Wide rest = x + e + x * e;
    return Wide(y) + rest;
}

inline Wide log(Wide x) {
    if (!(x.hi > 0.0) || !is_finite(x.hi)) {
        return x.hi == 0.0 ? -kInfinity : (x.hi > 0.0 ? x.hi : __builtin_nan(""));
    }
    int k = 0;
    if (x.hi < 0x1p-1000) {
        x = detail::scale_by_power(x, 128);
        k = -128;
    }
    const int e = static_cast<int>(
                      (bits_of(x.hi) - 0x3fe6a09e667f3bcdULL + (1024ULL << 52)) >> 52) -
                  1024;
    const Wide m = detail::scale_by_power(x, -e);
    const Wide f = exact_sum(m.hi, -1.0) + Wide(m.lo);
    return Wide(static_cast<double>(k + e)) * detail::kWideLog2 + log1p(f);
}

inline Wide flip(Wide y) { return y < kLog2 ? -log(-expm1(-y)) : -log1p(-exp(-y)); }

TAILRACE_END_ISA
