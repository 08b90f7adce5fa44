// Laws whose functions are known outside the core.

#include "tailrace/makers/outside.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/makers/tabulate.hpp"

namespace tailrace {

namespace {

constexpr double kLog2Rounded = 0x1.62e42fefa39efp-1;

Built built_from(std::string_view map,
                 std::span<const double> parameters,
                 std::span<const double> support,
                 std::shared_ptr<const TableStore> store,
                 std::shared_ptr<const OutsideLaw> law) {
    Built built;
    if (map == "exponential") {
        built.program.law = LawId::OutsideExponential;
    } else if (map == "sinh") {
        built.program.law = LawId::OutsideSinh;
    } else {
        throw std::invalid_argument("map must be exponential or sinh, got " +
                                    std::string(map));
    }
    std::ranges::copy(parameters, built.program.parameters);
    built.program.tables = &store->tables;
    built.program.floor = support[0];
    built.program.ceiling = support[1];
    built.kept.push_back(std::move(store));
    built.outside = std::move(law);
    return refreshed(std::move(built));
}

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
    const Cells& cells = store->inverse.cells;
    const double parameters[] = {
        plan.loc,
        plan.scale,
        std::min(wishes[0].end, cells.top_below - cells.offset),
        std::min(wishes[1].end, cells.top_above - cells.offset)};
    return {built_from(
                plan.map, parameters, plan.support, std::move(store), std::move(law)),
            error};
}

std::vector<double> outside_numbers(const Built& law) {
    const auto& store = *static_cast<const TableStore*>(law.kept.front().get());
    const CellsStore& inverse = store.inverse;
    const Cells& c = inverse.cells;
    // Numbers below 2^53 are exact as doubles; knots of infinity are, too.
    std::vector<double> numbers(law.program.parameters, law.program.parameters + 4);
    for (const double x :
         {store.tables.median,
          c.offset,
          c.top_below,
          c.top_above,
          static_cast<double>(static_cast<std::int64_t>(c.first_below)),
          static_cast<double>(static_cast<std::int64_t>(c.first_above)),
          static_cast<double>(c.shift),
          static_cast<double>(inverse.slots.size()),
          static_cast<double>(inverse.knots.size()),
          static_cast<double>(c.most),
          law.program.floor,
          law.program.ceiling}) {
        numbers.push_back(x);
    }
    for (const std::uint64_t slot : inverse.slots) {
        numbers.push_back(static_cast<double>(slot));
    }
    numbers.insert(numbers.end(), inverse.knots.begin(), inverse.knots.end());
    numbers.insert(numbers.end(), inverse.rows.begin(), inverse.rows.end());
    return numbers;
}

Built outside_from_numbers(std::span<const double> numbers,
                           std::string_view map,
                           std::shared_ptr<const OutsideLaw> law) {
    constexpr std::size_t kHead = 16;
    constexpr std::size_t kRow = kInverseDegree + 3;
    constexpr double kMost = 1e8;
    const auto wrong = [] {
        return std::invalid_argument("table must be one that a law made, got another");
    };
    if (numbers.size() < kHead || !(numbers[11] >= 1.0 && numbers[11] < kMost) ||
        !(numbers[12] >= 1.0 && numbers[12] < kMost)) {
        throw wrong();
    }
    const auto slots = static_cast<std::size_t>(numbers[11]);
    const auto cells = static_cast<std::size_t>(numbers[12]);
    // All but the last rows are padding, which is stored for the lower side only.
    if (numbers.size() < kHead + slots + cells ||
        (numbers.size() - kHead - slots - cells) % kRow != 0 ||
        (numbers.size() - kHead - slots - cells) / kRow + 128 < cells) {
        throw wrong();
    }
    auto store = std::make_shared<TableStore>();
    CellsStore& inverse = store->inverse;
    const double* next = numbers.data() + kHead;
    for (std::size_t i = 0; i < slots; ++i, ++next) {
        if (!(*next >= 0.0 && *next < numbers[12])) {
            throw wrong();
        }
        inverse.slots.push_back(static_cast<std::uint64_t>(*next));
    }
    inverse.knots.assign(next, next + cells);
    inverse.rows.assign(next + cells, numbers.data() + numbers.size());
    Cells& c = inverse.cells;
    c.offset = numbers[5];
    c.top_below = numbers[6];
    c.top_above = numbers[7];
    c.first_below = static_cast<std::uint64_t>(static_cast<std::int64_t>(numbers[8]));
    c.first_above = static_cast<std::uint64_t>(static_cast<std::int64_t>(numbers[9]));
    c.shift = static_cast<std::uint32_t>(numbers[10]);
    c.most = numbers[13] > 1.0 ? 2 : 1;
    c.rows = inverse.rows.data();
    c.knots = inverse.knots.data();
    c.slots = inverse.slots.data();
    store->tables.median = numbers[4];
    store->tables.inverse = c;
    return built_from(map,
                      numbers.first(4),
                      numbers.subspan(14, 2),
                      std::move(store),
                      std::move(law));
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
        k.points_within(law.program, question, x.data() + i, own.data() + i, length);
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
