// The exact answers: hazard, sf, isf and so on of a selected law, in Wide throughout.
//
// They go the way that draws go, block by block, upwards or downwards through the same
// chain of operations.

#pragma once

#include "tailrace/clocks/selection.hpp"
#include "tailrace/laws/law.hpp"

TAILRACE_BEGIN_ISA

inline constexpr size_t kAnswers = 128;

/// A block of numbers on the way.
struct WideBlock {
    double hi[kAnswers];
    double lo[kAnswers];

    TAILRACE_INLINE Wide get(size_t i) const { return {hi[i], lo[i]}; }
    TAILRACE_INLINE void set(size_t i, Wide x) {
        hi[i] = x.hi;
        lo[i] = x.lo;
    }
};

/// Whether values are the law's own, without a scale or a shift.
inline bool is_plain(const Program& program) {
    return program.scale == 1.0 && program.shift == 0.0;
}

/// The law's own values from values.
[[gnu::flatten]] inline void unscaled(const Program& program,
                                      const double* x,
                                      WideBlock& out,
                                      size_t count) {
    for (size_t i = 0; i < count; ++i) {
        out.set(i, Wide(x[i]));
    }
    if (!is_plain(program)) {
        const Wide scale = program.scale;
        const Wide shift = program.shift;
        for (size_t i = 0; i < count; ++i) {
            out.set(i, (out.get(i) - shift) / scale);
        }
    }
}

/// The cumulative hazard of the law itself, or of its part beyond an origin.
template <class Law>
[[gnu::flatten]] void base_hazards(const Program& program,
                                   const WideBlock& x,
                                   WideBlock& h,
                                   size_t count) {
    const Law law(program);
    const double high = law.upper();
    const auto ask = [&](double low, auto hazard) {
        TAILRACE_INDEPENDENT
        for (size_t i = 0; i < count; ++i) {
            const Wide v = x.get(i);
            const Wide inside = choose(v.hi < low, Wide(0.0), hazard(v));
            h.set(i, choose(v.hi >= high, Wide(kInfinity), inside));
        }
    };
    if constexpr (kHasAdvance<Law>) {
        if (program.advances) {
            const double t = program.origin;
            return ask(t, [&, t](Wide v) { return law.excess(v, t); });
        }
    }
    ask(law.lower(), [&](Wide v) { return law.hazard(v); });
}

/// The logarithm of the hazard rate of the law itself.
template <class Law>
[[gnu::flatten]] void base_log_rates(const Program& program,
                                     const WideBlock& x,
                                     WideBlock& out,
                                     size_t count) {
    const Law law(program);
    TAILRACE_INDEPENDENT
    for (size_t i = 0; i < count; ++i) {
        out.set(i, law.log_rate(x.get(i)));
    }
}

/// Values from base clocks.
template <class Law>
[[gnu::flatten]] void base_values(const Program& program,
                                  const WideBlock& e,
                                  double* out,
                                  size_t count) {
    const Law law(program);
    const double low = law.lower();
    const double high = law.upper();
    const bool plain = is_plain(program);
    const Wide scale = program.scale;
    const Wide shift = program.shift;
    const auto ask = [&](auto inverse) {
        WideBlock own;
        TAILRACE_INDEPENDENT
        for (size_t i = 0; i < count; ++i) {
            const Wide value = inverse(e.get(i));
            const Wide x = choose(value.hi < low, Wide(low), value);
            own.set(i, choose(value.hi > high, Wide(high), x));
        }
        if (!plain) {
            for (size_t i = 0; i < count; ++i) {
                own.set(i, own.get(i) * scale + shift);
            }
        }
        const double floor = program.floor;
        const double ceiling = program.ceiling;
        for (size_t i = 0; i < count; ++i) {
            const double x = raw(own.get(i));
            out[i] = choose(x < floor, floor, choose(x > ceiling, ceiling, x));
        }
    };
    if constexpr (kHasAdvance<Law>) {
        if (program.advances) {
            const double t = program.origin;
            const Wide anchor = wide(program.anchor);
            return ask([&, t, anchor](Wide c) { return law.advance(t, anchor, c); });
        }
    }
    ask([&](Wide c) { return law.inverse_hazard(c); });
}

