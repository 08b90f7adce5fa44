// Builds the tables of laws that are known by their density.

#pragma once

#include <memory>
#include <span>

#include "tailrace/makers/fit.hpp"

namespace tailrace {

/// The memory behind Tables.
struct TableStore {
    Tables tables;
    CellsStore mills;
    CellsStore inverse;
    CellsStore clock;
};

/// The tables of the shape of that name. They have the same bits on every machine.
///
/// The tail mass over the density, M, solves dM/dw = -1 - (log density)' M. It is
/// found by collocation, a cell at a time, from the far tail inwards, where every step
/// shrinks the error of the one before. The inverse is Newton's, cell by cell, until a
/// polynomial is within 1e-14 of the scale.
///
/// Kept for the next caller with the same parameters.
std::shared_ptr<const TableStore> tables_of(ShapeId shape,
                                            std::span<const double> parameters);

}  // namespace tailrace
