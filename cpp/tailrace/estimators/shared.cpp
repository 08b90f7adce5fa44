// A summary that several threads may use at once.

#include "tailrace/estimators/shared.hpp"

#include <algorithm>
#include <vector>

namespace tailrace {

namespace {

/// Values that stay in cache between a look for NaN and the work itself.
constexpr std::size_t kFew = std::size_t{1} << 13;
/// Values of a task.
constexpr std::size_t kTaskValues = std::size_t{1} << 16;

Piece part_of(const Piece& piece, std::size_t first, std::size_t size) {
    const auto cut = [&](const auto& span) {
        return span.empty() ? span : span.subspan(first, size);
    };
    return {cut(piece.x), cut(piece.labels), cut(piece.times)};
}

/// How many values a piece counts for; more than there may be where they are too many.
std::uint64_t count_of(const Piece& piece) {
    std::uint64_t count = piece.times.empty() ? piece.x.size() : 0;
    for (const std::uint64_t times : piece.times) {
        count = times > Summary::kMostValues || count > Summary::kMostValues
                    ? Summary::kMostValues + 1
                    : count + times;
    }
    return count;
}

void add(Summary& summary, const Piece& piece) {
    if (piece.times.empty()) {
        summary.add(piece.x, piece.labels);
    } else {
        summary.add_weighted(piece.x, piece.times, piece.labels);
    }
}

}  // namespace

bool SharedSummary::update(const Piece& piece, const Manner& manner) {
    // Looking for NaN first takes less than merging what is large itself.
    const std::size_t few =
        ask([](const Summary& summary) { return summary.memory(); });
    if (piece.x.size() <= std::max(kFew, few / sizeof(double))) {
        const std::lock_guard lock(mutex_);
        if (!summary_.prepare(piece.x, count_of(piece))) {
            return false;
        }
        add(summary_, piece);
        return true;
    }
    const std::size_t tasks = (piece.x.size() + kTaskValues - 1) / kTaskValues;
    const auto threads = static_cast<std::size_t>(std::max(manner.threads, 1));
    const Summary fresh = ask([](const Summary& summary) { return summary.fresh(); });
    std::vector<Summary> sums(std::min(threads, tasks), fresh);
    try {
        const bool done = run_tasks(tasks, manner, [&](const Turn& turn) {
            const std::size_t first = static_cast<std::size_t>(turn.task) * kTaskValues;
            const std::size_t left = piece.x.size() - first;
            const Piece part = part_of(piece, first, std::min(kTaskValues, left));
            add(sums[turn.worker], part);
        });
        if (!done) {
            return false;
        }
    } catch (const HasNan&) {
        return false;
    }
    for (std::size_t i = 1; i < sums.size(); ++i) {
        sums[0].merge(sums[i]);
    }
    const std::lock_guard lock(mutex_);
    summary_.merge(sums[0]);
    return true;
}

void SharedSummary::merge(const SharedSummary& other) {
    if (&other == this) {
        const std::lock_guard lock(mutex_);
        const Summary copy = summary_;
        summary_.merge(copy);
        return;
    }
    const std::scoped_lock lock(mutex_, other.mutex_);
    summary_.merge(other.summary_);
}

}  // namespace tailrace
