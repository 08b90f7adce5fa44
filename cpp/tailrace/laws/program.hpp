// A law at run time: a few operations on clocks, one law with its parameters, a scale,
// a shift, and two ends.
//
// Plain data. A program, a stream and a fold are all that the kernels ever see.

#pragma once

#include <cstddef>
#include <cstdint>

#include "tailrace/laws/table.hpp"
#include "tailrace/math/two_doubles.hpp"
#include "tailrace/tables/tables.hpp"

namespace tailrace {

inline constexpr int kMaxParameters = 5;
inline constexpr int kMaxClockOps = 16;

/// One step from the clock of a selected law to the clock of what it was selected from.
struct ClockOp {
    enum Kind : std::uint32_t {
        kDivide,   ///< the smallest of `value`: e / value
        kLargest,  ///< the largest of `value`; `extra` is its logarithm
        kAdd,      ///< beyond the point of cumulative hazard `extra` (rounded: `value`)
        kBelow,    ///< below the point of cumulative hazard `extra` (rounded: `value`)
        kFlip,     ///< of minus the value: the clock of the other tail
        kRank,     ///< the order statistic with these `ranks`, from below
        kRankFromTop,  ///< the same, from above
    };
    Kind kind = kDivide;
    double value = 1.0;
    TwoDoubles extra;
    double ranks[kShapeParameters] = {};  ///< k and n - k + 1, counted from its end
    const Tables* tables = nullptr;       ///< those of the ranks
};

/// Values with the cumulative hazard up to and including each, and an index to enter
/// them by the leading bits of a clock. Owned by whoever made the program.
struct StepTable {
    const double* values = nullptr;
    const double* hazards = nullptr;
    const std::uint32_t* index = nullptr;
    std::size_t count = 0;
};

struct Program {
    LawId law = LawId::Exponential;
    double parameters[kMaxParameters] = {};
    StepTable table;
    const Tables* tables = nullptr;  ///< of a law without a closed inverse

    /// From the outermost selection, which meets the fresh clock, to the innermost.
    ClockOp ops[kMaxClockOps];
    int op_count = 0;

    /// Beyond `origin`, by the law's own `advance`, with what its `anchor` says of it.
    bool advances = false;
    double origin = 0.0;
    TwoDoubles anchor;

    /// A value is shift + scale times the law's, and then held between these two.
    double scale = 1.0;
    double shift = 0.0;
    double floor = -__builtin_inf();
    double ceiling = __builtin_inf();

    /// No exponential or logarithm of a draw leaves the range of struct Tame.
    bool tame = false;
};

/// What can be asked of a law at a point.
enum class Question : std::uint32_t {
    kHazard,
    kSf,
    kCdf,
    kLogSf,
    kLogCdf,
    kPdf,
    kLogPdf,
    kInverseHazard,
    kIsf,
    kPpf,
};

}  // namespace tailrace
