// The pick: of n candidates with truth V and error X the one with the largest V + X.

#pragma once

#include <cstdint>
#include <span>

#include "tailrace/engine/tasks.hpp"
#include "tailrace/laws/program.hpp"
#include "tailrace/random/stream.hpp"

namespace tailrace {

/// Which candidates can be the best, by their random words alone.
///
/// A word is a level: the smaller, the larger the value. Where both words of a candidate
/// are at least words[k], its V + X is below values[k], by more than rounding. Values
/// ascend, and words descend.
struct Ladder {
    std::span<const double> values;
    std::span<const std::uint64_t> words;
};

/// Draws the best of `n` candidates `truths.size()` times: its V and its X.
///
/// Every candidate has its two words from a stream, in blocks of kBlock, those of V
/// before those of X; a stream serves max(1, kTask / n) trials. Candidates that the
/// ladder rules out are not turned into values: that changes no result. Of equal sums
/// the first wins. False if stopped.
bool best_by_drawing(const Program& truth,
                     const Program& error,
                     const Ladder& ladder,
                     const Key& key,
                     std::uint64_t n,
                     std::span<double> truths,
                     std::span<double> errors,
                     const Manner& manner);

/// Proposals for pairs with V + X >= t, for t in bins: in each bin boxes, disjoint, that
/// cover all such pairs with t at its lower edge.
///
/// In a box the clock of V has the law of a standard exponential between truth_clock and
/// the end that leaves truth_mass of what lies beyond it, 1 for no end; that of X
/// likewise. A box is chosen by the alias method: of the boxes of a bin, from first[bin]
/// to first[bin + 1], one at random, or with chance 1 - stay[box] its alias.
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

/// Draws `truths.size()` pairs given V + X >= t, with t from a law of its own, or the
/// same, `fixed`, for all where that law is null.
///
/// Proposals from the boxes of the bin of t are accepted where V + X >= t. Pairs come in
/// blocks of kBlock, those of a block from one stream, so a short sample is the
/// beginning of a longer one. False if stopped.
bool pairs_beyond(const Program& truth,
                  const Program& error,
                  const Boxes& boxes,
                  const Program* threshold,
                  double fixed,
                  const Key& key,
                  std::span<double> truths,
                  std::span<double> errors,
                  const Manner& manner);

}  // namespace tailrace
