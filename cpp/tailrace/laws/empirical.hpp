// The law of given values with given weights: atoms, found through a table.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

/// The index of a table is entered by sign, exponent and the first six bits of the
/// mantissa of a clock, counted from 2^-128; clocks below and beyond share the ends.
inline constexpr uint64_t kIndexFirst = (uint64_t{1023} - 128) << 6;
inline constexpr uint64_t kIndexCount = (uint64_t{128} + 12) << 6;

TAILRACE_INLINE uint64_t index_of_clock(double e) {
    const uint64_t leading = bits_of(e) >> 46;
    const uint64_t slot = leading < kIndexFirst ? 0 : leading - kIndexFirst;
    return slot < kIndexCount ? slot : kIndexCount - 1;
}

struct Empirical {
    StepTable table;

    explicit Empirical(const Program& p) : table(p.table) {}

    double lower() const { return table.values[0]; }
    double upper() const { return table.values[table.count - 1]; }

    /// The number of atoms up to and including x.
    size_t atoms_up_to(double x) const {
        size_t low = 0;
        size_t high = table.count;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (table.values[middle] <= x) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
    Wide hazard(Wide x) const {
        const size_t n = atoms_up_to(raw(x));
        return n == 0 ? 0.0 : table.hazards[n - 1];
    }
    /// The first value whose cumulative hazard reaches e.
    template <class Real>
    Real inverse_hazard(Real e) const {
        const double clock = raw(e);
        const uint64_t slot = index_of_clock(clock);
        size_t low = table.index[slot];
        size_t high = table.index[slot + 1];
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (table.hazards[middle] < clock) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Real{table.values[low]};
    }
    Wide log_rate(Wide) const { return __builtin_nan(""); }
    double reach(double, double, double) const { return kInfinity; }
};

TAILRACE_END_ISA
