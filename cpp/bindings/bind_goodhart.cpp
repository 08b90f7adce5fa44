// Binds tailrace/models/goodhart.hpp: the best of n, and pairs beyond a threshold.

#include "bindings.hpp"
#include "tailrace/makers/build.hpp"
#include "tailrace/models/goodhart.hpp"

namespace tailrace::bind {

void bind_goodhart(py::module_& m) {
    m.def(
        "best_by_drawing",
        [](const Built& truth,
           const Built& error,
           const Doubles& ladder_values,
           const Words& ladder_words,
           const py::bytes& seed,
           std::uint64_t n,
           std::uint64_t trials,
           int threads,
           const py::object& progress) {
            const Key key = key_of(seed);
            Doubles truths(static_cast<py::ssize_t>(trials));
            Doubles errors(static_cast<py::ssize_t>(trials));
            const Ladder ladder{view(ladder_values), view(ladder_words)};
            const double draws = static_cast<double>(n) * static_cast<double>(trials);
            const Manner how = manner(draws, threads, progress);
            const auto to = mutable_view(truths);
            const auto beside = mutable_view(errors);
            {
                const py::gil_scoped_release nogil;
                best_by_drawing(
                    truth.program, error.program, ladder, key, n, to, beside, how);
            }
            return py::make_tuple(truths, errors);
        },
        "truth"_a,
        "error"_a,
        "ladder_values"_a.noconvert(),
        "ladder_words"_a.noconvert(),
        "seed"_a,
        "n"_a,
        "trials"_a,
        "threads"_a,
        "progress"_a);
    m.def(
        "pairs_beyond",
        [](const Built& truth,
           const Built& error,
           const std::vector<Doubles>& boxes,
           const Words& first,
           const Words& alias,
           const Built* threshold,
           double fixed,
           const py::bytes& seed,
           std::uint64_t count,
           int threads,
           const py::object& progress) {
            const Key key = key_of(seed);
            Doubles truths(static_cast<py::ssize_t>(count));
            Doubles errors(static_cast<py::ssize_t>(count));
            if (boxes.size() != 6) {
                throw std::invalid_argument("boxes must be six arrays, got " +
                                            std::to_string(boxes.size()));
            }
            const Boxes plan{view(boxes[0]),
                             view(first),
                             view(boxes[1]),
                             view(alias),
                             view(boxes[2]),
                             view(boxes[3]),
                             view(boxes[4]),
                             view(boxes[5])};
            const Program* law = threshold == nullptr ? nullptr : &threshold->program;
            const Manner how =
                manner(32.0 * static_cast<double>(count), threads, progress);
            const auto to = mutable_view(truths);
            const auto beside = mutable_view(errors);
            {
                const py::gil_scoped_release nogil;
                pairs_beyond(truth.program,
                             error.program,
                             plan,
                             law,
                             fixed,
                             key,
                             to,
                             beside,
                             how);
            }
            return py::make_tuple(truths, errors);
        },
        "truth"_a,
        "error"_a,
        "boxes"_a,
        "first"_a.noconvert(),
        "alias"_a.noconvert(),
        "threshold"_a.none(true),
        "fixed"_a,
        "seed"_a,
        "count"_a,
        "threads"_a,
        "progress"_a);
}

}  // namespace tailrace::bind
