// Selections as arithmetic on clocks.
//
// A law that was selected from others is described by a chain of operations that leads
// from its own clock to the clock of the law it was made of. Every function here comes
// in both directions: from the selected clock down to the base clock (draws, isf), and
// from the base clock up (hazard, sf).

#pragma once

#include "tailrace/laws/program.hpp"
#include "tailrace/math/wide.hpp"

TAILRACE_BEGIN_ISA

/// The clock of one value, given that of the largest of n: flip(flip(e) / n).
///
/// Beyond e = 44 the value is so rare that flip(e) = e^-e, and the answer is e + log n;
/// where flip(e) / n would be subnormal, its logarithm is taken apart. Both keep every
/// digit for n up to 1e300.
template <class Real>
TAILRACE_INLINE Real base_of_largest(Real e, double n, Real log_n) {
    const double y = raw(e);
    const Real lower = flip(e);
    const bool tiny = raw(lower) < n * 0x1p-100;
    const Real near = flip(choose(tiny, Real(1.0), lower / Divisor(n)));
    const Real far = choose(y > 80.0, e, -log(choose(y > 80.0, Real(1.0), lower)));
    return choose(tiny, far + log_n, near);
}

/// The clock of the largest of n, given that of one value: flip(n flip(h)).
template <class Real>
TAILRACE_INLINE Real largest_of_base(Real h, double n, Real log_n) {
    const double y = raw(h);
    const Real times = choose(y > 80.0, exp(log_n - h), Real(n) * flip(h));
    return choose(y - raw(log_n) > 80.0, h - log_n, flip(times));
}

/// Applies one operation downwards to a block of clocks. `fresh` clocks come straight
/// from random bits: for these flip(e) has the law of e, so one flip is saved.
inline void apply_clock_op(const ClockOp& op, bool fresh, double* e, size_t count) {
    const double value = op.value;
    const double log_value = op.extra.hi;
    if (op.kind == ClockOp::kDivide) {
        const Divisor q(value);
        for (size_t i = 0; i < count; ++i) {
            e[i] = e[i] / q;
        }
    } else if (op.kind == ClockOp::kAdd) {
        for (size_t i = 0; i < count; ++i) {
            e[i] += value;
        }
    } else if (fresh && value < 0x1p60) {
        const Divisor n(value);
        for (size_t i = 0; i < count; ++i) {
            e[i] = flip(Tame{e[i] * n.reciprocal}).value;
        }
    } else if (fresh) {
        // e / n is below 2^-54, where flip is -log.
        for (size_t i = 0; i < count; ++i) {
            e[i] = log_value - log(Tame{e[i]}).value;
        }
    } else {
        for (size_t i = 0; i < count; ++i) {
            e[i] = base_of_largest(e[i], value, log_value);
        }
    }
}

/// One operation downwards, on a clock as an exact answer has it.
template <ClockOp::Kind kind>
TAILRACE_INLINE Wide clock_below(const ClockOp& op, Wide e) {
    if constexpr (kind == ClockOp::kDivide) {
        return e / Wide(op.value);
    }
    if constexpr (kind == ClockOp::kAdd) {
        return e + wide(op.extra);
    }
    return base_of_largest(e, op.value, wide(op.extra));
}

/// The same operation upwards: the hazard of the selected law from that of its base.
template <ClockOp::Kind kind>
TAILRACE_INLINE Wide hazard_above(const ClockOp& op, Wide h) {
    if constexpr (kind == ClockOp::kDivide) {
        return h * Wide(op.value);
    }
    if constexpr (kind == ClockOp::kAdd) {
        const Wide rest = h - wide(op.extra);
        return choose(rest.hi > 0.0, rest, Wide(0.0));
    }
    return largest_of_base(h, op.value, wide(op.extra));
}

/// The logarithm of the derivative of hazard_above at h, whose value there is `above`.
/// For the largest of n, with g = flip(h) the lower clock, it is
/// log n - (n - 1) g - h + above, by the chain rule.
template <ClockOp::Kind kind>
TAILRACE_INLINE Wide log_slope(const ClockOp& op, Wide h, Wide above) {
    if constexpr (kind == ClockOp::kDivide) {
        return log(Wide(op.value));
    }
    if constexpr (kind == ClockOp::kAdd) {
        return 0.0;
    }
    const Wide g = choose(h.hi > 80.0, exp(-h), flip(h));
    return wide(op.extra) - Wide(op.value - 1.0) * g - h + above;
}

TAILRACE_END_ISA
