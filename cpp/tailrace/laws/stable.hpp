// Stable laws, from tables of their clocks in a coordinate u: x = zero + unit sinh u,
// or, where all of the law lies on one side of its end, the logarithm of the distance.
//
// Parameters: alpha, beta, loc, scale, and 0 or 1 for what `loc` is in: Nolan's S0 or
// S1. makers/stable.cpp has how the tables are made; alpha = 2 and alpha = 1, beta = 0
// are Normal and Cauchy, and never get here.

#pragma once

#include "tailrace/laws/law.hpp"
#include "tailrace/tables/curve.hpp"

TAILRACE_BEGIN_ISA

struct Stable {
    static constexpr ShapeId kShape = ShapeId::Stable;
    static constexpr size_t kShapeParameterCount = 2;

    Tables tables;
    double alpha;
    Wide zero;
    Wide unit;
    double side;

    explicit Stable(const Program& p)
        : tables(*p.tables),
          alpha(p.parameters[0]),
          zero(Wide(p.parameters[2]) +
               Wide(p.parameters[3]) *
                   Wide(p.tables->zero[p.parameters[4] == 0.0 ? 0 : 1])),
          unit(Wide(p.parameters[3]) * Wide(p.tables->unit)),
          side(p.tables->side) {}

    double lower() const { return choose(side > 0.0, raw(zero), -kInfinity); }
    double upper() const { return choose(side < 0.0, raw(zero), kInfinity); }

    Wide hazard(Wide x) const {
        const At at = at_coordinate(coordinate(x));
        return choose(at.upper, at.tail, flip(at.tail));
    }
    Wide log_rate(Wide x) const {
        const Wide u = coordinate(x);
        const At at = at_coordinate(u);
        const Wide rate = log(Wide(at.slope)) - log_slope(u);
        const Wide result = choose(at.upper, rate, rate - at.tail + flip(at.tail));
        // At the end of the support the density is 0.
        return choose(is_finite(u.hi), result, Wide(-kInfinity));
    }
    Wide inverse_hazard(Wide e) const {
        const bool is_low = e.hi < kLog2;
        const Wide clock = choose(is_low, flip(choose(is_low, e, Wide(1.0))), e);
        const double d = raw(clock - detail::kWideLog2);
        const double size = choose(d > 0.0, d, 0.0);
        const double start =
            deviation<true>(tables.inverse, choose(is_low, -size, size));
        const Wide u = Wide(tables.median) + Wide(start);
        const At at = at_coordinate(u);
        const Wide rest = (clock - at.tail) / Wide(at.slope);
        const bool plain = size_of(rest.hi) < 0.5 * tables.scale + size_of(start);
        const Wide change = choose(is_low, -rest, rest);
        const Wide x = value(u + choose(plain, change, Wide(0.0)));
        const Wide above = choose(e.hi > 0.0, x, Wide(lower()));
        return choose(e.hi < kInfinity, above, Wide(upper()));
    }
    double inverse_hazard(double e) const { return at_fold(folded(e)); }
    Tame inverse_hazard(Tame e) const { return at_fold(folded(e)); }
    double at_fold(double fold) const {
        return value<double>(tables.median + deviation<true>(tables.inverse, fold));
    }
    Tame at_fold(Tame fold) const {
        const double far = deviation<false>(tables.inverse, fold.value);
        return {value<Tame>(tables.median + far)};
    }
    double reach(double low, double high, double) const {
        const Cells& t = tables.inverse;
        if (t.most > 1) {
            return kInfinity;  // the tame form does not search
        }
        const double above = deviation<true>(t, folded(high));
        const double below = deviation<true>(t, folded(low));
        return size_of(tables.median) + larger_of(size_of(above), size_of(below));
    }

  private:
    struct At {
        bool upper;
        Wide tail;     ///< the clock of the tail that u lies in
        double slope;  ///< its derivative by u
    };

    TAILRACE_INLINE At at_coordinate(Wide u) const {
        const Cells& cells = tables.clock;
        const Wide delta = u - Wide(tables.median);
        const bool upper = delta.hi >= 0.0;
        const Wide away = choose(upper, delta, -delta);
        const double w = away.hi / tables.scale;
        const double top =
            choose(upper, cells.top_above, cells.top_below) - cells.offset;
        const double d = cell_value<kMillsDegree, true>(cells, upper, w);
        const double by_w = cell_slope<kMillsDegree, true>(cells, upper, w);
        // Beyond the table the clock is linear, as far as doubles can tell.
        const bool beyond = w > top;
        const double slope =
            choose(beyond,
                   choose(upper, tables.slope_above, tables.slope_below),
                   by_w / tables.scale);
        const Wide past = away - Wide(top) * Wide(tables.scale);
        const Wide more = choose(beyond, past * Wide(slope), Wide(0.0));
        const double size = choose(d > 0.0, d, 0.0);
        return {upper, detail::kWideLog2 + Wide(size) + more, slope};
    }

    TAILRACE_INLINE Wide coordinate(Wide x) const {
        const Wide z = x - zero;
        if (side != 0.0) {
            return Wide(side) * log_ratio(Wide(side) * z, unit.hi);
        }
        return asinh(z / unit);
    }

    /// log(dx / du).
    TAILRACE_INLINE Wide log_slope(Wide u) const {
        if (side != 0.0) {
            return log(unit) + Wide(side) * u;
        }
        const Wide size = choose(u.hi < 0.0, -u, u);
        return log(unit) + size + log1p(exp(Wide(-2.0) * size)) - detail::kWideLog2;
    }

    TAILRACE_INLINE Wide value(Wide u) const {
        const bool negative = u.hi < 0.0;
        const Wide size = choose(negative, -u, u);
        if (side != 0.0) {
            const Wide half = exp(Wide(0.5) * Wide(side) * u);
            return zero + Wide(side) * ((unit * half) * half);
        }
        const Wide half = exp(Wide(0.5) * size);
        const Wide big = (Wide(0.5) * unit * half) * half;
        const Wide p = expm1(choose(size.hi < 1.0, size, Wide(1.0)));
        const Wide small = Wide(0.5) * unit * (p + p / (Wide(1.0) + p));
        const Wide x =
            choose(size.hi < 1.0, small, big - Wide(0.5) * unit / half / half);
        return zero + choose(negative, -x, x);
    }

    template <class Real>
    TAILRACE_INLINE double value(double u) const {
        const bool negative = u < 0.0;
        const double size = size_of(u);
        if (side != 0.0) {
            const double half = raw(exp(Real{0.5 * side * u}));
            return fma(side * unit.hi * half, half, zero.hi);
        }
        // Half at a time, so that x may be in range where e^u is not.
        const double half = raw(exp(Real{0.5 * size}));
        const double x = (0.5 * unit.hi * half) * half - 0.5 * unit.hi / half / half;
        return zero.hi + choose(negative, -x, x);
    }
};

TAILRACE_END_ISA
