// Binds tailrace/makers/outside.hpp: laws whose functions are Python's.

#include "bindings.hpp"
#include "tailrace/makers/outside.hpp"

namespace tailrace::bind {

namespace {

Doubles array_of(std::span<const double> x) {
    return Doubles(static_cast<py::ssize_t>(x.size()), x.data());
}

void copy_into(const Doubles& from, std::span<double> to) {
    if (static_cast<std::size_t>(from.size()) != to.size()) {
        throw std::invalid_argument("values must be as many as points, got " +
                                    std::to_string(from.size()));
    }
    std::copy_n(from.data(), to.size(), to.begin());
}

/// Two Python functions: x to hazards and logarithms of rates, and clocks to x.
class PythonLaw : public OutsideLaw {
  public:
    PythonLaw(py::function hazards, py::function values)
        : hazards_(std::move(hazards)), values_(std::move(values)) {}

    void hazards(std::span<const double> x,
                 std::span<double> hazard,
                 std::span<double> log_rate) const override {
        const auto both = hazards_(array_of(x)).cast<std::pair<Doubles, Doubles>>();
        copy_into(both.first, hazard);
        copy_into(both.second, log_rate);
    }
    void values(std::span<const double> clocks, std::span<double> x) const override {
        copy_into(values_(array_of(clocks)).cast<Doubles>(), x);
    }

  private:
    py::function hazards_;
    py::function values_;
};

}  // namespace

void bind_outside(py::module_& m) {
    m.def(
        "make_outside",
        [](const std::string& map,
           double loc,
           double scale,
           std::pair<double, double> ends,
           std::pair<double, double> support,
           std::pair<std::vector<double>, std::vector<double>> kinks,
           const py::function& u,
           const py::function& hazards,
           const py::function& values) {
            OutsidePlan plan{map,
                             loc,
                             scale,
                             {ends.first, ends.second},
                             {support.first, support.second},
                             {std::move(kinks.first), std::move(kinks.second)},
                             {}};
            plan.u = [&u](bool upper, const std::vector<double>& clocks) {
                std::vector<double> out(clocks.size());
                copy_into(u(upper, array_of(clocks)).cast<Doubles>(), out);
                return out;
            };
            OutsideBuilt made =
                make_outside(plan, std::make_shared<PythonLaw>(hazards, values));
            return std::pair(std::move(made.built), made.error);
        },
        "map"_a,
        "loc"_a,
        "scale"_a,
        "ends"_a,
        "support"_a,
        "kinks"_a,
        "u"_a,
        "hazards"_a,
        "values"_a);
    m.def("outside_numbers", &outside_numbers, "law"_a);
    m.def(
        "outside_from_numbers",
        [](const std::vector<double>& numbers,
           const std::string& map,
           const py::function& hazards,
           const py::function& values) {
            return outside_from_numbers(
                numbers, map, std::make_shared<PythonLaw>(hazards, values));
        },
        "numbers"_a,
        "map"_a,
        "hazards"_a,
        "values"_a);
    m.def(
        "make_spliced",
        [](const Doubles& values,
           const Doubles& weights,
           const std::vector<double>& tail,
           double above) {
            const DefaultFloatingPoint environment;
            return make_spliced(view(values), view(weights), tail, above);
        },
        "values"_a.noconvert(),
        "weights"_a.noconvert(),
        "tail"_a,
        "above"_a);
}

}  // namespace tailrace::bind
