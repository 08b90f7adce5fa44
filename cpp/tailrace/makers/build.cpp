// Builds programs: a law from its parameters, and a selected law from a law.

#include "tailrace/makers/build.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "tailrace/laws/all.hpp"
#include "tailrace/laws/evaluate.hpp"
#include "tailrace/makers/outside.hpp"
#include "tailrace/makers/steps.hpp"
#include "tailrace/makers/tabulate.hpp"

namespace tailrace {

namespace {

// The range of a fresh clock: see clock_from_bits.
constexpr double kSmallestClock = 0x1p-65;
constexpr double kLargestClock = 46.0;

// Within these bounds e^x and log(e^x) need no checks; see struct Tame.
constexpr double kTameReach = 690.0;
constexpr double kTameClock = 0x1p-900;

/// The questions that this file asks of a law, whichever it is.
struct Asked {
    Wide (*hazard)(const Program&, double);
    double (*reach)(const Program&, double low, double high);
    Wide (*anchor)(const Program&, double);  // null where the law has no `advance`
};

template <class Law>
Wide ask_anchor(const Program& p, double t) {
    return Law(p).anchor(t);
}

template <class Law>
constexpr auto anchor_of() -> Wide (*)(const Program&, double) {
    if constexpr (kHasAdvance<Law>) {
        return ask_anchor<Law>;
    } else {
        return nullptr;
    }
}

template <class Law>
constexpr Asked asked() {
    return {
        selected_hazard<Law>,
        [](const Program& p, double low, double high) {
            return Law(p).reach(low, high, p.advances ? p.anchor.hi : 1.0);
        },
        anchor_of<Law>(),
    };
}

constexpr Asked kAsked[kLawCount] = {
#define TAILRACE_ASKED(Law, name) asked<Law>(),
    TAILRACE_LAWS(TAILRACE_ASKED)
#undef TAILRACE_ASKED
};

constexpr std::string_view kNames[kLawCount] = {
#define TAILRACE_NAME(Law, name) name,
    TAILRACE_LAWS(TAILRACE_NAME)
#undef TAILRACE_NAME
};

const Asked& ask(const Program& program) {
    return kAsked[static_cast<std::size_t>(program.law)];
}

/// The shape of a law without a closed inverse, and how many of its parameters it
/// takes.
struct Shaped {
    bool has_shape = false;
    ShapeId shape{};
    std::size_t parameters = 0;
};

template <class Law>
constexpr Shaped shaped() {
    if constexpr (kHasShape<Law>) {
        return {true, Law::kShape, Law::kShapeParameterCount};
    } else {
        return {};
    }
}

constexpr Shaped kShaped[kLawCount] = {
#define TAILRACE_SHAPED(Law, name) shaped<Law>(),
    TAILRACE_LAWS(TAILRACE_SHAPED)
#undef TAILRACE_SHAPED
};

/// Whether draws may skip the checks: follows the range of clocks down the chain.
bool is_tame(const Program& program,
             double low = kSmallestClock,
             double high = kLargestClock) {
    for (int i = 0; i < program.op_count; ++i) {
        const ClockOp& op = program.ops[i];
        double ends[2] = {low, high};
        // A fresh clock may stand for that of the other tail, which reaches as far.
        apply_clock_op(op, false, ends, 2);
        low = std::min(ends[0], ends[1]);
        high = std::max(ends[0], ends[1]);
        if (op.kind == ClockOp::kLargest) {
            low = std::min(low, raw(flip(Wide(kLargestClock / op.value))));
        }
    }
    if (!(low > kTameClock && high < kTameReach)) {
        return false;
    }
    return ask(program).reach(program, low, high) < kTameReach;
}

Built with_op(const Built& law, const ClockOp& op) {
    const Program& program = law.program;
    if (program.op_count == kMaxClockOps) {
        throw std::invalid_argument("selections must be at most " +
                                    std::to_string(kMaxClockOps) + " deep, got more");
    }
    Built result = law;
    std::copy_backward(program.ops,
                       program.ops + program.op_count,
                       result.program.ops + program.op_count + 1);
    result.program.ops[0] = op;
    result.program.op_count = program.op_count + 1;
    return result;
}

Built finished(Built law) {
    law.program.tame = is_tame(law.program);
    return law;
}

bool starts_with(const Program& program, ClockOp::Kind kind) {
    return program.op_count > 0 && program.ops[0].kind == kind;
}

std::string said(double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", x);
    return text;
}

Wide hazard_of(const Built& law, double t) {
    if (law.outside == nullptr) {
        return ask(law.program).hazard(law.program, t);
    }
    double h = 0.0;
    ask_outside(law, Question::kHazard, {&t, 1}, {&h, 1});
    return h;
}

/// The hazard at t, where something lies beyond.
Wide hazard_at(const Built& law, const char* name, double t) {
    const Program& program = law.program;
    const Wide h = hazard_of(law, t);
    if (!(h.hi < kInfinity)) {
        throw std::invalid_argument(std::string(name) +
                                    " must be a value that something exceeds, got " +
                                    said(t));
    }
    if (program.tables != nullptr && h.hi > 0x1p39) {
        throw std::invalid_argument(
            std::string(name) +
            " must be exceeded with a probability above exp(-2^39), got " + said(t));
    }
    return h;
}

ClockOp op_of(ClockOp::Kind kind, double value, Wide extra) {
    ClockOp op;
    op.kind = kind;
    op.value = value;
    op.extra = stored(extra);
    return op;
}

}  // namespace

Built refreshed(Built law) { return finished(std::move(law)); }

Built make_law(std::string_view name, std::span<const double> parameters) {
    const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
    if (found == std::end(kNames) || parameters.size() > kMaxParameters) {
        throw std::invalid_argument("law must be in the table of laws, got " +
                                    std::string(name));
    }
    Built result;
    const auto id = static_cast<std::size_t>(found - kNames);
    result.program.law = static_cast<LawId>(id);
    std::ranges::copy(parameters, result.program.parameters);
    if (kShaped[id].has_shape) {
        const auto own = parameters.first(kShaped[id].parameters);
        auto tables = tables_of(kShaped[id].shape, own);
        result.program.tables = &tables->tables;
        result.kept.push_back(std::move(tables));
    }
    return finished(std::move(result));
}

Built smallest_of(const Built& law, double q) {
    const Program& program = law.program;
    const bool again = starts_with(program, ClockOp::kDivide);
    const double both = again ? q * program.ops[0].value : q;
    if (again && both >= 1e-300 && both <= 1e300) {
        Built result = law;
        result.program.ops[0].value = both;
        return finished(std::move(result));
    }
    return finished(with_op(law, op_of(ClockOp::kDivide, q, 0.0)));
}

Built largest_of(const Built& law, double n) {
    const Program& program = law.program;
    const bool again = starts_with(program, ClockOp::kLargest);
    const double both = again ? n * program.ops[0].value : n;
    Built result = law;
    if (again && both <= 1e300) {
        result.program.ops[0].value = both;
    } else {
        result = with_op(law, op_of(ClockOp::kLargest, n, 0.0));
    }
    ClockOp& op = result.program.ops[0];
    op.extra = stored(log(Wide(op.value)));
    return finished(std::move(result));
}

Built order_statistic(const Built& law, double k, double m, bool from_top) {
    const double ranks[] = {k, m};
    auto tables = tables_of(ShapeId::Rank, ranks);
    ClockOp op = op_of(from_top ? ClockOp::kRankFromTop : ClockOp::kRank, k, 0.0);
    std::ranges::copy(ranks, op.ranks);
    op.tables = &tables->tables;
    Built result = with_op(law, op);
    result.kept.push_back(std::move(tables));
    return finished(std::move(result));
}

Built beyond(const Built& law, double t) {
    const Program& program = law.program;
    const Wide h = hazard_at(law, "t", t);
    if (!(h.hi > 0.0)) {
        return law;
    }
    // The law's own form serves where nothing but "smallest of" stands before it: the
    // smallest of q, given that it exceeds t, is the smallest of q values beyond t.
    const bool only_smallest =
        std::all_of(program.ops, program.ops + program.op_count, [](const ClockOp& op) {
            return op.kind == ClockOp::kDivide;
        });
    Program bare = program;
    bare.op_count = 0;
    bare.advances = false;
    Built result = law;
    // Where almost nothing lies below t, adding its hazard is exact.
    if (ask(program).anchor != nullptr && only_smallest && is_plain(program) &&
        ask(program).hazard(bare, t).hi > 0x1p-120) {
        result.program.advances = true;
        result.program.origin = t;
        result.program.anchor = stored(ask(program).anchor(program, t));
        result.program.floor = t;
        return finished(std::move(result));
    }
    if (starts_with(program, ClockOp::kAdd)) {
        result.program.ops[0].extra = stored(wide(program.ops[0].extra) + h);
    } else {
        result = with_op(law, op_of(ClockOp::kAdd, 0.0, h));
    }
    ClockOp& op = result.program.ops[0];
    op.value = raw(wide(op.extra));
    result.program.floor = t;
    return finished(std::move(result));
}

Built truncated(const Built& law, double low, double high) {
    Built result = law;
    if (hazard_at(law, "low", low).hi > 0.0) {
        result = beyond(law, low);
        result.program.floor = low;
    }
    const Wide h = hazard_of(result, high);
    if (!(h.hi > 0.0)) {
        throw std::invalid_argument("high must be above low with values between, got " +
                                    said(low) + " and " + said(high));
    }
    if (h.hi < kInfinity) {
        result = with_op(result, op_of(ClockOp::kBelow, raw(h), h));
    }
    result.program.ceiling = std::min(result.program.ceiling, high);
    return finished(std::move(result));
}

Built capped(const Built& law, double t) {
    Built result = law;
    result.program.ceiling = std::min(result.program.ceiling, t);
    result.program.floor = std::min(result.program.floor, t);
    return finished(std::move(result));
}

Built affine(const Built& law, double scale, double shift) {
    Built result = scale < 0.0 ? with_op(law, op_of(ClockOp::kFlip, 0.0, 0.0)) : law;
    Program& program = result.program;
    const double low = std::fma(scale, program.floor, shift);
    const double high = std::fma(scale, program.ceiling, shift);
    program.floor = std::min(low, high);
    program.ceiling = std::max(low, high);
    program.scale *= scale;
    program.shift = std::fma(scale, program.shift, shift);
    if (!(std::fabs(program.scale) > 0.0 && std::isfinite(program.scale) &&
          std::isfinite(program.shift))) {
        throw std::invalid_argument(
            "scale and shift must leave a finite scale other than 0, got " +
            said(scale) + " and " + said(shift));
    }
    return finished(std::move(result));
}

Joint joint_extremes(const Program& program,
                     Joint::Kind kind,
                     std::uint64_t k,
                     double n) {
    Joint joint;
    joint.program = program;
    joint.kind = kind;
    joint.k = k;
    joint.n = n;
    joint.log_n = raw(log(Wide(n)));
    const auto rank = static_cast<double>(k);
    joint.flips = kind == Joint::kLargest;
    if (kind != Joint::kEnds && starts_with(program, ClockOp::kFlip)) {
        // Of minus a value: two flips are none.
        joint.flips = !joint.flips;
        const ClockOp* ops = program.ops;
        std::copy(ops + 1, ops + program.op_count, joint.program.ops);
        joint.program.op_count = program.op_count - 1;
    }
    joint.far = joint.flips && n >= 0x1p60 * rank;
    double low = kSmallestClock / n;
    // The sum of 1 / i for i from the least, n - k + 1, to n.
    const double least = std::max(n - rank + 1.0, 1.0);
    double high = kLargestClock * (1.0 / least + std::log(n / least));
    if (kind == Joint::kEnds) {
        high = kLargestClock / n + joint.log_n + kLargestClock;
    }
    if (joint.flips) {
        // Some laws are asked at the clock of the lower tail itself.
        const double ends[] = {raw(flip(Wide(low))), raw(flip(Wide(high)))};
        low = std::min(low, ends[1]);
        high = std::max(high, ends[0]);
    }
    joint.tame =
        low > kTameClock && high < kTameReach && is_tame(joint.program, low, high);
    return joint;
}

Built make_empirical(std::span<const double> values, std::span<const double> weights) {
    auto steps = std::make_shared<StepStore>(make_steps(values, weights));
    Built result;
    result.program.law = LawId::Empirical;
    result.program.table = steps->table();
    result.kept.push_back(std::move(steps));
    return finished(std::move(result));
}

Built make_spliced(std::span<const double> values,
                   std::span<const double> weights,
                   std::span<const double> tail,
                   double above) {
    std::vector<double> all(values.begin(), values.end());
    std::vector<double> masses(weights.begin(), weights.end());
    all.push_back(kInfinity);
    masses.push_back(above);
    auto steps = std::make_shared<StepStore>(make_steps(all, masses));
    Built result;
    result.program.law = LawId::Spliced;
    result.program.table = steps->table();
    std::ranges::copy(tail, result.program.parameters);
    result.program.parameters[3] = steps->hazards[values.size() - 1];
    result.kept.push_back(std::move(steps));
    return finished(std::move(result));
}

}  // namespace tailrace
