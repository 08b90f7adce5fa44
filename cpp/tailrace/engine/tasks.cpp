// Numbered tasks on threads that live for one call.

#include "tailrace/engine/tasks.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "tailrace/engine/floating_point.hpp"

namespace tailrace {

bool run_tasks(std::uint64_t count,
               const Manner& manner,
               const std::function<void(const Turn&)>& body) {
    StopFlag stop{false};
    if (!manner.watcher) {
        const DefaultFloatingPoint environment;
        for (std::uint64_t task = 0; task < count; ++task) {
            body({task, 0, stop});
        }
        return true;
    }

    const auto threads = static_cast<std::uint64_t>(std::max(manner.threads, 1));
    // Few tasks at a time near the end, so that no thread waits long for another.
    const std::uint64_t grain =
        std::clamp<std::uint64_t>(count / (threads * 64), 1, 64);
    std::atomic<std::uint64_t> next{0};
    std::atomic<std::uint64_t> done{0};
    std::mutex mutex;
    std::condition_variable finished;
    std::uint64_t running = 0;
    std::exception_ptr failure;

    const auto work = [&](std::size_t worker) {
        const DefaultFloatingPoint environment;
        try {
            while (!stop.load(std::memory_order_relaxed)) {
                const std::uint64_t first = next.fetch_add(grain);
                if (first >= count) {
                    break;
                }
                const std::uint64_t last = std::min(count, first + grain);
                for (std::uint64_t task = first; task < last; ++task) {
                    body({task, worker, stop});
                }
                done.fetch_add(last - first, std::memory_order_relaxed);
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            failure = failure ? failure : std::current_exception();
            stop.store(true);
        }
        // Notified under the lock: the waiter may destroy the condition right after.
        const std::lock_guard lock(mutex);
        --running;
        finished.notify_one();
    };

    std::vector<std::thread> workers;
    const auto join = [&] {
        for (std::thread& worker : workers) {
            worker.join();
        }
    };
    try {
        for (std::uint64_t i = 0; i < std::min(threads, (count + grain - 1) / grain);
             ++i) {
            {
                const std::lock_guard lock(mutex);
                ++running;
            }
            try {
                workers.emplace_back(work, static_cast<std::size_t>(i));
            } catch (...) {
                // A machine out of threads still has those that started, if any did.
                const std::lock_guard lock(mutex);
                --running;
                if (workers.empty()) {
                    throw;
                }
                break;
            }
        }
        std::unique_lock lock(mutex);
        while (!finished.wait_for(
            lock, std::chrono::milliseconds(50), [&] { return running == 0; })) {
            lock.unlock();
            const double share =
                static_cast<double>(done.load()) / static_cast<double>(count);
            if (!manner.watcher(share)) {
                stop.store(true);
            }
            lock.lock();
        }
    } catch (...) {
        stop.store(true);
        join();
        throw;
    }
    join();
    if (failure) {
        std::rethrow_exception(failure);
    }
    return !stop.load();
}

}  // namespace tailrace
