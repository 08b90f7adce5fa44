// Lomax, the Pareto law of type II from zero: P(X > x) = (1 + x / scale)^-shape, x > 0.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Lomax {
    Divisor shape;
    double scale;

    explicit Lomax(const Program& p) : shape(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }

    Wide hazard(Wide x) const { return shape.value * log1p(x / Wide(scale)); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * expm1(e / shape);
    }
    Wide log_rate(Wide x) const {
        return log(Wide(shape.value)) - log(Wide(scale) + x);
    }
    Wide excess(Wide x, double t) const {
        return shape.value * log1p((x - Wide(t)) / (Wide(scale) + Wide(t)));
    }
    template <class Real>
    Real advance(double t, Real scale_at_t, Real e) const {
        return t + scale_at_t * expm1(e / shape);
    }
    Wide anchor(double t) const { return Wide(scale) + Wide(t); }
    double reach(double, double high, double) const { return high / shape.value; }
};

TAILRACE_END_ISA
