// Laws whose functions are known outside the core.

#include "tailrace/makers/outside.hpp"

#include <algorithm>
#include <cmath>

#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/makers/tabulate.hpp"

namespace tailrace {

namespace {

constexpr double kLog2Rounded = 0x1.62e42fefa39efp-1;

}  // namespace

OutsideBuilt make_outside(const OutsidePlan& plan,
                          std::shared_ptr<const OutsideLaw> law) {
    auto store = std::make_shared<TableStore>();
    const double median = plan.u(true, {kLog2Rounded})[0];
    store->tables.median = median;
    std::vector<Wish> wishes;
    for (const bool upper : {false, true}) {
        Wish wish;
        wish.f = [&plan, upper, median](const std::vector<double>& d) {
            std::vector<double> clocks(d);
            for (double& c : clocks) {
                c += kLog2Rounded;
            }
            std::vector<double> u = plan.u(upper, clocks);
            for (double& value : u) {
                value -= median;
            }
            return u;
        };
        wish.end = plan.ends[upper ? 1 : 0] - kLog2Rounded;
        wish.absolute = 2e-13;
        wish.relative = 1e-14;
        for (const double kink : plan.kinks[upper ? 1 : 0]) {
            wish.kinks.push_back(kink - kLog2Rounded);
        }
        wishes.push_back(std::move(wish));
    }
    double error = 0.0;
    store->inverse = fit(wishes, 0.125, false, &error);
    store->tables.inverse = store->inverse.cells;
    const double parameters[] = {plan.loc, plan.scale, wishes[0].end, wishes[1].end};
    Built built = make_law("outside_" + std::string(plan.map), parameters);
    built.program.tables = &store->tables;
    built.kept.push_back(std::move(store));
    built.outside = std::move(law);
    return {std::move(built), error};
}

void ask_outside(const Built& law,
                 Question question,
                 std::span<const double> x,
                 std::span<double> out) {
    const KernelTable& k = kernels();
    const std::size_t count = x.size();
    std::vector<double> own(count);
    const auto in_blocks = [count](auto job) {
        constexpr std::size_t kMost = 128;
        for (std::size_t i = 0; i < count; i += kMost) {
            job(i, std::min(kMost, count - i));
        }
    };
    in_blocks([&](std::size_t i, std::size_t length) {
        k.points_within(
            law.program, question, x.data() + i, own.data() + i, length);
    });
    std::vector<double> said(count);
    std::vector<double> log_rates(count);
    const bool values = question == Question::kInverseHazard ||
                        question == Question::kIsf || question == Question::kPpf;
    if (values) {
        law.outside->values(own, said);
    } else {
        law.outside->hazards(own, said, log_rates);
    }
    in_blocks([&](std::size_t i, std::size_t length) {
        k.answers_from_within(law.program,
                              question,
                              x.data() + i,
                              said.data() + i,
                              log_rates.data() + i,
                              out.data() + i,
                              length);
    });
}

}  // namespace tailrace
