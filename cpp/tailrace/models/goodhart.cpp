// The pick: of n candidates with truth V and error X the one with the largest V + X.

#include "tailrace/models/goodhart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/laws/joint.hpp"
#include "tailrace/models/picked.hpp"

namespace tailrace {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

/// How many candidates of a trial are tried first, for either word.
constexpr std::uint64_t kTried = 3;

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
        : kernels_(kernels()),
          truth_(of_any_clock(truth)),
          error_(of_any_clock(error)) {}

    void clear() { count_ = 0; }

    std::size_t count() const { return count_; }

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
        // Whole vectors: what is left over of one takes longer than all of it.
        const std::size_t whole = (count_ + kLanes - 1) / kLanes * kLanes;
        for (std::size_t i = count_; i < whole; ++i) {
            words_[i] = others_[i] = std::uint64_t{1} << 62;
        }
        kernels_.clocks_from_bits(words_, v_, whole);
        kernels_.clocks_from_bits(others_, x_, whole);
        kernels_.values_of_clocks(truth_, v_, whole);
        kernels_.values_of_clocks(error_, x_, whole);
        for (std::size_t i = 0; i < count_; ++i) {
            const std::size_t place = places_[i];
            const double proxy = v_[i] + x_[i];
            Best& best = bests[stretches[stretches_[i]].trial];
            const bool earlier = proxy == best.proxy && place < best.place;
            // A proxy that is not known stays the best, so that it is noticed.
            if (!best.known || proxy > best.proxy || earlier || std::isnan(proxy)) {
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
        // First some of each trial that has none yet; then all that may be above these.
        chosen_.clear();
        for (std::size_t s = 0; s < stretches_.size(); ++s) {
            const auto [first, last, trial] = stretches_[s];
            if (!bests_[trial].known) {
                const std::uint64_t word = kAll / (last - first) * kTried;
                const std::size_t before = chosen_.count();
                for (std::size_t i = first; word > kTried && i < last; ++i) {
                    if (a_[i] < word || b_[i] < word) {
                        chosen_.add(i, s);
                    }
                }
                if (chosen_.count() == before) {
                    chosen_.add(most_promising(a_, b_, first, last), s);
                }
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

}  // namespace

std::optional<PickSeen> simulate_best(const Program& truth,
                                      const Program& error,
                                      const Ladder& ladder,
                                      const Key& key,
                                      std::uint64_t n,
                                      std::uint64_t trials,
                                      const Kept& kept,
                                      const Room& room,
                                      const Manner& manner) {
    const std::uint64_t per_task = std::max<std::uint64_t>(1, kTask / n);
    const std::uint64_t tasks = (trials - 1) / per_task + 1;
    PickTallies tallies(kept, tasks, manner);
    const auto body = [&](const Turn& turn) {
        const std::uint64_t first = turn.task * per_task;
        const std::uint64_t count = std::min(trials - first, per_task);
        Trials mine(truth, error, ladder, n, count);
        if (!mine.run(key, turn.task, turn.stop)) {
            return;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            const Best& best = mine.best(i);
            tallies[turn].add(best.truth, best.error);
            room.set(first + i, best.truth, best.error);
        }
    };
    if (!run_tasks(tasks, manner, body)) {
        return std::nullopt;
    }
    return tallies.all();
}

}  // namespace tailrace
