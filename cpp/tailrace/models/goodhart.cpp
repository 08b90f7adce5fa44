// The pick: of n candidates with truth V and error X the one with the largest V + X.

#include "tailrace/models/goodhart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

/// From clocks to values, by whatever clocks.
Joint of_any_clock(const Program& program) {
    Joint joint;
    joint.program = program;
    return joint;
}

/// The candidate that is ahead, of one trial.
struct Best {
    double proxy = -kInfinite;
    double truth = 0.0;
    double error = 0.0;
    std::size_t place = 0;  ///< in its block
    bool known = false;
};

/// A stretch of a block that belongs to one trial.
struct Stretch {
    std::size_t first;
    std::size_t last;
    std::uint64_t trial;
};

/// The candidates of a block that are turned into values, and the way there.
class Chosen {
  public:
    Chosen(const Program& truth, const Program& error)
        : kernels_(kernels()), truth_(of_any_clock(truth)), error_(of_any_clock(error)) {}

    void clear() { count_ = 0; }

    void add(std::size_t place, std::size_t stretch) {
        places_[count_] = place;
        stretches_[count_] = stretch;
        ++count_;
    }

    /// Values of all that were added, and what they change in the trials.
    void decide(const std::uint64_t* a,
                const std::uint64_t* b,
                std::span<Best> bests,
                std::span<const Stretch> stretches) {
        for (std::size_t i = 0; i < count_; ++i) {
            words_[i] = a[places_[i]];
            others_[i] = b[places_[i]];
        }
        kernels_.clocks_from_bits(words_, v_, count_);
        kernels_.clocks_from_bits(others_, x_, count_);
        kernels_.values_of_clocks(truth_, v_, count_);
        kernels_.values_of_clocks(error_, x_, count_);
        for (std::size_t i = 0; i < count_; ++i) {
            const std::size_t place = places_[i];
            const double proxy = v_[i] + x_[i];
            Best& best = bests[stretches[stretches_[i]].trial];
            const bool earlier = proxy == best.proxy && place < best.place;
            if (!best.known || proxy > best.proxy || earlier) {
                best = {proxy, v_[i], x_[i], place, true};
            }
        }
    }

  private:
    const KernelTable& kernels_;
    Joint truth_;
    Joint error_;
    std::size_t count_ = 0;
    std::size_t places_[kBlock];
    std::size_t stretches_[kBlock];
    alignas(64) std::uint64_t words_[kBlock];
    alignas(64) std::uint64_t others_[kBlock];
    alignas(64) double v_[kBlock];
    alignas(64) double x_[kBlock];
};

/// The word from which on candidates cannot reach `proxy`.
std::uint64_t bar(const Ladder& ladder, double proxy) {
    const auto above = std::ranges::lower_bound(ladder.values, proxy);
    return above == ladder.values.begin()
               ? kAll
               : ladder.words[static_cast<std::size_t>(above - ladder.values.begin()) -
                              1];
}

/// The place of the smallest word of either kind.
std::size_t most_promising(const std::uint64_t* a,
                           const std::uint64_t* b,
                           std::size_t first,
                           std::size_t last) {
    std::size_t found = first;
    std::uint64_t least = kAll;
    for (std::size_t i = first; i < last; ++i) {
        const std::uint64_t word = std::min(a[i], b[i]);
        if (word < least) {
            least = word;
            found = i;
        }
    }
    return found;
}

/// A task: some trials, candidate by candidate, through blocks of words.
class Trials {
  public:
    Trials(const Program& truth,
           const Program& error,
           const Ladder& ladder,
           std::uint64_t n,
           std::uint64_t count)
        : kernels_(kernels()),
          chosen_(truth, error),
          ladder_(ladder),
          n_(n),
          bests_(static_cast<std::size_t>(count)) {}

    /// False if it was stopped.
    bool run(const Key& key, std::uint64_t task, const StopFlag& stop) {
        LaneState state;
        const auto path = static_cast<std::uint64_t>(Path::kPick);
        kernels_.seed_lanes(state, key, path, task);
        std::uint64_t trial = 0;
        std::uint64_t togo = n_;
        while (trial < bests_.size()) {
            if (stop.load(std::memory_order_relaxed)) {
                return false;
            }
            kernels_.next_bits(state, a_, kBlock);
            kernels_.next_bits(state, b_, kBlock);
            stretches_.clear();
            for (std::size_t i = 0; i < kBlock && trial < bests_.size();) {
                const std::uint64_t room = kBlock - i;
                const auto length = static_cast<std::size_t>(std::min(room, togo));
                stretches_.push_back({i, i + length, trial});
                i += length;
                togo -= length;
                if (togo == 0) {
                    ++trial;
                    togo = n_;
                }
            }
            block();
        }
        return true;
    }

