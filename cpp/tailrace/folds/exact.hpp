// A stretch of doubles as a few doubles with exactly the same sum.

#pragma once

#include "tailrace/folds/total.hpp"

TAILRACE_BEGIN_ISA

/// Values in a stretch, at most.
inline constexpr size_t kExactBlock = 2048;
inline constexpr int kExactBlockBits = 11;
/// Parts of a sum, at most: they cover 344 binary places.
inline constexpr int kMostParts = 8;
/// Values of at least 2^kTooLarge would overflow on the way.
inline constexpr int kTooLarge = 1011;

namespace detail {

/// 1.5 2^E, to which a value far smaller is added and from which it is taken again: what
/// comes back is the value rounded to a multiple of 2^(E - 52).
TAILRACE_INLINE double rounder(int exponent) {
    const int e = exponent < -1022 ? -1022 : exponent;
    return double_of((static_cast<uint64_t>(e + 1023) << 52) | (uint64_t{1} << 51));
}

/// Adds `count` values below 2^exponent in size, part by part from the top; true if
/// nothing is left. Each part is a sum of at most 2^11 multiples of one power of two,
/// none above 2^42 of it, so that additions are exact and their order is free.
template <int Parts>
bool fold_exactly(const double* x, size_t count, int exponent, double* parts) {
    constexpr size_t kVectors = 2;
    constexpr size_t kGroup = kVectors * kFoldWidth;
    typedef int64_t Bits __attribute__((vector_size(8 * kFoldWidth)));
    FoldVector round[Parts];
    FoldVector sums[Parts][kVectors] = {};
    Bits left[kVectors] = {};
    for (int p = 0; p < Parts; ++p) {
        const double c = rounder(exponent + kExactBlockBits - 1 -
                                 p * (53 - kExactBlockBits + 1));
        round[p] = c - FoldVector{};
    }
    double last[kGroup] = {};
    for (size_t i = 0; i < count; i += kGroup) {
        const double* from = x + i;
        if (i + kGroup > count) {
            for (size_t j = 0; i + j < count; ++j) {
                last[j] = x[i + j];
            }
            from = last;
        }
        for (size_t v = 0; v < kVectors; ++v) {
            FoldVector rest;
            __builtin_memcpy(&rest, from + v * kFoldWidth, sizeof rest);
#pragma GCC unroll 8
            for (int p = 0; p < Parts; ++p) {
                const FoldVector part = (rest + round[p]) - round[p];
                sums[p][v] += part;
                rest -= part;
            }
            Bits bits;
            __builtin_memcpy(&bits, &rest, sizeof bits);
            left[v] |= bits;
        }
    }
    uint64_t any = 0;
    for (size_t v = 0; v < kVectors; ++v) {
        for (size_t k = 0; k < kFoldWidth; ++k) {
            any |= static_cast<uint64_t>(left[v][k]);
        }
    }
    for (int p = 0; p < Parts; ++p) {
        parts[p] = 0.0;
        for (size_t v = 0; v < kVectors; ++v) {
            for (size_t k = 0; k < kFoldWidth; ++k) {
                parts[p] += sums[p][v][k];
            }
        }
    }
    return any << 1 == 0;  // the sign of a zero says nothing
}

}  // namespace detail

/// Writes doubles whose sum is that of `count` values exactly, and returns how many
/// there are: `start` at least, unless 0 says that kMostParts do not suffice.
///
/// The values are at most kExactBlock, and less than 2^exponent in size, an exponent
/// of at most kTooLarge.
///
/// Reference  S. M. Rump, T. Ogita, S. Oishi, "Accurate floating-point summation part I:
/// faithful rounding", SIAM J. Sci. Comput. 31 (2008), for the extraction.
static int exact_parts(
    const double* x, size_t count, int exponent, int start, double* parts) {
    if (start <= 2 && detail::fold_exactly<2>(x, count, exponent, parts)) {
        return 2;
    }
    if (start <= 4 && detail::fold_exactly<4>(x, count, exponent, parts)) {
        return 4;
    }
    return detail::fold_exactly<kMostParts>(x, count, exponent, parts) ? kMostParts : 0;
}

/// The squares of values, each as its rounding and the exact error of that. Sizes are
/// between 2^-480 and 2^500, or zero.
static void exact_squares(const double* x, size_t count, double* high, double* low) {
    for (size_t i = 0; i < count; ++i) {
        high[i] = x[i] * x[i];
        low[i] = fma(x[i], x[i], -high[i]);
    }
}

TAILRACE_END_ISA
