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
#include "tailrace/makers/stable.hpp"
#include "tailrace/tables/cells.hpp"
#include "tailrace/tables/shapes.hpp"

namespace tailrace {

namespace {

constexpr double kEpsilon = 0x1p-53;
constexpr double kLargestClock = 0x1p40;
constexpr int kNodes = kMillsDegree + 1;
using Mills = Chebyshev<kNodes>;

/// What this file asks of a shape.
struct Outline {
    bool symmetric;
    double guess;
    double spread;
    double lowest;
    double highest;
};

template <class Shape>
Outline outlined(const double* parameters) {
    const Shape shape(parameters, 0.0);
    return {Shape::kSymmetric,
            shape.guess(),
            shape.spread(),
            shape.lowest(),
            shape.highest()};
}

constexpr Outline (*kOutlines[])(const double*) = {
#define TAILRACE_OUTLINE(Shape, name) outlined<Shape>,
    TAILRACE_SHAPES(TAILRACE_OUTLINE)
#undef TAILRACE_OUTLINE
};

/// Integrals of the Lagrange polynomials of the nodes, from each node and from -1 to 1.
struct Integrals {
    double to_right[kNodes][kNodes] = {};
    double whole[kNodes] = {};

    Integrals() {
        for (int j = 0; j < kNodes; ++j) {
            for (int n = 0; n < kNodes; ++n) {
                const double weight =
                    Mills::polynomial(n, j) * (n == 0 ? 1.0 : 2.0) / double(kNodes);
                const double right = antiderivative(n, [](int) { return 1.0; });
                for (int i = 0; i < kNodes; ++i) {
                    const auto t = [i](int k) { return Mills::polynomial(k, i); };
                    to_right[i][j] += weight * (right - antiderivative(n, t));
                }
                const auto sign = [](int k) { return k % 2 == 0 ? 1.0 : -1.0; };
                whole[j] += weight * (right - antiderivative(n, sign));
            }
        }
    }

    /// Of T_n, from the values of all T_k at a point.
    template <class Polynomials>
    static double antiderivative(int n, Polynomials t) {
        if (n == 0) {
            return t(1);
        }
        if (n == 1) {
            return 0.25 * t(2);
        }
        return 0.5 * (t(n + 1) / (n + 1) - t(n - 1) / (n - 1));
    }
};

/// Gauss-Jordan elimination with the largest pivot; the solution ends in the last
/// column.
void eliminate(double (&a)[kNodes][kNodes + 1]) {
    for (int k = 0; k < kNodes; ++k) {
        int pivot = k;
        for (int i = k + 1; i < kNodes; ++i) {
            if (std::fabs(a[i][k]) > std::fabs(a[pivot][k])) {
                pivot = i;
            }
        }
        std::swap(a[k], a[pivot]);
        for (int i = 0; i < kNodes; ++i) {
            const double factor = i == k ? 0.0 : a[i][k] / a[k][k];
            for (int j = k; j <= kNodes; ++j) {
                a[i][j] -= factor * a[k][j];
            }
        }
    }
    for (auto& row : a) {
        row[kNodes] /= row[&row - a];
    }
}

/// One side of a centre: its tail mass over its density, and the clock d by w.
class Side {
  public:
    Side(ShapeId shape,
         const double* parameters,
         double center,
         double step,
         double limit)
        : shape_(shape), parameters_(parameters), center_(center), step_(step) {
        const double end = kOffset + (limit - center) / step;
        std::uint64_t slot = bits_of(kOffset) >> kShift;
        const std::uint64_t first = slot;
        double edge[1] = {0.0};
        Points at = along(edge);
        while (slot_edge(slot + 1, kShift) <= end && at.log_density[0] > -0x1p60) {
            ++slot;
            edge[0] = slot_edge(slot, kShift) - kOffset;
            at = along(edge);
        }
        double right = -1.0 / at.slope[0];
        while (slot-- > first) {
            right = solve(slot_edge(slot, kShift),
                          slot_edge(slot + 1, kShift),
                          right,
                          20,
                          cells_);
        }
        std::ranges::reverse(cells_);
        store_ = stored_cells<kMillsDegree>({{}, cells_}, kOffset, kShift);
        at_center_ = right;
        for (const Cell& cell : cells_) {
            knots_.push_back(cell.low - kOffset);
        }
        knots_.push_back(cells_.back().high - kOffset);
        clocks_ = clocks(knots_).clock;
    }

    static constexpr double kOffset = 0.5;
    static constexpr int kShift = 50;

    const std::vector<Cell>& cells() const { return cells_; }
    double at_center() const { return at_center_; }
    double top_clock() const { return clocks_.back(); }

    /// Tail mass over density at w, in units of the scale.
    double mills(double w) const {
        return cell_value<kMillsDegree, true>(store_.cells, true, w);
    }

    /// Where the clocks are d: Halley's method for all at once, from a guess between
    /// knots.
    std::vector<double> inverse(const std::vector<double>& d) const {
        std::vector<double> w(d.size());
        for (std::size_t i = 0; i < d.size(); ++i) {
            const auto above = std::upper_bound(clocks_.begin(), clocks_.end(), d[i]);
            const auto k = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(
                above - clocks_.begin(), 1, std::ssize(clocks_) - 1));
            const double low = clocks_[k - 1];
            const double high = clocks_[k];
            const double share = low > 1.0 ? log(d[i] / low) / log(high / low)
                                           : (d[i] - low) / (high - low);
            w[i] = knots_[k - 1] +
                   (knots_[k] - knots_[k - 1]) * std::clamp(share, 0.0, 1.0);
        }
        for (int round = 0; round < 40; ++round) {
            const Clocks now = clocks(w);
            bool done = true;
            for (std::size_t i = 0; i < w.size(); ++i) {
                // The slope of the clock is 1 / M, and M' = -1 - slope M. Far off,
                // where the clock may grow like an exponential, its logarithm is
                // better.
                const double clock = now.clock[i];
                const double m = now.mills[i];
                const double rest = d[i] - clock;
                const bool far = clock > 1.0 && std::fabs(rest) > 0.05 * clock;
                const double bend = 0.5 * (1.0 + now.slope[i] * m) * rest;
                const double step =
                    far ? m * clock * log(d[i] / clock)
                        : rest * m / (1.0 + std::clamp(bend, -0.5, 0.5));
                const double next =
                    std::clamp(w[i] + step, 0.5 * w[i], 2.0 * w[i] + 0.125);
                done = done && std::fabs(next - w[i]) <= 1e-6 * next + 1e-17;
                w[i] = std::min(next, knots_.back());
            }
            if (done) {
                break;
            }
        }
        return w;
    }

