// Piecewise polynomials: how they are fitted and stored.

#include "tailrace/makers/fit.hpp"

#include <algorithm>
#include <cmath>

#include "tailrace/makers/chebyshev.hpp"
#include "tailrace/math/elementary.hpp"

namespace tailrace {

namespace {

using Nodes = Chebyshev<kInverseDegree + 1>;

// Where a fit is checked, between its nodes and at its ends.
constexpr double kChecks[] = {-1.0, -0.375, 0.375, 1.0};
constexpr std::size_t kPoints = kInverseDegree + 1 + std::size(kChecks);

/// Fits polynomials to all cells at once, and tells which are good.
std::vector<bool> fit_all(std::vector<Cell>& cells, const Wish& wish, double offset) {
    std::vector<double> x;
    x.reserve(cells.size() * kPoints);
    for (const Cell& cell : cells) {
        const double half = 0.5 * (cell.high - cell.low);
        const double middle = 0.5 * (cell.high + cell.low);
        const auto add = [&](double t) {
            x.push_back(std::max(0.0, middle + half * t - offset));
        };
        for (int j = 0; j <= kInverseDegree; ++j) {
            add(Nodes::node(j));
        }
        std::ranges::for_each(kChecks, add);
    }
    const std::vector<double> y = wish.f(x);
    std::vector<bool> good;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const double* value = y.data() + i * kPoints;
        Nodes::Values values{};
        std::copy_n(value, values.size(), values.begin());
        const auto powers = Nodes::powers(Nodes::coefficients(values));
        cells[i].powers.assign(powers.begin(), powers.end());
        bool fits = true;
        for (std::size_t k = 0; k < std::size(kChecks); ++k) {
            double sum = 0.0;
            for (std::size_t j = powers.size(); j-- > 0;) {
                sum = sum * kChecks[k] + powers[j];
            }
            const double want = value[values.size() + k];
            const double allowed = wish.absolute + wish.relative * std::fabs(want);
            fits = fits && std::fabs(sum - want) <= allowed;
        }
        good.push_back(fits);
    }
    return good;
}

}  // namespace

double slot_edge(std::uint64_t slot, int shift) { return double_of(slot << shift); }

template <int degree>
CellsStore stored_cells(const TwoSides& sides, double offset, int shift) {
    CellsStore store;
    Cells& cells = store.cells;
    const std::uint64_t first = bits_of(offset) >> shift;
    const auto slot_of = [&](const Cell& cell) { return bits_of(cell.low) >> shift; };
    const auto was_cut = [&](const std::vector<Cell>& side) {
        return std::ranges::adjacent_find(side, {}, slot_of) != side.end();
    };
    const bool searched = was_cut(sides.lower) || was_cut(sides.upper);
    const auto add = [&](const std::vector<Cell>& side,
                         std::uint64_t& start,
                         double& top) {
        start = first - store.slots.size();
        top = std::nextafter(side.back().high, 0.0);
        std::uint32_t in_slot = 0;
        for (const Cell& cell : side) {
            const std::uint64_t slot = slot_of(cell) - start;
            if (slot == store.slots.size()) {
                store.slots.push_back(static_cast<std::uint32_t>(store.knots.size()));
                in_slot = 0;
            }
            cells.most = std::max(cells.most, ++in_slot);
            store.knots.push_back(cell.low);
            store.rows.push_back(0.5 * (cell.low + cell.high));
            store.rows.push_back(2.0 / (cell.high - cell.low));
            for (int k = 0; k <= degree; ++k) {
                store.rows.push_back(cell.powers[static_cast<std::size_t>(k)]);
            }
        }
    };
    if (!sides.lower.empty()) {
        add(sides.lower, cells.first_below, cells.top_below);
        // A search must not run from one side into the other; and who does not search
        // finds the cell by its slot.
        store.knots.resize(store.knots.size() + (std::size_t{1} << kSearch), kInfinity);
        store.rows.resize(store.knots.size() * (degree + 3));
        if (!searched) {
            store.slots.resize(store.knots.size());
        }
    }
    add(sides.upper, cells.first_above, cells.top_above);
    store.knots.resize(store.knots.size() + (std::size_t{1} << kSearch), kInfinity);
    if (sides.lower.empty()) {
        cells.first_below = cells.first_above;
        cells.top_below = cells.top_above;
    }
    cells.mirror = sides.mirrored ? std::uint64_t{1} << 63 : 0;
    cells.offset = offset;
    cells.shift = static_cast<std::uint32_t>(shift);
    cells.rows = store.rows.data();
    cells.knots = store.knots.data();
    cells.slots = store.slots.data();
    return store;
}

template CellsStore stored_cells<kMillsDegree>(const TwoSides&, double, int);
template CellsStore stored_cells<kInverseDegree>(const TwoSides&, double, int);

namespace {

std::vector<Cell> slots_of(double end, double offset, int shift) {
    std::vector<Cell> cells;
    for (std::uint64_t slot = bits_of(offset) >> shift;
         cells.empty() || slot_edge(slot + 1, shift) <= end + offset;
         ++slot) {
        cells.push_back({slot_edge(slot, shift), slot_edge(slot + 1, shift), {}});
    }
    return cells;
}

/// Fits slots, and cuts those in halves that a polynomial does not fit.
std::vector<Cell> fit_cutting(const Wish& wish, double offset, int shift) {
    std::vector<Cell> done;
    std::vector<Cell> open = slots_of(wish.end, offset, shift);
    for (int depth = 0; !open.empty(); ++depth) {
        const auto good = fit_all(open, wish, offset);
        std::vector<Cell> next;
        for (std::size_t i = 0; i < open.size(); ++i) {
            const double middle = 0.5 * (open[i].low + open[i].high);
            if (good[i] || depth == kSearch - 1) {
                done.push_back(open[i]);
            } else {
                next.push_back({open[i].low, middle, {}});
                next.push_back({middle, open[i].high, {}});
            }
        }
        open = std::move(next);
    }
    std::ranges::sort(done, {}, &Cell::low);
    return done;
}

}  // namespace

CellsStore fit(const std::vector<Wish>& sides, double offset, bool mirrored) {
    const auto store = [&](auto cells_of, int shift) {
        TwoSides two;
        two.mirrored = mirrored;
        two.upper = cells_of(sides.back());
        if (sides.size() == 2) {
            two.lower = cells_of(sides.front());
        }
        return stored_cells<kInverseDegree>(two, offset, shift);
    };
    for (int shift = 52 - 3; shift >= 52 - 5; --shift) {
        bool all = true;
        const auto cells_of = [&](const Wish& wish) {
            std::vector<Cell> cells = slots_of(wish.end, offset, shift);
            const auto good = fit_all(cells, wish, offset);
            all = all && std::ranges::find(good, false) == good.end();
            return cells;
        };
        CellsStore result = store(cells_of, shift);
        if (all) {
            return result;
        }
    }
    constexpr int kCoarse = 52 - 3;
    return store([&](const Wish& w) { return fit_cutting(w, offset, kCoarse); },
                 kCoarse);
}

}  // namespace tailrace
