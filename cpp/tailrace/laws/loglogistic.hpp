// Log-logistic: P(X > x) = 1 / (1 + (x / scale)^shape), x > 0; also called Fisk.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct LogLogistic {
    Divisor shape;
    double scale;

    explicit LogLogistic(const Program& p)
        : shape(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }

    template <class Real>
    Real hazard(Real x) const {
        const Real y = shape.value * log(x / Divisor(scale));
        const bool high = raw(y) > 0.0;
        return choose(high, y, Real(0.0)) + log1p(exp(choose(high, -y, y)));
    }
    /// (x / scale)^shape is e^e - 1, and log(e^e - 1) = e - flip(e).
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * exp((e - flip(e)) / shape);
    }
    template <class Real>
    Real rate(Real x) const {
        const Real y = shape.value * log(x / Divisor(scale));
        return Real(shape.value) / x / (Real(1.0) + exp(-y));
    }
    double reach(double low, double high, double) const {
        return larger_of(log_reach(low, high), high) / shape.value;
    }
};

TAILRACE_END_ISA
