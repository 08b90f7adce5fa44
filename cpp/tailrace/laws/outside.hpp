// Laws whose functions are known outside the core only: draws come from a table, and
// answers are asked for where the functions are (see makers/answers.hpp).

#pragma once

#include "tailrace/laws/tabulated.hpp"

TAILRACE_BEGIN_ISA

/// x = loc + scale e^u.
struct ShiftedExponentialMap {
    double loc;
    double scale;
    ShiftedExponentialMap(const double* p, double) : loc(p[0]), scale(p[1]) {}
    template <class Real>
    TAILRACE_INLINE double value(Real u) const {
        return fma(scale, raw(exp(u)), loc);
    }
};

/// x = loc + scale sinh u.
struct ShiftedSinhMap {
    double loc;
    double scale;
    ShiftedSinhMap(const double* p, double) : loc(p[0]), scale(p[1]) {}
    template <class Real>
    TAILRACE_INLINE double value(Real u) const {
        const double e = raw(exp(u));
        return fma(0.5 * scale, e - 1.0 / e, loc);
    }
};

/// Parameters: loc and scale of the map, and the largest folded clocks of the table,
/// lower and upper; beyond them draws are NaN, for nothing is known there.
template <class Map>
struct Outside {
    Cells cells;
    double median;
    Map map;
    double lowest;
    double highest;

    explicit Outside(const Program& p)
        : cells(p.tables->inverse),
          median(p.tables->median),
          map(p.parameters, p.tables->median),
          lowest(p.parameters[2]),
          highest(p.parameters[3]) {}

    double lower() const { return -kInfinity; }
    double upper() const { return kInfinity; }
    Wide hazard(Wide) const { return __builtin_nan(""); }
    Wide log_rate(Wide) const { return __builtin_nan(""); }
    Wide inverse_hazard(Wide) const { return __builtin_nan(""); }
    double inverse_hazard(double e) const { return at_fold(folded(e)); }
    Tame inverse_hazard(Tame e) const { return at_fold(folded(e)); }
    /// Draws beyond the ends are NaN.
    TAILRACE_INLINE double known(double fold, double x) const {
        const double end = choose(fold < 0.0, lowest, highest);
        return choose(size_of(fold) > end, __builtin_nan(""), x);
    }
    double at_fold(double fold) const {
        return known(fold, map.value(median + deviation<true>(cells, fold)));
    }
    Tame at_fold(Tame fold) const {
        const Tame u{median + deviation<false>(cells, fold.value)};
        return {known(fold.value, map.value(u))};
    }
    double reach(double low, double high, double) const {
        if (cells.most > 1) {
            return kInfinity;  // the tame form does not search
        }
        const double above = median + deviation<true>(cells, folded(high));
        const double below = median + deviation<true>(cells, folded(low));
        return larger_of(size_of(above), size_of(below));
    }
};

using OutsideExponential = Outside<ShiftedExponentialMap>;
using OutsideSinh = Outside<ShiftedSinhMap>;

TAILRACE_END_ISA
