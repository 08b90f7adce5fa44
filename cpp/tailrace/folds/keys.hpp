// Doubles as integers in the same order, and what a stretch of them spans.

#pragma once

#include "tailrace/math/elementary.hpp"

TAILRACE_BEGIN_ISA

/// The place of a double in the order of all doubles: -0.0 comes just below 0.0, and
/// NaN beyond the infinities. The map is its own inverse on the bits.
TAILRACE_INLINE int64_t key_of(double x) {
    const auto bits = static_cast<int64_t>(bits_of(x));
    return bits ^ static_cast<int64_t>(static_cast<uint64_t>(bits >> 63) >> 1);
}
TAILRACE_INLINE double value_of(int64_t key) {
    const int64_t bits =
        key ^ static_cast<int64_t>(static_cast<uint64_t>(key >> 63) >> 1);
    return double_of(static_cast<uint64_t>(bits));
}

inline constexpr int64_t kInfinityKey = 0x7ff0000000000000;

/// The least and the greatest key of `count` values, at least one.
static void span_of_keys(const double* x,
                         size_t count,
                         int64_t* least,
                         int64_t* greatest) {
    int64_t low = key_of(x[0]);
    int64_t high = low;
    for (size_t i = 0; i < count; ++i) {
        const int64_t key = key_of(x[i]);
        low = key < low ? key : low;
        high = key > high ? key : high;
    }
    *least = low;
    *greatest = high;
}

/// The bits of the smallest size that is not zero; all bits set where all are zero.
static uint64_t least_size(const double* x, size_t count) {
    uint64_t least = ~uint64_t{0};
    for (size_t i = 0; i < count; ++i) {
        // Zero, less one, is the greatest of all.
        const uint64_t size = bits_of(size_of(x[i])) - 1;
        least = size < least ? size : least;
    }
    return least + 1;
}

/// Of `count` values those with keys from `low` to `high`, in order, to `out`, which
/// has room for all; how many there are, and how many lie below them.
static size_t keep_between(const double* x,
                           size_t count,
                           int64_t low,
                           int64_t high,
                           uint64_t* below,
                           double* out) {
    constexpr size_t kGroup = 32;
    const auto width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
    uint64_t under = 0;
    size_t kept = 0;
    size_t i = 0;
    for (; i + kGroup <= count; i += kGroup) {
        uint64_t less = 0;
        uint64_t within = 0;
        for (size_t j = i; j < i + kGroup; ++j) {
            const int64_t key = key_of(x[j]);
            less += key < low ? 1 : 0;
            within |= static_cast<uint64_t>(key) - static_cast<uint64_t>(low) <= width
                          ? uint64_t{1}
                          : uint64_t{0};
        }
        under += less;
        // Few groups hold any, so the jump is foreseen, and the loop above has none.
        if (within != 0) {
            for (size_t j = i; j < i + kGroup; ++j) {
                out[kept] = x[j];
                const uint64_t place = static_cast<uint64_t>(key_of(x[j])) -
                                       static_cast<uint64_t>(low);
                kept += place <= width ? 1 : 0;
            }
        }
    }
    for (; i < count; ++i) {
        const int64_t key = key_of(x[i]);
        under += key < low ? 1 : 0;
        out[kept] = x[i];
        kept += key >= low && key <= high ? 1 : 0;
    }
    *below = under;
    return kept;
}

TAILRACE_END_ISA
