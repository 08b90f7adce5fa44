// A summary that several threads may use at once.

#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "tailrace/engine/tasks.hpp"
#include "tailrace/estimators/summary.hpp"

namespace tailrace {

/// What is to be added: values, and for each a label and how many times, or neither.
struct Piece {
    std::span<const double> x;
    std::span<const std::int64_t> labels;
    std::span<const std::uint64_t> times;
};

/// A summary behind a lock. Whatever happens it has seen all of a piece or none of it.
class SharedSummary {
  public:
    explicit SharedSummary(const Kept& kept) : summary_(kept) {}
    explicit SharedSummary(Summary summary) : summary_(std::move(summary)) {}

    /// Adds a piece, on several threads if it is large; false where it holds NaN, or
    /// where the watcher stopped it.
    bool update(const Piece& piece, const Manner& manner);

    /// Adds what the other has seen, which may be this one itself.
    void merge(const SharedSummary& other);

    /// A copy of the summary as it is now.
    Summary now() const {
        const std::lock_guard lock(mutex_);
        return summary_;
    }

    /// Asks it something; not for what runs for long.
    template <class Question>
    auto ask(const Question& question) const {
        const std::lock_guard lock(mutex_);
        return question(summary_);
    }

  private:
    Summary summary_;
    mutable std::mutex mutex_;
};

}  // namespace tailrace
