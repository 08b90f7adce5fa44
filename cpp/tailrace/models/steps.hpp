// The race: a task is the sum of n independent steps.

#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tailrace/engine/tasks.hpp"
#include "tailrace/estimators/summary.hpp"
#include "tailrace/laws/program.hpp"
#include "tailrace/random/stream.hpp"

namespace tailrace {

/// What a simulation has seen of its trials.
struct StepsSeen {
    Summary totals;
    Summary shares;  ///< of the largest step in the total, with squares
};

/// Draws `trials` tasks, at least one, of `steps` values of the law of a step each, and
/// keeps of the totals what `kept` says: bounded memory, whatever the number of trials.
/// Totals and largest steps are also written where there is room for them; else the
/// spans are empty. None if it was stopped; throws HasNan where a law was asked for a
/// value so far out that it is not known.
///
/// A stream serves max(1, kTask / steps) trials. Totals of positive steps are within
/// 1e-14 relative of the sum of the values drawn: a block is added in partial sums
/// (see sum_and_largest), and blocks are added with compensation.
///
/// Reference  A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
/// endlicher Summen", Z. Angew. Math. Mech. 54 (1974), for the compensation.
std::optional<StepsSeen> simulate_steps(const Program& step,
                                        const Key& key,
                                        std::uint64_t steps,
                                        std::uint64_t trials,
                                        const Kept& kept,
                                        std::span<double> totals,
                                        std::span<double> largest,
                                        const Manner& manner);

}  // namespace tailrace
