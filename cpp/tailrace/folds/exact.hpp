// A stretch of doubles as a few doubles with exactly the same sum.

#pragma once

#include "tailrace/folds/buckets.hpp"
#include "tailrace/folds/total.hpp"

TAILRACE_BEGIN_ISA

/// Values in a stretch, at most.
inline constexpr size_t kExactBlock = 2048;
inline constexpr int kExactBlockBits = 11;
/// Parts of a sum, at most: they cover 344 binary places.
inline constexpr int kMostParts = 8;
/// Values of at least 2^kTooLarge would overflow on the way.
inline constexpr int kTooLarge = 1011;
/// Squares are exact in two parts for values from the one to the other, or zero.
inline constexpr double kLeastSquared = 0x1p-480;
inline constexpr double kMostSquared = 0x1p500;

namespace detail {

/// 1.5 2^E, to which a value far smaller is added and from which it is taken again:
/// what comes back is the value rounded to a multiple of 2^(E - 52).
TAILRACE_INLINE double rounder(int exponent) {
    const int e = exponent < -1022 ? -1022 : exponent;
    return double_of((static_cast<uint64_t>(e + 1023) << 52) | (uint64_t{1} << 51));
}

/// What is added up exactly: the values, or their squares, of which each has a rounding
/// and the exact error of that.
enum class Terms { kValues = 1, kSquares = 2 };

/// Adds `count` terms of values below 2^exponent in size, part by part from the top;
/// true if nothing is left. Each part is a sum of at most 2^11 multiples of one power
/// of two, none above 2^42 of it, so that additions are exact and their order is free.
/// The parts of the roundings come first, then those of the errors.
template <Terms kTerms, int kParts>
bool fold_exactly(const double* x, size_t count, int exponent, double* parts) {
    constexpr size_t kVectors = 2;
    constexpr size_t kGroup = kVectors * kFoldWidth;
    constexpr int kSums = kParts * static_cast<int>(kTerms);
    typedef int64_t Bits __attribute__((vector_size(8 * kFoldWidth)));
    FoldVector round[kSums];
    FoldVector sums[kSums][kVectors] = {};
    Bits left[kVectors] = {};
    for (int s = 0; s < kSums; ++s) {
        const int top = kTerms == Terms::kValues ? exponent
                        : s < kParts             ? 2 * exponent
                                                 : 2 * exponent - 53;
        const double c = rounder(top + kExactBlockBits - 1 -
                                 s % kParts * (53 - kExactBlockBits + 1));
        round[s] = c - FoldVector{};
    }
    double last[kGroup] = {};
    for (size_t i = 0; i < count; i += kGroup) {
        const double* from = x + i;
        for (size_t v = 0; v < kVectors; ++v) {
            __builtin_prefetch(from + kAhead + v * kFoldWidth, 0, 2);
        }
        if (i + kGroup > count) {
            for (size_t j = 0; i + j < count; ++j) {
                last[j] = x[i + j];
            }
            from = last;
        }
        for (size_t v = 0; v < kVectors; ++v) {
            FoldVector terms[static_cast<size_t>(kTerms)];
            __builtin_memcpy(&terms[0], from + v * kFoldWidth, sizeof terms[0]);
            if constexpr (kTerms == Terms::kSquares) {
                double errors[kFoldWidth];
                for (size_t k = 0; k < kFoldWidth; ++k) {
                    const double value = from[v * kFoldWidth + k];
                    errors[k] = fma(value, value, -(value * value));
                }
                terms[0] *= terms[0];
                __builtin_memcpy(&terms[1], errors, sizeof errors);
            }
#pragma GCC unroll 16
            for (int s = 0; s < kSums; ++s) {
                FoldVector& rest = terms[s / kParts];
                const FoldVector part = (rest + round[s]) - round[s];
                sums[s][v] += part;
                rest -= part;
            }
            for (int t = 0; t < static_cast<int>(kTerms); ++t) {
                Bits bits;
                __builtin_memcpy(&bits, &terms[t], sizeof bits);
                left[v] |= bits;
            }
        }
    }
    uint64_t any = 0;
    for (size_t v = 0; v < kVectors; ++v) {
        for (size_t k = 0; k < kFoldWidth; ++k) {
            any |= static_cast<uint64_t>(left[v][k]);
        }
    }
    for (int s = 0; s < kSums; ++s) {
        parts[s] = 0.0;
        for (size_t v = 0; v < kVectors; ++v) {
            for (size_t k = 0; k < kFoldWidth; ++k) {
                parts[s] += sums[s][v][k];
            }
        }
    }
    return any << 1 == 0;  // the sign of a zero says nothing
}

template <Terms kTerms>
int fewest_parts(
    const double* x, size_t count, int exponent, int start, double* parts) {
    if (start <= 2 && fold_exactly<kTerms, 2>(x, count, exponent, parts)) {
        return 2;
    }
    if (start <= 3 && fold_exactly<kTerms, 3>(x, count, exponent, parts)) {
        return 3;
    }
    if (start <= 4 && fold_exactly<kTerms, 4>(x, count, exponent, parts)) {
        return 4;
    }
    return fold_exactly<kTerms, kMostParts>(x, count, exponent, parts) ? kMostParts : 0;
}

}  // namespace detail

/// Writes doubles whose sum is that of `count` values exactly, and returns how many
/// there are: `start` at least, unless 0 says that kMostParts do not suffice.
///
/// The values are at most kExactBlock, and less than 2^exponent in size, an exponent
/// of at most kTooLarge.
///
/// Reference  S. M. Rump, T. Ogita, S. Oishi, "Accurate floating-point summation part
/// I: faithful rounding", SIAM J. Sci. Comput. 31 (2008), for the extraction.
static int exact_parts(
    const double* x, size_t count, int exponent, int start, double* parts) {
    return detail::fewest_parts<detail::Terms::kValues>(
        x, count, exponent, start, parts);
}

/// The same of the squares: twice as many doubles as it returns. Sizes of values are
/// from kLeastSquared to kMostSquared, or zero.
static int exact_parts_of_squares(
    const double* x, size_t count, int exponent, int start, double* parts) {
    return detail::fewest_parts<detail::Terms::kSquares>(
        x, count, exponent, start, parts);
}

TAILRACE_END_ISA
