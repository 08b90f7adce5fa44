// Binds tailrace/models/goodhart.hpp: the best of n, and pairs beyond a threshold.

#include <memory>
#include <optional>
#include <string>

#include "bindings.hpp"
#include "tailrace/estimators/shared.hpp"
#include "tailrace/makers/build.hpp"
#include "tailrace/models/goodhart.hpp"

namespace tailrace::bind {

namespace {

/// The boxes as Python has them: see boxes.py.
class GivenBoxes {
  public:
    GivenBoxes(const std::vector<Doubles>& arrays,
               const Words& first,
               const Words& alias)
        : arrays_(arrays), first_(first), alias_(alias) {
        if (arrays.size() != 6) {
            throw std::invalid_argument("boxes must be six arrays, got " +
                                        std::to_string(arrays.size()));
        }
    }

    Boxes view_of() const {
        return {view(arrays_[0]),
                view(first_),
                view(arrays_[1]),
                view(alias_),
                view(arrays_[2]),
                view(arrays_[3]),
                view(arrays_[4]),
                view(arrays_[5])};
    }

  private:
    const std::vector<Doubles>& arrays_;
    const Words& first_;
    const Words& alias_;
};

/// V and X of every trial, if they are to be kept.
struct Columns {
    explicit Columns(std::uint64_t count)
        : truths(static_cast<py::ssize_t>(count)),
          errors(static_cast<py::ssize_t>(count)),
          room{mutable_view(truths), mutable_view(errors)} {}

    Doubles truths;
    Doubles errors;
    Room room;
};

/// Runs a simulation without the GIL; None where NaN was drawn.
template <class Simulate>
py::object summaries(const Columns& columns, const Simulate& simulate) {
    const auto run = [&]() -> std::optional<PickSeen> {
        const py::gil_scoped_release nogil;
        const DefaultFloatingPoint environment;
        try {
            // The watcher throws where it would stop.
            return simulate();
        } catch (const HasNan&) {
            return std::nullopt;
        }
    };
    std::optional<PickSeen> seen = run();
    if (!seen) {
        return py::none();
    }
    return py::make_tuple(std::make_unique<SharedSummary>(std::move(seen->truths)),
                          std::make_unique<SharedSummary>(std::move(seen->errors)),
                          std::make_unique<SharedSummary>(std::move(seen->proxies)),
                          columns.truths,
                          columns.errors);
}

}  // namespace

void bind_goodhart(py::module_& m) {
    m.def(
        "simulate_best",
        [](const Built& truth,
           const Built& error,
           const Doubles& ladder_values,
           const Words& ladder_words,
           const py::bytes& seed,
           std::uint64_t n,
           std::uint64_t trials,
           int bits,
           std::uint32_t extremes,
           bool keep,
           int threads,
           const py::object& progress) {
            const Key key = key_of(seed);
            const Columns columns(keep ? trials : 0);
            const Ladder ladder{view(ladder_values), view(ladder_words)};
            const double draws = static_cast<double>(n) * static_cast<double>(trials);
            const Manner how = manner(draws, threads, progress);
            const Kept kept{2, bits, extremes, extremes};
            return summaries(columns, [&] {
                return simulate_best(truth.program,
                                     error.program,
                                     ladder,
                                     key,
                                     n,
                                     trials,
                                     kept,
                                     columns.room,
                                     how);
            });
        },
        "truth"_a,
        "error"_a,
        "ladder_values"_a.noconvert(),
        "ladder_words"_a.noconvert(),
        "seed"_a,
        "n"_a,
        "trials"_a,
        "bits"_a,
        "extremes"_a,
        "keep"_a,
        "threads"_a,
        "progress"_a);
    m.def(
        "simulate_directly",
        [](const Built& truth,
           const Built& error,
           const std::vector<Doubles>& boxes,
           const Words& first,
           const Words& alias,
           const Built* law,
           double fixed,
           const py::bytes& seed,
           std::uint64_t trials,
           int bits,
           std::uint32_t extremes,
           bool keep,
           int threads,
           const py::object& progress) {
            const Key key = key_of(seed);
            const GivenBoxes given(boxes, first, alias);
            const Threshold threshold{fixed, law == nullptr ? nullptr : &law->program};
            const Columns columns(keep ? trials : 0);
            const double draws = 16.0 * static_cast<double>(trials);
            const Manner how = manner(draws, threads, progress);
            const Kept kept{2, bits, extremes, extremes};
            return summaries(columns, [&] {
                return simulate_directly(truth.program,
                                         error.program,
                                         given.view_of(),
                                         threshold,
                                         key,
                                         trials,
                                         kept,
                                         columns.room,
                                         how);
            });
        },
        "truth"_a,
        "error"_a,
        "boxes"_a,
        "first"_a.noconvert(),
        "alias"_a.noconvert(),
        "law"_a.none(true),
        "fixed"_a,
        "seed"_a,
        "trials"_a,
        "bits"_a,
        "extremes"_a,
        "keep"_a,
        "threads"_a,
        "progress"_a);
    m.def(
        "pairs_beyond",
        [](const Built& truth,
           const Built& error,
           const std::vector<Doubles>& boxes,
           const Words& first,
           const Words& alias,
           const Built* law,
           double fixed,
           const py::bytes& seed,
           std::uint64_t count,
           int threads) -> py::object {
            const Key key = key_of(seed);
            const GivenBoxes given(boxes, first, alias);
            const Threshold threshold{fixed, law == nullptr ? nullptr : &law->program};
            const Columns columns(count);
            const py::object nobody_watches = py::none();
            const double draws = 16.0 * static_cast<double>(count);
            const Manner how = manner(draws, threads, nobody_watches);
            try {
                const py::gil_scoped_release nogil;
                const DefaultFloatingPoint environment;
                pairs_beyond(truth.program,
                             error.program,
                             given.view_of(),
                             threshold,
                             key,
                             columns.room,
                             how);
            } catch (const HasNan&) {
                return py::none();
            }
            return py::make_tuple(columns.truths, columns.errors);
        },
        "truth"_a,
        "error"_a,
        "boxes"_a,
        "first"_a.noconvert(),
        "alias"_a.noconvert(),
        "law"_a.none(true),
        "fixed"_a,
        "seed"_a,
        "count"_a,
        "threads"_a);
}

}  // namespace tailrace::bind
