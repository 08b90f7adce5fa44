// Tables of a law without a closed inverse, as the kernels see them. Plain data.
//
// Such a law is known by its density in a coordinate u of the whole real line: x
// itself, log x or asinh x. It is cut at the median. On either side w = |u - median| /
// scale counts the distance, and d = (clock of that tail) - log 2 is again a standard
// exponential: the clock of a law that starts at the median.

#pragma once

#include <cstddef>
#include <cstdint>

#include "tailrace/math/two_doubles.hpp"

namespace tailrace {

/// Piecewise polynomials on [0, infinity), one for each side, in v = w + offset.
///
/// A slot is a range of leading bits of v, so that slots shrink and grow with v; it
/// points to the first of the cells it was cut into. A row is a cell: its middle, one
/// over half its width, and the coefficients in t = (v - middle) / half width. Index 0
/// is the lower side, 1 the upper one.
struct Cells {
    const double* rows = nullptr;
    const double* knots = nullptr;  ///< where cells begin; infinity after each side
    const std::uint64_t* slots = nullptr;  ///< the first cell of each slot
    double offset = 0.0;
    double top_below = 0.0;  /// whatever lies beyond is taken for it
    double top_above = 0.0;
    std::uint64_t first_below = 0;  ///< leading bits of 0, less the slots before
    std::uint64_t first_above = 0;
    std::uint64_t mirror = 0;  ///< the sign bit, where one side serves both
    std::uint32_t shift = 0;
    std::uint32_t most = 0;  ///< the most cells in one slot
};

/// The shapes of shapes.hpp: what a table is made from.
// clang-format off
#define TAILRACE_SHAPES(SHAPE)                       \
    SHAPE(NormalShape, Normal)                       \
    SHAPE(StudentTShape, StudentT)                   \
    SHAPE(LogGammaShape<false>, LogGamma)            \
    SHAPE(LogGammaShape<true>, MinusLogGamma)        \
    SHAPE(PowerShape, Power)                         \
    SHAPE(RankShape, Rank)
// clang-format on

enum class ShapeId : std::uint32_t {
#define TAILRACE_SHAPE_ID(Shape, name) name,
    TAILRACE_SHAPES(TAILRACE_SHAPE_ID)
#undef TAILRACE_SHAPE_ID
        Stable,  ///< known by its tails, not by its density: see zolotarev.hpp
};

inline constexpr std::size_t kShapeParameters = 2;

/// A slot may have up to 2^kSearch cells.
inline constexpr int kSearch = 7;

/// Degrees of the two kinds of table, for answers and for draws.
inline constexpr int kMillsDegree = 15;
inline constexpr int kInverseDegree = 7;

struct Tables {
    double median = 0.0;
    double scale = 1.0;
    TwoDoubles log_mass;  ///< the logarithm of the integral of the density
    Cells mills;          ///< by w: tail mass / density, in units of `scale`
    Cells inverse;        ///< by d, or by the clock: u - median
    Cells clock;          ///< by w: d, for a law without a closed density

    /// Of a stable law: the unit of y, where u is 0 in either parametrisation, and the
    /// side that all of the law lies on, or 0.
    double unit = 1.0;
    double zero[2] = {};
    double side = 0.0;
    /// The derivative of d by u beyond the table.
    double slope_below = 1.0;
    double slope_above = 1.0;
};

/// Nodes and weights of the integrals of zolotarev.hpp on one side of zeta. Arrays are
/// filled up with weights of 0 to `padded`, a multiple of 8.
struct ZolotarevNodes {
    const double* log_v = nullptr;
    const double* own = nullptr;
    const double* rest = nullptr;
    std::size_t count = 0;
    std::size_t padded = 0;
    double k = 0.0;
    double below = 0.0;   ///< the mass on the other side
    double least = 0.0;   ///< the least log V, where a tail is light
    double window = 0.0;  ///< no term counts below
    bool own_is_light = false;
    bool rest_is_light = false;
};

inline constexpr double kZolotarevStep = 0.125;

}  // namespace tailrace
