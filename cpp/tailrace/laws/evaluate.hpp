// The exact answers: hazard, sf, isf and so on of a selected law, in Wide throughout.

#pragma once

#include "tailrace/clocks/selection.hpp"
#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

/// The cumulative hazard of the selected law at x.
template <class Law>
inline Wide selected_hazard(const Law& law, const Program& program, double x) {
    if (x < program.floor || x < law.lower()) {
        return 0.0;
    }
    if (x >= law.upper()) {
        return kInfinity;
    }
    Wide h = 0.0;
    if constexpr (kHasAdvance<Law>) {
        if (!program.advances) {
            h = x > law.lower() ? law.hazard(Wide(x)) : Wide(0.0);
        } else if (x > program.origin) {
            h = law.excess(Wide(x), program.origin);
        }
    } else {
        h = x > law.lower() ? law.hazard(Wide(x)) : Wide(0.0);
    }
    for (int i = program.op_count - 1; i >= 0; --i) {
        const ClockOp& op = program.ops[i];
        if (op.kind == ClockOp::kDivide) {
            h = h * Wide(op.value);
        } else if (op.kind == ClockOp::kAdd) {
            h = h - wide(op.extra);
            h = h.hi > 0.0 ? h : Wide(0.0);
        } else {
            h = largest_of_base(h, op.value, wide(op.extra));
        }
    }
    return h;
}

/// The logarithm of the density at x, inside the support.
///
/// Along the chain log H' gains log q for the smallest of q, and for the largest of n,
/// with g = flip(h) the lower clock, log n - n g + g - h + H, by the chain rule.
template <class Law>
inline Wide selected_log_density(const Law& law, const Program& program, double x) {
    if (!(x >= law.lower() && x <= law.upper()) || x < program.floor) {
        return -kInfinity;
    }
    Wide h = x > law.lower() ? law.hazard(Wide(x)) : Wide(0.0);
    Wide log_rate = log(law.rate(Wide(x)));
    if constexpr (kHasAdvance<Law>) {
        if (program.advances) {
            h = x > program.origin ? law.excess(Wide(x), program.origin) : Wide(0.0);
        }
    }
    for (int i = program.op_count - 1; i >= 0; --i) {
        const ClockOp& op = program.ops[i];
        if (op.kind == ClockOp::kDivide) {
            h = h * Wide(op.value);
            log_rate = log_rate + log(Wide(op.value));
        } else if (op.kind == ClockOp::kAdd) {
            h = h - wide(op.extra);
            h = h.hi > 0.0 ? h : Wide(0.0);
        } else {
            const Wide g = h.hi > 80.0 ? exp(-h) : flip(h);
            const Wide above = largest_of_base(h, op.value, wide(op.extra));
            log_rate = log_rate + wide(op.extra) - Wide(op.value - 1.0) * g - h + above;
            h = above;
        }
    }
    return log_rate - h;
}

/// The value at clock e of the selected law.
template <class Law>
inline double selected_value(const Law& law, const Program& program, Wide e) {
    if (!(e.hi > 0.0)) {
        e = 0.0;
    }
    const Wide base = base_clock(program, e);
    double x = law.lower();
    if (!(base.hi < kInfinity)) {
        x = law.upper();
    } else if constexpr (kHasAdvance<Law>) {
        if (program.advances) {
            x = base.hi > 0.0
                    ? raw(law.advance(program.origin, wide(program.anchor), base))
                    : program.origin;
        } else if (base.hi > 0.0) {
            x = raw(law.inverse_hazard(base));
        }
    } else if (base.hi > 0.0 || !(x > -kInfinity)) {
        x = raw(law.inverse_hazard(base));
    }
    x = x < law.lower() ? law.lower() : x;
    x = x > law.upper() ? law.upper() : x;
    return x < program.floor ? program.floor : x;
}

template <class Law>
double answer(const Law& law, const Program& program, Question question, double x) {
    if (x != x) {
        return x;
    }
    switch (question) {
        case Question::kHazard:
            return raw(selected_hazard(law, program, x));
        case Question::kSf:
            return raw(exp(-selected_hazard(law, program, x)));
        case Question::kCdf:
            return raw(-expm1(-selected_hazard(law, program, x)));
        case Question::kLogSf:
            return raw(-selected_hazard(law, program, x));
        case Question::kLogCdf:
            return raw(-flip(selected_hazard(law, program, x)));
        case Question::kPdf:
            return raw(exp(selected_log_density(law, program, x)));
        case Question::kLogPdf:
            return raw(selected_log_density(law, program, x));
        case Question::kInverseHazard:
            return x >= 0.0 ? selected_value(law, program, x) : __builtin_nan("");
        case Question::kIsf:
            return x >= 0.0 && x <= 1.0 ? selected_value(law, program, -log(Wide(x)))
                                        : __builtin_nan("");
        case Question::kPpf:
            return x >= 0.0 && x <= 1.0 ? selected_value(law, program, -log1p(Wide(-x)))
                                        : __builtin_nan("");
    }
    return __builtin_nan("");
}

TAILRACE_END_ISA
