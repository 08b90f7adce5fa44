// Binds tailrace/laws/build.hpp and the questions of program.hpp.

#include <algorithm>
#include <array>
#include <string>

#include "bindings.hpp"
#include "bound_law.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace::bind {

namespace {

constexpr std::array<std::string_view, 10> kQuestions = {"hazard",
                                                         "sf",
                                                         "cdf",
                                                         "logsf",
                                                         "logcdf",
                                                         "pdf",
                                                         "logpdf",
                                                         "inverse_hazard",
                                                         "isf",
                                                         "ppf"};

Question question_named(std::string_view name) {
    for (std::size_t i = 0; i < kQuestions.size(); ++i) {
        if (kQuestions[i] == name) {
            return static_cast<Question>(i);
        }
    }
    throw std::invalid_argument("question must be one the core knows, got " +
                                std::string(name));
}

}  // namespace

void bind_laws(py::module_& m) {
    py::class_<BoundLaw>(m, "Law", "A law as the core runs it. See tailrace.Law.")
        .def(
            "smallest_of",
            [](const BoundLaw& law, double q) {
                const DefaultFloatingPoint environment;
                return BoundLaw{smallest_of(law.program, q), law.store};
            },
            "q"_a)
        .def(
            "largest_of",
            [](const BoundLaw& law, double n) {
                const DefaultFloatingPoint environment;
                return BoundLaw{largest_of(law.program, n), law.store};
            },
            "n"_a)
        .def(
            "beyond",
            [](const BoundLaw& law, double t) {
                const DefaultFloatingPoint environment;
                return BoundLaw{beyond(law.program, t), law.store};
            },
            "t"_a)
        .def(
            "evaluate",
            [](const BoundLaw& law, std::string_view question, const Doubles& x) {
                const Question asked = question_named(question);
                Doubles out = like(x);
                const auto from = view(x);
                const auto to = mutable_view(out);
                const py::object nobody_watches = py::none();
                // A point takes about as long as twenty draws.
                const double draws = 20.0 * static_cast<double>(from.size());
                const Manner how = manner(draws, 1, nobody_watches);
                {
                    const py::gil_scoped_release nogil;
                    run_tasks((from.size() + kTask - 1) / kTask,
                              how,
                              [&](std::uint64_t task, const StopFlag&) {
                                  const std::size_t first = task * kTask;
                                  const std::size_t left = from.size() - first;
                                  kernels().evaluate(law.program,
                                                     asked,
                                                     from.data() + first,
                                                     to.data() + first,
                                                     std::min(left, kTask));
                              });
                }
                return out;
            },
            "question"_a,
            "x"_a.noconvert())
        .def_property_readonly("tame",
                               [](const BoundLaw& law) { return law.program.tame; });

    m.def(
        "make_law",
        [](std::string_view name, const std::vector<double>& parameters) {
            const DefaultFloatingPoint environment;
            return BoundLaw{make_law(name, parameters), nullptr};
        },
        "name"_a,
        "parameters"_a);
    m.def(
        "make_empirical",
        [](const Doubles& values, const Doubles& weights) {
            const DefaultFloatingPoint environment;
            auto store =
                std::make_shared<StepStore>(make_steps(view(values), view(weights)));
            const Program program = make_empirical(*store);
            return BoundLaw{program, std::move(store)};
        },
        "values"_a.noconvert(),
        "weights"_a.noconvert());
}

}  // namespace tailrace::bind
