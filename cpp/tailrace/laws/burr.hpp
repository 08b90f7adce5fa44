// Burr of type XII: P(X > x) = (1 + (x / scale)^c)^-k, x > 0; log-logistic for k = 1,
// Lomax for c = 1.

#pragma once

#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

struct Burr {
    Divisor c;
    Divisor k;
    double scale;

    explicit Burr(const Program& p)
        : c(p.parameters[0]), k(p.parameters[1]), scale(p.parameters[2]) {}

    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }

    Wide hazard(Wide x) const {
        return k.value * soft_plus(c.value * log_ratio(x, scale));
    }
    /// The clock of the log-logistic law is e / k, of which this is a smallest of k.
    template <class Real>
    Real inverse_hazard(Real e) const {
        const Real one = e / k;
        return scale * exp((one - flip(one)) / c);
    }
    Wide log_rate(Wide x) const {
        // (c - 1) log_x - soft_plus(c log_x), whose parts may both overflow far up.
        const Wide log_x = log_ratio(x, scale);
        const bool high = log_x.hi > 0.0;
        const Wide power = log_power(Wide(c.value) - Wide(1.0), log_x);
        const Wide size = choose(high, log_x, -log_x);
        const Wide slope = choose(high, -log_x, power) - soft_plus(-(c.value * size));
        return log(Wide(c.value)) + log(Wide(k.value)) - log(Wide(scale)) + slope;
    }
    double reach(double low, double high, double) const {
        // flip has bounds of its own.
        if (!(low / k.value > 0x1p-900 && high / k.value < 690.0)) {
            return kInfinity;
        }
        const double log_clock = log_reach(low / k.value, high / k.value);
        return larger_of(log_clock, high / k.value) / c.value;
    }
};

TAILRACE_END_ISA
