// Builds the tables of stable laws: the clock of either tail by u, and its inverse.

#include "tailrace/makers/stable.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/makers/chebyshev.hpp"
#include "tailrace/makers/fit.hpp"
#include "tailrace/tables/zolotarev.hpp"

namespace tailrace {

namespace {

constexpr double kLargestClock = 0x1p40;
constexpr double kFarthest = 1100.0;  // where values leave the doubles
constexpr int kNodes = kMillsDegree + 1;
using Nodes = Chebyshev<kNodes>;

/// The nodes of one side of zeta, for log y in a range.
class Nodal {
  public:
    Nodal(double alpha, double beta, double lowest, double highest) {
        const Triangle triangle(alpha, beta);
        if (!(triangle.top > 0.0)) {
            return;
        }
        ZolotarevNodes& n = nodes_;
        n.k = triangle.k;
        n.below = triangle.below;
        n.own_is_light = alpha > 1.0 && beta == -1.0;
        n.rest_is_light = alpha < 1.0 && beta == 1.0;
        n.least = triangle.least();
        // A term is like e^g times a power of V.
        n.window = -42.0 / std::min(alpha, 1.0) - 4.0;
        const double one = n.k * std::max(lowest, -60.0);
        const double other = n.k * highest;
        const double low = n.window - std::max(one, other);
        const double high = 7.0 - std::min(one, other);
        const bool ascends = alpha > 1.0;
        std::vector<double> down[3];
        std::vector<double> up[3];
        walk(alpha, beta, false, ascends ? low : high, down);
        walk(alpha, beta, true, ascends ? high : low, up);
        n.count = down[0].size() + up[0].size();
        n.padded = (n.count + 7) / 8 * 8 + 8;
        for (int i = 0; i < 3; ++i) {
            std::ranges::reverse(down[i]);
            down[i].insert(down[i].end(), up[i].begin(), up[i].end());
            down[i].resize(n.padded, i == 0 ? down[0].back() : 0.0);
            arrays_[i] = std::move(down[i]);
        }
        n.log_v = arrays_[0].data();
        n.own = arrays_[1].data();
        n.rest = arrays_[2].data();
    }
    Nodal(const Nodal&) = delete;
    Nodal& operator=(const Nodal&) = delete;

    const ZolotarevNodes& nodes() const { return nodes_; }

  private:
    static void walk(
        double alpha, double beta, bool up, double end, std::vector<double> (&to)[3]) {
        for (std::size_t room = 4096;; room *= 4) {
            for (auto& column : to) {
                column.resize(room);
            }
            const std::size_t count = kernels().zolotarev_nodes(
                alpha, beta, up, end, to[0].data(), to[1].data(), to[2].data(), room);
            if (count < room) {
                for (auto& column : to) {
                    column.resize(count);
                }
                return;
            }
        }
    }

    ZolotarevNodes nodes_;
    std::vector<double> arrays_[3];
};

/// A stable law in its coordinate u.
class StableCurve {
  public:
    double alpha;
    double beta;
    double zeta;  ///< where u is 0 the value is 0
    double unit;
    double side;

    StableCurve(double a, double b)
        : alpha(a),
          beta(b),
          zeta(a > 1.0 ? b * Triangle::tangent(a) : 0.0),
          unit(a > 1.0 ? 1.0 : unit_of(a, b)),
          side(a < 1.0 && size_of(b) == 1.0 ? b : 0.0),
          lowest_(side != 0.0 ? -710.0 : log(unit) - 41.0),
          above_(a, b, lowest_, highest()),
          below_(a, -b, lowest_, highest()) {}

    /// Where the clock is linear, or so large that no table is needed.
    double end(bool upper) const {
        const bool one_sided = side != 0.0 && (side > 0.0) != upper;
        const bool light = one_sided || (alpha > 1.0 && beta == (upper ? -1.0 : 1.0));
        if (!light) {
            return upper ? log_end() : -log_end();
        }
        const ZolotarevNodes& n =
            (alpha > 1.0) == upper ? above_.nodes() : below_.nodes();
        const double log_y = (log(kLargestClock) - n.least) / n.k;
        if (one_sided) {
            return side * (log_y - log(unit));
        }
        const double y = exp(std::min(log_y, 40.0));
        const double x = upper ? zeta + y : zeta - y;
        const double size = size_of(x);
        const double u = log(size + std::sqrt(1.0 + size * size));
        return x < 0.0 ? -u : u;
    }
    bool is_heavy(bool upper) const { return size_of(end(upper)) == log_end(); }

