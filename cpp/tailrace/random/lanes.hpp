// xoshiro256++ in eight fixed lanes: value i of a stream is step i / 8 of lane i % 8.
//
// The number of lanes does not depend on the width of a vector, so neither do the bits.
//
// Reference  D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators",
// ACM Trans. Math. Softw. 47 (2021).

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tailrace/random/stream.hpp"
#include "tailrace/random/threefry.hpp"

TAILRACE_BEGIN_ISA

// The widest vectors that stay in registers: wider types than the machine's are split
// and spilled (2.1 against 0.3 ns a value with 64-byte types on AVX2).
#if defined(__AVX512F__)
inline constexpr size_t kLaneWidth = 8;
#elif defined(__AVX2__)
inline constexpr size_t kLaneWidth = 4;
#else
inline constexpr size_t kLaneWidth = 2;
#endif
inline constexpr size_t kLaneGroups = kLanes / kLaneWidth;
typedef uint64_t LaneVector __attribute__((vector_size(8 * kLaneWidth)));

/// Sets every lane for the place `(path, task)` of a seed.
static void seed_lanes(LaneState& state, const Key& key, uint64_t path, uint64_t task) {
    const Words4 k{{key.word[0], key.word[1], key.word[2], key.word[3]}};
    for (size_t g = 0; g < kLaneGroups; ++g) {
        uint64_t lane[kLaneWidth];
        for (size_t i = 0; i < kLaneWidth; ++i) {
            lane[i] = g * kLaneWidth + i;
        }
        const LaneVector zero{};
        Four<LaneVector> counter{
            {zero + path, zero + task, zero, zero + kStreamVersion}};
        __builtin_memcpy(&counter.word[2], lane, sizeof lane);
        const Four<LaneVector> s = threefry4x64(k, counter);
        for (size_t i = 0; i < 4; ++i) {
            __builtin_memcpy(
                &state.word[i][g * kLaneWidth], &s.word[i], sizeof s.word[i]);
        }
    }
    for (size_t lane = 0; lane < kLanes; ++lane) {
        // The one state that xoshiro cannot leave; one counter in 2^256 leads to it.
        const bool zero = (state.word[0][lane] | state.word[1][lane] |
                           state.word[2][lane] | state.word[3][lane]) == 0;
        state.word[0][lane] |= zero ? 1 : 0;
    }
}

/// Writes the next `count` values; `count` is a multiple of eight.
static void next_bits(LaneState& state, uint64_t* out, size_t count) {
    LaneVector s[4][kLaneGroups];
    __builtin_memcpy(s, state.word, sizeof s);
    for (size_t i = 0; i < count; i += kLanes) {
        for (size_t g = 0; g < kLaneGroups; ++g) {
            const LaneVector sum = s[0][g] + s[3][g];
            const LaneVector result = rotate_left(sum, 23) + s[0][g];
            const LaneVector t = s[1][g] << 17;
            s[2][g] ^= s[0][g];
            s[3][g] ^= s[1][g];
            s[1][g] ^= s[2][g];
            s[0][g] ^= s[3][g];
            s[2][g] ^= t;
            s[3][g] = rotate_left(s[3][g], 45);
            __builtin_memcpy(out + i + g * kLaneWidth, &result, sizeof result);
        }
    }
    __builtin_memcpy(state.word, s, sizeof s);
}

TAILRACE_END_ISA
