// Pairs of truth and error given that their sum reaches a threshold, from boxes.

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/laws/joint.hpp"
#include "tailrace/models/goodhart.hpp"
#include "tailrace/models/picked.hpp"

namespace tailrace {

namespace {

/// Proposals for a block after which there is no hope. Boxes that cover what they
/// should need a few; this many are for boxes without a pair in them.
constexpr std::uint64_t kMostRounds = std::uint64_t{1} << 16;

/// 53 random bits as a number in (0, 1).
double uniform(std::uint64_t word) {
    // The largest of them would be rounded to 1.
    constexpr double kLargest = 1.0 - 0x1p-53;
    return std::min((static_cast<double>(word >> 11) + 0.5) * 0x1p-53, kLargest);
}

/// Pairs beyond thresholds, a block of them at a time.
class PairsBeyond {
  public:
    PairsBeyond(const Program& truth, const Program& error, const Boxes& boxes)
        : kernels_(kernels()),
          truth_(of_any_clock(truth)),
          error_(of_any_clock(error)),
          boxes_(boxes) {}

    /// Proposes for all of a block until each has been accepted. False if stopped.
    bool run(LaneState& state, const double* t, const StopFlag& stop) {
        for (std::size_t i = 0; i < kBlock; ++i) {
            if (!(t[i] < std::numeric_limits<double>::infinity())) {
                throw HasNan{};  // beyond what is known of the proxy
            }
            const auto above = std::ranges::upper_bound(boxes_.edges, t[i]);
            bin_[i] = static_cast<std::size_t>(above - boxes_.edges.begin()) - 1;
            open_[i] = i;
        }
        std::uint64_t rounds = 0;
        for (std::size_t count = kBlock; count > 0; ++rounds) {
            if (stop.load(std::memory_order_relaxed)) {
                return false;
            }
            if (rounds == kMostRounds) {
                throw std::runtime_error("no pair was found beyond the threshold");
            }
            propose(state, count);
            std::size_t left = 0;
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t at = open_[i];
                if (v_[i] + x_[i] >= t[at]) {
                    truths[at] = v_[i];
                    errors[at] = x_[i];
                } else {
                    open_[left++] = at;
                }
            }
            count = left;
        }
        return true;
    }

    double truths[kBlock];
    double errors[kBlock];

  private:
    void propose(LaneState& state, std::size_t count) {
        const std::size_t whole = (count + kLanes - 1) / kLanes * kLanes;
        kernels_.next_bits(state, words_, whole);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t bin = bin_[open_[i]];
            const std::uint64_t first = boxes_.first[bin];
            const auto number = static_cast<double>(boxes_.first[bin + 1] - first);
            const double where = uniform(words_[i]) * number;
            const auto box = first + static_cast<std::uint64_t>(where);
            const double rest = where - std::floor(where);
            box_[i] = rest < boxes_.stay[box] ? box : boxes_.alias[box];
        }
        clocks(state, boxes_.truth_clock, boxes_.truth_mass, v_, count, whole);
        clocks(state, boxes_.error_clock, boxes_.error_mass, x_, count, whole);
        kernels_.values_of_clocks(truth_, v_, count);
        kernels_.values_of_clocks(error_, x_, count);
    }

    /// Clocks within the boxes: exponential beyond their lower end, up to the upper
    /// one.
    void clocks(LaneState& state,
                std::span<const double> lowest,
                std::span<const double> mass,
                double* out,
                std::size_t count,
                std::size_t whole) {
        kernels_.next_bits(state, words_, whole);
        kernels_.clocks_from_bits(words_, fresh_, count);
        for (std::size_t i = 0; i < count; ++i) {
            out[i] = -uniform(words_[i]) * mass[box_[i]];
        }
        kernels_.apply(Function::kLog1p, false, out, out, count);
        for (std::size_t i = 0; i < count; ++i) {
            const bool open = mass[box_[i]] == 1.0;
            out[i] = lowest[box_[i]] + (open ? fresh_[i] : -out[i]);
        }
    }

    const KernelTable& kernels_;
    Joint truth_;
    Joint error_;
    const Boxes& boxes_;
    std::size_t bin_[kBlock];
    std::size_t open_[kBlock];
    std::size_t box_[kBlock];
    alignas(64) std::uint64_t words_[kBlock];
    alignas(64) double fresh_[kBlock];
    alignas(64) double v_[kBlock];
    alignas(64) double x_[kBlock];
};

/// Draws blocks of pairs, and hands each to `take(turn, first, pairs, length)`.
template <class Take>
bool draw_pairs(const Program& truth,
                const Program& error,
                const Boxes& boxes,
                const Threshold& threshold,
                const Key& key,
                std::uint64_t count,
                const Manner& manner,
                const Take& take) {
    const KernelTable& k = kernels();
    const bool drawn = threshold.law != nullptr;
    const auto path = drawn ? Path::kPickDirectly : Path::kPairsBeyond;
    const auto body = [&](const Turn& turn) {
        LaneState state;
        k.seed_lanes(state, key, static_cast<std::uint64_t>(path), turn.task);
        alignas(64) double t[kBlock];
        std::fill_n(t, kBlock, threshold.fixed);
        if (drawn) {
            k.draw(*threshold.law, state, t, kBlock);
        }
        PairsBeyond pairs(truth, error, boxes);
        if (pairs.run(state, t, turn.stop)) {
            const std::uint64_t first = turn.task * kBlock;
            const auto length = std::min<std::uint64_t>(kBlock, count - first);
            take(turn, first, pairs, static_cast<std::size_t>(length));
        }
    };
    return run_tasks((count + kBlock - 1) / kBlock, manner, body);
}

}  // namespace

bool pairs_beyond(const Program& truth,
                  const Program& error,
                  const Boxes& boxes,
                  const Threshold& threshold,
                  const Key& key,
                  const Room& room,
                  const Manner& manner) {
    const auto take = [&room](const Turn&,
                              std::uint64_t first,
                              const PairsBeyond& pairs,
                              std::size_t length) {
        std::copy_n(pairs.truths, length, room.truths.data() + first);
        std::copy_n(pairs.errors, length, room.errors.data() + first);
    };
    const std::uint64_t count = room.truths.size();
    return draw_pairs(truth, error, boxes, threshold, key, count, manner, take);
}

std::optional<PickSeen> simulate_directly(const Program& truth,
                                          const Program& error,
                                          const Boxes& boxes,
                                          const Threshold& threshold,
                                          const Key& key,
                                          std::uint64_t trials,
                                          const Kept& kept,
                                          const Room& room,
                                          const Manner& manner) {
    PickTallies tallies(kept, (trials - 1) / kBlock + 1, manner);
    const auto take = [&](const Turn& turn,
                          std::uint64_t first,
                          const PairsBeyond& pairs,
                          std::size_t length) {
        for (std::size_t i = 0; i < length; ++i) {
            tallies[turn].add(pairs.truths[i], pairs.errors[i]);
            room.set(first + i, pairs.truths[i], pairs.errors[i]);
        }
    };
    if (!draw_pairs(truth, error, boxes, threshold, key, trials, manner, take)) {
        return std::nullopt;
    }
    return tallies.all();
}

}  // namespace tailrace
