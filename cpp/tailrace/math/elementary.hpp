// log, exp and their kin for one double, without branches, so that a loop over a block
// is vectorised by the compiler and has the same bits on every instruction set.
//
// Only + - * /, fma, integer operations and bitwise choice are used: each is exactly
// defined by IEEE 754, and fma is written out, never left to contraction. C headers
// only: an inline std:: function built for AVX-512 could be linked into baseline code.

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tailrace/isa.hpp"

TAILRACE_BEGIN_ISA

inline constexpr double kInfinity = __builtin_inf();
inline constexpr double kLog2 = 0x1.62e42fefa39efp-1;
// The same in two parts, of which the first times any exponent is exact.
inline constexpr double kLog2High = 0x1.62e42fefa3800p-1;
inline constexpr double kLog2Low = 0x1.ef35793c76730p-45;

TAILRACE_INLINE uint64_t bits_of(double x) { return __builtin_bit_cast(uint64_t, x); }
TAILRACE_INLINE double double_of(uint64_t u) { return __builtin_bit_cast(double, u); }
TAILRACE_INLINE double fma(double a, double b, double c) {
    return __builtin_fma(a, b, c);
}

/// `yes ? a : b` on the bits: a plain conditional may be turned into a jump, and a loop
/// with a jump is not vectorised.
TAILRACE_INLINE double choose(bool yes, double a, double b) {
    const uint64_t mask = yes ? ~uint64_t{0} : uint64_t{0};
    return double_of((bits_of(a) & mask) | (bits_of(b) & ~mask));
}

TAILRACE_INLINE double size_of(double x) {
    return double_of(bits_of(x) & ~(uint64_t{1} << 63));
}
TAILRACE_INLINE double larger_of(double a, double b) { return choose(a > b, a, b); }

TAILRACE_INLINE double horner(double, double c) { return c; }
template <class... Rest>
TAILRACE_INLINE double horner(double x, double c, Rest... rest) {
    return fma(horner(x, rest...), x, c);
}

/// A double in a computation whose exponentials stay within e^-690 and e^690, and whose
/// logarithms are of numbers within those bounds. A law says when that holds, and then
/// the checks for overflow and underflow, a sixth of the time of a draw, are left out.
struct Tame {
    double value;
};

TAILRACE_INLINE double raw(double x) { return x; }
TAILRACE_INLINE double raw(Tame x) { return x.value; }
TAILRACE_INLINE Tame operator-(Tame a) { return {-a.value}; }
TAILRACE_INLINE Tame operator+(Tame a, Tame b) { return {a.value + b.value}; }
TAILRACE_INLINE Tame operator-(Tame a, Tame b) { return {a.value - b.value}; }
TAILRACE_INLINE Tame operator+(double a, Tame b) { return {a + b.value}; }
TAILRACE_INLINE Tame operator-(double a, Tame b) { return {a - b.value}; }
TAILRACE_INLINE Tame operator*(Tame a, Tame b) { return {a.value * b.value}; }
TAILRACE_INLINE Tame operator*(double a, Tame b) { return {a * b.value}; }
TAILRACE_INLINE Tame operator/(Tame a, Tame b) { return {a.value / b.value}; }
TAILRACE_INLINE Tame choose(bool yes, Tame a, Tame b) {
    return {choose(yes, a.value, b.value)};
}

