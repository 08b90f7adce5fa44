// What the simulations of the pick share: tallies of trials, one a thread.

#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tailrace/engine/tasks.hpp"
#include "tailrace/laws/joint.hpp"
#include "tailrace/models/goodhart.hpp"

namespace tailrace {

/// From clocks to values, by whatever clocks.
inline Joint of_any_clock(const Program& program) {
    Joint joint;
    joint.program = program;
    return joint;
}

/// What one thread has seen.
class PickTally {
  public:
    explicit PickTally(const Kept& kept)
        : seen_{Summary(kept), Summary(kept), Summary(kept)} {}

    /// Takes in a trial; NaN is of a law that is not known so far out.
    void add(double truth, double error) {
        const double proxy = truth + error;
        if (std::isnan(proxy)) {
            throw HasNan{};
        }
        truths_[held_] = truth;
        errors_[held_] = error;
        proxies_[held_] = proxy;
        if (++held_ == kHeld) {
            flush();
        }
    }

    PickSeen& seen() {
        flush();
        return seen_;
    }

  private:
    static constexpr std::size_t kHeld = 2048;

    void flush() {
        seen_.truths.add({truths_, held_});
        seen_.errors.add({errors_, held_});
        seen_.proxies.add({proxies_, held_});
        held_ = 0;
    }

    PickSeen seen_;
    double truths_[kHeld];
    double errors_[kHeld];
    double proxies_[kHeld];
    std::size_t held_ = 0;
};

/// The tallies of all threads.
class PickTallies {
  public:
    PickTallies(const Kept& kept, std::uint64_t tasks, const Manner& manner)
        : each_(static_cast<std::size_t>(std::min<std::uint64_t>(
                    static_cast<std::uint64_t>(std::max(manner.threads, 1)), tasks)),
                PickTally(kept)) {}

    PickTally& operator[](const Turn& turn) { return each_[turn.worker]; }

    PickSeen all() {
        PickSeen seen = std::move(each_[0].seen());
        for (std::size_t i = 1; i < each_.size(); ++i) {
            const PickSeen& more = each_[i].seen();
            seen.truths.merge(more.truths);
            seen.errors.merge(more.errors);
            seen.proxies.merge(more.proxies);
        }
        return seen;
    }

  private:
    std::vector<PickTally> each_;
};

}  // namespace tailrace