/// One operation upwards on a block of hazards, and, where `log_rates` is given, on the
/// logarithms of their rates.
template <ClockOp::Kind kind>
[[gnu::flatten]] void climb_one(const ClockOp& op,
                                WideBlock& h,
                                WideBlock* log_rates,
                                size_t count) {
    if (log_rates != nullptr) {
        for (size_t i = 0; i < count; ++i) {
            const Wide above = hazard_above<kind>(op, h.get(i));
            const Wide slope = log_slope<kind>(op, h.get(i), above);
            log_rates->set(i, log_rates->get(i) + slope);
        }
    }
    TAILRACE_INDEPENDENT
    for (size_t i = 0; i < count; ++i) {
        h.set(i, hazard_above<kind>(op, h.get(i)));
    }
}

/// One operation downwards on a block of clocks.
template <ClockOp::Kind kind>
[[gnu::flatten]] void descend_one(const ClockOp& op, WideBlock& e, size_t count) {
    TAILRACE_INDEPENDENT
    for (size_t i = 0; i < count; ++i) {
        e.set(i, clock_below<kind>(op, e.get(i)));
    }
}

/// From the hazards of the base to those of the selected law.
inline void climb(const Program& program,
                  const double* x,
                  WideBlock& h,
                  WideBlock* log_rates,
                  size_t count) {
    using Climb = void (*)(const ClockOp&, WideBlock&, WideBlock*, size_t);
    constexpr Climb kClimb[] = {climb_one<ClockOp::kDivide>,
                                climb_one<ClockOp::kLargest>,
                                climb_one<ClockOp::kAdd>,
                                climb_one<ClockOp::kBelow>,
                                climb_one<ClockOp::kFlip>,
                                climb_one<ClockOp::kRank>,
                                climb_one<ClockOp::kRankFromTop>};
    for (int k = program.op_count - 1; k >= 0; --k) {
        kClimb[program.ops[k].kind](program.ops[k], h, log_rates, count);
    }
    for (size_t i = 0; i < count; ++i) {
        const Wide inside = choose(x[i] < program.floor, Wide(0.0), h.get(i));
        h.set(i, choose(x[i] >= program.ceiling, Wide(kInfinity), inside));
    }
}

/// From clocks of the selected law to those of the base.
inline void descend(const Program& program, WideBlock& e, size_t count) {
    using Descend = void (*)(const ClockOp&, WideBlock&, size_t);
    constexpr Descend kDescend[] = {descend_one<ClockOp::kDivide>,
                                    descend_one<ClockOp::kLargest>,
                                    descend_one<ClockOp::kAdd>,
                                    descend_one<ClockOp::kBelow>,
                                    descend_one<ClockOp::kFlip>,
                                    descend_one<ClockOp::kRank>,
                                    descend_one<ClockOp::kRankFromTop>};
    for (int k = 0; k < program.op_count; ++k) {
        kDescend[program.ops[k].kind](program.ops[k], e, count);
    }
}

/// The cumulative hazard of the selected law at one point.
template <class Law>
Wide selected_hazard(const Program& program, double x) {
    WideBlock own;
    WideBlock h;
    unscaled(program, &x, own, 1);
    base_hazards<Law>(program, own, h, 1);
    climb(program, &x, h, nullptr, 1);
    return h.get(0);
}

/// Clocks of the selected law from probabilities (or from themselves), NaN outside the
/// range of these.
[[gnu::flatten]] inline void clocks_from(Question question,
                                         const double* p,
                                         WideBlock& e,
                                         size_t count) {
    const auto each = [&](auto clock) {
        for (size_t i = 0; i < count; ++i) {
            e.set(i, clock(p[i]));
        }
    };
    if (question == Question::kIsf) {
        each([](double v) { return -log(Wide(v)); });
    } else if (question == Question::kPpf) {
        each([](double v) { return -log1p(Wide(-v)); });
    } else {
        each([](double v) { return Wide(v); });
    }
}

/// What is asked, from hazards.
[[gnu::flatten]] inline void finish(Question question,
                                    const WideBlock& h,
                                    double* out,
                                    size_t count) {
    const auto each = [&](auto answer) {
        for (size_t i = 0; i < count; ++i) {
            // Adding 0 makes -0 a plain 0.
            out[i] = raw(answer(h.get(i))) + 0.0;
        }
    };
    switch (question) {
        case Question::kSf:
            return each([](Wide v) { return exp(-v); });
        case Question::kCdf:
            return each([](Wide v) { return -expm1(-v); });
        case Question::kLogSf:
            return each([](Wide v) { return -v; });
        case Question::kLogCdf:
            return each([](Wide v) { return -flip(v); });
        default:
            return each([](Wide v) { return v; });
    }
}

