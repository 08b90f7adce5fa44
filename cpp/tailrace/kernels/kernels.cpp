// Blocks through every room; compiled once per instruction set (see CMakeLists.txt).

#include "tailrace/clocks/from_bits.hpp"
#include "tailrace/clocks/selection.hpp"
#include "tailrace/folds/total.hpp"
#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/laws/all.hpp"
#include "tailrace/laws/evaluate.hpp"
#include "tailrace/random/lanes.hpp"

namespace tailrace {
inline namespace TAILRACE_ISA {
namespace {

template <class Law, class Real>
[[gnu::flatten]] void values(const Program& program, double* x, size_t count) {
    const Law law(program);
    if constexpr (kHasAdvance<Law>) {
        if (program.advances) {
            const double t = program.origin;
            const Real anchor{program.anchor.hi};
            for (size_t i = 0; i < count; ++i) {
                const double value = raw(law.advance(t, anchor, Real{x[i]}));
                x[i] = choose(value < t, t, value);
            }
            return;
        }
    }
    if constexpr (kHasLowerClock<Law>) {
        if (program.op_count == 0) {
            for (size_t i = 0; i < count; ++i) {
                x[i] = raw(law.at_lower_clock(Real{x[i]}));
            }
            return;
        }
    }
    for (size_t i = 0; i < count; ++i) {
        x[i] = raw(law.inverse_hazard(Real{x[i]}));
    }
}

using ValuesFunction = void (*)(const Program&, double*, size_t);

constexpr ValuesFunction kValues[kLawCount][2] = {
#define TAILRACE_VALUES(Law, name) {values<Law, double>, values<Law, Tame>},
    TAILRACE_LAWS(TAILRACE_VALUES)
#undef TAILRACE_VALUES
};

void values_from_clocks(const Program& program, double* x, size_t count) {
    for (int i = 0; i < program.op_count; ++i) {
        apply_clock_op(program.ops[i], i == 0, x, count);
    }
    kValues[static_cast<size_t>(program.law)][program.tame ? 1 : 0](program, x, count);
    const double floor = program.floor;
    if (floor > -kInfinity) {
        for (size_t i = 0; i < count; ++i) {
            x[i] = choose(x[i] < floor, floor, x[i]);
        }
    }
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

extern const KernelTable kTable;
const KernelTable kTable{
    .name = TAILRACE_NAME(TAILRACE_ISA),
    .seed_lanes = seed_lanes,
    .next_bits = next_bits,
    .clocks_from_bits = clocks_from_bits,
    .values_from_clocks = values_from_clocks,
    .sum_and_largest = sum_and_largest,
    .evaluate = evaluate,
    .apply = apply,
};

}  // namespace TAILRACE_ISA
}  // namespace tailrace
