// Exponential: P(X > x) = exp(-x / scale), x > 0.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Exponential {
    double scale;

    explicit Exponential(const Program& p) : scale(p.parameters[0]) {}

    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }

    Wide hazard(Wide x) const { return x / Wide(scale); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * e;
    }
    Wide log_rate(Wide) const { return -log(Wide(scale)); }
    Wide excess(Wide x, double t) const { return (x - Wide(t)) / Wide(scale); }
    template <class Real>
    Real advance(double t, Real, Real e) const {
        return t + scale * e;
    }
    Wide anchor(double) const { return 0.0; }
    double reach(double, double, double) const { return 0.0; }
};

TAILRACE_END_ISA