namespace detail {

// Coefficients and their errors: coefficients.py. Both polynomials err by less than
// 2^-58 of the result, so rounding decides.

/// What -log(y) needs of y's exponent e, taken so that 2^-e y is in [sqrt 1/2, sqrt 2).
struct Exponent {
    double minus_e;
    double scale;  ///< 2^-e
};

TAILRACE_INLINE Exponent exponent_of(double y) {
    // 1023 - e in the exponent field: 0x3fe6a09e667f3bcd is sqrt(1/2), and counting
    // down from the last number below sqrt(2) makes the field that of 2^-e itself.
    const uint64_t t = 0x3fe6a09e667f3bccULL + (1024ULL << 52) - bits_of(y);
    return {double_of((t >> 52) | 0x4330000000000000ULL) - (0x1p52 + 1023),
            double_of(t & 0xfff0000000000000ULL)};
}

/// log(1 + f) = f - s w.
struct LogParts {
    double s;
    double w;
};

/// With s = f / (2 + f), w = f - s^2 L(s^2).
TAILRACE_INLINE LogParts log_parts(double f) {
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double tail = horner(z,
                               0x1.5555555555594p-1,
                               0x1.999999997f6f5p-2,
                               0x1.249249423e2a7p-2,
                               0x1.c71c51d473cc4p-3,
                               0x1.7466486191975p-3,
                               0x1.39a0e09950f99p-3,
                               0x1.2f0d2d34cc937p-3);
    return {s, fma(-z, tail, f)};
}

/// -log(c + x) for c = 0 or 1 and c + x in [2^-1000, 2^1000]; x is not rounded into
/// 1 + x first, so log1p keeps its digits: f = 2^-e (c + x) - 1 is formed exactly for
/// c = 0 and within half an ULP for c = 1. Error below 1.3 ULP for c = 0 and 2 for c
/// = 1.
TAILRACE_INLINE double minus_log_sum(double c, double x) {
    const auto [minus_e, scale] = exponent_of(c + x);
    const double f = fma(x, scale, fma(c, scale, -1.0));
    const auto [s, w] = log_parts(f);
    return fma(minus_e, kLog2, fma(s, w, -f));
}

/// e^x as 2^k (1 + p), with k + 1023 still in the low bits of a double near 1.5 * 2^52.
struct Reduced {
    uint64_t biased_k;
    double p;
    double p_low;
};

TAILRACE_INLINE Reduced reduce_exp(double x) {
    constexpr double kMagic = 0x1.8p52 + 1023.0;
    const double shifted = fma(x, 0x1.71547652b82fep0, kMagic);
    const double k = shifted - kMagic;
    const double high = fma(k, -kLog2High, x);
    const double r = fma(k, -kLog2Low, high);
    const double tail = horner(r,
                               0x1.5555555555559p-3,
                               0x1.5555555555557p-5,
                               0x1.111111110f644p-7,
                               0x1.6c16c16c15637p-10,
                               0x1.a01a01b009c35p-13,
                               0x1.a01a01ab7bb8bp-16,
                               0x1.71ddf8018025fp-19,
                               0x1.27e4d066f2e86p-22,
                               0x1.af5f40c834b21p-26,
                               0x1.1f853264dcd9bp-29);
    const double half = fma(tail, r, 0.5);
    const double square = r * r;
    const double p = fma(half, square, r);
    // What rounding r and p left over; whoever has no use for it does not pay for it.
    const double low = fma(half, square, r - p) + fma(k, -kLog2Low, high - r);
    return {bits_of(shifted), p, low};
}

/// A power of two as the product of two, since one double cannot reach both ends.
struct TwoFactors {
    double first;
    double second;
};

/// 2^k from the low bits left by reduce_exp, for k from -2000 to 2000.
TAILRACE_INLINE TwoFactors power_of_two(uint64_t biased_k) {
    const uint64_t twice = (biased_k + 1023) & 0xfff;
    const uint64_t half = twice >> 1;
    return {double_of(half << 52), double_of((twice - half) << 52)};
}

/// flip(y) for y in [2^-900, 690].
///
/// 1 - e^-y = (1 - 2^k) - 2^k p needs no rounding but that of f, and what rounding f
/// and p leaves over goes into the result: what is small here, e^-y or 1 - e^-y,
/// decides by its last digits.
TAILRACE_INLINE double flip_core(double y) {
    const auto [k, p, p_low] = reduce_exp(-y);
    const double two_k = double_of(k << 52);
    const double rest = 1.0 - two_k;
    const auto [minus_e, scale] = exponent_of(fma(-two_k, p, rest));
    // scale (1 - 2^k) - 1, exactly, on either side of log 2.
    const double base =
        choose(y < kLog2, fma(scale, rest, -1.0), fma(-scale, two_k, scale - 1.0));
    const double slope = -scale * two_k;
    const double f = fma(slope, p, base);
    const double f_low = fma(slope, p_low, fma(slope, p, base - f));
    const auto [s, w] = log_parts(f);
    const double correction = f_low * fma(f, f, 1.0 - f);
    const double low = fma(s, w, minus_e * kLog2Low) - correction;
    return fma(minus_e, kLog2High, -f) + low;
}

}  // namespace detail

