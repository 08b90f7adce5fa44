// Counting values in buckets that are stretches of the doubles in their order.

#pragma once

#include "tailrace/folds/keys.hpp"

TAILRACE_BEGIN_ISA

/// The numbers of buckets, less `first`: a bucket holds 2^shift doubles that follow each
/// other, and the first bucket begins at the least double.
static void bucket_numbers(
    const double* x, size_t count, int shift, uint32_t first, uint32_t* out) {
    constexpr uint64_t kSign = uint64_t{1} << 63;
    for (size_t i = 0; i < count; ++i) {
        const uint64_t place = static_cast<uint64_t>(key_of(x[i])) ^ kSign;
        out[i] = static_cast<uint32_t>(place >> shift) - first;
    }
}

/// Counts numbers in pages of 2^bits counters: those of page p are at
/// `counters + (pages[p] << bits)`, and a page that there is not has pages[p] == 0.
/// Returns how many were counted before the first that has no page.
template <class Counter>
static size_t count_in_pages(const uint32_t* numbers,
                             size_t count,
                             int bits,
                             const uint32_t* pages,
                             Counter* counters) {
    const uint32_t mask = (uint32_t{1} << bits) - 1;
    for (size_t i = 0; i < count; ++i) {
        const uint32_t page = pages[numbers[i] >> bits];
        if (page == 0) {
            return i;
        }
        counters[(static_cast<size_t>(page) << bits) + (numbers[i] & mask)] += 1;
    }
    return count;
}

TAILRACE_END_ISA
