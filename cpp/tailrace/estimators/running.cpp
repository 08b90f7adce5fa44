// Means and medians of the first one, two, three, ... values.

#include "tailrace/estimators/running.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tailrace {

void running_means(std::span<const double> x, std::span<double> out) {
    double sum = 0.0;
    double lost = 0.0;
    double unit = 1.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        double next = sum + x[i] * unit;
        if (std::isinf(next) && std::isfinite(sum) && std::isfinite(x[i])) {
            // From now on in units of 2^64: 2^64 of the largest doubles have a sum.
            unit = 0x1p-64;
            sum *= unit;
            lost *= unit;
            next = sum + x[i] * unit;
        }
        const double other = next - sum;
        const double error = (sum - (next - other)) + (x[i] * unit - other);
        sum = next;
        // From an infinite value on nothing is to be made good.
        lost = std::isfinite(next) ? lost + error : 0.0;
        const double n = static_cast<double>(i + 1) * unit;
        out[i] = sum / n + lost / n;
    }
}

namespace {

using Index = std::uint32_t;

/// The values in order, as a list from which they can be taken.
struct Ordered {
    std::vector<double> value;
    std::vector<Index> place;   ///< of x[i] in the order
    std::vector<Index> before;  ///< the place before, of those that are left
    std::vector<Index> after;
};

Ordered ordered(std::span<const double> x) {
    const std::size_t n = x.size();
    std::vector<std::pair<double, Index>> pairs(n);
    for (std::size_t i = 0; i < n; ++i) {
        pairs[i] = {x[i], static_cast<Index>(i)};
    }
    std::sort(pairs.begin(), pairs.end());
    Ordered list{std::vector<double>(n),
                 std::vector<Index>(n),
                 std::vector<Index>(n),
                 std::vector<Index>(n)};
    for (std::size_t p = 0; p < n; ++p) {
        list.value[p] = pairs[p].first;
        list.place[pairs[p].second] = static_cast<Index>(p);
        list.before[p] = static_cast<Index>(p == 0 ? 0 : p - 1);
        list.after[p] = static_cast<Index>(p + 1 == n ? p : p + 1);
    }
    return list;
}

double middle_of(double a, double b) {
    // The sum may pass the doubles, the mean does not.
    const double sum = a + b;
    return std::isfinite(sum) || !std::isfinite(a) || !std::isfinite(b) ? sum / 2
                                                                        : a / 2 + b / 2;
}

}  // namespace

void running_medians(std::span<const double> x, std::span<double> out) {
    if (x.empty()) {
        return;
    }
    Ordered list = ordered(x);
    // Of m values the finger is at the one with place (m - 1) / 2.
    Index finger = static_cast<Index>((x.size() - 1) / 2);
    for (std::size_t m = x.size(); m > 0; --m) {
        const bool odd = m % 2 != 0;
        const double lower = list.value[finger];
        out[m - 1] = odd ? lower : middle_of(lower, list.value[list.after[finger]]);
        const Index gone = list.place[m - 1];
        const Index before = list.before[gone];
        const Index after = list.after[gone];
        if (odd && gone >= finger) {
            finger = list.before[finger];
        } else if (!odd && gone <= finger) {
            finger = list.after[finger];
        }
        // At the ends a value is its own neighbour.
        list.after[before] = after == gone ? before : after;
        list.before[after] = before == gone ? after : before;
    }
}

}  // namespace tailrace