  private:
    struct Points {
        std::vector<double> log_density;
        std::vector<double> slope;
    };
    struct Clocks {
        std::vector<double> clock;
        std::vector<double> mills;
        std::vector<double> slope;
    };

    Points along(std::span<const double> w) const {
        Points result{std::vector<double>(w.size()), std::vector<double>(w.size())};
        kernels().densities(shape_,
                            parameters_,
                            center_,
                            step_,
                            w.data(),
                            w.size(),
                            result.log_density.data(),
                            result.slope.data());
        return result;
    }

    /// The clock at w: the logarithm of the share that the tail has lost since w = 0.
    Clocks clocks(const std::vector<double>& w) const {
        Points at = along(w);
        Clocks result{std::move(at.log_density), {}, std::move(at.slope)};
        for (std::size_t i = 0; i < w.size(); ++i) {
            // Where the clock is so large that the ratio no longer counts beside it,
            // the table has none.
            const double fitted = mills(w[i]);
            const double m = fitted > 0.0 ? fitted : -1.0 / result.slope[i];
            result.mills.push_back(m);
            result.clock[i] = log(at_center_ / m) - result.clock[i];
        }
        return result;
    }

    /// Appends the cells of [low, high], the rightmost first, and returns M at `low`.
    ///
    /// With z = dM/dw at the nodes, M = right - integral of z to the right end, and
    /// z = -1 - slope M is a linear system.
    double solve(
        double low, double high, double right, int depth, std::vector<Cell>& cells) {
        static const Integrals integrals;
        const double half = 0.5 * (high - low);
        const double middle = 0.5 * (high + low);
        double w[kNodes + 1];
        for (int i = 0; i < kNodes; ++i) {
            w[i] = middle + half * Mills::node(i) - kOffset;
        }
        w[kNodes] = low - kOffset;
        const Points at = along(w);
        // Where the density has fallen far, its logarithm decides the clock.
        const double fallen = std::fabs(at.log_density[kNodes]);
        if (fallen > 0x1p54) {
            cells.push_back({low, high, std::vector<double>(kNodes)});
            return -1.0 / at.slope[kNodes];
        }
        double a[kNodes][kNodes + 1];
        for (int i = 0; i < kNodes; ++i) {
            const double slope = at.slope[static_cast<std::size_t>(i)];
            for (int j = 0; j < kNodes; ++j) {
                a[i][j] =
                    (i == j ? 1.0 : 0.0) - slope * half * integrals.to_right[i][j];
            }
            a[i][kNodes] = -1.0 - slope * right;
        }
        eliminate(a);
        Mills::Values values{};
        double left = right;
        double smallest = kInfinity;
        for (int i = 0; i < kNodes; ++i) {
            double lost = 0.0;
            for (int j = 0; j < kNodes; ++j) {
                lost += integrals.to_right[i][j] * a[j][kNodes];
            }
            const double value = right - half * lost;
            values[static_cast<std::size_t>(i)] = value;
            left -= half * integrals.whole[i] * a[i][kNodes];
            smallest = std::min(smallest, value);
        }
        const auto c = Mills::coefficients(values);
        const double rough = std::fabs(c[kNodes - 1]) + std::fabs(c[kNodes - 2]);
        // What rounding w does to u.
        const double noise = std::fabs(step_) * (high - kOffset);
        const double allowed = 2.0 * kEpsilon * std::max({1.0, fallen / 8.0, noise});
        if (depth > 0 && !(rough <= allowed * std::min(smallest, left))) {
            const double at_middle = solve(middle, high, right, depth - 1, cells);
            return solve(low, middle, at_middle, depth - 1, cells);
        }
        const auto powers = Mills::powers(c);
        cells.push_back({low, high, {powers.begin(), powers.end()}});
        return left;
    }

    ShapeId shape_;
    const double* parameters_;
    double center_;
    double step_;
    std::vector<Cell> cells_;
    CellsStore store_;
    double at_center_ = 0.0;
    std::vector<double> knots_;
    std::vector<double> clocks_;
};

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
        const auto wish = [&](const Side& side, double step) {
            const auto f = [&side, step](const std::vector<double>& d) {
                std::vector<double> w = side.inverse(d);
                for (double& x : w) {
                    x *= step;
                }
                return w;
            };
            const double end = std::min(side.top_clock(), kLargestClock);
            return Wish{f, end, 5e-14 * std::min(scale, 1.0), 32.0 * kEpsilon};
        };
        std::vector<Wish> wishes = {wish(upper, scale)};
        TwoSides mills{{}, upper.cells()};
        if (!outline.symmetric) {
            wishes.insert(wishes.begin(), wish(lower, -scale));
            mills.lower = lower.cells();
        }
        store->inverse = fit(wishes, 0.125, outline.symmetric);
        store->mills = stored_cells<kMillsDegree>(mills, Side::kOffset, Side::kShift);
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
