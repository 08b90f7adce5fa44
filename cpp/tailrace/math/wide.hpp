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
TAILRACE_INLINE bool is_finite(double x) { return x - x == 0.0; }
TAILRACE_INLINE double raw(Wide x) { return x.hi + choose(is_finite(x.hi), x.lo, 0.0); }
TAILRACE_INLINE Wide choose(bool yes, Wide a, Wide b) {
    return {choose(yes, a.hi, b.hi), choose(yes, a.lo, b.lo)};
}

namespace detail {

// Finite operands and results only.

/// The sum of two doubles of which |a| >= |b|.
TAILRACE_INLINE Wide quick_sum(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
}

TAILRACE_INLINE Wide exact_sum(double a, double b) {
    const double s = a + b;
    const double t = s - a;
    return {s, (a - (s - t)) + (b - t)};
}

TAILRACE_INLINE Wide exact_product(double a, double b) {
    const double p = a * b;
    return {p, fma(a, b, -p)};
}

TAILRACE_INLINE Wide sum(Wide a, Wide b) {
    const Wide s = exact_sum(a.hi, b.hi);
    const Wide t = exact_sum(a.lo, b.lo);
    const Wide v = quick_sum(s.hi, s.lo + t.hi);
    return quick_sum(v.hi, v.lo + t.lo);
}

/// The same for |a| well above |b|, at less than half the work.
TAILRACE_INLINE Wide ordered_sum(Wide a, Wide b) {
    const Wide s = quick_sum(a.hi, b.hi);
    return quick_sum(s.hi, s.lo + (a.lo + b.lo));
}

TAILRACE_INLINE Wide product(Wide a, Wide b) {
    const Wide p = exact_product(a.hi, b.hi);
    return quick_sum(p.hi, p.lo + fma(a.hi, b.lo, a.lo * b.hi));
}

TAILRACE_INLINE Wide quotient(Wide a, Wide b) {
    const double q = a.hi / b.hi;
    const Wide r = sum(a, product({-b.hi, -b.lo}, {q, 0.0}));
    return quick_sum(q, r.hi / b.hi);
}

/// `result`, or where that is infinite or NaN, what plain arithmetic gives.
TAILRACE_INLINE Wide guarded(double plain, Wide result) {
    return choose(is_finite(plain), result, Wide(plain));
}

}  // namespace detail

TAILRACE_INLINE Wide operator-(Wide a) { return {-a.hi, -a.lo}; }
TAILRACE_INLINE Wide operator+(Wide a, Wide b) {
    return detail::guarded(a.hi + b.hi, detail::sum(a, b));
}
TAILRACE_INLINE Wide operator-(Wide a, Wide b) { return a + (-b); }
TAILRACE_INLINE Wide operator*(Wide a, Wide b) {
    return detail::guarded(a.hi * b.hi, detail::product(a, b));
}
TAILRACE_INLINE Wide operator/(Wide a, Wide b) {
    // One comparison of a number: two conditions, one of them the same for the whole
    // loop, would keep GCC from vectorising it.
    const double plain = a.hi / b.hi;
    const bool fine = is_finite(plain + (b.hi - b.hi));
    return choose(fine, detail::quotient(a, b), Wide(plain));
}
TAILRACE_INLINE Wide operator/(Wide a, const Divisor& b) { return a / Wide(b.value); }

namespace detail {

inline constexpr Wide kWideLog2{kLog2, 0x1.abc9e3b39803fp-56};

/// e^x = 2^k (1 + p) for |x| < 1000, relative error of p about 2^-76.
struct WideReduced {
    double k;
    uint64_t biased_k;
    Wide p;
};

TAILRACE_INLINE WideReduced reduce_exp(Wide x) {
    constexpr double kMagic = 0x1.8p52 + 1023.0;
    const double shifted = fma(x.hi, 0x1.71547652b82fep0, kMagic);
    const double k = shifted - kMagic;
    // log 2 in three parts, the first with zeros enough that k times it is exact.
    Wide r = exact_sum(fma(-k, kLog2High, x.hi), x.lo);
    r = sum(r, exact_product(-k, kLog2Low));
    r = sum(r, {-k * 0x1.f97b57a079a19p-103, 0.0});
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
    const Wide third{0x1.5555555555555p-3, 0x1.5555555555555p-57};
    const Wide fourth{0x1.5555555555555p-5, 0x1.5555555555555p-59};
    Wide s = quick_sum(fourth.hi, fma(t.hi, tail, fourth.lo));
    s = ordered_sum(third, product(t, s));
    s = ordered_sum({0.5, 0.0}, product(t, s));
    Wide p = ordered_sum(t, product(product(t, t), s));
    for (int i = 0; i < 3; ++i) {
        p = ordered_sum({2.0 * p.hi, 2.0 * p.lo}, product(p, p));
    }
    return {k, bits_of(shifted), p};
}

/// 2^k x in two steps, which reach from the last subnormal to infinity.
TAILRACE_INLINE Wide scaled(Wide x, uint64_t biased_k) {
    const auto [first, second] = power_of_two(biased_k);
    return {x.hi * first * second, x.lo * first * second};
}

/// log(c + x), c = 1 if `one` and else 0, for c = 1 with x in [-1/2, 2^110] or so: the
/// double result y and one Newton step, (c + x) e^-y - 1 = x e^-y + (c e^-y - 1),
/// formed through expm1 where c = 1.
TAILRACE_INLINE Wide log_sum(bool one, Wide x) {
    const bool small = x.hi < choose(one, -1.0, 0x1p-900);
    const bool big = x.hi > 0x1p900;
    const double scale = choose(small, 0x1p256, choose(big, 0x1p-256, 1.0));
    const double shift = choose(small, -256.0, choose(big, 256.0, 0.0));
    const Wide v{x.hi * scale, x.lo * scale};
    const double y = -minus_log_sum(choose(one, 1.0, 0.0), v.hi);
    const auto [k, biased_k, p] = reduce_exp(Wide(-y));
    const Wide power = scaled(ordered_sum({1.0, 0.0}, p), biased_k);
    const double two_k = double_of((biased_k & 0x7ff) << 52);
    const Wide minus_one = sum({two_k * p.hi, two_k * p.lo}, exact_sum(two_k, -1.0));
    const Wide rest = choose(one, minus_one, Wide(-1.0));
    const Wide result = ordered_sum({y, 0.0}, sum(product(v, power), rest));
    return sum(product(Wide(shift), kWideLog2), result);
}

}  // namespace detail