/// The density, or its logarithm, from hazards and the logarithms of their rates.
template <class Law>
[[gnu::flatten]] void densities(const Program& program,
                                Question question,
                                const double* x,
                                const WideBlock& own,
                                const WideBlock& h,
                                const WideBlock& log_rates,
                                double* out,
                                size_t count) {
    const Law law(program);
    const double low = law.lower();
    const double high = law.upper();
    const Wide log_scale = log(Wide(size_of(program.scale)));
    for (size_t i = 0; i < count; ++i) {
        const Wide inside = log_rates.get(i) - h.get(i) - log_scale;
        const bool above = x[i] >= program.ceiling || own.hi[i] > high;
        const bool below = x[i] < program.floor || own.hi[i] < low;
        const bool outside = above || below || h.hi[i] == kInfinity;
        const Wide log_density = choose(outside, Wide(-kInfinity), inside);
        out[i] = raw(question == Question::kPdf ? exp(log_density) : log_density);
    }
}

/// Whether values are asked for, and not what is known of them.
inline bool asks_for_values(Question question) {
    return question == Question::kInverseHazard || question == Question::kIsf ||
           question == Question::kPpf;
}

/// The points at which the law itself has to be asked, for up to kAnswers: its own
/// values, or its own clocks.
inline void points_within(const Program& program,
                          Question question,
                          const double* x,
                          double* own,
                          size_t count) {
    WideBlock block;
    if (asks_for_values(question)) {
        clocks_from(question, x, block, count);
        descend(program, block, count);
    } else {
        unscaled(program, x, block, count);
    }
    for (size_t i = 0; i < count; ++i) {
        own[i] = raw(block.get(i));
    }
}

/// The answers, from what the law itself said at these points: its values, or its
/// hazards and the logarithms of their rates.
inline void answers_from_within(const Program& program,
                                Question question,
                                const double* x,
                                const double* said,
                                const double* log_rates,
                                double* out,
                                size_t count) {
    const double shift = program.shift;
    const double scale = program.scale;
    WideBlock h;
    WideBlock rates;
    for (size_t i = 0; i < count; ++i) {
        h.set(i, Wide(said[i]));
        rates.set(i, Wide(log_rates[i]));
    }
    if (asks_for_values(question)) {
        for (size_t i = 0; i < count; ++i) {
            const double value = fma(scale, said[i], shift);
            out[i] = value < program.floor
                         ? program.floor
                         : (value > program.ceiling ? program.ceiling : value);
        }
    } else if (question == Question::kPdf || question == Question::kLogPdf) {
        climb(program, x, h, &rates, count);
        const double log_scale = log(size_of(scale));
        for (size_t i = 0; i < count; ++i) {
            const bool outside =
                x[i] < program.floor || x[i] >= program.ceiling || h.hi[i] == kInfinity;
            const double inside = raw(rates.get(i) - h.get(i)) - log_scale;
            const double log_density = choose(outside, -kInfinity, inside);
            out[i] = question == Question::kPdf ? exp(log_density) : log_density;
        }
    } else {
        climb(program, x, h, nullptr, count);
        finish(question, h, out, count);
    }
    for (size_t i = 0; i < count; ++i) {
        out[i] = choose(x[i] != x[i], x[i], out[i]);
    }
}

/// The answers to one question at up to kAnswers points.
template <class Law>
void answer_block(const Program& program,
                  Question question,
                  const double* x,
                  double* out,
                  size_t count) {
    WideBlock block;
    WideBlock own;
    switch (question) {
        case Question::kInverseHazard:
        case Question::kIsf:
        case Question::kPpf:
            clocks_from(question, x, block, count);
            descend(program, block, count);
            base_values<Law>(program, block, out, count);
            break;
        case Question::kPdf:
        case Question::kLogPdf: {
            WideBlock log_rates;
            unscaled(program, x, own, count);
            base_hazards<Law>(program, own, block, count);
            base_log_rates<Law>(program, own, log_rates, count);
            climb(program, x, block, &log_rates, count);
            densities<Law>(program, question, x, own, block, log_rates, out, count);
            break;
        }
        default:
            unscaled(program, x, own, count);
            base_hazards<Law>(program, own, block, count);
            climb(program, x, block, nullptr, count);
            finish(question, block, out, count);
    }
    for (size_t i = 0; i < count; ++i) {
        out[i] = choose(x[i] != x[i], x[i], out[i]);
    }
}

TAILRACE_END_ISA
