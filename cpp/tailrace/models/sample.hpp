// Fills arrays with draws.

#pragma once

#include <cstddef>

#include "tailrace/engine/tasks.hpp"
#include "tailrace/laws/program.hpp"
#include "tailrace/random/stream.hpp"

namespace tailrace {

/// Writes `count` draws. Value i is value i % kTask of task i / kTask, so a short
/// sample is the beginning of a longer one. False if it was stopped.
bool sample(const Program& program,
            const Key& key,
            double* out,
            std::size_t count,
            const Manner& manner);

/// The same draws, each rounded to float.
bool sample(const Program& program,
            const Key& key,
            float* out,
            std::size_t count,
            const Manner& manner);

}  // namespace tailrace
