// Generalized extreme value: P(X <= x) = exp(-(1 + xi (x - loc) / scale)^(-1 / xi));
// heavy-tailed for xi > 0, Gumbel for xi = 0, bounded above for xi < 0.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct GeneralizedExtremeValue {
    Divisor xi;
    double scale;
    double loc;
    double low;
    double high;

    explicit GeneralizedExtremeValue(const Program& p)
        : xi(p.parameters[0]),
          scale(p.parameters[1]),
          loc(p.parameters[2]),
          low(xi.value > 0.0 ? end() : -kInfinity),
          high(xi.value < 0.0 ? end() : kInfinity) {}

    double lower() const { return low; }
    double upper() const { return high; }

    /// log(1 + xi z) / xi for z = (x - loc) / scale, which is z where xi z does not
    /// count, and for xi = 0.
    Wide log_ratio_at(Wide x) const {
        const Offset at = offset(x, loc, scale);
        const Wide z = at.ratio();
        const Wide part = xi.value * z;
        // Next to the end of the support 1 + xi z is small: scale + xi (x - loc) loses
        // nothing, the difference being one of numbers that are exact or nearly.
        const Wide rest = (Wide(at.scale) + xi.value * at.from_loc) / Wide(at.scale);
        const Wide inside = choose(rest.hi > 0.0, rest, Wide(0.0));
        // Far up, xi z may be beyond the doubles.
        const bool far = part.hi > 0x1p60;
        const double xi_down = choose(xi.value > 1.0, 0x1p-510, 1.0);
        const double z_down = choose(z.hi > 1.0, 0x1p-510, 1.0);
        const Wide less = (xi.value * xi_down) * Wide(z.hi * z_down, z.lo * z_down);
        const double shift =
            choose(xi_down < 1.0, 510.0, 0.0) + choose(z_down < 1.0, 510.0, 0.0);
        const Wide by_log = log(choose(far, less, inside)) +
                            Wide(choose(far, shift, 0.0)) * detail::kWideLog2;
        const bool near = part.hi > -0.5 && !far;
        const Wide log_rest =
            choose(near, log1p(choose(near, part, Wide(0.0))), by_log);
        return choose(counts(part), log_rest / xi, z);
    }
    Wide hazard(Wide x) const { return flip_exp(-log_ratio_at(x)); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return at_log_ratio(-log_flip(e));
    }
    Wide log_rate(Wide x) const {
        // The density is y^(1 + xi) e^-y / scale with y = -log P(X <= x), and P(X > x)
        // = 1 - e^-y.
        const Wide log_y = -log_ratio_at(x);
        const Wide y = exp(log_y);
        const Wide result = log_power(Wide(1.0) + Wide(xi.value), log_y) - y +
                            flip_exp(log_y) - log(Wide(scale));
        return choose(y.hi < kInfinity, result, Wide(-kInfinity));
    }
    template <class Real>
    Real at_lower_clock(Real g) const {
        return at_log_ratio(-log(g));
    }
    double reach(double lowest, double highest, double) const {
        const double log_clock = larger_of(log_reach(lowest, highest), highest);
        return larger_of(1.0, size_of(xi.value)) * log_clock;
    }

  private:
    double end() const { return raw(Wide(loc) - Wide(scale) / Wide(xi.value)); }

    /// Whether xi z, or xi times its logarithm, makes a difference; not where it is 0
    /// times infinity.
    template <class Real>
    static bool counts(Real part) {
        return size_of(raw(part)) >= 0x1p-100;
    }
    /// The value where log(1 + xi z) / xi is `y`. Rounding may not carry it out of the
    /// support.
    template <class Real>
    Real at_log_ratio(Real y) const {
        const Real part = xi.value * y;
        const Real z = choose(counts(part), expm1(part) / xi, y);
        const Real x = loc + scale * z;
        const Real above = choose(raw(x) < low, Real{low}, x);
        return choose(raw(above) > high, Real{high}, above);
    }
};

TAILRACE_END_ISA
