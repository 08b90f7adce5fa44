// Seeds: from an integer of any size to the 256-bit key of all its streams.

#include "tailrace/random/seed.hpp"

#include "tailrace/random/threefry.hpp"

namespace tailrace {

Key key_from_words(std::span<const std::uint64_t> words) {
    Words4 state{};
    for (std::size_t start = 0; start == 0 || start < words.size(); start += 4) {
        Words4 group{};
        for (std::size_t i = 0; i < 4 && start + i < words.size(); ++i) {
            group.word[i] = words[start + i];
        }
        const Words4 mixed = threefry4x64(state, group);
        for (std::size_t i = 0; i < 4; ++i) {
            state.word[i] = mixed.word[i] ^ (start == 0 ? 0 : state.word[i]);
        }
    }
    return {{state.word[0], state.word[1], state.word[2], state.word[3]}};
}

}  // namespace tailrace
