// The k largest, or smallest, of all values seen.

#include "tailrace/estimators/extremes.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "tailrace/folds/keys.hpp"
#include "tailrace/kernels/fold_table.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

/// Whether `a` comes before `b`: greater, or with the lesser label.
bool before(const Extremes::Entry& a, const Extremes::Entry& b) {
    return a.key != b.key ? a.key > b.key : a.label < b.label;
}

}  // namespace

std::int64_t Extremes::key(double x) const {
    const std::int64_t key = key_of(x + 0.0);  // adding 0 takes the sign of a zero
    return largest_ ? key : ~key;
}

double Extremes::value(const Entry& entry) const {
    return value_of(largest_ ? entry.key : ~entry.key);
}

Extremes Extremes::fresh() const {
    Extremes out(k_, largest_);
    out.has_bar_ = has_bar_;
    out.bar_ = bar_;
    return out;
}

void Extremes::prepare(std::uint64_t more) {
    // What is held is cut back before there are more.
    const std::uint64_t most = k_ == 0 ? 0 : std::max<std::uint64_t>(2 * k_, 64);
    const std::uint64_t needed = std::min<std::uint64_t>(held_.size() + more, most);
    if (held_.capacity() < needed) {
        const std::uint64_t steps = std::min<std::uint64_t>(2 * held_.capacity(), most);
        held_.reserve(static_cast<std::size_t>(std::max(needed, steps)));
    }
}

void Extremes::push(Entry entry) {
    if (has_bar_ && !before(entry, bar_)) {
        return;
    }
    held_.push_back(entry);
    settled_ = false;
    if (held_.size() >= std::max<std::size_t>(2 * k_, 64)) {
        const auto last = held_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
        std::nth_element(held_.begin(), last, held_.end(), before);
        held_.resize(k_);
        has_bar_ = true;
        bar_ = held_.back();
    }
}

void Extremes::add(std::span<const double> x,
                   std::span<const std::int64_t> labels,
                   double least,
                   double greatest) {
    if (k_ == 0) {
        return;
    }
    constexpr std::size_t kChunk = 512;
    std::array<std::uint32_t, kChunk> places;
    for (std::size_t i = 0; i < x.size(); i += kChunk) {
        // Mostly the bar is above all that remain, and nothing is looked at.
        if (has_bar_ && key(largest_ ? greatest : least) < bar_.key) {
            return;
        }
        const std::size_t length = std::min(kChunk, x.size() - i);
        constexpr double kInfinite = std::numeric_limits<double>::infinity();
        const double bar = has_bar_ ? value(bar_) : largest_ ? -kInfinite : kInfinite;
        const std::size_t found = kernels().folds.find_beyond(
            x.data() + i, length, bar, largest_, places.data());
        for (std::size_t j = 0; j < found; ++j) {
            const std::size_t place = i + places[j];
            push({key(x[place]), labels.empty() ? kNoLabel : labels[place]});
        }
    }
}

void Extremes::add_one(double x, std::int64_t label, std::uint64_t times) {
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(times, k_); ++i) {
        push({key(x), label});
    }
}

void Extremes::merge(const Extremes& other) {
    if (&other == this) {
        return merge(Extremes(*this));
    }
    const std::vector<Entry>& theirs = other.entries();
    settle();
    if (other.k_ < k_) {
        k_ = other.k_;
        held_.resize(std::min(held_.size(), k_));
        has_bar_ = held_.size() == k_ && k_ > 0;
        bar_ = has_bar_ ? held_.back() : bar_;
    }
    for (const Entry& entry : theirs) {
        if (k_ > 0) {
            push(entry);
        }
    }
}

void Extremes::settle() const {
    if (!settled_) {
        std::sort(held_.begin(), held_.end(), before);
        held_.resize(std::min(held_.size(), k_));
        settled_ = true;
        if (held_.size() == k_ && k_ > 0) {
            has_bar_ = true;
            bar_ = held_.back();
        }
    }
}

const std::vector<Extremes::Entry>& Extremes::entries() const {
    settle();
    return held_;
}

bool Extremes::assign(std::vector<Entry> entries) {
    if (entries.size() > k_ ||
        !std::is_sorted(entries.begin(), entries.end(), before)) {
        return false;
    }
    for (const Entry& entry : entries) {
        const double x = value(entry);
        if (x != x || key(x) != entry.key || entry.label < kNoLabel) {
            return false;
        }
    }
    held_ = std::move(entries);
    settled_ = false;
    settle();
    return true;
}

}  // namespace tailrace
