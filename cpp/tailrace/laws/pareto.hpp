// Pareto, type I: P(X > x) = (x / scale)^-shape, x > scale.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Pareto {
    Divisor shape;
    double scale;

    explicit Pareto(const Program& p)
        : shape(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return scale; }
    double upper() const { return kInfinity; }

    Wide hazard(Wide x) const { return excess(x, scale); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * exp(e / shape);
    }
    Wide log_rate(Wide x) const { return log(Wide(shape.value)) - log(x); }
    Wide excess(Wide x, double t) const { return shape.value * log_ratio(x, t); }
    template <class Real>
    Real advance(double t, Real, Real e) const {
        return t * exp(e / shape);
    }
    Wide anchor(double) const { return 0.0; }
    double reach(double, double high, double) const { return high / shape.value; }
};

TAILRACE_END_ISA
