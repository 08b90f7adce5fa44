// Piecewise polynomials: how they are fitted and stored.

#pragma once

#include <functional>
#include <vector>

#include "tailrace/tables/tables.hpp"

namespace tailrace {

/// A polynomial between two values of v.
struct Cell {
    double low;
    double high;
    std::vector<double> powers;             ///< its coefficients, in t from -1 to 1
    double error_before = __builtin_inf();  ///< that of the cell it was cut from
};

/// The memory behind Cells.
struct CellsStore {
    std::vector<double> rows;
    std::vector<double> knots;
    std::vector<std::uint64_t> slots;
    Cells cells;
};

/// Where a slot begins.
double slot_edge(std::uint64_t slot, int shift);

/// The cells of the two sides, or of one that serves both.
struct TwoSides {
    std::vector<Cell> lower;
    std::vector<Cell> upper;
    bool mirrored = false;  ///< the lower side is minus the upper one
};

/// Puts cells, in ascending order and each inside one slot, where kernels find them.
/// Without lower cells the upper ones serve both sides.
template <int degree>
CellsStore stored_cells(const TwoSides& sides, double offset, int shift);

/// Many values of a function at once.
using ManyValues = std::function<std::vector<double>(const std::vector<double>&)>;

/// What to fit: a function from 0 to `end`, within absolute + relative |f|.
struct Wish {
    ManyValues f;
    double end;
    double absolute;
    double relative;
    std::vector<double> kinks;  ///< where f is not smooth, and cells must end
};

/// Fits one function a side, or one that serves both, in slots of v = x + offset. Slots
/// are as coarse as will do, down to 1/32 of an octave; if these do not, slots of 1/8
/// are cut in halves where needed.
///
/// Where there are kinks, cells end at these, in finer slots if one of 1/8 of an octave
/// cannot hold as many. `error`, if given, becomes the largest
/// error found at points between the nodes, less the relative one that was allowed.
CellsStore fit(const std::vector<Wish>& sides,
               double offset,
               bool mirrored,
               double* error = nullptr);

}  // namespace tailrace
