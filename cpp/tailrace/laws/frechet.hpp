// Frechet: P(X <= x) = exp(-(x / scale)^-shape), x > 0; the largest of many heavy
// tails.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Frechet {
    Divisor shape;
    double scale;

    explicit Frechet(const Program& p)
        : shape(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }

    /// -log P(X <= x), and its logarithm.
    Wide log_lower_hazard(Wide x) const { return -(shape.value * log_ratio(x, scale)); }
    Wide hazard(Wide x) const { return flip_exp(log_lower_hazard(x)); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * exp(-log_flip(e) / shape);
    }
    Wide log_rate(Wide x) const {
        // The density is y' e^-y with y = e^log_lower_hazard, and P(X > x) = 1 - e^-y.
        const Wide log_y = log_lower_hazard(x);
        const Wide y = exp(log_y);
        const Wide result =
            log(Wide(shape.value)) - log(x) + log_y - y + flip_exp(log_y);
        return choose(y.hi < kInfinity, result, Wide(-kInfinity));
    }
    template <class Real>
    Real at_lower_clock(Real g) const {
        return scale * exp(-log(g) / shape);
    }
    double reach(double low, double high, double) const {
        return larger_of(log_reach(low, high), high) / shape.value;
    }
};

TAILRACE_END_ISA
