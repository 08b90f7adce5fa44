// The k largest, or smallest, of all values seen.

#include "tailrace/estimators/extremes.hpp"

#include <algorithm>

#include "tailrace/folds/keys.hpp"

namespace tailrace {

namespace {

/// Whether `a` comes before `b`: greater, or with the lesser label.
bool before(const Extremes::Entry& a, const Extremes::Entry& b) {
    return a.key != b.key ? a.key > b.key : a.label < b.label;
}

}  // namespace

void Extremes::push(Entry entry) {
    if (full_ && !before(entry, bar_)) {
        return;
    }
    held_.push_back(entry);
    settled_ = false;
    if (held_.size() >= std::max<std::size_t>(2 * k_, 64)) {
        std::nth_element(
            held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(k_) - 1,
            held_.end(), before);
        held_.resize(k_);
        full_ = true;
        bar_ = held_.back();
    }
}

void Extremes::add(const double* x,
                   const std::int64_t* labels,
                   std::size_t count,
                   std::int64_t least,
                   std::int64_t greatest) {
    if (k_ == 0) {
        return;
    }
    const std::int64_t best = largest_ ? greatest : ~least;
    for (std::size_t i = 0; i < count; ++i) {
        // Once the bar is above all that remain, as it mostly is, nothing is looked at.
        if (full_ && best < bar_.key) {
            return;
        }
        const std::int64_t key = largest_ ? key_of(x[i]) : ~key_of(x[i]);
        if (!full_ || key >= bar_.key) {
            push({key, labels == nullptr ? 0 : labels[i]});
        }
    }
}

void Extremes::add_one(double x, std::int64_t label, std::uint64_t times) {
    const std::int64_t key = largest_ ? key_of(x) : ~key_of(x);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(times, k_); ++i) {
        push({key, label});
    }
}

void Extremes::merge(const Extremes& other) {
    if (other.k_ < k_) {
        settle();
        k_ = other.k_;
        held_.resize(std::min(held_.size(), k_));
        full_ = false;
    }
    for (const Entry& entry : other.entries()) {
        push(entry);
    }
}

void Extremes::settle() const {
    if (!settled_) {
        std::sort(held_.begin(), held_.end(), before);
        held_.resize(std::min(held_.size(), k_));
        settled_ = true;
        if (held_.size() == k_ && k_ > 0) {
            full_ = true;
            bar_ = held_.back();
        }
    }
}

const std::vector<Extremes::Entry>& Extremes::entries() const {
    settle();
    return held_;
}

double Extremes::value(const Entry& entry) const {
    return value_of(largest_ ? entry.key : ~entry.key);
}

void Extremes::assign(std::vector<Entry> entries) {
    held_ = std::move(entries);
    settled_ = false;
    full_ = false;
    settle();
}

std::size_t Extremes::memory() const {
    return sizeof *this + held_.capacity() * sizeof held_[0];
}

}  // namespace tailrace
