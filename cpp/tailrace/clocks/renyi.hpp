// Clocks of several extremes of n values: sums of spacings, in eight columns.
//
// The clocks of n values ascend by independent steps, E_1 / n, E_2 / (n - 1), ..., so
// the k smallest take k exponentials whatever n. The clock of the lower tail is a
// standard exponential as well, so the same sums, flipped, are the k largest.
//
// Eight rows are drawn side by side, row r in lane r % 8 of its stream: step s of a
// block is the eight values from 8 s on, and a vector holds one step of many rows.
//
// Reference  A. Renyi, "On the theory of order statistics", Acta Math. Acad. Sci.
// Hungar. 4 (1953).

#pragma once

#include "tailrace/clocks/selection.hpp"
#include "tailrace/laws/joint.hpp"
#include "tailrace/random/stream.hpp"

TAILRACE_BEGIN_ISA

#if defined(__AVX512F__)
inline constexpr size_t kScanWidth = 8;
#elif defined(__AVX2__)
inline constexpr size_t kScanWidth = 4;
#else
inline constexpr size_t kScanWidth = 2;
#endif
inline constexpr size_t kScanGroups = kLanes / kScanWidth;
typedef double ScanVector __attribute__((vector_size(8 * kScanWidth)));

/// Replaces every step of a lane, `groups` times `columns` of them, by what `join`
/// makes of it, its index and what stood before: `carry` first, `start` in a further
/// group.
template <class Join>
TAILRACE_INLINE void scan(
    double* x, size_t columns, size_t groups, double start, double* carry, Join join) {
    size_t i = 0;
    ScanVector so_far[kScanGroups];
    __builtin_memcpy(so_far, carry, sizeof so_far);
    for (size_t g = 0; g < groups; ++g) {
        for (size_t s = 0; s < columns; ++s) {
            for (size_t v = 0; v < kScanGroups; ++v, i += kScanWidth) {
                ScanVector step;
                __builtin_memcpy(&step, x + i, sizeof step);
                so_far[v] = join(so_far[v], step, i);
                __builtin_memcpy(x + i, &so_far[v], sizeof step);
            }
        }
        if (g + 1 < groups) {
            for (size_t v = 0; v < kScanGroups; ++v) {
                so_far[v] = start - ScanVector{};
            }
        }
    }
    __builtin_memcpy(carry, so_far, sizeof so_far);
}

/// Clocks from standard exponentials: running sums of x times `shares`, lane by lane.
static void running_sums(
    double* x, const double* shares, size_t columns, size_t groups, double* carry) {
    const auto add = [shares](ScanVector sum, ScanVector e, size_t i) {
        ScanVector part;
        __builtin_memcpy(&part, shares + i, sizeof part);
        return sum + e * part;
    };
    scan(x, columns, groups, 0.0, carry, add);
}

/// Takes care that no value, by its last digit, is on the wrong side of the one before.
static void keep_order(
    double* x, size_t columns, size_t groups, bool ascending, double* carry) {
    const auto up = [](ScanVector a, ScanVector b, size_t) { return b < a ? a : b; };
    const auto down = [](ScanVector a, ScanVector b, size_t) { return b > a ? a : b; };
    if (ascending) {
        scan(x, columns, groups, -kInfinity, carry, up);
    } else {
        scan(x, columns, groups, kInfinity, carry, down);
    }
}

/// flip(e / n) for a standard exponential e.
template <class Each>
TAILRACE_INLINE void clocks_of_largest(double n, double log_n, Each each) {
    const Divisor q(n);
    // Within these bounds e / n stays in the range of Tame.
    if (n >= 0x1p60) {
        each([log_n](double e) { return log_n - log(Tame{e}).value; });
    } else if (n >= 0.125) {
        each([q](double e) { return flip(Tame{e / q}).value; });
    } else {
        each([n](double e) { return flip(e / n); });
    }
}

/// Steps in pairs, from standard exponentials to the clocks of the smallest and of the
/// largest of n: given the smallest, the others are n - 1 values beyond it.
static void clocks_of_ends(const Joint& joint, double* x, size_t pairs) {
    alignas(64) double largest[kBlock / 2];
    for (size_t p = 0; p < pairs; ++p) {
        for (size_t i = 0; i < kLanes; ++i) {
            largest[p * kLanes + i] = x[(2 * p + 1) * kLanes + i];
        }
    }
    const size_t count = pairs * kLanes;
    clocks_of_largest(joint.n - 1.0, joint.log_n, [&](auto clock) {
        for (size_t i = 0; i < count; ++i) {
            largest[i] = clock(largest[i]);
        }
    });
    const Divisor n(joint.n);
    for (size_t p = 0; p < pairs; ++p) {
        for (size_t i = 0; i < kLanes; ++i) {
            const double first = x[2 * p * kLanes + i] / n;
            x[2 * p * kLanes + i] = first;
            x[(2 * p + 1) * kLanes + i] = first + largest[p * kLanes + i];
        }
    }
}

/// From sums that are clocks of the lower tail to those of the upper one.
inline void flip_sums(const Joint& joint, double* x, size_t count) {
    const double log_n = joint.log_n;
    if (joint.far) {
        for (size_t i = 0; i < count; ++i) {
            x[i] = log_n - log(Tame{x[i]}).value;
        }
    } else if (joint.tame) {
        for (size_t i = 0; i < count; ++i) {
            x[i] = flip(Tame{x[i]}).value;
        }
    } else {
        for (size_t i = 0; i < count; ++i) {
            x[i] = flip(x[i]);
        }
    }
}

TAILRACE_END_ISA
