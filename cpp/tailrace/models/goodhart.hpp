// The pick: of n candidates with truth V and error X the one with the largest V + X.

#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tailrace/engine/tasks.hpp"
#include "tailrace/estimators/summary.hpp"
#include "tailrace/laws/program.hpp"
#include "tailrace/random/stream.hpp"

namespace tailrace {

/// What a simulation has seen of its trials.
struct PickSeen {
    Summary truths;
    Summary errors;
    Summary proxies;
};

/// Where V and X of every trial are written; nowhere, if the spans are empty.
struct Room {
    std::span<double> truths;
    std::span<double> errors;

    void set(std::uint64_t i, double truth, double error) const {
        if (!truths.empty()) {
            truths[i] = truth;
            errors[i] = error;
        }
    }
};

/// Which candidates can be the best, by their random words alone.
///
/// A word is a level: the smaller, the larger the value. Where both words of a
/// candidate are at least words[k], its V + X is below values[k], by more than
/// rounding. Values ascend, and words descend.
struct Ladder {
    std::span<const double> values;
    std::span<const std::uint64_t> words;
};

/// Draws the best of `n` candidates, `trials` times: at least one of either.
///
/// Every candidate has its two words from a stream, in blocks of kBlock, those of V
/// before those of X; a stream serves max(1, kTask / n) trials. Candidates that the
/// ladder rules out are not turned into values: that changes no result. Of equal sums
/// the first wins. Of all trials is kept what `kept` says. None if it was stopped;
/// throws HasNan where a law was asked for a value so far out that it is not known.
std::optional<PickSeen> simulate_best(const Program& truth,
                                      const Program& error,
                                      const Ladder& ladder,
                                      const Key& key,
                                      std::uint64_t n,
                                      std::uint64_t trials,
                                      const Kept& kept,
                                      const Room& room,
                                      const Manner& manner);

/// Proposals for pairs with V + X >= t, for t in bins: in each bin boxes, disjoint,
/// that cover all such pairs with t at its lower edge.
///
/// In a box the clock of V has the law of a standard exponential between truth_clock
/// and the end that leaves truth_mass of what lies beyond it, 1 for no end; that of X
/// likewise. A box is chosen by the alias method: of the boxes of a bin, from
/// first[bin] to first[bin + 1], one at random, or with chance 1 - stay[box] its alias.
///
/// Reference  A. J. Walker, "An efficient method for generating discrete random
/// variables with general distributions", ACM Trans. Math. Softw. 3 (1977).
struct Boxes {
    std::span<const double> edges;
    std::span<const std::uint64_t> first;
    std::span<const double> stay;
    std::span<const std::uint64_t> alias;
    std::span<const double> truth_clock;
    std::span<const double> truth_mass;
    std::span<const double> error_clock;
    std::span<const double> error_mass;
};

/// A threshold for V + X: the same for all, or drawn from a law where there is one.
struct Threshold {
    double fixed;
    const Program* law;
};

/// Draws pairs given V + X >= t, as many as there is room for.
///
/// Proposals from the boxes of the bin of t are accepted where V + X >= t. Pairs come
/// in blocks of kBlock, those of a block from one stream, so a short sample is the
/// beginning of a longer one. False if stopped; throws HasNan for a threshold that is
/// not known, and std::runtime_error where the boxes hold no such pair.
bool pairs_beyond(const Program& truth,
                  const Program& error,
                  const Boxes& boxes,
                  const Threshold& threshold,
                  const Key& key,
                  const Room& room,
                  const Manner& manner);

/// Draws `trials` pairs, at least one, likewise, and keeps of them what `kept` says.
std::optional<PickSeen> simulate_directly(const Program& truth,
                                          const Program& error,
                                          const Boxes& boxes,
                                          const Threshold& threshold,
                                          const Key& key,
                                          std::uint64_t trials,
                                          const Kept& kept,
                                          const Room& room,
                                          const Manner& manner);

}  // namespace tailrace
