// Builds programs: a law from its parameters, and a law from another law.
//
// Every function returns a new program and throws std::invalid_argument, in a sentence
// that names the parameter, where it cannot.

#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "tailrace/laws/joint.hpp"

namespace tailrace {

class OutsideLaw;

/// A program with the memory that it points into.
struct Built {
    Program program;
    std::vector<std::shared_ptr<const void>> kept;
    /// Where to ask, for a law that is known outside the core; else null.
    std::shared_ptr<const OutsideLaw> outside;
};

/// The law named in the table of laws. The caller has checked the parameters.
Built make_law(std::string_view name, std::span<const double> parameters);

/// The law of `values` with the given weights. Values are finite or +infinity,
/// ascending and distinct; weights are positive and finite.
Built make_empirical(std::span<const double> values, std::span<const double> weights);

/// The law of `values` with the given weights up to the threshold of the tail, whose
/// parameters are xi, scale and threshold; `above` is the weight of the tail.
Built make_spliced(std::span<const double> values,
                   std::span<const double> weights,
                   std::span<const double> tail,
                   double above);

/// The same law, with what is decided by its range of clocks decided again.
Built refreshed(Built law);

/// The law of the smallest of q values, for any real q > 0.
Built smallest_of(const Built& law, double q);

/// The law of the largest of n values, for any real n >= 1.
Built largest_of(const Built& law, double n);

/// The law of the k-th of n = k + m - 1 values, counted from below or from the top.
Built order_statistic(const Built& law, double k, double m, bool from_top);

/// The law of a value given that it exceeds t.
Built beyond(const Built& law, double t);

/// The law of a value given that it lies in (low, high].
Built truncated(const Built& law, double low, double high);

/// The law of the smaller of a value and t.
Built capped(const Built& law, double t);

/// The law of scale X + shift, scale not 0.
Built affine(const Built& law, double scale, double shift);

/// The k smallest or largest of n >= k values, or (k = 2) both ends; any real n. Points
/// into the law's memory.
Joint joint_extremes(const Program& program,
                     Joint::Kind kind,
                     std::uint64_t k,
                     double n);

}  // namespace tailrace
