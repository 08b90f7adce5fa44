// The table behind an empirical law.

#include "tailrace/makers/steps.hpp"

#include "tailrace/laws/empirical.hpp"

namespace tailrace {

StepTable StepStore::table() const {
    return {values.data(), hazards.data(), index.data(), values.size()};
}

StepStore make_steps(std::span<const double> values, std::span<const double> weights) {
    StepStore store;
    const std::size_t n = values.size();
    store.values.assign(values.begin(), values.end());
    store.hazards.assign(n, kInfinity);
    // What lies above each value, summed from the top so that small tails keep their
    // digits, and what lies up to it, for the body; the smaller one decides the hazard.
    std::vector<Wide> above(n);
    Wide sum = 0.0;
    for (std::size_t i = n; i-- > 0;) {
        above[i] = sum;
        sum = sum + Wide(weights[i]);
    }
    Wide up_to = 0.0;
    for (std::size_t i = 0; i + 1 < n; ++i) {
        up_to = up_to + Wide(weights[i]);
        const Wide share = up_to / sum;
        store.hazards[i] =
            raw(choose(share.hi < 0.5, -log1p(-share), -log(above[i] / sum)));
    }
    store.index.resize(kIndexCount + 1);
    std::size_t position = 0;
    for (std::uint64_t slot = 0; slot < kIndexCount; ++slot) {
        // The first value whose hazard reaches the smallest clock of the slot.
        const double clock = slot == 0 ? 0.0 : double_of((slot + kIndexFirst) << 46);
        while (position + 1 < n && store.hazards[position] < clock) {
            ++position;
        }
        store.index[slot] = static_cast<std::uint32_t>(position);
    }
    store.index[kIndexCount] = static_cast<std::uint32_t>(n - 1);
    return store;
}

}  // namespace tailrace
