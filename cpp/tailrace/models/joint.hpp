// Rows of extremes: the k smallest or largest of n values, or both ends of them.

#pragma once

#include "tailrace/engine/tasks.hpp"
#include "tailrace/laws/joint.hpp"
#include "tailrace/random/stream.hpp"

namespace tailrace {

/// Writes `rows` rows of joint.k values each: O(k) a row whatever n.
///
/// Up to k = kBlock eight rows share a stream step by step, and a task has kTask / k of
/// them, in whole groups of eight. A longer row has a stream of its own, of which each
/// block of kBlock values is laid out as eight columns. So few rows are the beginning
/// of more. False if it was stopped.
bool sample_joint(const Joint& joint,
                  const Key& key,
                  double* out,
                  std::uint64_t rows,
                  const Manner& manner);

/// The same draws, each rounded to float.
bool sample_joint(const Joint& joint,
                  const Key& key,
                  float* out,
                  std::uint64_t rows,
                  const Manner& manner);

}  // namespace tailrace
