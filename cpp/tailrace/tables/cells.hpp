// Evaluates the piecewise polynomials of tables.hpp.

#pragma once

#include "tailrace/math/elementary.hpp"
#include "tailrace/tables/tables.hpp"

TAILRACE_BEGIN_ISA

namespace detail {

/// rows[at] + rows[at + 1] t + ..; indexed from one base, which a vector can gather.
template <int degree>
TAILRACE_INLINE double row_horner(const double* rows, uint64_t at, double t) {
    double value = rows[at + degree];
#pragma GCC unroll 16
    for (int k = degree - 1; k >= 0; --k) {
        value = fma(value, t, rows[at + static_cast<uint64_t>(k)]);
    }
    return value;
}

}  // namespace detail

/// Where the polynomial of a side begins, and its argument.
struct CellPlace {
    uint64_t row;
    double t;
};

/// The cell of a side at w >= 0. `search` where a slot may have more than one cell.
template <int degree, bool search>
TAILRACE_INLINE CellPlace cell_at(const Cells& cells, bool upper, double w) {
    const double shifted = w + cells.offset;
    const double top = choose(upper, cells.top_above, cells.top_below);
    const double v = choose(shifted < top, shifted, top);
    const uint64_t mask = upper ? ~uint64_t{0} : uint64_t{0};
    const uint64_t first = (cells.first_above & mask) | (cells.first_below & ~mask);
    uint64_t cell = (bits_of(v) >> cells.shift) - first;
    uint64_t row;
    double t;
    if constexpr (search) {
        cell = cells.slots[cell];
#pragma GCC unroll 8
        for (int k = kSearch - 1; k >= 0; --k) {
            const uint64_t step = uint64_t{1} << k;
            const uint64_t yes = cells.knots[cell + step] <= v ? ~uint64_t{0} : 0;
            cell += step & yes;
        }
        row = cell * (degree + 3);
        t = (v - cells.rows[row]) * cells.rows[row + 1];
    } else {
        // The bits below those of the slot say how far into it, with nothing to read.
        row = cell * (degree + 3);
        const uint64_t rest = bits_of(v) << (52 - cells.shift);
        constexpr uint64_t kMantissa = 0xfffffffffffffULL;
        const double one_to_two = double_of((rest & kMantissa) | 0x3ff0000000000000ULL);
        t = fma(2.0, one_to_two, -3.0);
    }
    return {row, t};
}

/// The polynomial of a side at w >= 0.
template <int degree, bool search>
TAILRACE_INLINE double cell_value(const Cells& cells, bool upper, double w) {
    const auto [row, t] = cell_at<degree, search>(cells, upper, w);
    const uint64_t mask = upper ? ~uint64_t{0} : uint64_t{0};
    const double value = detail::row_horner<degree>(cells.rows, row + 2, t);
    return double_of(bits_of(value) ^ (cells.mirror & ~mask));
}

/// The derivative of that polynomial by w.
template <int degree, bool search>
TAILRACE_INLINE double cell_slope(const Cells& cells, bool upper, double w) {
    const auto [row, t] = cell_at<degree, search>(cells, upper, w);
    double slope = degree * cells.rows[row + 2 + degree];
#pragma GCC unroll 16
    for (int k = degree - 1; k > 0; --k) {
        slope = fma(slope, t, k * cells.rows[row + 2 + static_cast<uint64_t>(k)]);
    }
    return slope * cells.rows[row + 1];
}

TAILRACE_END_ISA
