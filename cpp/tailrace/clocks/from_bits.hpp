// Random bits to clocks: standard exponentials, precise at both ends.

#pragma once

#include "tailrace/math/elementary.hpp"

TAILRACE_BEGIN_ISA

/// 64 random bits as (k + 1/2) / 2^64, k signed, rounded once.
TAILRACE_INLINE double signed_probability(uint64_t u) {
    // k + 1/2 by magic constants: both halves land exactly, and their sum rounds once.
    const double high = double_of((u >> 32) ^ 0x4130000080000000ULL);
    const double low = double_of(((u << 1) & 0x1ffffffffULL) | 0x3f20000000000001ULL);
    return (high - (0x1p20 + 0.5 + 0x1p-13)) + low;
}

/// Turns 64 random bits into a standard exponential.
///
/// As a signed integer k they give x = (k + 1/2) / 2^64 in [-1/2, 1/2]. The sign picks
/// the half, and v = |x| is a probability of 63 bits: x > 0 has E = -log(v), x < 0 has
/// E = -log(1 - v), and 1 - v is never rounded. So both tails are as fine as 2^-64:
/// small E lie on a grid of 5e-20, and the largest is 45.05. Rounding one 64-bit
/// uniform instead puts a grid of 1.1e-16 on small E.
/// Error below 2.25 ULP of the clock that the bits stand for, rounding x included.
TAILRACE_INLINE double clock_from_bits(uint64_t u) {
    const double x = signed_probability(u);
    const uint64_t negative = static_cast<uint64_t>(static_cast<int64_t>(u) >> 63);
    const double c = double_of(negative & 0x3ff0000000000000ULL);
    return detail::minus_log_sum(c, x);
}

/// Clocks from `bits`; they may be the same memory.
static void clocks_from_bits(const uint64_t* bits, double* clocks, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        clocks[i] = clock_from_bits(bits[i]);
    }
}

/// A clock folded at the median (see curve.hpp): the sign of x is the half, and
/// -log(2 |x|) the clock of that half, as fine as 2^-63.
TAILRACE_INLINE double fold_from_bits(uint64_t u) {
    const double x = signed_probability(u);
    const double d = detail::minus_log_sum(0.0, 2.0 * choose(x < 0.0, -x, x));
    return choose(x < 0.0, -d, d);
}

/// The same for a block.
static void folds_from_bits(const uint64_t* bits, double* folds, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        folds[i] = fold_from_bits(bits[i]);
    }
}

TAILRACE_END_ISA
