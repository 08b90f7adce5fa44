// Piecewise polynomials: how they are fitted and stored.

#include "tailrace/makers/fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "tailrace/makers/chebyshev.hpp"
#include "tailrace/math/elementary.hpp"

namespace tailrace {

namespace {

using Nodes = Chebyshev<kInverseDegree + 1>;

// Where a fit is checked, between its nodes; not at its ends, where f may jump.
constexpr double kChecks[] = {-0.99, -0.375, 0.375, 0.99};
constexpr std::size_t kPoints = kInverseDegree + 1 + std::size(kChecks);

/// Fits polynomials to all cells at once, and returns by how much each errs beyond the
/// relative error that is allowed.
std::vector<double> fit_all(std::vector<Cell>& cells, const Wish& wish, double offset) {
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
    std::vector<double> errors;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const double* value = y.data() + i * kPoints;
        Nodes::Values values{};
        std::copy_n(value, values.size(), values.begin());
        const auto powers = Nodes::powers(Nodes::coefficients(values));
        cells[i].powers.assign(powers.begin(), powers.end());
        double error = 0.0;
        for (std::size_t k = 0; k < std::size(kChecks); ++k) {
            double sum = 0.0;
            for (std::size_t j = powers.size(); j-- > 0;) {
                sum = sum * kChecks[k] + powers[j];
            }
            const double want = value[values.size() + k];
            const double off = std::fabs(sum - want) - wish.relative * std::fabs(want);
            // NaN counts as the largest error.
            error = off <= error ? error : off;
        }
        errors.push_back(error);
    }
    return errors;
}

}  // namespace

double slot_edge(std::uint64_t slot, int shift) { return double_of(slot << shift); }

