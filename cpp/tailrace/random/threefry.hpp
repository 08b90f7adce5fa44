// Threefry4x64-20: turns (seed, place) into the state of a stream.
//
// A bijection of the counter for every key, so no two places of one seed share a state.
//
// Reference  J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC '11 (2011).

#pragma once

#include <stdint.h>

#include "tailrace/isa.hpp"

TAILRACE_BEGIN_ISA

/// Four words; `Word` is uint64_t or a vector of these, one for each of several lanes.
template <class Word>
struct Four {
    Word word[4];
};
using Words4 = Four<uint64_t>;

template <class Word>
TAILRACE_INLINE Word rotate_left(Word x, int k) {
    return (x << k) | (x >> (64 - k));
}

template <class Word>
TAILRACE_INLINE Four<Word> threefry4x64(const Words4& key, const Four<Word>& counter) {
    constexpr int kRotation[8][2] = {
        {14, 16}, {52, 57}, {23, 40}, {5, 37}, {25, 33}, {46, 12}, {58, 22}, {32, 32}};
    uint64_t k[5] = {key.word[0], key.word[1], key.word[2], key.word[3], 0};
    k[4] = 0x1bd11bdaa9fc1a22ULL ^ k[0] ^ k[1] ^ k[2] ^ k[3];
    Word x[4];
    for (int i = 0; i < 4; ++i) {
        x[i] = counter.word[i] + k[i];
    }
    for (int round = 0; round < 20; ++round) {
        // Even rounds mix (0, 1) and (2, 3), odd ones (0, 3) and (2, 1).
        const int a = (round % 2 == 0) ? 1 : 3;
        const int b = 4 - a;
        x[0] += x[a];
        x[a] = rotate_left(x[a], kRotation[round % 8][0]) ^ x[0];
        x[2] += x[b];
        x[b] = rotate_left(x[b], kRotation[round % 8][1]) ^ x[2];
        if (round % 4 == 3) {
            const int injection = round / 4 + 1;
            for (int i = 0; i < 4; ++i) {
                x[i] += k[(injection + i) % 5];
            }
            x[3] += static_cast<uint64_t>(injection);
        }
    }
    return {{x[0], x[1], x[2], x[3]}};
}

TAILRACE_END_ISA