    /// The clock of a tail, less log 2.
    void clocks(bool upper, const double* u, std::size_t count, double* out) const {
        // Those above zeta and those below go to nodes of their own.
        std::vector<double> log_y[2];
        std::vector<std::size_t> from[2];
        for (std::size_t i = 0; i < count; ++i) {
            const auto [over, distance] = place(u[i]);
            log_y[over].push_back(std::max(distance, lowest_));
            from[over].push_back(i);
        }
        for (const bool over : {false, true}) {
            std::vector<double> result(log_y[over].size());
            if (result.empty()) {
                continue;
            }
            const Nodal& nodal = over ? above_ : below_;
            kernels().zolotarev_tails(nodal.nodes(),
                                      over != upper,
                                      log_y[over].data(),
                                      result.size(),
                                      result.data());
            for (std::size_t i = 0; i < result.size(); ++i) {
                out[from[over][i]] = -result[i] - kLog2;
            }
        }
    }
    double clock(bool upper, double u) const {
        double result = 0.0;
        clocks(upper, &u, 1, &result);
        return result;
    }

  private:
    struct Place {
        bool above;
        double log_y;
    };

    Place place(double u) const {
        if (side != 0.0) {
            return {side > 0.0, log(unit) + side * u};
        }
        if (size_of(u) > 300.0) {
            return {u > 0.0, log(unit) + size_of(u) - kLog2};
        }
        const double p = expm1(size_of(u));
        const double size = 0.5 * (p + p / (1.0 + p));
        const double y = unit * (u < 0.0 ? -size : size) - zeta;
        return {y > 0.0, log(size_of(y))};
    }

    /// Where the next term of the tail is lost.
    double log_end() const {
        return alpha > 1.0 ? 42.0 + log(1.0 + size_of(zeta))
                           : 41.0 / alpha - std::min(log(unit), 0.0) + 2.0;
    }
    double highest() const { return 1.3 * log_end() + log(unit) + 5.0; }

    /// About the inverse of the density at zeta.
    static double unit_of(double a, double b) {
        const double z = 1.0 / a;
        const double log_gamma =
            z * log(z) - z + 0.5 * log(6.2831853071795862 * z) + 1.0 / (12.0 * z);
        const Triangle triangle(a, b);
        return exp(-triangle.log_cos / a - log_gamma);
    }

    double lowest_;
    Nodal above_;
    Nodal below_;
};

/// The clock d of one side of the median by w, in cells.
class ClockSide {
  public:
    static constexpr double kOffset = 0.5;
    static constexpr int kShift = 50;

    ClockSide(const StableCurve& curve, bool upper, double median, double scale)
        : curve_(curve),
          upper_(upper),
          median_(median),
          step_(upper ? scale : -scale),
          noise_(1e-15 * (2.0 + 0.2 * size_of(curve.alpha / (curve.alpha - 1.0)))) {
        const double end = kOffset + (curve.end(upper) - median) / step_;
        std::uint64_t slot = bits_of(kOffset) >> kShift;
        do {
            add(slot_edge(slot, kShift), slot_edge(slot + 1, kShift), kSearch);
        } while (slot_edge(++slot, kShift) < end);
        for (const Cell& cell : cells_) {
            clocks_.push_back(at(cell, -1.0).d);
        }
        const Cell& last = cells_.back();
        clocks_.push_back(at(last, 1.0).d);
        top_ = last.high - kOffset;
        slope_ = curve.is_heavy(upper) ? curve.alpha * scale : at(last, 1.0).slope;
    }

    const std::vector<Cell>& cells() const { return cells_; }
    double slope_by_u() const { return slope_ / size_of(step_); }
    /// The largest clock that the inverse must know.
    double end() const {
        const double linear = kFarthest * curve_.alpha;
        return std::min(
            curve_.is_heavy(upper_) ? clocks_.back() + linear : clocks_.back(),
            kLargestClock);
    }

