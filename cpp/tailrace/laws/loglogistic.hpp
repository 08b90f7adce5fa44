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

    Wide hazard(Wide x) const { return soft_plus(shape.value * log_ratio(x, scale)); }
    /// (x / scale)^shape is e^e - 1, and log(e^e - 1) = e - flip(e).
    template <class Real>
    Real inverse_hazard(Real e) const {
        return scale * exp((e - flip(e)) / shape);
    }
    Wide log_rate(Wide x) const {
        const Wide log_x = log_ratio(x, scale);
        const Wide power = Wide(shape.value) - Wide(1.0);
        const Wide log_sf = -soft_plus(shape.value * log_x);
        return log(Wide(shape.value)) - log(Wide(scale)) + log_power(power, log_x) +
               log_sf;
    }
    double reach(double low, double high, double) const {
        return larger_of(log_reach(low, high), high) / shape.value;
    }
};

TAILRACE_END_ISA