/// e^x. Error below 1 ULP, also where the result is subnormal.
TAILRACE_INLINE double exp(double x) {
    double y = choose(x > 710.0, 710.0, x);
    y = choose(y < -746.0, -746.0, y);
    const auto [k, p, p_low] = detail::reduce_exp(y);
    const auto [first, second] = detail::power_of_two(k);
    return fma(first, p, first) * second;
}

TAILRACE_INLINE Tame exp(Tame x) {
    const auto [k, p, p_low] = detail::reduce_exp(x.value);
    const double scale = double_of(k << 52);
    return {fma(scale, p, scale)};
}

/// e^x - 1. Error below 2 ULP.
TAILRACE_INLINE double expm1(double x) {
    double y = choose(x > 710.0, 710.0, x);
    y = choose(y < -45.0, -45.0, y);
    const auto [k, p, p_low] = detail::reduce_exp(y);
    // Half the result, so that k = 1024 is in reach.
    const double scale = double_of((k - 1) << 52);
    return 2.0 * fma(scale, p, scale - 0.5);
}

TAILRACE_INLINE Tame expm1(Tame x) {
    const auto [k, p, p_low] = detail::reduce_exp(x.value);
    const double scale = double_of(k << 52);
    return {fma(scale, p, scale - 1.0)};
}

/// log(x): -inf at 0, NaN below. Error below 1.3 ULP, also for subnormal x.
TAILRACE_INLINE double log(double x) {
    const bool small = x < 0x1p-960;
    const bool big = x > 0x1p960;
    const double y = x * choose(small, 0x1p64, choose(big, 0x1p-64, 1.0));
    const double shift = choose(small, -64.0, choose(big, 64.0, 0.0));
    double result = fma(shift, kLog2, -detail::minus_log_sum(0.0, y));
    result = choose(x < kInfinity, result, x);
    result = choose(x < 0.0, __builtin_nan(""), result);
    return choose(x == 0.0, -kInfinity, result);
}

TAILRACE_INLINE Tame log(Tame x) { return {-detail::minus_log_sum(0.0, x.value)}; }

/// log(1 + x): -inf at -1, NaN below. Error below 2 ULP.
TAILRACE_INLINE double log1p(double x) {
    const bool big = x > 0x1p960;
    const double y = x * choose(big, 0x1p-64, 1.0);
    const double one = choose(big, 0.0, 1.0);
    double result = fma(choose(big, 64.0, 0.0), kLog2, -detail::minus_log_sum(one, y));
    result = choose(x < kInfinity, result, x);
    result = choose(x < -1.0, __builtin_nan(""), result);
    return choose(x == -1.0, -kInfinity, result);
}

TAILRACE_INLINE Tame log1p(Tame x) { return {-detail::minus_log_sum(1.0, x.value)}; }

/// flip(y) = -log(1 - e^-y) for y >= 0, an involution: it turns the clock of the upper
/// tail into that of the lower one. Also known as log1mexp (with the other sign):
/// M. Maechler, "Accurately computing log(1 - exp(-|a|))" (2012), changes form at log
/// 2, where the smaller of e^-y and 1 - e^-y does, and so do we. Error below 1.5 ULP,
/// from flip(0) = inf to the last subnormal.
TAILRACE_INLINE double flip(double y) {
    // Below 2^-60 it is -log(y), and beyond 40 e^-y, to the last digit.
    const bool near = y < 0x1p-60;
    const bool far = y > 40.0;
    const double between = detail::flip_core(choose(near, 1.0, choose(far, 1.0, y)));
    return choose(near, -log(y), choose(far, exp(-y), between));
}

TAILRACE_INLINE Tame flip(Tame y) { return {detail::flip_core(y.value)}; }

/// A parameter to divide by. Draws multiply by the reciprocal, which costs them one
/// more rounding; answers in Wide divide.
struct Divisor {
    double value;
    double reciprocal;
    explicit Divisor(double v) : value(v), reciprocal(1.0 / v) {}
};

TAILRACE_INLINE double operator/(double a, const Divisor& b) {
    return a * b.reciprocal;
}
TAILRACE_INLINE Tame operator/(Tame a, const Divisor& b) {
    return {a.value * b.reciprocal};
}

TAILRACE_END_ISA
