// Numbered tasks on threads that live for one call.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace tailrace {

/// Set when the work is to stop early; tasks look at it at least once a block.
using StopFlag = std::atomic<bool>;

/// Called about every 50 ms on the calling thread with the share of the work done, from
/// 0 to 1; returns false to stop. May throw: the work is stopped first.
using Watcher = std::function<bool(double)>;

/// How to run: on how many threads, and who watches. Without a watcher the tasks run
/// on the calling thread, which is right for work below about a millisecond.
struct Manner {
    int threads = 1;
    Watcher watcher;
};

/// What one task is told: its number, which of the threads it runs on, from 0, and when
/// to stop.
struct Turn {
    std::uint64_t task;
    std::size_t worker;
    const StopFlag& stop;
};

/// Runs `body(turn)` for every task below `count`, in no order.
///
/// Returns false if it was stopped. An exception of a task stops the others and is
/// thrown again here. Workers compute with the default floating-point environment.
bool run_tasks(std::uint64_t count,
               const Manner& manner,
               const std::function<void(const Turn&)>& body);

}  // namespace tailrace
