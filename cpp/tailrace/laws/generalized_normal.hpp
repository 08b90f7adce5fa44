#pragma once

#include "tailrace/laws/tabulated.hpp"

TAILRACE_BEGIN_ISA

/// f(x) ~ e^-|(x - loc) / scale|^beta: |(x - loc) / scale|^beta = e^u is a gamma
/// variable of shape 1 / beta, and its clock is the size of the folded one.
struct GeneralizedNormal {
    static constexpr ShapeId kShape = ShapeId::Power;
    static constexpr size_t kShapeParameterCount = 1;

    Curve<PowerShape> curve;
    double beta;
    double loc;
    double scale;
    double at_median;  ///< the median distance from loc

    explicit GeneralizedNormal(const Program& p)
        : curve(p.parameters, *p.tables),
          beta(p.parameters[0]),
          loc(p.parameters[1]),
          scale(p.parameters[2]),
          at_median(scale * exp(p.tables->median / beta)) {}

    double lower() const { return -kInfinity; }
    double upper() const { return kInfinity; }

    /// log |(x - loc) / scale|; finite everywhere.
    TAILRACE_INLINE Wide log_size(Offset o) const {
        const Wide size = choose(o.from_loc.hi < 0.0, -o.from_loc, o.from_loc);
        const bool far = !(size.hi < kInfinity);
        const Wide found = log_distance(choose(far, Wide(1.0), size), o.scale);
        return choose(far, Wide(1e12), found);
    }
    TAILRACE_INLINE Wide tail_clock(Wide u) const {
        return detail::kWideLog2 + curve.hazard(u);
    }
    Wide hazard(Wide x) const {
        const Offset o = offset(x, loc, scale);
        const Wide tail = tail_clock(Wide(beta) * log_size(o));
        return choose(o.from_loc.hi < 0.0, flip(tail), tail);
    }
    Wide log_rate(Wide x) const {
        const Offset o = offset(x, loc, scale);
        const Wide distance = log_size(o);
        const Wide u = Wide(beta) * distance;
        const Wide tail = tail_clock(u);
        const Wide slope = distance + log(Wide(scale)) - log(Wide(beta));
        const Wide log_density = curve.log_density(u) - slope - detail::kWideLog2;
        return log_density + choose(o.from_loc.hi < 0.0, flip(tail), tail);
    }
    Wide inverse_hazard(Wide e) const {
        const bool below = e.hi < kLog2;
        const Wide tail = choose(below, flip(choose(below, e, Wide(1.0))), e);
        const Wide clock = tail - detail::kWideLog2;
        const bool middle = clock.hi < 0x1p-70;
        const Wide u = curve.inverse_from_zero(choose(middle, Wide(1.0), clock));
        const Wide distance = Wide(scale) * exp(u / Wide(beta));
        const Wide size = choose(middle, Wide(0.0), distance);
        const Wide x = Wide(loc) + choose(below, -size, size);
        return between_ends(e, lower(), x, upper());
    }

    template <bool search, class Real>
    TAILRACE_INLINE double value(Real fold) const {
        const double clock = size_of(raw(fold));
        const double u =
            cell_value<kInverseDegree, search>(curve.tables.inverse, true, clock);
        const double size = at_median * raw(exp(Real{u * (1.0 / beta)}));
        const uint64_t sign = bits_of(raw(fold)) & (uint64_t{1} << 63);
        return loc + double_of(bits_of(size) | sign);
    }
    double at_fold(double fold) const { return value<true>(fold); }
    Tame at_fold(Tame fold) const { return {value<false>(fold)}; }
    double inverse_hazard(double e) const { return at_fold(folded(e)); }
    Tame inverse_hazard(Tame e) const { return at_fold(folded(e)); }

    double reach(double low, double high, double) const {
        const Cells& t = curve.tables.inverse;
        if (t.most > 1) {
            return kInfinity;  // the tame form does not search
        }
        const auto size = [&](double clock) {
            const double d = size_of(folded(clock));
            return size_of(cell_value<kInverseDegree, true>(t, true, d) / beta);
        };
        return larger_of(size(kLog2), larger_of(size(low), size(high)));
    }
};

TAILRACE_END_ISA
