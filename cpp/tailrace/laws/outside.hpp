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
    Tame inverse_hazard(Tame e) const { return Tame{at_fold(folded(e.value))}; }
    double at_fold(double fold) const {
        const double u = median + deviation<true>(cells, fold);
        const double x = map.value(u);
        const double end = choose(fold < 0.0, lowest, highest);
        return choose(size_of(fold) > end, __builtin_nan(""), x);
    }
    Tame at_fold(Tame fold) const { return {at_fold(fold.value)}; }
    double reach(double, double, double) const { return kInfinity; }
};

using OutsideLinear = Outside<LinearMap>;
using OutsideExponential = Outside<ShiftedExponentialMap>;
using OutsideSinh = Outside<ShiftedSinhMap>;

TAILRACE_END_ISA
