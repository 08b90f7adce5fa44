// Answers and draws from tables: a law known by its density, in its coordinate u.

#pragma once

#include "tailrace/tables/cells.hpp"
#include "tailrace/tables/shapes.hpp"

TAILRACE_BEGIN_ISA

/// A clock folded at the median: the size is the clock of the half that it lies in, a
/// standard exponential for a fresh clock; the sign bit says which half.
template <class Real>
TAILRACE_INLINE Real folded(Real e) {
    const bool lower = raw(e) < kLog2;
    const Real tail = choose(lower, flip(choose(lower, e, Real{1.0})), e);
    const double d = raw(tail) - kLog2;
    const double size = choose(d > 0.0, d, 0.0);
    return Real{choose(lower, -size, size)};
}

/// How far u lies above the median, by a folded clock.
template <bool search>
TAILRACE_INLINE double deviation(const Cells& inverse, double fold) {
    constexpr uint64_t kSign = uint64_t{1} << 63;
    const bool upper = (bits_of(fold) & kSign) == 0;
    const double d = double_of(bits_of(fold) & ~kSign);
    return cell_value<kInverseDegree, search>(inverse, upper, d);
}

/// A law of u on the real line, to full precision.
template <class Shape>
struct Curve {
    Shape shape;
    Tables tables;

    Curve(const double* parameters, const Tables& t)
        : shape(parameters, t.median), tables(t) {}

    /// The logarithm of the density at u, as a share of all mass.
    TAILRACE_INLINE Wide log_density(Wide u) const {
        return shape.log_density(u) - wide(tables.log_mass);
    }

    /// The clock of the tail that u lies in: -log P(below u) on the lower side. Also
    /// the tail mass over the density.
    TAILRACE_INLINE Wide tail_clock(Wide u, double& mills) const {
        const Wide delta = u - Wide(tables.median);
        const bool upper = delta.hi >= 0.0;
        const double w = choose(upper, delta.hi, -delta.hi) / tables.scale;
        const double top =
            choose(upper, tables.mills.top_above, tables.mills.top_below) -
            tables.mills.offset;
        const double falling =
            tables.scale * raw(choose(upper, -shape.slope(u), shape.slope(u)));
        const double at_w = cell_value<kMillsDegree, true>(tables.mills, upper, w);
        // M' = -1 - slope M says what rounding w changed.
        const Wide rounded =
            choose(upper, delta, -delta) - detail::exact_product(w, tables.scale);
        const double fitted =
            fma(fma(falling, at_w, -1.0), raw(rounded) / tables.scale, at_w);
        // Beyond the table the tail is an exponential as far as doubles can tell.
        const double size = choose(w < top && fitted > 0.0, fitted, 1.0 / falling);
        const Wide found = Wide(tables.scale) * Wide(size);
        mills = found.hi;
        return -(log_density(u) + log(found));
    }

    TAILRACE_INLINE Wide hazard(Wide u) const {
        double mills;
        const Wide tail = tail_clock(u, mills);
        return choose(u.hi < tables.median, flip(tail), tail);
    }

    /// The logarithm of the rate of the hazard.
    TAILRACE_INLINE Wide log_rate(Wide u) const { return log_density(u) + hazard(u); }

    /// Where the hazard is e: from the table, and one step of Newton's method.
    TAILRACE_INLINE Wide inverse_hazard(Wide e) const {
        const bool lower = e.hi < kLog2;
        const Wide clock = choose(lower, flip(choose(lower, e, Wide(1.0))), e);
        const double d = raw(clock - detail::kWideLog2);
        const double size = choose(d > 0.0, d, 0.0);
        const double start =
            deviation<true>(tables.inverse, choose(lower, -size, size));
        const Wide u = polished(start, clock, lower);
        // The median of a symmetric law is exact.
        return choose(Shape::kSymmetric && d < 0x1p-70, Wide(tables.median), u);
    }

    /// The same where the table is by the clock itself.
    TAILRACE_INLINE Wide inverse_from_zero(Wide e) const {
        const bool lower = e.hi < kLog2;
        const Wide clock = choose(lower, flip(choose(lower, e, Wide(1.0))), e);
        const double near =
            cell_value<kInverseDegree, true>(tables.inverse, true, raw(e));
        const double least = 0x1p-100 * tables.scale;
        const double size = larger_of(choose(lower, -near, near), least);
        return polished(choose(lower, -size, size), clock, lower);
    }

    /// One step of Newton's method for the clock of the lower tail, or of the upper.
    TAILRACE_INLINE Wide polished(double start, Wide clock, bool lower) const {
        const Wide u = Wide(tables.median) + Wide(start);
        double mills;
        const Wide missing = clock - tail_clock(u, mills);
        const Wide rest = missing * Wide(mills);
        const bool plain = size_of(rest.hi) < 0.5 * tables.scale + size_of(start);
        return u + choose(plain, choose(lower, -rest, rest), Wide(0.0));
    }
};

TAILRACE_END_ISA
