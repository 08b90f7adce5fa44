// Counts of values in buckets of constant relative width.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace tailrace {

/// A count for each stretch of 2^(52 - bits) doubles, so 2^bits to an octave, in pages
/// of 512 buckets that are made when they are needed.
///
/// The middle of a bucket is within 2^-(bits + 1), relatively, of each normal number in
/// it. Zeros, of either sign, are in the first bucket above 0.
///
/// Reference  C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable
/// quantile sketch with relative-error guarantees", PVLDB 12 (2019), for counts in
/// buckets of constant relative width.
class BucketCounts {
  public:
    static constexpr int kMostBits = 16;

    explicit BucketCounts(int bits) : bits_(bits) {}

    int bits() const { return bits_; }
    std::uint64_t total() const { return total_; }

    /// The bucket of a double, and the least and the greatest double of a bucket.
    std::uint32_t bucket_of(double x) const;
    double least_of(std::uint32_t bucket) const;
    double greatest_of(std::uint32_t bucket) const;

    /// Makes room for that many more counts.
    void make_room(std::uint64_t more);

    /// Makes the pages for finite values, of which `least` and `greatest` are the ends.
    void prepare(std::span<const double> x, double least, double greatest);

    /// Counts at most 2^31 finite values, all of them or, where it throws, none.
    void add(std::span<const double> x, double least, double greatest);

    /// Counts `times` in a bucket.
    void add_to(std::uint32_t bucket, std::uint64_t times);

    /// Takes these counts, of which none is 0, in place of its own.
    void assign(std::span<const std::pair<std::uint32_t, std::uint64_t>> counts);

    /// Adds the other's counts; of two widths the wider becomes that of the sum.
    void merge(const BucketCounts& other);

    /// Calls `see(bucket, count)` for each bucket that is not empty, in order.
    void each(const std::function<void(std::uint32_t, std::uint64_t)>& see) const;

    std::size_t memory() const;

    friend bool operator==(const BucketCounts& a, const BucketCounts& b);

  private:
    std::size_t pages() const { return page_numbers_.size(); }
    bool within(std::uint32_t first, std::uint32_t last) const;
    bool has_page(std::uint32_t number) const;
    bool side_by_side(std::uint32_t first, std::uint32_t last) const;
    bool lay_out(std::uint32_t lowest, std::uint32_t highest, bool one_sign);
    bool make_between(std::uint32_t first, std::uint32_t last);
    void make_pages(std::vector<std::uint32_t> numbers);
    void append_page(std::uint32_t number);
    std::size_t place_of(std::uint32_t bucket) const;
    std::uint64_t at(std::size_t place) const;
    BucketCounts coarsened(int bits) const;

    int bits_;
    std::uint64_t total_ = 0;
    /// The pages that there are: page_numbers_[i] has its counters from 512 i on, so
    /// bucket b of page p is at b + offsets_[p - first_], modulo 2^32.
    std::vector<std::uint32_t> page_numbers_;
    bool in_order_ = true;
    std::uint32_t first_ = 0;
    std::vector<std::uint32_t> offsets_;
    std::vector<std::uint32_t> narrow_;
    std::vector<std::uint64_t> wide_;  ///< in its place once the total passes 2^32
    bool is_wide_ = false;
};

}  // namespace tailrace
