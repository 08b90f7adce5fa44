// Binds tailrace/models: draws into arrays, and the race.

#include <memory>
#include <optional>

#include "bindings.hpp"
#include "tailrace/estimators/shared.hpp"
#include "tailrace/makers/build.hpp"
#include "tailrace/models/joint.hpp"
#include "tailrace/models/sample.hpp"
#include "tailrace/models/steps.hpp"

namespace tailrace::bind {

namespace {

template <class Float>
void draw(
    const Built& law, const Key& key, Float* out, std::size_t count, int threads) {
    const py::object nobody_watches = py::none();
    const Manner how = manner(static_cast<double>(count), threads, nobody_watches);
    const py::gil_scoped_release nogil;
    sample(law.program, key, out, count, how);
}

template <class Float>
py::array drawn(const Built& law,
                const Key& key,
                const std::vector<py::ssize_t>& shape,
                int threads) {
    py::array_t<Float, py::array::c_style> out(shape);
    const auto to = mutable_view(out);
    draw(law, key, to.data(), to.size(), threads);
    return std::move(out);
}

template <class Float>
void bind_sample_into(py::module_& m) {
    using Array = py::array_t<Float, py::array::c_style>;
    m.def(
        "sample_into",
        [](const Built& law, const py::bytes& seed, Array& out, int threads) {
            const auto to = mutable_view(out);
            draw(law, key_of(seed), to.data(), to.size(), threads);
        },
        "law"_a,
        "seed"_a,
        "out"_a.noconvert(),
        "threads"_a);
}

/// The kind of the rows named "smallest", "largest" or "ends".
Joint::Kind kind_named(std::string_view name) {
    return name == "ends"      ? Joint::kEnds
           : name == "largest" ? Joint::kLargest
                               : Joint::kSmallest;
}

/// Rows of `k` values fill `out`, whatever its shape.
template <class Float>
void bind_joint_into(py::module_& m) {
    using Array = py::array_t<Float, py::array::c_style>;
    m.def(
        "sample_joint_into",
        [](const Built& law,
           const py::bytes& seed,
           Array& out,
           std::string_view kind,
           std::uint64_t k,
           double n,
           int threads) {
            const Key key = key_of(seed);
            const auto to = mutable_view(out);
            const py::object nobody_watches = py::none();
            const Manner how =
                manner(static_cast<double>(to.size()), threads, nobody_watches);
            const py::gil_scoped_release nogil;
            const DefaultFloatingPoint environment;
            const Joint joint = joint_extremes(law.program, kind_named(kind), k, n);
            sample_joint(joint, key, to.data(), to.size() / k, how);
        },
        "law"_a,
        "seed"_a,
        "out"_a.noconvert(),
        "kind"_a,
        "k"_a,
        "n"_a,
        "threads"_a);
}

}  // namespace

void bind_models(py::module_& m) {
    m.def(
        "sample_one",
        [](const Built& law, const py::bytes& seed) {
            double x = 0.0;
            sample(law.program, key_of(seed), &x, 1, {});
            return x;
        },
        "law"_a,
        "seed"_a);
    m.def(
        "sample",
        [](const Built& law,
           const py::bytes& seed,
           const std::vector<py::ssize_t>& shape,
           bool single,
           int threads) {
            const Key key = key_of(seed);
            return single ? drawn<float>(law, key, shape, threads)
                          : drawn<double>(law, key, shape, threads);
        },
        "law"_a,
        "seed"_a,
        "shape"_a,
        "single"_a,
        "threads"_a);
    bind_sample_into<double>(m);
    bind_sample_into<float>(m);
    bind_joint_into<double>(m);
    bind_joint_into<float>(m);
    m.def(
        "simulate_steps",
        [](const Built& law,
           const py::bytes& seed,
           std::uint64_t steps,
           std::uint64_t trials,
           int bits,
           std::uint32_t extremes,
           bool keep,
           int threads,
           const py::object& progress) -> py::object {
            const Key key = key_of(seed);
            Doubles totals(keep ? static_cast<py::ssize_t>(trials) : 0);
            Doubles largest(keep ? static_cast<py::ssize_t>(trials) : 0);
            const double draws =
                static_cast<double>(steps) * static_cast<double>(trials);
            const Manner how = manner(draws, threads, progress);
            const auto to = mutable_view(totals);
            const auto most = mutable_view(largest);
            const Kept kept{2, bits, extremes, extremes};
            const auto simulate = [&]() -> std::optional<StepsSeen> {
                const py::gil_scoped_release nogil;
                const DefaultFloatingPoint environment;
                try {
                    // The watcher throws where it would stop.
                    return simulate_steps(
                        law.program, key, steps, trials, kept, to, most, how);
                } catch (const HasNan&) {
                    return std::nullopt;
                }
            };
            std::optional<StepsSeen> seen = simulate();
            if (!seen) {
                return py::none();
            }
            return py::make_tuple(
                std::make_unique<SharedSummary>(std::move(seen->totals)),
                std::make_unique<SharedSummary>(std::move(seen->shares)),
                totals,
                largest);
        },
        "law"_a,
        "seed"_a,
        "steps"_a,
        "trials"_a,
        "bits"_a,
        "extremes"_a,
        "keep"_a,
        "threads"_a,
        "progress"_a);
}

}  // namespace tailrace::bind
