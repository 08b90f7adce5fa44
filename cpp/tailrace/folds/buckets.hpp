// Counting values in buckets that are stretches of the doubles in their order.

#pragma once

#include "tailrace/folds/keys.hpp"

TAILRACE_BEGIN_ISA

/// The number of a key's bucket: a bucket holds 2^shift keys, and bucket 0 the least.
TAILRACE_INLINE uint32_t bucket_of(int64_t key, int shift) {
    return static_cast<uint32_t>((static_cast<uint64_t>(key) ^ (uint64_t{1} << 63)) >>
                                 shift);
}

/// Counts values of one sign, none of them zero, whose buckets have their counters side
/// by side: bucket b at counters[b - first].
template <class Counter>
static void count_side_by_side(
    const double* x, size_t count, int shift, uint32_t first, Counter* counters) {
    // Of negative doubles the bits run against the order.
    const uint64_t flip = x[0] < 0.0 ? ~uint64_t{0} : uint64_t{1} << 63;
    constexpr size_t kGroup = 8;
    size_t i = 0;
    for (; i + kGroup <= count; i += kGroup) {
        __builtin_prefetch(x + i + kAhead, 0, 2);
#pragma GCC unroll 8
        for (size_t j = i; j < i + kGroup; ++j) {
            counters[((bits_of(x[j]) ^ flip) >> shift) - first] += 1;
        }
    }
    for (; i < count; ++i) {
        counters[((bits_of(x[i]) ^ flip) >> shift) - first] += 1;
    }
}

/// Of pages of 2^kPageBits buckets, one that has no counters.
inline constexpr int kPageBits = 9;
inline constexpr uint32_t kNoPage = 1;

inline constexpr size_t kBucketChunk = 512;

/// The buckets of up to kBucketChunk values.
TAILRACE_INLINE void buckets_of(const double* x,
                                size_t count,
                                int shift,
                                uint32_t* out) {
    for (size_t i = 0; i < count; ++i) {
        // Adding 0 takes the sign of a zero.
        out[i] = bucket_of(key_of(x[i] + 0.0), shift);
    }
}

/// Counts values whose buckets lie in pages of 2^kPageBits: bucket b, in page p, is at
/// counters[b + offsets[p - first]], with wrap-around, and `step` is added there. Stops
/// at the first value whose page has the offset kNoPage, and returns how many came
/// before it.
template <class Counter>
static size_t count_in_pages(const double* x,
                             size_t count,
                             int shift,
                             uint32_t first,
                             const uint32_t* offsets,
                             Counter step,
                             Counter* counters) {
    uint32_t buckets[kBucketChunk];
    for (size_t i = 0; i < count; i += kBucketChunk) {
        const size_t length = i + kBucketChunk < count ? kBucketChunk : count - i;
        buckets_of(x + i, length, shift, buckets);
#pragma GCC unroll 8
        for (size_t j = 0; j < length; ++j) {
            __builtin_prefetch(x + i + j + kAhead, 0, 2);
            const uint32_t offset = offsets[(buckets[j] >> kPageBits) - first];
            if (offset == kNoPage) {
                return i + j;
            }
            counters[static_cast<uint32_t>(buckets[j] + offset)] += step;
        }
    }
    return count;
}

/// The place of the first value whose page has the offset kNoPage, or `count`.
static size_t first_without_page(
    const double* x, size_t count, int shift, uint32_t first, const uint32_t* offsets) {
    uint32_t buckets[kBucketChunk];
    for (size_t i = 0; i < count; i += kBucketChunk) {
        const size_t length = i + kBucketChunk < count ? kBucketChunk : count - i;
        buckets_of(x + i, length, shift, buckets);
        uint32_t missing = 0;
#pragma GCC unroll 8
        for (size_t j = 0; j < length; ++j) {
            __builtin_prefetch(x + i + j + kAhead, 0, 2);
            // Offsets of pages are multiples of the size of one.
            missing |= offsets[(buckets[j] >> kPageBits) - first];
        }
        for (size_t j = 0; missing % 2 != 0 && j < length; ++j) {
            if (offsets[(buckets[j] >> kPageBits) - first] == kNoPage) {
                return i + j;
            }
        }
    }
    return count;
}

/// Counts keys from `low` on, in stretches of 2^shift keys; all others, which come
/// after the last stretch when counting goes round, at counters[stretches].
static void count_keys(const double* x,
                       size_t count,
                       int64_t low,
                       int shift,
                       uint32_t stretches,
                       uint64_t* counters) {
    const auto from = static_cast<uint64_t>(low);
    constexpr size_t kChunk = 512;
    uint32_t places[kChunk];
    for (size_t i = 0; i < count; i += kChunk) {
        const size_t length = i + kChunk < count ? kChunk : count - i;
        for (size_t j = 0; j < length; ++j) {
            const uint64_t key = static_cast<uint64_t>(key_of(x[i + j]));
            const uint64_t place = (key - from) >> shift;
            places[j] = static_cast<uint32_t>(place < stretches ? place : stretches);
        }
#pragma GCC unroll 8
        for (size_t j = 0; j < length; ++j) {
            __builtin_prefetch(x + i + j + kAhead, 0, 2);
            counters[places[j]] += 1;
        }
    }
}

/// How many of `count` values are zero.
static size_t zeros_among(const double* x, size_t count) {
    uint64_t zeros = 0;
    for (size_t i = 0; i < count; ++i) {
        zeros += x[i] == 0.0 ? uint64_t{1} : uint64_t{0};
    }
    return zeros;
}

TAILRACE_END_ISA
