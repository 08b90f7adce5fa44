// Data up to a threshold, and a generalized Pareto tail beyond it.

#pragma once

#include "tailrace/laws/empirical.hpp"
#include "tailrace/laws/generalized_pareto.hpp"

TAILRACE_BEGIN_ISA

/// Parameters: those of the tail (xi, scale, threshold), and the hazard at the
/// threshold. The table holds the data, with the mass of the tail at infinity.
struct Spliced {
    Empirical body;
    GeneralizedPareto tail;
    double at_threshold;

    explicit Spliced(const Program& p)
        : body(p), tail(p), at_threshold(p.parameters[3]) {}

    double lower() const { return body.lower(); }
    double upper() const { return tail.upper(); }
    Wide hazard(Wide x) const {
        const bool beyond = x.hi >= tail.threshold;
        const Wide above = choose(beyond, x, Wide(tail.threshold));
        return choose(beyond, Wide(at_threshold) + tail.hazard(above), body.hazard(x));
    }
    template <class Real>
    Real inverse_hazard(Real e) const {
        const Real rest = e - Real{at_threshold};
        const bool beyond = raw(rest) > 0.0;
        return beyond ? tail.inverse_hazard(rest) : body.inverse_hazard(e);
    }
    Wide log_rate(Wide x) const {
        const bool beyond = x.hi >= tail.threshold;
        return choose(beyond, tail.log_rate(x), Wide(__builtin_nan("")));
    }
    double reach(double, double, double) const { return kInfinity; }
};

TAILRACE_END_ISA
