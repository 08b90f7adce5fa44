// Uniform on [low, high].

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Uniform {
    double low;
    double high;

    explicit Uniform(const Program& p) : low(p.parameters[0]), high(p.parameters[1]) {}

    double lower() const { return low; }
    double upper() const { return high; }

    Wide hazard(Wide x) const { return excess(x, low); }
    template <class Real>
    Real inverse_hazard(Real e) const {
        return advance(low, Real(high - low), e);
    }
    Tame inverse_hazard(Tame e) const { return advance(low, Tame{high - low}, e); }

    Wide log_rate(Wide x) const { return -log(Wide(high) - x); }
    /// From whichever end is nearer, so that both keep their digits.
    Wide excess(Wide x, double t) const {
        const Wide width = Wide(high) - Wide(t);
        const Wide part = (x - Wide(t)) / width;
        const Wide rest = (Wide(high) - x) / width;
        return choose(part.hi < 0.5, -log1p(-part), -log(rest));
    }
    template <class Real>
    Real advance(double t, Real width, Real e) const {
        const Real from_low = t - width * expm1(-e);
        const Real from_high = high - width * exp(-e);
        return choose(raw(e) < kLog2, from_low, from_high);
    }
    Wide anchor(double t) const { return Wide(high) - Wide(t); }
    double reach(double, double high_clock, double) const { return high_clock; }
};

TAILRACE_END_ISA