    /// The distance u - median where the clock is d.
    double inverse(double d) const {
        if (d >= clocks_.back()) {
            return step_ * (top_ + (d - clocks_.back()) / slope_);
        }
        const auto above = std::upper_bound(clocks_.begin(), clocks_.end(), d);
        if (above == clocks_.begin()) {
            return 0.0;
        }
        const Cell& cell =
            cells_[static_cast<std::size_t>(above - clocks_.begin()) - 1];
        const double half = 0.5 * (cell.high - cell.low);
        double low = -1.0;
        double high = 1.0;
        double t = 2.0 * (d - *(above - 1)) / (*above - *(above - 1)) - 1.0;
        bool near = false;
        for (int round = 0; round < 60; ++round) {
            const auto [value, slope] = at(cell, t);
            const double next = t + (d - value) / (slope * half);
            if (near) {
                t = next;
                break;
            }
            (value < d ? low : high) = t;
            const bool inside = next >= low && next <= high;
            const double held = inside ? next : 0.5 * (low + high);
            near = size_of(held - t) < 1e-7;
            t = held;
        }
        return step_ * (0.5 * (cell.high + cell.low) + half * t - kOffset);
    }

  private:
    struct At {
        double d;
        double slope;  ///< by w
    };

    static At at(const Cell& cell, double t) {
        double d = 0.0;
        double slope = 0.0;
        for (std::size_t k = cell.powers.size(); k-- > 0;) {
            slope = slope * t + d;
            d = d * t + cell.powers[k];
        }
        return {d, 2.0 * slope / (cell.high - cell.low)};
    }

    void add(double low, double high, int depth) {
        const double half = 0.5 * (high - low);
        const double middle = 0.5 * (high + low);
        double u[kNodes];
        for (int i = 0; i < kNodes; ++i) {
            u[i] = median_ + step_ * (middle + half * Nodes::node(i) - kOffset);
        }
        Nodes::Values d{};
        curve_.clocks(upper_, u, kNodes, d.data());
        const auto c = Nodes::coefficients(d);
        const double rough = size_of(c[kNodes - 1]) + size_of(c[kNodes - 2]);
        const double least = std::max(1.0, std::ranges::min(d));
        if (depth > 0 && !(rough <= noise_ * least)) {
            add(low, middle, depth - 1);
            add(middle, high, depth - 1);
            return;
        }
        const auto powers = Nodes::powers(c);
        cells_.push_back({low, high, {powers.begin(), powers.end()}});
    }

    const StableCurve& curve_;
    bool upper_;
    double median_;
    double step_;
    double noise_;
    std::vector<Cell> cells_;
    std::vector<double> clocks_;
    double top_ = 0.0;
    double slope_ = 1.0;
};

double median_of(const StableCurve& curve) {
    if (curve.beta == 0.0) {
        return 0.0;
    }
    double low = curve.end(false);
    double high = curve.end(true);
    while (true) {
        const double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high)) {
            return middle;
        }
        const bool below = curve.clock(true, middle) < curve.clock(false, middle);
        (below ? low : high) = middle;
    }
}

}  // namespace

std::shared_ptr<const TableStore> stable_tables(double alpha, double beta) {
    const StableCurve curve(alpha, beta);
    auto store = std::make_shared<TableStore>();
    Tables& tables = store->tables;
    tables.median = median_of(curve);
    const double near = 1e-3;
    const double rate = (curve.clock(true, tables.median + near) -
                         curve.clock(true, tables.median - near)) /
                        (2.0 * near);
    tables.scale = 1.0 / rate;
    const ClockSide lower(curve, false, tables.median, tables.scale);
    const ClockSide upper(curve, true, tables.median, tables.scale);
    const auto wish = [&](const ClockSide& side) {
        const auto f = [&side](const std::vector<double>& d) {
            std::vector<double> u(d.size());
            std::ranges::transform(
                d, u.begin(), [&](double v) { return side.inverse(v); });
            return u;
        };
        const double loose = 1.0 + 0.2 * size_of(alpha / (alpha - 1.0));
        return Wish{
            f, side.end(), 5e-14 * std::min(tables.scale, 1.0) * loose, 0x1p-48};
    };
    store->clock = stored_cells<kMillsDegree>(
        {lower.cells(), upper.cells()}, ClockSide::kOffset, ClockSide::kShift);
    store->inverse = fit({wish(lower), wish(upper)}, 0.125, false);
    tables.clock = store->clock.cells;
    tables.inverse = store->inverse.cells;
    tables.unit = curve.unit;
    tables.side = curve.side;
    const double tangent = -beta * Triangle::tangent(alpha);
    tables.zero[0] = alpha < 1.0 ? tangent : 0.0;
    tables.zero[1] = alpha < 1.0 ? 0.0 : tangent;
    tables.slope_below = lower.slope_by_u();
    tables.slope_above = upper.slope_by_u();
    return store;
}

}  // namespace tailrace
