// Extremes of n values, jointly, at run time: a law and what to take of it. Plain data.

#pragma once

#include "tailrace/laws/program.hpp"

namespace tailrace {

struct Joint {
    enum Kind : std::uint32_t {
        kSmallest,  ///< the k smallest, ascending
        kLargest,   ///< the k largest, descending
        kEnds,      ///< the smallest and the largest
    };
    Program program;
    Kind kind = kSmallest;
    std::uint64_t k = 1;  ///< values in a row; 2 for kEnds
    double n = 1.0;
    double log_n = 0.0;

    /// Whether sums of spacings are clocks of the lower tail of the program's values.
    bool flips = false;

    /// It flips, and n >= 2^60 k, so that a flip is -log to the last digit. Then clocks
    /// are counted in units of 1 / n, which alone may be subnormal.
    bool far = false;

    /// No clock leaves the range of struct Tame on its way to a value.
    bool tame = false;
};

}  // namespace tailrace
