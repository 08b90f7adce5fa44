// Sine and cosine of an eighth of a turn, from which any angle is put together.

#pragma once

#include "tailrace/math/elementary.hpp"

TAILRACE_BEGIN_ISA

struct SinCos {
    double sin;
    double cos;
};

/// sin and cos of pi y / 4 for y in [0, 1]. Error below 1 ULP.
TAILRACE_INLINE SinCos eighth_turn(double y) {
    // Coefficients and their errors: coefficients.py.
    const double z = y * y;
    const double s = horner(z,
                            -0x1.4abbce625be41p-4,
                            0x1.466bc677587fap-9,
                            -0x1.32d2cce2e5dffp-15,
                            0x1.50782fda3f841p-22,
                            -0x1.e30071d77794ep-30,
                            0x1.e3f390d5199c7p-38);
    const double c = horner(z,
                            -0x1.3bd3cc9be45dep-2,
                            0x1.03c1f081b5ab0p-6,
                            -0x1.55d3c7e3c952cp-12,
                            0x1.e1f50683a8220p-19,
                            -0x1.a6d1ecaee21bfp-26,
                            0x1.f9cc64fe4e96ep-34,
                            -0x1.b26e4e8050defp-42);
    constexpr double kQuarterPi = 0x1.921fb54442d18p-1;
    return {fma(s * z, y, kQuarterPi * y), fma(c, z, 1.0)};
}

/// cot(pi p) for p in [-1/2, 1/2], infinite at 0.
TAILRACE_INLINE double cot_pi(double p) {
    const double size = size_of(p);
    const bool near = size < 0.25;
    const auto [s, c] = eighth_turn(4.0 * choose(near, size, 0.5 - size));
    const double x = choose(near, c, s) / choose(near, s, c);
    return choose(p < 0.0, -x, x);
}

/// A point on the unit circle from 64 random bits: three choose the eighth, and the
/// others, as (k + 1/2) / 2^52, the place in it.
TAILRACE_INLINE SinCos circle_from_bits(uint64_t u) {
    const double one_to_two =
        double_of((u & 0xfffffffffffffULL) | 0x3ff0000000000000ULL);
    const auto [s, c] = eighth_turn(one_to_two - (1.0 - 0x1p-53));
    const bool swap = (u >> 63) != 0;
    const uint64_t first = (u << 1) & 0x8000000000000000ULL;
    const uint64_t second = (u << 2) & 0x8000000000000000ULL;
    return {double_of(bits_of(choose(swap, c, s)) ^ first),
            double_of(bits_of(choose(swap, s, c)) ^ second)};
}

TAILRACE_END_ISA
