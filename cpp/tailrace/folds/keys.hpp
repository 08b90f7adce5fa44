// Doubles as integers in the same order, and picking values by them.

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

/// How far ahead of its values a slow loop asks for memory: a block.
inline constexpr size_t kAhead = 2048;

/// Where in x the values are whose keys lie in one of the ranges, from lows[r] to
/// highs[r], both included; `out` has room for all. Returns how many there are.
static size_t find_between(const double* x,
                           size_t count,
                           const int64_t* lows,
                           const int64_t* highs,
                           size_t ranges,
                           uint32_t* out) {
    constexpr size_t kGroup = 32;
    size_t found = 0;
    for (size_t i = 0; i < count; i += kGroup) {
        size_t end = count;
        if (i + kGroup <= count) {
            end = i + kGroup;
            for (size_t j = i; j < i + kGroup; j += 8) {
                __builtin_prefetch(x + j + kAhead, 0, 2);
            }
            uint64_t within = 0;
            for (size_t r = 0; r < ranges; ++r) {
                const auto low = static_cast<uint64_t>(lows[r]);
                const uint64_t width = static_cast<uint64_t>(highs[r]) - low;
                for (size_t j = i; j < i + kGroup; ++j) {
                    const uint64_t place = static_cast<uint64_t>(key_of(x[j])) - low;
                    within |= place <= width ? uint64_t{1} : uint64_t{0};
                }
            }
            // Few groups hold any: this jump is foreseen, and the loops have none.
            if (within == 0) {
                continue;
            }
        }
        for (size_t j = i; j < end; ++j) {
            bool yes = false;
            for (size_t r = 0; r < ranges; ++r) {
                const int64_t key = key_of(x[j]);
                yes |= key >= lows[r] && key <= highs[r];
            }
            out[found] = static_cast<uint32_t>(j);
            found += yes ? 1 : 0;
        }
    }
    return found;
}

/// Where in x the values are that are at or above a bar (or below, if `up` is false),
/// in order; `out` has room for all. Returns how many there are.
static size_t find_beyond(
    const double* x, size_t count, double bar, bool up, uint32_t* out) {
    constexpr size_t kGroup = 32;
    size_t found = 0;
    for (size_t i = 0; i < count; i += kGroup) {
        const size_t end = i + kGroup < count ? i + kGroup : count;
        uint64_t beyond = end - i < kGroup ? 1 : 0;
        if (end - i == kGroup && up) {
            for (size_t j = i; j < i + kGroup; ++j) {
                beyond |= x[j] >= bar ? uint64_t{1} : uint64_t{0};
            }
        } else if (end - i == kGroup) {
            for (size_t j = i; j < i + kGroup; ++j) {
                beyond |= x[j] <= bar ? uint64_t{1} : uint64_t{0};
            }
        }
        for (size_t j = i; beyond != 0 && j < end; ++j) {
            out[found] = static_cast<uint32_t>(j);
            found += (up ? x[j] >= bar : x[j] <= bar) ? 1 : 0;
        }
    }
    return found;
}

TAILRACE_END_ISA
