// Gumbel, of maxima: P(X <= x) = exp(-exp(-(x - loc) / scale)).

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Gumbel {
    double loc;
    double scale;

    explicit Gumbel(const Program& p) : loc(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return -kInfinity; }
    double upper() const { return kInfinity; }

    /// log(-log P(X <= x)).
    Wide log_lower_hazard(Wide x) const { return -offset(x, loc, scale).ratio(); }
    Wide hazard(Wide x) const { return flip_exp(log_lower_hazard(x)); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return loc + scale * -log_flip(e);
    }
    Wide log_rate(Wide x) const {
        // The density is y e^-y / scale with y = e^log_y, and P(X > x) = 1 - e^-y.
        const Wide log_y = log_lower_hazard(x);
        const Wide y = exp(log_y);
        const Wide result = log_y - y + flip_exp(log_y) - log(Wide(scale));
        return choose(y.hi < kInfinity, result, Wide(-kInfinity));
    }
    template <class Real>
    Real at_lower_clock(Real g) const {
        return loc + scale * -log(g);
    }
    double reach(double low, double high, double) const {
        return larger_of(log_reach(low, high), high);
    }
};

TAILRACE_END_ISA
