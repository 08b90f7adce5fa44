// Selections as arithmetic on clocks.
//
// A law that was selected from others is described by a chain of operations that leads
// from its own clock to the clock of the law it was made of. Every function here comes
// in both directions: from the selected clock down to the base clock (draws, isf), and
// from the base clock up (hazard, sf).

#pragma once

#include "tailrace/laws/program.hpp"
#include "tailrace/math/wide.hpp"
#include "tailrace/tables/curve.hpp"

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

/// The clock of a value, given that of the same value held to the part of the law that
/// lies below the hazard w: -log(e^-w + (1 - e^-w) e^-e).
template <class Real>
TAILRACE_INLINE Real base_of_below(Real e, Real w) {
    const Real share = -expm1(-w);
    const Real part = share * expm1(-e);
    const bool near = raw(part) > -0.5;
    const Real low = -log1p(choose(near, part, Real(0.0)));
    return choose(near, low, -log(exp(-w) + share * exp(-e)));
}

/// The clock within the part of the law below the hazard w, given the law's own clock.
inline Wide below_of_base(Wide h, Wide w) {
    const Wide share = -expm1(-w);
    const Wide part = expm1(-h) / share;
    const bool near = part.hi > -0.5;
    const Wide low = -log1p(choose(near, part, Wide(0.0)));
    const bool end = h.hi >= w.hi;
    const Wide rest = choose(end, Wide(1.0), w - h);
    const Wide high = h + flip(choose(rest.hi > 0.0, rest, Wide(1.0))) + log(share);
    return choose(end, Wide(kInfinity), choose(near, low, high));
}

/// The clock of one value, given that of the k-th of n, folded.
template <bool search>
struct RankInverse {
    Cells cells;
    double median;
    explicit RankInverse(const ClockOp& op)
        : cells(op.tables->inverse), median(op.tables->median) {}
    TAILRACE_INLINE double operator()(double fold) const {
        return exp(median + deviation<search>(cells, fold));
    }
};

/// Applies one operation downwards to a block of clocks. `fresh` clocks come straight
/// from random bits: for these flip(e) has the law of e, so one flip is saved.
inline void apply_clock_op(const ClockOp& op, bool fresh, double* e, size_t count) {
    const double value = op.value;
    const double log_value = op.extra.hi;
    const auto each = [e, count](auto map) {
        TAILRACE_INDEPENDENT
        for (size_t i = 0; i < count; ++i) {
            e[i] = map(e[i]);
        }
    };
    switch (op.kind) {
        case ClockOp::kDivide: {
            const Divisor q(value);
            return each([q](double c) { return c / q; });
        }
        case ClockOp::kAdd:
            return each([value](double c) { return c + value; });
        case ClockOp::kBelow:
            return each([value](double c) { return base_of_below(c, value); });
        case ClockOp::kFlip:
            if (!fresh) {
                each([](double c) { return flip(c); });
            }
            return;
        case ClockOp::kRank: {
            const RankInverse<true> rank(op);
            return each([=](double c) { return rank(folded(c)); });
        }
        case ClockOp::kRankFromTop: {
            const RankInverse<true> rank(op);
            return each([=](double c) { return flip(rank(-folded(c))); });
        }
        case ClockOp::kLargest:
            break;
    }
    if (fresh && value < 0x1p60) {
        const Divisor n(value);
        each([n](double c) { return flip(Tame{c * n.reciprocal}).value; });
    } else if (fresh) {
        // e / n is below 2^-54, where flip is -log.
        each([log_value](double c) { return log_value - log(Tame{c}).value; });
    } else {
        each([=](double c) { return base_of_largest(c, value, log_value); });
    }
}

/// The first operation where it is an order statistic, on clocks that came folded from
/// random bits.
inline void apply_rank_to_folds(const ClockOp& op, double* e, size_t count) {
    const auto each = [e, count](auto rank) {
        TAILRACE_INDEPENDENT
        for (size_t i = 0; i < count; ++i) {
            e[i] = rank(e[i]);
        }
    };
    if (op.tables->inverse.most > 1) {
        each(RankInverse<true>(op));
    } else {
        each(RankInverse<false>(op));
    }
    if (op.kind == ClockOp::kRankFromTop) {
        for (size_t i = 0; i < count; ++i) {
            e[i] = flip(e[i]);
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
    if constexpr (kind == ClockOp::kBelow) {
        const Wide w = wide(op.extra);
        const Wide d = base_of_below(e, w);
        return choose(d.hi > w.hi, w, d);
    }
    if constexpr (kind == ClockOp::kFlip) {
        return flip(e);
    }
    if constexpr (kind == ClockOp::kRank) {
        const Wide u = Curve<RankShape>(op.ranks, *op.tables).inverse_hazard(e);
        return choose(e.hi > 0.0, exp(u), Wide(0.0));
    }
    if constexpr (kind == ClockOp::kRankFromTop) {
        return flip(clock_below<ClockOp::kRank>(op, flip(e)));
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
    if constexpr (kind == ClockOp::kBelow) {
        return below_of_base(h, wide(op.extra));
    }
    if constexpr (kind == ClockOp::kFlip) {
        return flip(h);
    }
    if constexpr (kind == ClockOp::kRank) {
        const bool inside = h.hi > 0.0 && h.hi < kInfinity;
        const Wide u = log(choose(inside, h, Wide(1.0)));
        const Wide found = Curve<RankShape>(op.ranks, *op.tables).hazard(u);
        return choose(inside, found, h);
    }
    if constexpr (kind == ClockOp::kRankFromTop) {
        return flip(hazard_above<ClockOp::kRank>(op, flip(h)));
    }
    return largest_of_base(h, op.value, wide(op.extra));
}

/// The logarithm of the derivative of hazard_above at h, whose value there is `above`.
/// For the largest of n, with g = flip(h) the lower clock, it is
/// log n - (n - 1) g - h + above, by the chain rule. That of flip is flip(h) - h.
template <ClockOp::Kind kind>
TAILRACE_INLINE Wide log_slope(const ClockOp& op, Wide h, Wide above) {
    if constexpr (kind == ClockOp::kDivide) {
        return log(Wide(op.value));
    }
    if constexpr (kind == ClockOp::kAdd) {
        return 0.0;
    }
    if constexpr (kind == ClockOp::kBelow) {
        return flip(wide(op.extra) - h);
    }
    if constexpr (kind == ClockOp::kFlip) {
        return above - h;
    }
    if constexpr (kind == ClockOp::kRank) {
        const Wide u = log(h);
        return Curve<RankShape>(op.ranks, *op.tables).log_rate(u) - u;
    }
    if constexpr (kind == ClockOp::kRankFromTop) {
        const Wide g = flip(h);
        const Wide lower = flip(above);
        return g - h + log_slope<ClockOp::kRank>(op, g, lower) + above - lower;
    }
    const Wide g = choose(h.hi > 80.0, exp(-h), flip(h));
    return wide(op.extra) - Wide(op.value - 1.0) * g - h + above;
}

TAILRACE_END_ISA
