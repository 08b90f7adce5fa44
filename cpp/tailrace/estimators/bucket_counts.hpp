// Counts of values in buckets of constant relative width.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace tailrace {

/// A count for each stretch of 2^(52 - bits) doubles, so 2^bits to an octave, in pages of
/// one octave that are made when they are needed.
///
/// The middle of a bucket is within 2^-(bits + 1), relatively, of each normal number in it.
///
/// Reference  C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable
/// quantile sketch with relative-error guarantees", PVLDB 12 (2019), for counts in
/// buckets of constant relative width.
class BucketCounts {
  public:
    static constexpr int kMostBits = 19;

    explicit BucketCounts(int bits) : bits_(bits) {}

    int bits() const { return bits_; }
    std::uint64_t total() const { return total_; }

    /// Counts values whose keys are from `least` to `greatest`: no NaN.
    void add(const double* x,
             std::size_t count,
             std::int64_t least,
             std::int64_t greatest);

    /// Counts `times` in the bucket of that number, of which there are 2^(12 + bits).
    void add_to(std::uint32_t bucket, std::uint64_t times);

    /// Adds the other's counts; of two widths the wider becomes that of the sum.
    void merge(const BucketCounts& other);

    /// Calls `see(bucket, count)` for each that is not empty, in order.
    void each(const std::function<void(std::uint32_t, std::uint64_t)>& see) const;

    std::size_t memory() const;

    friend bool operator==(const BucketCounts& a, const BucketCounts& b);

  private:
    /// Where the counters of an octave are; makes them where there are none.
    std::size_t page(std::uint32_t octave);
    void reach(std::uint32_t first, std::uint32_t last);
    void coarsen(int bits);
    void widen();
    void expect(std::uint64_t more);

    int bits_;
    std::uint64_t total_ = 0;
    std::uint32_t first_ = 0;           ///< octave of pages_[0]
    std::vector<std::uint32_t> pages_;  ///< 0 where an octave has none
    // Page p at p << bits; page 0 stays empty. Wide once the total passes 2^32.
    std::vector<std::uint32_t> narrow_;
    std::vector<std::uint64_t> wide_;
    bool is_wide_ = false;
};

}  // namespace tailrace
