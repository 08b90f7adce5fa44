// Builds programs: a law from its parameters, and a selected law from a law.

#include "tailrace/laws/build.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "tailrace/laws/all.hpp"
#include "tailrace/laws/evaluate.hpp"

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

/// Whether draws may skip the checks: follows the range of clocks down the chain.
bool is_tame(const Program& program) {
    double low = kSmallestClock;
    double high = kLargestClock;
    for (int i = 0; i < program.op_count; ++i) {
        const ClockOp& op = program.ops[i];
        if (op.kind == ClockOp::kDivide) {
            low /= op.value;
            high /= op.value;
        } else if (op.kind == ClockOp::kAdd) {
            low += op.value;
            high += op.value;
        } else {
            low = raw(base_of_largest(Wide(low), op.value, wide(op.extra)));
            high = raw(base_of_largest(Wide(high), op.value, wide(op.extra)));
            // A fresh clock is the lower one here, and reaches as far on the other
            // side.
            low = std::min(low, raw(flip(Wide(kLargestClock / op.value))));
        }
    }
    if (!(low > kTameClock && high < kTameReach)) {
        return false;
    }
    return ask(program).reach(program, low, high) < kTameReach;
}

Program with_op(const Program& program, const ClockOp& op) {
    if (program.op_count == kMaxClockOps) {
        throw std::invalid_argument("selections must be at most " +
                                    std::to_string(kMaxClockOps) + " deep, got more");
    }
    Program result = program;
    std::copy_backward(
        program.ops, program.ops + program.op_count, result.ops + program.op_count + 1);
    result.ops[0] = op;
    result.op_count = program.op_count + 1;
    return result;
}

Program finished(Program program) {
    program.tame = is_tame(program);
    return program;
}

bool starts_with(const Program& program, ClockOp::Kind kind) {
    return program.op_count > 0 && program.ops[0].kind == kind;
}

}  // namespace

Program make_law(std::string_view name, std::span<const double> parameters) {
    const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
    if (found == std::end(kNames) || parameters.size() > kMaxParameters) {
        throw std::invalid_argument("law must be in the table of laws, got " +
                                    std::string(name));
    }
    Program program;
    program.law = static_cast<LawId>(found - kNames);
    std::copy(parameters.begin(), parameters.end(), program.parameters);
    return finished(program);
}

Program smallest_of(const Program& program, double q) {
    Program result = program;
    const double both =
        starts_with(program, ClockOp::kDivide) ? q * program.ops[0].value : q;
    if (starts_with(program, ClockOp::kDivide) && both >= 1e-300 && both <= 1e300) {
        result.ops[0].value = both;
    } else {
        result = with_op(program, {ClockOp::kDivide, q, {}});
    }
    return finished(result);
}

Program largest_of(const Program& program, double n) {
    Program result = program;
    const double both =
        starts_with(program, ClockOp::kLargest) ? n * program.ops[0].value : n;
    if (starts_with(program, ClockOp::kLargest) && both <= 1e300) {
        result.ops[0].value = both;
    } else {
        result = with_op(program, {ClockOp::kLargest, n, {}});
    }
    ClockOp& op = result.ops[0];
    op.extra = stored(log(Wide(op.value)));
    return finished(result);
}

Program beyond(const Program& program, double t) {
    const Wide h = ask(program).hazard(program, t);
    if (!(h.hi < kInfinity)) {
        char text[32];
        std::snprintf(text, sizeof text, "%.17g", t);
        throw std::invalid_argument(
            std::string("t must be a value that something exceeds, got ") + text);
    }
    Program result = program;
    if (!(h.hi > 0.0)) {
        return result;
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
    // Where almost nothing lies below t, adding its hazard is exact.
    const bool deep = ask(program).hazard(bare, t).hi > 0x1p-120;
    if (ask(program).anchor != nullptr && only_smallest && deep) {
        result.advances = true;
        result.origin = t;
        result.anchor = stored(ask(program).anchor(program, t));
        result.floor = t;
        return finished(result);
    }
    if (starts_with(program, ClockOp::kAdd)) {
        result.ops[0].extra = stored(wide(program.ops[0].extra) + h);
    } else {
        result = with_op(program, {ClockOp::kAdd, 0.0, stored(h)});
    }
    result.ops[0].value = raw(wide(result.ops[0].extra));
    result.floor = t;
    return finished(result);
}

StepTable StepStore::table() const {
    return {values.data(), hazards.data(), index.data(), values.size()};
}

StepStore make_steps(std::span<const double> values, std::span<const double> weights) {
    StepStore store;
    const std::size_t n = values.size();
    store.values.assign(values.begin(), values.end());
    store.hazards.assign(n, kInfinity);
    // What lies above each value, summed from the top so that small tails keep their
    // digits, and what lies up to it, for the body; the smaller one decides the hazard.
    std::vector<Wide> above(n);
    Wide sum = 0.0;
    for (std::size_t i = n; i-- > 0;) {
        above[i] = sum;
        sum = sum + Wide(weights[i]);
    }
    Wide up_to = 0.0;
    for (std::size_t i = 0; i + 1 < n; ++i) {
        up_to = up_to + Wide(weights[i]);
        const Wide share = up_to / sum;
        store.hazards[i] =
            raw(choose(share.hi < 0.5, -log1p(-share), -log(above[i] / sum)));
    }
    store.index.resize(kIndexCount + 1);
    std::size_t position = 0;
    for (std::uint64_t slot = 0; slot < kIndexCount; ++slot) {
        // The first value whose hazard reaches the smallest clock of the slot.
        const double clock = slot == 0 ? 0.0 : double_of((slot + kIndexFirst) << 46);
        while (position + 1 < n && store.hazards[position] < clock) {
            ++position;
        }
        store.index[slot] = static_cast<std::uint32_t>(position);
    }
    store.index[kIndexCount] = static_cast<std::uint32_t>(n - 1);
    return store;
}

Program make_empirical(const StepStore& store) {
    Program program;
    program.law = LawId::Empirical;
    program.table = store.table();
    return finished(program);
}

}  // namespace tailrace
