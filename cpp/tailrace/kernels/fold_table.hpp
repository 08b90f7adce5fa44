// The kernels that take blocks of values apart, as a table of functions.

#pragma once

#include <cstddef>
#include <cstdint>

namespace tailrace {

/// Each is described in the header of folds/ that defines it.
struct FoldTable {
    // total.hpp
    void (*sum_and_largest)(const double* x,
                            std::size_t count,
                            double* sum,
                            double* largest);

    // look.hpp
    bool (*look)(const double* x, std::size_t count, double* least, double* greatest);
    double (*smallest_size)(const double* x, std::size_t count);

    // exact.hpp
    int (*exact_parts)(
        const double* x, std::size_t count, int exponent, int start, double* parts);
    int (*exact_parts_of_squares)(
        const double* x, std::size_t count, int exponent, int start, double* parts);

    // keys.hpp
    std::size_t (*find_between)(const double* x,
                                std::size_t count,
                                const std::int64_t* lows,
                                const std::int64_t* highs,
                                std::size_t ranges,
                                std::uint32_t* out);
    std::size_t (*find_beyond)(
        const double* x, std::size_t count, double bar, bool up, std::uint32_t* out);

    // buckets.hpp
    void (*count_keys)(const double* x,
                       std::size_t count,
                       std::int64_t low,
                       int shift,
                       std::uint32_t stretches,
                       std::uint64_t* counters);
    std::size_t (*zeros_among)(const double* x, std::size_t count);

    std::size_t (*first_without_page)(const double* x,
                                      std::size_t count,
                                      int shift,
                                      std::uint32_t first,
                                      const std::uint32_t* offsets);

    /// Counters of 32 and of 64 bits.
    template <class Counter>
    struct Counting {
        void (*side_by_side)(const double* x,
                             std::size_t count,
                             int shift,
                             std::uint32_t first,
                             Counter* counters);
        std::size_t (*in_pages)(const double* x,
                                std::size_t count,
                                int shift,
                                std::uint32_t first,
                                const std::uint32_t* offsets,
                                Counter step,
                                Counter* counters);
    };
    Counting<std::uint32_t> narrow;
    Counting<std::uint64_t> wide;
};

}  // namespace tailrace
