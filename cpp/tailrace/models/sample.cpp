// Fills arrays with draws.

#include "tailrace/models/sample.hpp"

#include <algorithm>
#include <type_traits>

#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

template <class Float>
bool fill(const Program& program,
          const Key& key,
          Float* out,
          std::size_t count,
          const Manner& manner) {
    const KernelTable& k = kernels();
    const auto body = [&](const Turn& turn) {
        const std::uint64_t task = turn.task;
        LaneState state;
        k.seed_lanes(state, key, static_cast<std::uint64_t>(Path::kSample), task);
        const std::size_t end = std::min(count, (task + 1) * kTask);
        for (std::size_t i = task * kTask; i < end; i += kBlock) {
            const std::size_t length = std::min(kBlock, end - i);
            if constexpr (std::is_same_v<Float, double>) {
                k.draw(program, state, out + i, length);
            } else {
                alignas(64) double block[kBlock];
                k.draw(program, state, block, length);
                std::transform(block, block + length, out + i, [](double x) {
                    return static_cast<Float>(x);
                });
            }
        }
    };
    return run_tasks((count + kTask - 1) / kTask, manner, body);
}

}  // namespace

bool sample(const Program& program,
            const Key& key,
            double* out,
            std::size_t count,
            const Manner& manner) {
    return fill(program, key, out, count, manner);
}

bool sample(const Program& program,
            const Key& key,
            float* out,
            std::size_t count,
            const Manner& manner) {
    return fill(program, key, out, count, manner);
}

}  // namespace tailrace
