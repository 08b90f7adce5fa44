// Sum and largest of a stretch of values.

#pragma once

#include "tailrace/math/elementary.hpp"

TAILRACE_BEGIN_ISA

#if defined(__AVX512F__)
inline constexpr size_t kFoldWidth = 8;
#elif defined(__AVX2__)
inline constexpr size_t kFoldWidth = 4;
#else
inline constexpr size_t kFoldWidth = 2;
#endif
typedef double FoldVector __attribute__((vector_size(8 * kFoldWidth)));

/// Partial sums; enough of them that an addition never waits for the one before it.
inline constexpr size_t kPartial = 32;

/// The sum and the largest of `count` values, at least one.
///
/// Value i goes to partial sum i % 32, and these are added by a fixed tree, so the bits
/// depend on nothing but the values; fewer than 32 values are added in their order.
/// Relative error for values of one sign below (count / 32 + 32) 2^-53. (Writing the
/// partial sums as an OpenMP reduction would leave their number to the compiler.)
static void sum_and_largest(const double* x,
                            size_t count,
                            double* sum,
                            double* largest) {
    double total = 0.0;
    double most = x[0];
    size_t i = 0;
    if (count >= kPartial) {
        constexpr size_t kGroups = kPartial / kFoldWidth;
        FoldVector s[kGroups];
        FoldVector m[kGroups];
        __builtin_memcpy(s, x, sizeof s);
        __builtin_memcpy(m, x, sizeof m);
        for (i = kPartial; i + kPartial <= count; i += kPartial) {
            for (size_t g = 0; g < kGroups; ++g) {
                FoldVector v;
                __builtin_memcpy(&v, x + i + g * kFoldWidth, sizeof v);
                s[g] += v;
                m[g] = v > m[g] ? v : m[g];
            }
        }
        double sums[kPartial];
        double tops[kPartial];
        __builtin_memcpy(sums, s, sizeof s);
        __builtin_memcpy(tops, m, sizeof m);
        for (size_t width = kPartial / 2; width > 0; width /= 2) {
            for (size_t k = 0; k < width; ++k) {
                sums[k] += sums[k + width];
                tops[k] = choose(tops[k + width] > tops[k], tops[k + width], tops[k]);
            }
        }
        total = sums[0];
        most = tops[0];
    }
    for (; i < count; ++i) {
        total += x[i];
        most = x[i] > most ? x[i] : most;
    }
    *sum = total;
    *largest = most;
}

TAILRACE_END_ISA
