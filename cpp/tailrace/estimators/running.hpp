// Means and medians of the first one, two, three, ... values.

#pragma once

#include <cstdint>
#include <span>

namespace tailrace {

/// Writes the mean of x[0], ..., x[i] to out[i]; `out` is as long as x.
///
/// Sums are carried in two doubles, so each mean is within an ULP of the exact one for
/// values of one sign, and in general within an ULP and 2^-100 i times the mean size of
/// the values. From an infinite value on, it is infinite or NaN.
///
/// Reference  D. E. Knuth, The Art of Computer Programming 2, 3rd ed. (1998), section
/// 4.2.2, theorem B, for what an addition loses.
void running_means(std::span<const double> x, std::span<double> out);

/// Writes the median of x[0], ..., x[i] to out[i]: exact, for an even number of values
/// the mean of the middle two. No NaN, fewer than 2^32 values. Takes O(n log n) for
/// sorting and O(n) for the rest.
///
/// The values are taken out of a sorted list again, the last first, while a finger
/// follows the middle.
void running_medians(std::span<const double> x, std::span<double> out);

}  // namespace tailrace
