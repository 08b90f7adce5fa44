// Weibull: P(X > x) = exp(-(x / scale)^shape), x > 0; stretched exponential for shape
// < 1.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Weibull {
    Divisor shape;
    double scale;

    explicit Weibull(const Program& p)
        : shape(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }

    template <class Real>
    Real hazard(Real x) const {
        return exp(shape.value * log(x / Divisor(scale)));
    }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * exp(log(e) / shape);
    }
    template <class Real>
    Real rate(Real x) const {
        return shape.value * hazard(x) / x;
    }
    template <class Real>
    Real excess(Real x, double t) const {
        return hazard(Real(t)) * expm1(shape.value * log(x / Divisor(t)));
    }
    template <class Real>
    Real advance(double t, Real h, Real e) const {
        return t * exp(log1p(e / h) / shape);
    }
    Wide anchor(double t) const { return hazard(Wide(t)); }
    double reach(double low, double high, double anchor) const {
        return log_reach(low / anchor, high / anchor) / shape.value;
    }
};

TAILRACE_END_ISA
