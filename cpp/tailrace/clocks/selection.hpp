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
inline Real largest_of_base(Real h, double n, Real log_n) {
    const double y = raw(h);
    if (y - raw(log_n) > 80.0) {
        return h - log_n;
    }
    if (y > 80.0) {
        return flip(exp(log_n - h));
    }
    return flip(Real(n) * flip(h));
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

/// The whole chain downwards, for one clock of the selected law.
inline Wide base_clock(const Program& program, Wide e) {
    for (int i = 0; i < program.op_count; ++i) {
        const ClockOp& op = program.ops[i];
        if (op.kind == ClockOp::kDivide) {
            e = e / Wide(op.value);
        } else if (op.kind == ClockOp::kAdd) {
            e = e + wide(op.extra);
        } else {
            e = base_of_largest(e, op.value, wide(op.extra));
        }
    }
    return e;
}

TAILRACE_END_ISA
