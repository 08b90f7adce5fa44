// The race: a task is the sum of n independent steps.

#include "tailrace/models/steps.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "tailrace/kernels/fold_table.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

/// The values of one stream, a block at a time.
class Values {
  public:
    Values(const Program& program, const Key& key, std::uint64_t task)
        : kernels_(kernels()), program_(program) {
        const auto path = static_cast<std::uint64_t>(Path::kSteps);
        kernels_.seed_lanes(state_, key, path, task);
    }

    /// Up to `most` of the next values: as many as the block still holds, at least one.
    /// `left` says how many the stream will be asked for from here on.
    std::span<const double> next(std::uint64_t most, std::uint64_t left) {
        if (used_ == held_) {
            held_ = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, left));
            used_ = 0;
            kernels_.draw(program_, state_, block_, held_);
        }
        const auto length =
            static_cast<std::size_t>(std::min<std::uint64_t>(most, held_ - used_));
        used_ += length;
        return {block_ + used_ - length, length};
    }

  private:
    const KernelTable& kernels_;
    const Program& program_;
    LaneState state_;
    alignas(64) double block_[kBlock];
    std::size_t held_ = 0;
    std::size_t used_ = 0;
};

/// What one thread has seen.
class Tally {
  public:
    explicit Tally(const Kept& kept)
        : seen_{Summary(kept), Summary(Kept{.moments = 2})} {}

    /// Takes in a trial; a total that is NaN is of a law that is not known so far out.
    void add(double total, double largest, std::uint64_t steps) {
        if (std::isnan(total)) {
            throw HasNan{};
        }
        totals_[held_] = total;
        // An infinite step is all of an infinite total; of a total of 0 each is 1 / n.
        shares_[held_] = std::isinf(total) ? 1.0
                         : total == 0.0    ? 1.0 / static_cast<double>(steps)
                                           : largest / total;
        if (++held_ == kHeld) {
            flush();
        }
    }

    StepsSeen& seen() {
        flush();
        return seen_;
    }

  private:
    static constexpr std::size_t kHeld = 2048;

    void flush() {
        seen_.totals.add({totals_.data(), held_});
        seen_.shares.add({shares_.data(), held_});
        held_ = 0;
    }

    StepsSeen seen_;
    std::array<double, kHeld> totals_;
    std::array<double, kHeld> shares_;
    std::size_t held_ = 0;
};

}  // namespace

std::optional<StepsSeen> simulate_steps(const Program& step,
                                        const Key& key,
                                        std::uint64_t steps,
                                        std::uint64_t trials,
                                        const Kept& kept,
                                        std::span<double> totals,
                                        std::span<double> largest,
                                        const Manner& manner) {
    const KernelTable& k = kernels();
    const std::uint64_t per_task = std::max<std::uint64_t>(1, kTask / steps);
    const std::uint64_t tasks = (trials - 1) / per_task + 1;
    const auto threads = static_cast<std::uint64_t>(std::max(manner.threads, 1));
    std::vector<Tally> tallies(static_cast<std::size_t>(std::min(threads, tasks)),
                               Tally(kept));
    const auto body = [&](const Turn& turn) {
        Values values(step, key, turn.task);
        const std::uint64_t first = turn.task * per_task;
        const std::uint64_t last = std::min(trials, first + per_task);
        // One trial with 2^64 steps would overflow this only with a second trial.
        std::uint64_t left = (last - first) * steps;
        for (std::uint64_t trial = first; trial < last; ++trial) {
            double total = 0.0;
            double lost = 0.0;
            double most = -std::numeric_limits<double>::infinity();
            for (std::uint64_t togo = steps; togo > 0;) {
                if (turn.stop.load(std::memory_order_relaxed)) {
                    return;
                }
                const std::span<const double> stretch = values.next(togo, left);
                double sum = 0.0;
                double top = 0.0;
                k.folds.sum_and_largest(stretch.data(), stretch.size(), &sum, &top);
                const double next = total + sum;
                lost += std::fabs(total) >= std::fabs(sum) ? (total - next) + sum
                                                           : (sum - next) + total;
                total = next;
                most = std::max(most, top);
                togo -= stretch.size();
                left -= stretch.size();
            }
            // Where the total is infinite the correction is not a number.
            total = std::isfinite(total) ? total + lost : total;
            tallies[turn.worker].add(total, most, steps);
            if (!totals.empty()) {
                totals[trial] = total;
                largest[trial] = most;
            }
        }
    };
    if (!run_tasks(tasks, manner, body)) {
        return std::nullopt;
    }
    StepsSeen seen = std::move(tallies[0].seen());
    for (std::size_t i = 1; i < tallies.size(); ++i) {
        const StepsSeen& more = tallies[i].seen();
        seen.totals.merge(more.totals);
        seen.shares.merge(more.shares);
    }
    return seen;
}

}  // namespace tailrace
