// Logistic: P(X > x) = 1 / (1 + exp((x - loc) / scale)).

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Logistic {
    double loc;
    double scale;

    explicit Logistic(const Program& p)
        : loc(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return -kInfinity; }
    double upper() const { return kInfinity; }

    Wide hazard(Wide x) const { return soft_plus(offset(x, loc, scale).ratio()); }
    /// The upper clock less the lower one, log(e^e - 1).
    template <class Real>
    Real inverse_hazard(Real e) const {
        return loc + scale * settled(e - flip(e));
    }
    Wide log_rate(Wide x) const {
        return -soft_plus(-offset(x, loc, scale).ratio()) - log(Wide(scale));
    }
    double reach(double, double, double) const { return 0.0; }
};

TAILRACE_END_ISA
