// What a stream is: a key, a place, and eight lanes of state.

#pragma once

#include <cstddef>
#include <cstdint>

namespace tailrace {

/// Raised with any change of any draw; recorded in the changelog.
inline constexpr std::uint64_t kStreamVersion = 2;

inline constexpr std::size_t kLanes = 8;

/// Values in a block: what passes from room to room at once, and stays in L1.
inline constexpr std::size_t kBlock = 512;

/// Values in a task, the unit of work that has a stream of its own.
inline constexpr std::size_t kTask = 4096;

/// What a stream is drawn for. Different jobs of one seed never share a stream.
enum class Path : std::uint64_t {
    kSample = 0,
    kSteps = 1,
    kJoint = 2,
    kPick = 6,
    kPickDirectly = 7,
    kPairsBeyond = 8,
};

/// A 256-bit seed.
struct Key {
    std::uint64_t word[4];
};

/// xoshiro256++ states, word by word, so that a vector holds one word of many lanes.
struct LaneState {
    std::uint64_t word[4][kLanes];
};

}  // namespace tailrace
