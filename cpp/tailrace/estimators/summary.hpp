// What is kept of data seen in pieces: exact sums, counts in buckets, extremes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tailrace/estimators/bucket_counts.hpp"
#include "tailrace/estimators/exact_sum.hpp"
#include "tailrace/estimators/extremes.hpp"

namespace tailrace {

/// What a summary keeps beside the count and the ends.
struct Kept {
    int moments = 0;             ///< 1: the sum; 2: that of the squares as well
    int bits = -1;               ///< buckets an octave, 2^bits; -1: none
    std::uint32_t largest = 0;   ///< how many of the largest values
    std::uint32_t smallest = 0;  ///< and how many of the smallest
    friend bool operator==(const Kept&, const Kept&) = default;
};

/// Thrown where values hold NaN, which has no place among them.
struct HasNan {};

/// A summary of values in bounded memory, the same whatever their order and however
/// they were cut into pieces: an exact commutative monoid under `merge`.
///
/// Infinite values are counted apart from the finite ones, and are among the extremes.
class Summary {
  public:
    static constexpr std::uint64_t kMostValues = std::uint64_t{1} << 62;
    static constexpr std::uint32_t kMostExtremes = std::uint32_t{1} << 24;

    explicit Summary(const Kept& kept);

    const Kept& kept() const { return kept_; }
    std::uint64_t count() const { return finite_ + above_ + below_; }
    std::uint64_t finite() const { return finite_; }
    std::uint64_t zeros() const { return zeros_; }
    std::uint64_t above() const { return above_; }  ///< how often +infinity was seen
    std::uint64_t below() const { return below_; }  ///< how often -infinity was seen
    /// The ends of the finite values; NaN where there are none.
    double least() const { return least_; }
    double greatest() const { return greatest_; }
    const ExactSum& sum() const { return sum_; }
    const ExactSum& squares() const { return squares_; }
    const BucketCounts& buckets() const { return buckets_; }
    const Extremes& largest() const { return largest_; }
    const Extremes& smallest() const { return smallest_; }
    std::size_t memory() const;

    /// An empty one, to take values that are then merged into this one.
    Summary fresh() const;

    /// Does all that may throw before `more` values are taken, each among x; false
    /// where there is NaN among these.
    bool prepare(std::span<const double> x, std::uint64_t more);

    /// Takes values, and a label for each or none. Throws HasNan, with some of the
    /// values taken, or std::invalid_argument where they are too many.
    void add(std::span<const double> x, std::span<const std::int64_t> labels = {});

    /// Takes x[i] times[i] times over; throws likewise.
    void add_weighted(std::span<const double> x,
                      std::span<const std::uint64_t> times,
                      std::span<const std::int64_t> labels = {});

    /// Adds what the other has seen; keeps the less of what the two keep.
    void merge(const Summary& other);

    std::vector<std::uint8_t> bytes() const;

    /// The summary with those bytes. Throws std::invalid_argument, in words, for any
    /// others; allocates in proportion to their length at most.
    static Summary from_bytes(std::span<const std::uint8_t> bytes);

    friend bool operator==(const Summary& a, const Summary& b);

  private:
    /// How many parts the sums of a block took, as a guess for the next.
    struct Guess {
        int values = 2;
        int squares = 2;
    };

    void add_block(std::span<const double> x,
                   std::span<const std::int64_t> labels,
                   double least,
                   double greatest,
                   Guess& guess);
    void add_sums(std::span<const double> x,
                  double least,
                  double greatest,
                  Guess& guess);
    void add_one(double x, std::uint64_t times, std::int64_t label);
    void stretch(double least, double greatest);
    void expect(std::uint64_t more) const;

    Kept kept_;
    std::uint64_t finite_ = 0;
    std::uint64_t zeros_ = 0;
    std::uint64_t above_ = 0;
    std::uint64_t below_ = 0;
    double least_;
    double greatest_;
    ExactSum sum_;
    ExactSum squares_;
    BucketCounts buckets_;
    Extremes largest_;
    Extremes smallest_;
};

}  // namespace tailrace
