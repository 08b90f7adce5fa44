// The table behind an empirical law.

#pragma once

#include <span>
#include <vector>

#include "tailrace/laws/program.hpp"

namespace tailrace {

/// The memory behind a StepTable.
struct StepStore {
    std::vector<double> values;
    std::vector<double> hazards;
    std::vector<std::uint32_t> index;

    StepTable table() const;
};

/// Values are finite or +infinity, ascending and distinct; weights are positive and
/// finite.
StepStore make_steps(std::span<const double> values, std::span<const double> weights);

}  // namespace tailrace
