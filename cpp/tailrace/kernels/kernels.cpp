// Blocks through every room; compiled once per instruction set (see CMakeLists.txt).

#include "tailrace/clocks/from_bits.hpp"
#include "tailrace/clocks/renyi.hpp"
#include "tailrace/clocks/selection.hpp"
#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/laws/all.hpp"
#include "tailrace/laws/evaluate.hpp"
#include "tailrace/random/lanes.hpp"
#include "tailrace/tables/shapes.hpp"
#include "tailrace/tables/zolotarev.hpp"

namespace tailrace {
inline namespace TAILRACE_ISA {
namespace {

/// What a block holds on its way to the law.
enum class Stage { kClocks, kFreshClocks, kLowerClocks, kFolds };

template <class Law, class Real>
[[gnu::flatten]] void values(const Program& program,
                             Stage stage,
                             double* x,
                             size_t count) {
    const Law law(program);
    const auto each = [x, count](auto value) {
        TAILRACE_INDEPENDENT
        for (size_t i = 0; i < count; ++i) {
            x[i] = raw(value(Real{x[i]}));
        }
    };
    if constexpr (kHasAdvance<Law>) {
        if (program.advances) {
            const double t = program.origin;
            const Real anchor{program.anchor.hi};
            return each([=](Real e) { return law.advance(t, anchor, e); });
        }
    }
    if constexpr (kHasShortcut<Law>) {
        if (stage != Stage::kLowerClocks && law.has_shortcut()) {
            return each([=](Real e) { return law.shortcut(e); });
        }
    }
    if constexpr (kHasLowerClock<Law>) {
        if (stage == Stage::kFreshClocks || stage == Stage::kLowerClocks) {
            return each([=](Real e) { return law.at_lower_clock(e); });
        }
    }
    if constexpr (kHasFold<Law>) {
        if (stage == Stage::kFolds) {
            return each([=](Real d) { return law.at_fold(d); });
        }
    }
    each([=](Real e) { return law.inverse_hazard(e); });
}

/// Draws that need no clock, straight from random words: `count` is a multiple of 16.
template <class Law>
[[gnu::flatten]] void direct(const Program& program,
                             const uint64_t* bits,
                             double* x,
                             size_t count) {
    const Law law(program);
    if constexpr (kFromBits<Law>) {
        for (size_t i = 0; i < count; ++i) {
            x[i] = law.from_bits(bits[i]);
        }
    } else if constexpr (kTwoFromBits<Law>) {
        for (size_t g = 0; g < count; g += 2 * kLanes) {
            for (size_t i = g; i < g + kLanes; ++i) {
                const auto [one, other] = law.two_from_bits(bits[i], bits[i + kLanes]);
                x[i] = one;
                x[i + kLanes] = other;
            }
        }
    } else if constexpr (kOneFromBits<Law>) {
        for (size_t g = 0; g < count; g += kLanes) {
            for (size_t i = g; i < g + kLanes; ++i) {
                x[i] = law.one_from_bits(bits[g + i], bits[g + i + kLanes]);
            }
        }
    }
}

template <class Law>
bool is_direct(const Program& program) {
    if constexpr (requires(const Law& law) { law.is_direct(); }) {
        return Law(program).is_direct();
    } else {
        return kFromBits<Law> || kTwoFromBits<Law> || kOneFromBits<Law>;
    }
}

struct LawKernels {
    void (*values[2])(const Program&, Stage, double*, size_t);  // by tameness
    bool folds;
    bool has_lower_clock;
    bool (*is_direct)(const Program&);
    void (*direct)(const Program&, const uint64_t*, double*, size_t);
    size_t words;  // for a direct draw
};

constexpr LawKernels kLaws[kLawCount] = {
#define TAILRACE_KERNELS(Law, name)            \
    {{values<Law, double>, values<Law, Tame>}, \
     kHasFold<Law>,                            \
     kHasLowerClock<Law>,                      \
     is_direct<Law>,                           \
     direct<Law>,                              \
     kOneFromBits<Law> ? 2 : 1},
    TAILRACE_LAWS(TAILRACE_KERNELS)
#undef TAILRACE_KERNELS
};

/// The next `count` values of the law itself, on a block of its own where the last
/// group is not full.
bool draw_directly(const Program& program, LaneState& state, double* x, size_t count) {
    const LawKernels& law = kLaws[static_cast<size_t>(program.law)];
    if (program.op_count > 0 || program.advances || !law.is_direct(program)) {
        return false;
    }
    const size_t whole = (count + 2 * kLanes - 1) / (2 * kLanes) * (2 * kLanes);
    alignas(64) uint64_t bits[2 * kBlock];
    next_bits(state, bits, law.words * whole);
    if (whole == count) {
        law.direct(program, bits, x, count);
        return true;
    }
    alignas(64) double block[kBlock];
    law.direct(program, bits, block, whole);
    for (size_t i = 0; i < count; ++i) {
        x[i] = block[i];
    }
    return true;
}

/// The next `count` values of the law or what was selected from it, by clocks.
void draw_by_clocks(const Program& program, LaneState& state, double* x, size_t count) {
    const LawKernels& law = kLaws[static_cast<size_t>(program.law)];
    alignas(64) uint64_t bits[kBlock];
    next_bits(state, bits, (count + kLanes - 1) / kLanes * kLanes);
    Stage stage = Stage::kClocks;
    int next = 0;
    if (program.op_count == 0 && law.folds && !program.advances) {
        folds_from_bits(bits, x, count);
        stage = Stage::kFolds;
    } else if (program.op_count > 0 && program.ops[0].tables != nullptr) {
        folds_from_bits(bits, x, count);
        apply_rank_to_folds(program.ops[0], x, count);
        next = 1;
    } else {
        clocks_from_bits(bits, x, count);
        stage = program.op_count == 0 ? Stage::kFreshClocks : Stage::kClocks;
    }
    for (int i = next; i < program.op_count; ++i) {
        apply_clock_op(program.ops[i], i == 0, x, count);
    }
    law.values[program.tame ? 1 : 0](program, stage, x, count);
}

/// From values of the law to those that the program stands for.
void place(const Program& program, double* x, size_t count) {
    if (!is_plain(program)) {
        const double scale = program.scale;
        const double shift = program.shift;
        for (size_t i = 0; i < count; ++i) {
            x[i] = fma(scale, x[i], shift);
        }
    }
    const double floor = program.floor;
    if (floor > -kInfinity) {
        for (size_t i = 0; i < count; ++i) {
            x[i] = choose(x[i] < floor, floor, x[i]);
        }
    }
    const double ceiling = program.ceiling;
    if (ceiling < kInfinity) {
        for (size_t i = 0; i < count; ++i) {
            x[i] = choose(x[i] > ceiling, ceiling, x[i]);
        }
    }
}

void draw(const Program& program, LaneState& state, double* x, size_t count) {
    if (!draw_directly(program, state, x, count)) {
        draw_by_clocks(program, state, x, count);
    }
    place(program, x, count);
}

/// The values that clocks stand for, in place: not fresh ones, so with no short cuts
/// but that sums of the lower tail serve a law that is simpler there as they are.
void values_of_clocks(const Joint& joint, double* x, size_t count) {
    const Program& program = joint.program;
    const LawKernels& law = kLaws[static_cast<size_t>(program.law)];
    Stage stage = Stage::kClocks;
    if (joint.flips && !joint.far && program.op_count == 0 && !program.advances &&
        law.has_lower_clock) {
        stage = Stage::kLowerClocks;
    } else if (joint.flips) {
        flip_sums(joint, x, count);
    }
    for (int i = 0; i < program.op_count; ++i) {
        apply_clock_op(program.ops[i], false, x, count);
    }
    law.values[joint.tame ? 1 : 0](program, stage, x, count);
    place(program, x, count);
}

template <class Law>
void answers(const Program& program,
             Question question,
             const double* x,
             double* out,
             size_t count) {
    for (size_t i = 0; i < count; i += kAnswers) {
        const size_t left = count - i;
        const size_t length = left < kAnswers ? left : kAnswers;
        answer_block<Law>(program, question, x + i, out + i, length);
    }
}

using AnswersFunction =
    void (*)(const Program&, Question, const double*, double*, size_t);

constexpr AnswersFunction kAnswers[kLawCount] = {
#define TAILRACE_ANSWERS(Law, name) answers<Law>,
    TAILRACE_LAWS(TAILRACE_ANSWERS)
#undef TAILRACE_ANSWERS
};

void evaluate(const Program& program,
              Question question,
              const double* x,
              double* out,
              size_t count) {
    kAnswers[static_cast<size_t>(program.law)](program, question, x, out, count);
}

void densities(ShapeId shape,
               const double* parameters,
               double center,
               double step,
               const double* w,
               size_t count,
               double* log_density,
               double* slope) {
    using Along = void (*)(
        const double*, double, double, const double*, size_t, double*, double*);
    constexpr Along kAlong[] = {
#define TAILRACE_ALONG(Shape, name) densities_along<Shape>,
        TAILRACE_SHAPES(TAILRACE_ALONG)
#undef TAILRACE_ALONG
    };
    kAlong[static_cast<size_t>(shape)](
        parameters, center, step, w, count, log_density, slope);
}

template <class Real>
void apply_as(Function function, const double* x, double* out, size_t count) {
    const auto each = [=](auto f) {
        for (size_t i = 0; i < count; ++i) {
            out[i] = raw(f(Real{x[i]}));
        }
    };
    switch (function) {
        case Function::kLog:
            return each([](Real v) { return log(v); });
        case Function::kExp:
            return each([](Real v) { return exp(v); });
        case Function::kLog1p:
            return each([](Real v) { return log1p(v); });
        case Function::kExpm1:
            return each([](Real v) { return expm1(v); });
        case Function::kFlip:
            return each([](Real v) { return flip(v); });
    }
}

void apply(Function function, bool tame, const double* x, double* out, size_t count) {
    if (tame) {
        apply_as<Tame>(function, x, out, count);
    } else {
        apply_as<double>(function, x, out, count);
    }
}

}  // namespace

#define TAILRACE_STRING(x) #x
#define TAILRACE_NAME(x) TAILRACE_STRING(x)

extern const FoldTable kFolds;  // folds.cpp
extern const KernelTable kTable;
const KernelTable kTable{
    .name = TAILRACE_NAME(TAILRACE_ISA),
    .folds = kFolds,
    .seed_lanes = seed_lanes,
    .next_bits = next_bits,
    .clocks_from_bits = clocks_from_bits,
    .draw = draw,
    .running_sums = running_sums,
    .clocks_of_ends = clocks_of_ends,
    .values_of_clocks = values_of_clocks,
    .keep_order = keep_order,
    .evaluate = evaluate,
    .points_within = points_within,
    .answers_from_within = answers_from_within,
    .densities = densities,
    .zolotarev_nodes = zolotarev_nodes,
    .zolotarev_tails = zolotarev_tails,
    .apply = apply,
};

}  // namespace TAILRACE_ISA
}  // namespace tailrace
