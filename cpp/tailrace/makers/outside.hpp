// Laws whose functions are known outside the core.

#pragma once

#include <functional>
#include <span>
#include <vector>

#include "tailrace/makers/build.hpp"
#include "tailrace/makers/fit.hpp"

namespace tailrace {

/// What a law outside can be asked; all for many points at once.
class OutsideLaw {
  public:
    virtual ~OutsideLaw() = default;
    /// Hazards at own values, and the logarithms of their rates.
    virtual void hazards(std::span<const double> x,
                         std::span<double> hazard,
                         std::span<double> log_rate) const = 0;
    /// Own values at clocks.
    virtual void values(std::span<const double> clocks, std::span<double> x) const = 0;
};

/// How the values of a law outside are tabulated.
struct OutsidePlan {
    /// From u to x = loc + scale m(u): "exponential" or "sinh".
    std::string_view map;
    double loc;
    double scale;
    /// The largest clocks at which the law is known, lower and upper, and clocks of the
    /// tails at which values are not smooth.
    double ends[2];
    double support[2];
    std::vector<double> kinks[2];
    /// u at clocks of the lower (false) or the upper tail, at least log 2.
    std::function<std::vector<double>(bool upper, const std::vector<double>& clocks)> u;
};

/// A law that is drawn from a table made by `plan`, and asked by `law`; and the largest
/// error of u found in the table.
struct OutsideBuilt {
    Built built;
    double error;
};
OutsideBuilt make_outside(const OutsidePlan& plan,
                          std::shared_ptr<const OutsideLaw> law);

/// The table of such a law as numbers, and the same law from them: so that a law has
/// the same draws wherever it is sent. Throws std::invalid_argument where the numbers
/// cannot be such a table.
std::vector<double> outside_numbers(const Built& law);
Built outside_from_numbers(std::span<const double> numbers,
                           std::string_view map,
                           std::shared_ptr<const OutsideLaw> law);

/// Answers from a law that is asked outside, on the calling thread.
void ask_outside(const Built& law,
                 Question question,
                 std::span<const double> x,
                 std::span<double> out);

}  // namespace tailrace
