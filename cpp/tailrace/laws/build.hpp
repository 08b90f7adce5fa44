// Builds programs: a law from its parameters, and a selected law from a law.
//
// Every function returns a new program and throws std::invalid_argument, in a sentence
// that names the parameter, where it cannot.

#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "tailrace/laws/program.hpp"

namespace tailrace {

/// The law named in the table of laws. The caller has checked the parameters.
Program make_law(std::string_view name, std::span<const double> parameters);

/// The law of the smallest of q values, for any real q > 0.
Program smallest_of(const Program& program, double q);

/// The law of the largest of n values, for any real n >= 1.
Program largest_of(const Program& program, double n);

/// The law of a value given that it exceeds t.
Program beyond(const Program& program, double t);

/// The memory behind a StepTable.
struct StepStore {
    std::vector<double> values;
    std::vector<double> hazards;
    std::vector<std::uint32_t> index;

    StepTable table() const;
};

/// The law of `values` with the given weights. Values are finite or +infinity,
/// ascending and distinct; weights are positive and finite.
StepStore make_steps(std::span<const double> values, std::span<const double> weights);

/// The law that draws from `store`, which must outlive it.
Program make_empirical(const StepStore& store);

}  // namespace tailrace