/// e^x; relative error about 2^-76, as for all functions here.
TAILRACE_INLINE Wide exp(Wide x) {
    const bool high = x.hi > 709.79;
    const bool low = x.hi < -746.0;
    const Wide y = choose(high || low, Wide(0.0), x);
    const auto [k, biased_k, p] = detail::reduce_exp(y);
    const Wide result = detail::scaled(detail::ordered_sum({1.0, 0.0}, p), biased_k);
    return choose(high, Wide(kInfinity), choose(low, Wide(0.0), result));
}

/// e^x - 1.
TAILRACE_INLINE Wide expm1(Wide x) {
    const bool high = x.hi > 700.0;
    const bool low = x.hi < -80.0;
    // Where x^2 no longer counts; an eighth of a subnormal number would be rounded.
    const bool tiny = x.hi * x.hi < 0x1p-240;
    const Wide y = choose(high || low, Wide(0.0), x);
    const auto [k, biased_k, p] = detail::reduce_exp(y);
    const double scale = double_of(biased_k << 52);
    const Wide result =
        detail::sum({scale * p.hi, scale * p.lo}, detail::exact_sum(scale, -1.0));
    return choose(high, exp(x), choose(low, Wide(-1.0), choose(tiny, x, result)));
}

/// log(x); near 1 the argument is taken as 1 + (x - 1), and nothing is lost.
TAILRACE_INLINE Wide log(Wide x) {
    const bool near = x.hi > 0.5 && x.hi < 2.0;
    const Wide part = choose(near, detail::sum(x, Wide(-1.0)), x);
    const double plain = log(x.hi);
    return detail::guarded(plain, detail::log_sum(near, part));
}

/// log(x / s), also where the quotient is too large or too small for a double.
TAILRACE_INLINE Wide log_ratio(Wide x, double s) {
    const double up =
        choose(x.hi < 0x1p-300, 0x1p600, choose(x.hi > 0x1p300, 0x1p-600, 1));
    const double down = choose(s < 0x1p-300, 0x1p600, choose(s > 0x1p300, 0x1p-600, 1));
    const double shift = choose(up > 1, -600, choose(up < 1, 600, 0)) +
                         choose(down > 1, 600, choose(down < 1, -600, 0));
    const Wide plain = x / Wide(s);
    const bool fine = plain.hi > 0x1p-900 && plain.hi < 0x1p900;
    const Wide part = choose(fine, plain, Wide(x.hi * up, x.lo * up) / Wide(s * down));
    const Wide far = log(part) + Wide(shift) * detail::kWideLog2;
    return choose(fine, log(part), far);
}

/// log(1 + x). Close to -1 and far up, 1 + x is exact enough to be formed.
TAILRACE_INLINE Wide log1p(Wide x) {
    const bool near = x.hi > -0.5 && x.hi < 0x1p60;
    const Wide part = choose(near, x, detail::sum(x, Wide(1.0)));
    const double plain = log1p(x.hi);
    return detail::guarded(plain, detail::log_sum(near, part));
}

/// -log(1 - e^-y).
TAILRACE_INLINE Wide flip(Wide y) {
    const bool low = y.hi < kLog2;
    const Wide part = choose(low, -expm1(-y), -exp(-y));
    const double plain = flip(y.hi);
    return detail::guarded(plain, -detail::log_sum(!low, part));
}

/// The square root; 0 and infinity are their own.
TAILRACE_INLINE Wide sqrt(Wide x) {
    const double s = __builtin_sqrt(x.hi);
    const Wide rest = detail::sum(x, -detail::exact_product(s, s));
    const bool plain = s == 0.0 || !is_finite(s);
    return choose(plain, Wide(s), detail::quick_sum(s, rest.hi / (2.0 * s)));
}

/// log(x + sqrt(1 + x^2)).
TAILRACE_INLINE Wide asinh(Wide x) {
    const bool negative = x.hi < 0.0;
    const Wide y = choose(negative, -x, x);
    const bool far = y.hi > 0x1p60;
    const Wide z = choose(far, Wide(1.0), y);
    const Wide square = z * z;
    const Wide near = log1p(z + square / (Wide(1.0) + sqrt(Wide(1.0) + square)));
    const Wide result = choose(far, log(y) + detail::kWideLog2, near);
    return choose(negative, -result, result);
}

TAILRACE_END_ISA
