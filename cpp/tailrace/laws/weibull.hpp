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

    Wide hazard(Wide x) const { return exp(shape.value * log_ratio(x, scale)); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * exp(log(e) / shape);
    }
    /// A square instead of a logarithm and an exponential.
    bool has_shortcut() const { return shape.value == 0.5; }
    template <class Real>
    Real shortcut(Real e) const {
        return scale * (e * e);
    }
    Wide log_rate(Wide x) const {
        const Wide log_x = log_ratio(x, scale);
        const Wide power = Wide(shape.value) - Wide(1.0);
        return log(Wide(shape.value)) - log(Wide(scale)) + log_power(power, log_x);
    }
    Wide excess(Wide x, double t) const {
        return hazard(Wide(t)) * expm1(shape.value * log_ratio(x, t));
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
