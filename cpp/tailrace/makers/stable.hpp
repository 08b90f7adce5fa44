// Builds the tables of stable laws.

#pragma once

#include <memory>

#include "tailrace/makers/tabulate.hpp"

namespace tailrace {

/// The tables of alpha and beta, with the same bits on every machine; see zolotarev.hpp
/// for the integrals. 0.1 <= alpha < 2, |alpha - 1| >= 0.02.
std::shared_ptr<const TableStore> stable_tables(double alpha, double beta);

}  // namespace tailrace
