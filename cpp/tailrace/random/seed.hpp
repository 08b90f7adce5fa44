// Seeds: from an integer of any size to the 256-bit key of all its streams.

#pragma once

#include <cstdint>
#include <span>

#include "tailrace/random/stream.hpp"

namespace tailrace {

/// Hashes a non-negative integer, given as little-endian 64-bit words without needless
/// groups of four zeros at the end, to a key.
///
/// The first four words go through Threefry4x64-20 with key 0, a bijection: no two
/// integers below 2^256 share a key. Each further group of four words goes through
/// Threefry keyed by the result so far and is added to it by exclusive or.
Key key_from_words(std::span<const std::uint64_t> words);

}  // namespace tailrace
