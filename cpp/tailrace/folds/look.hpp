// A first look at a stretch of values: its ends, and whether all of it is finite.

#pragma once

#include "tailrace/folds/total.hpp"

TAILRACE_BEGIN_ISA

/// Whether `count` values, at least one, are all finite; and then the least and the
/// greatest of them, where a zero may have either sign.
static bool look(const double* x, size_t count, double* least, double* greatest) {
    constexpr size_t kVectors = 4;
    constexpr size_t kGroup = kVectors * kFoldWidth;
    double low = x[0];
    double high = x[0];
    double odd = 0.0;  // NaN once a value was infinite or NaN
    size_t i = 0;
    if (count >= kGroup) {
        FoldVector lows[kVectors];
        FoldVector highs[kVectors];
        FoldVector odds[kVectors] = {};
        __builtin_memcpy(lows, x, sizeof lows);
        __builtin_memcpy(highs, x, sizeof highs);
        for (; i + kGroup <= count; i += kGroup) {
            for (size_t v = 0; v < kVectors; ++v) {
                FoldVector values;
                __builtin_memcpy(&values, x + i + v * kFoldWidth, sizeof values);
                lows[v] = values < lows[v] ? values : lows[v];
                highs[v] = values > highs[v] ? values : highs[v];
                odds[v] += values * 0.0;
            }
        }
        for (size_t v = 0; v < kVectors; ++v) {
            for (size_t k = 0; k < kFoldWidth; ++k) {
                low = lows[v][k] < low ? lows[v][k] : low;
                high = highs[v][k] > high ? highs[v][k] : high;
                odd += odds[v][k];
            }
        }
    }
    for (; i < count; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
        odd += x[i] * 0.0;
    }
    *least = low;
    *greatest = high;
    return odd == 0.0;
}

/// The smallest size of a value that is not zero; infinity where all are.
static double smallest_size(const double* x, size_t count) {
    uint64_t least = ~uint64_t{0};
    for (size_t i = 0; i < count; ++i) {
        // The bits of zero, less one, are the greatest of all.
        const uint64_t size = bits_of(size_of(x[i])) - 1;
        least = size < least ? size : least;
    }
    return least == ~uint64_t{0} ? kInfinity : double_of(least + 1);
}

TAILRACE_END_ISA
