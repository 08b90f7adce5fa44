// The kernels that take blocks of values apart, as a table of functions.

#pragma once

#include <cstddef>
#include <cstdint>

namespace tailrace {

struct FoldTable {
    /// The sum and the largest of at least one value.
    void (*sum_and_largest)(const double* x,
                            std::size_t count,
                            double* sum,
                            double* largest);

    /// The least and the greatest of at least one value, as keys; see folds/keys.hpp.
    void (*span_of_keys)(const double* x,
                         std::size_t count,
                         std::int64_t* least,
                         std::int64_t* greatest);

    /// The bits of the smallest size above zero; all bits set where there is none.
    std::uint64_t (*least_size)(const double* x, std::size_t count);

    /// Values with keys from `low` to `high`, to `out`, and how many lie below them.
    std::size_t (*keep_between)(const double* x,
                                std::size_t count,
                                std::int64_t low,
                                std::int64_t high,
                                std::uint64_t* below,
                                double* out);

    /// Doubles with exactly the sum of `count` values; see folds/exact.hpp.
    int (*exact_parts)(
        const double* x, std::size_t count, int exponent, int start, double* parts);
    void (*exact_squares)(const double* x,
                          std::size_t count,
                          double* high,
                          double* low);

    /// Counting in buckets; see folds/buckets.hpp.
    void (*bucket_numbers)(const double* x,
                           std::size_t count,
                           int shift,
                           std::uint32_t first,
                           std::uint32_t* out);
    std::size_t (*count_in_pages)(const std::uint32_t* numbers,
                                  std::size_t count,
                                  int bits,
                                  const std::uint32_t* pages,
                                  std::uint32_t* counters);
    std::size_t (*count_in_wide_pages)(const std::uint32_t* numbers,
                                       std::size_t count,
                                       int bits,
                                       const std::uint32_t* pages,
                                       std::uint64_t* counters);
};

}  // namespace tailrace
