// The kernels as a table of functions: one table an instruction set.

#pragma once

#include <cstddef>
#include <cstdint>

#include "tailrace/laws/joint.hpp"
#include "tailrace/random/stream.hpp"
#include "tailrace/tables/tables.hpp"

namespace tailrace {

/// Elementary functions by number, so that tests can reach the ones that kernels use.
enum class Function : std::uint32_t { kLog, kExp, kLog1p, kExpm1, kFlip };

struct FoldTable;  // fold_table.hpp

struct KernelTable {
    const char* name;
    const FoldTable& folds;

    /// Sets `state` to the start of the stream of `(path, task)`.
    void (*seed_lanes)(LaneState& state,
                       const Key& key,
                       std::uint64_t path,
                       std::uint64_t task);

    /// Writes the next `count` values of a stream; `count` is a multiple of kLanes.
    void (*next_bits)(LaneState& state, std::uint64_t* out, std::size_t count);

    /// Clocks from bits, in place or not.
    void (*clocks_from_bits)(const std::uint64_t* bits,
                             double* clocks,
                             std::size_t count);

    /// The next `count` values of a stream by the law that `program` describes, at
    /// most kBlock. Only the last call on a stream may ask for a number that is no
    /// multiple of 2 kLanes.
    void (*draw)(const Program& program,
                 LaneState& state,
                 double* x,
                 std::size_t count);

    /// Joint extremes, in eight lanes: `groups` times `columns` steps, each of kLanes
    /// values. From standard exponentials to running sums of them times `shares`;
    /// `carry` has the sums so far, and a further group begins again at 0.
    void (*running_sums)(double* x,
                         const double* shares,
                         std::size_t columns,
                         std::size_t groups,
                         double* carry);

    /// From standard exponentials to the clocks of the smallest and the largest, in
    /// steps side by side; at most kBlock values.
    void (*clocks_of_ends)(const Joint& joint, double* x, std::size_t pairs);

    /// From clocks, of the lower tail where `joint.flips`, to values in place.
    void (*values_of_clocks)(const Joint& joint, double* x, std::size_t count);

    /// Takes care that rounding leaves the steps of a lane in order; lanes as above.
    void (*keep_order)(double* x,
                       std::size_t columns,
                       std::size_t groups,
                       bool ascending,
                       double* carry);

    /// The answers to one question at many points.
    void (*evaluate)(const Program& program,
                     Question question,
                     const double* x,
                     double* out,
                     std::size_t count);

    /// The two halves of `evaluate` for a law that is known elsewhere: the points at
    /// which to ask it, and the answers from what it said there; see evaluate.hpp. At
    /// most kAnswers points.
    void (*points_within)(const Program& program,
                          Question question,
                          const double* x,
                          double* own,
                          std::size_t count);
    void (*answers_from_within)(const Program& program,
                                Question question,
                                const double* x,
                                const double* said,
                                const double* log_rates,
                                double* out,
                                std::size_t count);

    /// A tabulated law's logarithm of density, and its derivative by w, at the points
    /// u = center + step w.
    void (*densities)(ShapeId shape,
                      const double* parameters,
                      double center,
                      double step,
                      const double* w,
                      std::size_t count,
                      double* log_density,
                      double* slope);

    /// The nodes of zolotarev.hpp from the middle outwards: see there.
    std::size_t (*zolotarev_nodes)(double alpha,
                                   double beta,
                                   bool up,
                                   double end,
                                   double* log_v,
                                   double* own,
                                   double* rest,
                                   std::size_t room);

    /// The logarithms of the mass beyond each log y, or of the rest of all mass.
    void (*zolotarev_tails)(const ZolotarevNodes& nodes,
                            bool rest,
                            const double* log_y,
                            std::size_t count,
                            double* out);

    /// One elementary function at many points; `tame` takes the unchecked form.
    void (*apply)(
        Function function, bool tame, const double* x, double* out, std::size_t count);
};

/// The table in use: the best for this CPU, or the one TAILRACE_ISA names.
const KernelTable& kernels();

/// Chooses a table by name: "baseline", "v3" or "v4"; throws std::invalid_argument
/// where this build or this CPU has no such table.
void choose_kernels(const char* name);

/// The names of the tables that this build has and this CPU can run.
std::size_t available_kernels(const char** names, std::size_t room);

}  // namespace tailrace
