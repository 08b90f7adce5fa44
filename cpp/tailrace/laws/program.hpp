// A law at run time: a few operations on clocks, one law with its parameters, a floor.
//
// Plain data. A program, a stream and a fold are all that the kernels ever see.

#pragma once

#include <cstddef>
#include <cstdint>

#include "tailrace/laws/table.hpp"
#include "tailrace/math/two_doubles.hpp"

namespace tailrace {

inline constexpr int kMaxParameters = 4;
inline constexpr int kMaxClockOps = 16;

/// One step from the clock of a selected law to the clock of what it was selected from.
struct ClockOp {
    enum Kind : std::uint32_t {
        kDivide,   ///< the smallest of `value`: e / value
        kLargest,  ///< the largest of `value`; `extra` is its logarithm
        kAdd,      ///< beyond the point of cumulative hazard `extra` (rounded: `value`)
    };
    Kind kind = kDivide;
    double value = 1.0;
    TwoDoubles extra;
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

    /// From the outermost selection, which meets the fresh clock, to the innermost.
    ClockOp ops[kMaxClockOps];
    int op_count = 0;

    /// Beyond `origin`, by the law's own `advance`, with what its `anchor` says of it.
    bool advances = false;
    double origin = 0.0;
    TwoDoubles anchor;

    /// No value lies below it.
    double floor = -__builtin_inf();

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
