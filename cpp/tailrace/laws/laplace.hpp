// Laplace: P(X > x) = exp(-(x - loc) / scale) / 2 above loc, and as much below x under
// it.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Laplace {
    double loc;
    double scale;

    explicit Laplace(const Program& p) : loc(p.parameters[0]), scale(p.parameters[1]) {}

    double lower() const { return -kInfinity; }
    double upper() const { return kInfinity; }

    Wide hazard(Wide x) const { return hazard_of(offset(x, loc, scale).ratio()); }
    static Wide hazard_of(Wide z) {
        const bool high = z.hi > 0.0;
        const Wide half = Wide(0.5) * exp(choose(high, Wide(0.0), z));
        return choose(high, z + detail::kWideLog2, -log1p(-half));
    }
    /// Below loc the lower clock is log 2 - z, and it is flip(e).
    template <class Real>
    Real inverse_hazard(Real e) const {
        const Real log_2{detail::kWideLog2.hi};
        const Real rest{detail::kWideLog2.lo};
        const Real above = (e - log_2) - rest;
        const Real below = (log_2 - flip(e)) + rest;
        return loc + scale * settled(choose(raw(e) > kLog2, above, below));
    }
    Wide log_rate(Wide x) const {
        const Wide z = offset(x, loc, scale).ratio();
        const Wide below = z - detail::kWideLog2 + hazard_of(z);
        return choose(z.hi > 0.0, Wide(0.0), below) - log(Wide(scale));
    }
    double reach(double, double, double) const { return 0.0; }
};

TAILRACE_END_ISA
