// The race: a task is the sum of n independent steps.

#pragma once

#include <cstdint>
#include <span>

#include "tailrace/engine/tasks.hpp"
#include "tailrace/laws/program.hpp"
#include "tailrace/random/stream.hpp"

namespace tailrace {

/// Draws `totals.size()` trials of the total of `steps` values of the law of a step,
/// and the largest step of each beside it. O(1) memory a trial.
///
/// A stream serves max(1, kTask / steps) trials. Totals of positive steps are within
/// 1e-14 relative of the sum of the values drawn: a block is added in partial sums
/// (see sum_and_largest), and blocks are added with compensation. False if stopped.
///
/// Reference  A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
/// endlicher Summen", Z. Angew. Math. Mech. 54 (1974), for the compensation.
bool simulate_steps(const Program& step,
                    const Key& key,
                    std::uint64_t steps,
                    std::span<double> totals,
                    std::span<double> largest,
                    const Manner& manner);

}  // namespace tailrace
