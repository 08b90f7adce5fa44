// Binds tailrace/makers/build.hpp and the questions of program.hpp.

#include <algorithm>
#include <array>
#include <string>

#include "bindings.hpp"
#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/makers/outside.hpp"

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

/// The same function, called with the default floating-point environment.
template <class... Arguments>
auto in_default_environment(Built (*function)(const Built&, Arguments...)) {
    return [function](const Built& law, Arguments... arguments) {
        const DefaultFloatingPoint environment;
        return function(law, arguments...);
    };
}

}  // namespace

void bind_laws(py::module_& m) {
    py::class_<Built>(m, "Law", "A law as the core runs it. See tailrace.Law.")
        .def("smallest_of", in_default_environment(smallest_of), "q"_a)
        .def("largest_of", in_default_environment(largest_of), "n"_a)
        .def("order_statistic",
             in_default_environment(order_statistic),
             "k"_a,
             "m"_a,
             "from_top"_a)
        .def("beyond", in_default_environment(beyond), "t"_a)
        .def("truncated", in_default_environment(truncated), "low"_a, "high"_a)
        .def("capped", in_default_environment(capped), "t"_a)
        .def("affine", in_default_environment(affine), "scale"_a, "shift"_a)
        .def(
            "evaluate",
            [](const Built& law, std::string_view question, const Doubles& x) {
                const Question asked = question_named(question);
                Doubles out = like(x);
                const auto from = view(x);
                const auto to = mutable_view(out);
                if (law.outside != nullptr) {
                    ask_outside(law, asked, from, to);
                    return out;
                }
                const py::object nobody_watches = py::none();
                // A point takes about as long as twenty draws.
                const double draws = 20.0 * static_cast<double>(from.size());
                const Manner how = manner(draws, 1, nobody_watches);
                {
                    const py::gil_scoped_release nogil;
                    run_tasks(
                        (from.size() + kTask - 1) / kTask, how, [&](const Turn& turn) {
                            const std::size_t first = turn.task * kTask;
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
                               [](const Built& law) { return law.program.tame; });

    m.def(
        "make_law",
        [](std::string_view name, const std::vector<double>& parameters) {
            const DefaultFloatingPoint environment;
            return make_law(name, parameters);
        },
        "name"_a,
        "parameters"_a);
    m.def(
        "make_empirical",
        [](const Doubles& values, const Doubles& weights) {
            const DefaultFloatingPoint environment;
            return make_empirical(view(values), view(weights));
        },
        "values"_a.noconvert(),
        "weights"_a.noconvert());
}

}  // namespace tailrace::bind
