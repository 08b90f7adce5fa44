// Builds the tables of laws that are known by their density.

#include "tailrace/makers/tabulate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>

#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/makers/chebyshev.hpp"
#include "tailrace/makers/fit.hpp"
#include "tailrace/makers/side.hpp"
#include "tailrace/makers/stable.hpp"
#include "tailrace/tables/cells.hpp"
#include "tailrace/tables/shapes.hpp"

namespace tailrace {

namespace {

constexpr double kLargestClock = 0x1p40;

/// What this file asks of a shape.
struct Outline {
    bool symmetric;
    double guess;
    double spread;
    double lowest;
    double highest;
    double whole;  ///< where the table is by the clock itself, its tolerance; else 0
};

template <class Shape>
Outline outlined(const double* parameters) {
    const Shape shape(parameters, 0.0);
    double whole = 0.0;
    if constexpr (requires { Shape::kWhole; }) {
        whole = Shape::tolerance(parameters);
    }
    return {Shape::kSymmetric,
            shape.guess(),
            shape.spread(),
            shape.lowest(),
            shape.highest(),
            whole};
}

constexpr Outline (*kOutlines[])(const double*) = {
#define TAILRACE_OUTLINE(Shape, name) outlined<Shape>,
    TAILRACE_SHAPES(TAILRACE_OUTLINE)
#undef TAILRACE_OUTLINE
};

constexpr double kRelative = 0x1p-48;

/// u - median by the clock folded at the median.
CellsStore folded_inverse(const Side& lower,
                          const Side& upper,
                          double scale,
                          bool symmetric) {
    const auto wish = [scale](const Side& side, double step) {
        const auto f = [&side, step](const std::vector<double>& d) {
            std::vector<double> w = side.inverse(d);
            for (double& x : w) {
                x *= step;
            }
            return w;
        };
        const double end = std::min(side.top_clock(), kLargestClock);
        return Wish{f, end, 5e-14 * std::min(scale, 1.0), kRelative};
    };
    std::vector<Wish> wishes = {wish(upper, scale)};
    if (!symmetric) {
        wishes.insert(wishes.begin(), wish(lower, -scale));
    }
    return fit(wishes, 0.125, symmetric);
}

/// u - median by the clock e. Near 0, where u falls without end, the clock is taken as
/// e + a^2 / (e + a), which is never 0: a is far below what matters beside 1.
CellsStore inverse_from_zero(const Side& lower,
                             const Side& upper,
                             double scale,
                             double tolerance) {
    constexpr double kOffset = 0x1p-44;
    const auto f = [&](const std::vector<double>& e) {
        std::vector<double> d[2];
        for (const double x : e) {
            const double clock = x + kOffset * (kOffset / (x + kOffset));
            const bool above = clock > kLog2;
            d[above].push_back(std::max(0.0, (above ? clock : flip(clock)) - kLog2));
        }
        const std::vector<double> w[2] = {lower.inverse(d[0]), upper.inverse(d[1])};
        std::size_t next[2] = {0, 0};
        std::vector<double> u;
        for (const double x : e) {
            const bool above = x + kOffset * (kOffset / (x + kOffset)) > kLog2;
            const double size = scale * w[above][next[above]++];
            u.push_back(above ? size : -size);
        }
        return u;
    };
    const double end = std::min(upper.top_clock(), kLargestClock);
    return fit({Wish{f, end, tolerance, kRelative}}, kOffset, false);
}

std::shared_ptr<const TableStore> build(ShapeId shape, const double* parameters) {
    const Outline outline = kOutlines[static_cast<std::size_t>(shape)](parameters);
    double center = outline.guess;
    double scale = outline.spread;
    for (int pass = 0;; ++pass) {
        Side lower(shape, parameters, center, -scale, outline.lowest);
        Side upper(shape, parameters, center, scale, outline.highest);
        const double below = lower.at_center();
        const double above = upper.at_center();
        const double off = std::fabs(above - below) / (above + below);
        const double size = 0.5 * (above + below);
        if (pass < 8 &&
            !((off < 1e-13 || outline.symmetric) && std::fabs(size - 1.0) < 1e-3)) {
            // Half of all mass lies beyond the median: there the heavier side has lost
            // the logarithm of twice its share.
            const Side& heavy = above > below ? upper : lower;
            const double w = heavy.inverse({std::log1p(off)})[0];
            center += outline.symmetric ? 0.0 : (above > below ? scale : -scale) * w;
            scale *= heavy.mills(w);
            continue;
        }
        auto store = std::make_shared<TableStore>();
        Tables& tables = store->tables;
        tables.median = center;
        tables.scale = scale;
        tables.log_mass = stored(log(Wide(scale)) + log(Wide(above) + Wide(below)));
        TwoSides mills{{}, upper.cells()};
        if (!outline.symmetric) {
            mills.lower = lower.cells();
        }
        store->mills = stored_cells<kMillsDegree>(mills, Side::kOffset, Side::kShift);
        store->inverse = outline.whole > 0.0
                             ? inverse_from_zero(lower, upper, scale, outline.whole)
                             : folded_inverse(lower, upper, scale, outline.symmetric);
        tables.inverse = store->inverse.cells;
        tables.mills = store->mills.cells;
        return store;
    }
}

struct Kept {
    ShapeId shape;
    std::vector<double> parameters;
    std::shared_ptr<const TableStore> store;
};

}  // namespace

std::shared_ptr<const TableStore> tables_of(ShapeId shape,
                                            std::span<const double> parameters) {
    constexpr std::size_t kMostKept = 64;
    static std::mutex lock;
    static std::list<Kept> kept;
    const std::lock_guard guard(lock);
    const auto found = std::ranges::find_if(kept, [&](const Kept& one) {
        return one.shape == shape && std::ranges::equal(one.parameters, parameters);
    });
    if (found != kept.end()) {
        kept.splice(kept.begin(), kept, found);
        return kept.front().store;
    }
    std::vector<double> own(parameters.begin(), parameters.end());
    own.resize(kShapeParameters);
    auto store = shape == ShapeId::Stable ? stable_tables(own[0], own[1])
                                          : build(shape, own.data());
    kept.push_front({shape, {parameters.begin(), parameters.end()}, store});
    if (kept.size() > kMostKept) {
        kept.pop_back();
    }
    return store;
}

}  // namespace tailrace