    const Best& best(std::uint64_t trial) const { return bests_[trial]; }

  private:
    void block() {
        // First one of each trial that has none yet; then all that may be above it.
        chosen_.clear();
        for (std::size_t s = 0; s < stretches_.size(); ++s) {
            const auto [first, last, trial] = stretches_[s];
            if (!bests_[trial].known) {
                chosen_.add(most_promising(a_, b_, first, last), s);
            }
        }
        chosen_.decide(a_, b_, bests_, stretches_);
        chosen_.clear();
        for (std::size_t s = 0; s < stretches_.size(); ++s) {
            const auto [first, last, trial] = stretches_[s];
            const std::uint64_t word = bar(ladder_, bests_[trial].proxy);
            for (std::size_t i = first; i < last; ++i) {
                if (a_[i] < word || b_[i] < word) {
                    chosen_.add(i, s);
                }
            }
        }
        chosen_.decide(a_, b_, bests_, stretches_);
        for (const Stretch& stretch : stretches_) {
            bests_[stretch.trial].place = 0;  // before all of the next block
        }
    }

    const KernelTable& kernels_;
    Chosen chosen_;
    const Ladder& ladder_;
    std::uint64_t n_;
    std::vector<Best> bests_;
    std::vector<Stretch> stretches_;
    alignas(64) std::uint64_t a_[kBlock];
    alignas(64) std::uint64_t b_[kBlock];
};

/// 53 random bits as a number in (0, 1).
double uniform(std::uint64_t word) {
    return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53;
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
            const auto above = std::ranges::upper_bound(boxes_.edges, t[i]);
            bin_[i] = static_cast<std::size_t>(above - boxes_.edges.begin()) - 1;
            open_[i] = i;
        }
        for (std::size_t count = kBlock; count > 0;) {
            if (stop.load(std::memory_order_relaxed)) {
                return false;
            }
            propose(state, count);
            std::size_t left = 0;
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t at = open_[i];
                if (v_[i] + x_[i] >= t[at]) {
                    truth[at] = v_[i];
                    error[at] = x_[i];
                } else {
                    open_[left++] = at;
                }
            }
            count = left;
        }
        return true;
    }

    double truth[kBlock];
    double error[kBlock];

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

    /// Clocks within the boxes: exponential beyond their lower end, up to the upper one.
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

}  // namespace

bool best_by_drawing(const Program& truth,
                     const Program& error,
                     const Ladder& ladder,
                     const Key& key,
                     std::uint64_t n,
                     std::span<double> truths,
                     std::span<double> errors,
                     const Manner& manner) {
    const std::uint64_t per_task = std::max<std::uint64_t>(1, kTask / n);
    const std::uint64_t trials = truths.size();
    const auto body = [&](std::uint64_t task, const StopFlag& stop) {
        const std::uint64_t first = task * per_task;
        const std::uint64_t count = std::min(trials - first, per_task);
        Trials mine(truth, error, ladder, n, count);
        if (!mine.run(key, task, stop)) {
            return;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            truths[first + i] = mine.best(i).truth;
            errors[first + i] = mine.best(i).error;
        }
    };
    return run_tasks((trials + per_task - 1) / per_task, manner, body);
}

bool pairs_beyond(const Program& truth,
                  const Program& error,
                  const Boxes& boxes,
                  const Program* threshold,
                  double fixed,
                  const Key& key,
                  std::span<double> truths,
                  std::span<double> errors,
                  const Manner& manner) {
    const KernelTable& k = kernels();
    const std::size_t count = truths.size();
    const auto path = threshold == nullptr ? Path::kPairsBeyond : Path::kPickDirectly;
    const auto body = [&](std::uint64_t task, const StopFlag& stop) {
        LaneState state;
        k.seed_lanes(state, key, static_cast<std::uint64_t>(path), task);
        alignas(64) double t[kBlock];
        std::fill_n(t, kBlock, fixed);
        if (threshold != nullptr) {
            k.draw(*threshold, state, t, kBlock);
        }
        PairsBeyond pairs(truth, error, boxes);
        if (!pairs.run(state, t, stop)) {
            return;
        }
        const std::size_t first = static_cast<std::size_t>(task) * kBlock;
        const std::size_t length = std::min(kBlock, count - first);
        std::copy_n(pairs.truth, length, truths.data() + first);
        std::copy_n(pairs.error, length, errors.data() + first);
    };
    return run_tasks((count + kBlock - 1) / kBlock, manner, body);
}

}  // namespace tailrace
