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

    template <class Real>
    Real hazard(Real x) const {
        return excess(x, scale);
    }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * exp(e / shape);
    }
    template <class Real>
    Real rate(Real x) const {
        return Real(shape.value) / x;
    }
    template <class Real>
    Real excess(Real x, double t) const {
        return shape.value * log(x / Divisor(t));
    }
    template <class Real>
    Real advance(double t, Real, Real e) const {
        return t * exp(e / shape);
    }
    Wide anchor(double) const { return 0.0; }
    double reach(double, double high, double) const { return high / shape.value; }
};

TAILRACE_END_ISA
