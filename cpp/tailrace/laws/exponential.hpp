// Exponential: P(X > x) = exp(-x / scale), x > 0.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Exponential {
    double scale;

    explicit Exponential(const Program& p) : scale(p.parameters[0]) {}

    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }

    template <class Real>
    Real hazard(Real x) const {
        return x / Divisor(scale);
    }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * e;
    }
    template <class Real>
    Real rate(Real) const {
        return Real(1.0) / Divisor(scale);
    }
    template <class Real>
    Real excess(Real x, double t) const {
        return (x - Real(t)) / Divisor(scale);
    }
    template <class Real>
    Real advance(double t, Real, Real e) const {
        return t + scale * e;
    }
    Wide anchor(double) const { return 0.0; }
    double reach(double, double, double) const { return 0.0; }
};

TAILRACE_END_ISA