template <int degree>
CellsStore stored_cells(const TwoSides& sides, double offset, int shift) {
    CellsStore store;
    Cells& cells = store.cells;
    const std::uint64_t first = bits_of(offset) >> shift;
    const auto slot_of = [&](const Cell& cell) { return bits_of(cell.low) >> shift; };
    const auto add =
        [&](const std::vector<Cell>& side, std::uint64_t& start, double& top) {
            start = first - store.slots.size();
            top = std::nextafter(side.back().high, 0.0);
            std::uint32_t in_slot = 0;
            for (const Cell& cell : side) {
                const std::uint64_t slot = slot_of(cell) - start;
                if (slot == store.slots.size()) {
                    store.slots.push_back(store.knots.size());
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
        // A search must not run from one side into the other; and where there is none,
        // the number of a slot is that of its row.
        constexpr std::size_t kRoom = std::size_t{1} << kSearch;
        store.knots.resize(store.knots.size() + kRoom, kInfinity);
        store.slots.resize(store.slots.size() + kRoom);
        store.rows.resize(store.knots.size() * (degree + 3));
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

std::vector<Cell> slots_of(const Wish& wish, double offset, int shift) {
    std::vector<Cell> cells;
    const double end = wish.end + offset;
    for (std::uint64_t slot = bits_of(offset) >> shift;
         cells.empty() || slot_edge(slot + 1, shift) <= end;
         ++slot) {
        cells.push_back({slot_edge(slot, shift), slot_edge(slot + 1, shift), {}});
    }
    return cells;
}

/// The same, up to the very end, and cut at kinks.
std::vector<Cell> pieces_of(const Wish& wish, double offset, int shift) {
    std::vector<double> kinks = wish.kinks;
    kinks.push_back(wish.end);
    std::ranges::sort(kinks);
    std::vector<Cell> cells;
    const double end = wish.end + offset;
    auto kink = kinks.begin();
    for (std::uint64_t slot = bits_of(offset) >> shift; slot_edge(slot, shift) < end;
         ++slot) {
        double low = slot_edge(slot, shift);
        const double high = slot_edge(slot + 1, shift);
        for (; kink != kinks.end() && *kink + offset < high; ++kink) {
            if (*kink + offset > low) {
                cells.push_back({low, *kink + offset, {}});
                low = *kink + offset;
            }
        }
        if (low < end) {
            cells.push_back({low, high, {}});
        }
    }
    return cells;
}

/// How many cells a slot may have.
constexpr std::uint32_t kMost = std::uint32_t{1} << kSearch;

/// How many cells the fullest slot has.
std::uint32_t crowd(const std::vector<Cell>& cells, int shift) {
    std::map<std::uint64_t, std::uint32_t> in_slot;
    std::uint32_t most = 0;
    for (const Cell& cell : cells) {
        most = std::max(most, ++in_slot[bits_of(cell.low) >> shift]);
    }
    return most;
}

/// Fits pieces, and cuts those in halves that a polynomial does not fit, as long as a
/// slot has room.
std::vector<Cell> fit_cutting(const Wish& wish,
                              double offset,
                              int shift,
                              double& worst) {
    std::vector<Cell> done;
    std::vector<Cell> open = pieces_of(wish, offset, shift);
    std::map<std::uint64_t, std::uint32_t> in_slot;
    const auto count = [&](const Cell& cell) -> std::uint32_t& {
        return in_slot[bits_of(cell.low) >> shift];
    };
    for (const Cell& cell : open) {
        ++count(cell);
    }
    while (!open.empty()) {
        const auto errors = fit_all(open, wish, offset);
        std::vector<Cell> next;
        for (std::size_t i = 0; i < open.size(); ++i) {
            const double middle = 0.5 * (open[i].low + open[i].high);
            const bool wide = open[i].high - open[i].low > 0x1p-44 * open[i].high;
            // Noise in f does not shrink with the cell.
            const bool noise =
                errors[i] < 1e-9 && errors[i] > 0.5 * open[i].error_before;
            const bool fits = errors[i] <= wish.absolute || noise;
            if (fits || !wide || count(open[i]) == kMost) {
                worst = errors[i] <= worst ? worst : errors[i];
                done.push_back(open[i]);
            } else {
                ++count(open[i]);
                next.push_back({open[i].low, middle, {}, errors[i]});
                next.push_back({middle, open[i].high, {}, errors[i]});
            }
        }
        open = std::move(next);
    }
    std::ranges::sort(done, {}, &Cell::low);
    return done;
}

}  // namespace

CellsStore fit(const std::vector<Wish>& sides,
               double offset,
               bool mirrored,
               double* error) {
    double worst = 0.0;
    const auto store = [&](auto cells_of, int shift) {
        TwoSides two;
        two.mirrored = mirrored;
        two.upper = cells_of(sides.back());
        if (sides.size() == 2) {
            two.lower = cells_of(sides.front());
        }
        return stored_cells<kInverseDegree>(two, offset, shift);
    };
    const bool smooth =
        std::ranges::all_of(sides, [](const Wish& wish) { return wish.kinks.empty(); });
    for (int shift = 52 - 3; smooth && shift >= 52 - 5; --shift) {
        bool all = true;
        worst = 0.0;
        const auto cells_of = [&](const Wish& wish) {
            std::vector<Cell> cells = slots_of(wish, offset, shift);
            for (const double off : fit_all(cells, wish, offset)) {
                all = all && off <= wish.absolute;
                worst = off <= worst ? worst : off;
            }
            return cells;
        };
        CellsStore result = store(cells_of, shift);
        if (all) {
            if (error != nullptr) {
                *error = worst;
            }
            return result;
        }
    }
    worst = 0.0;
    int shift = 52 - 3;
    const auto most = [&] {
        std::uint32_t count = 0;
        for (const Wish& wish : sides) {
            count = std::max(count, crowd(pieces_of(wish, offset, shift), shift));
        }
        return count;
    };
    if (most() > kMost) {
        while (most() > kMost / 4 && shift > 52 - 14) {
            --shift;
        }
    }
    const auto cut = [&](const Wish& wish) {
        return fit_cutting(wish, offset, shift, worst);
    };
    CellsStore result = store(cut, shift);
    if (error != nullptr) {
        *error = worst;
    }
    return result;
}

}  // namespace tailrace
