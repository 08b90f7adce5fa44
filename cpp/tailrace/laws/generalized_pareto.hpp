// Generalized Pareto: P(X > x) = (1 + xi (x - threshold) / scale)^(-1 / xi);
// exponential for xi = 0, bounded for xi < 0.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct GeneralizedPareto {
    Divisor xi;
    double scale;
    double threshold;

    /// Below 2^-200 in size xi no longer matters to the last bit, and 2^-200 stands for
    /// it, 0 included: expm1(2^-200 e) / 2^-200 is e. So there is one formula.
    explicit GeneralizedPareto(const Program& p)
        : xi(size_of(p.parameters[0]) < 0x1p-200 ? 0x1p-200 : p.parameters[0]),
          scale(p.parameters[1]),
          threshold(p.parameters[2]) {}

    double lower() const { return threshold; }
    double upper() const {
        return xi.value < 0.0 ? threshold - scale / xi.value : kInfinity;
    }
    /// The scale of the excess over t.
    Wide scale_at(Wide t) const {
        return Wide(scale) + xi.value * (t - Wide(threshold));
    }
    Wide hazard(Wide x) const {
        return log1p(xi.value * (x - Wide(threshold)) / Wide(scale)) / xi;
    }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return threshold + scale * (expm1(xi.value * e) / xi);
    }
    Wide log_rate(Wide x) const { return -log(scale_at(x)); }
    Wide excess(Wide x, double t) const {
        return log1p(xi.value * (x - Wide(t)) / scale_at(Wide(t))) / xi;
    }
    template <class Real>
    Real advance(double t, Real scale_at_t, Real e) const {
        return t + scale_at_t * (expm1(xi.value * e) / xi);
    }
    Wide anchor(double t) const { return scale_at(Wide(t)); }
    double reach(double, double high, double) const { return size_of(xi.value) * high; }
};

TAILRACE_END_ISA
