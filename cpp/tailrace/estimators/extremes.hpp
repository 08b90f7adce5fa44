// The k largest, or smallest, of all values seen.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tailrace {

/// The k values that come first in an order: by value, and by label where values are
/// equal, so that neither order nor merging matters. A zero has no sign.
class Extremes {
  public:
    struct Entry {
        std::int64_t key;    ///< of the value; of the k smallest its complement
        std::int64_t label;  ///< kNoLabel where the value has none
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static constexpr std::int64_t kNoLabel = -1;

    Extremes(std::size_t k, bool largest) : k_(k), largest_(largest) {}

    std::size_t k() const { return k_; }

    /// An empty one that leaves out what could not get into this one either: only to be
    /// merged into it.
    Extremes fresh() const;

    /// Makes room, so that seeing so many values throws nothing.
    void prepare(std::uint64_t more);

    /// Sees values without NaN, of which `least` and `greatest` are the ends; labels
    /// are as many, or none at all.
    void add(std::span<const double> x,
             std::span<const std::int64_t> labels,
             double least,
             double greatest);
    void add_one(double x, std::int64_t label, std::uint64_t times);

    /// Keeps as many as the smaller k of the two.
    void merge(const Extremes& other);

    /// The entries in order, the most extreme first.
    const std::vector<Entry>& entries() const;
    double value(const Entry& entry) const;

    /// Takes entries that are in order, at most k of them; false where they are not.
    bool assign(std::vector<Entry> entries);

    std::size_t memory() const { return held_.capacity() * sizeof(Entry); }

    friend bool operator==(const Extremes& a, const Extremes& b) {
        return a.k_ == b.k_ && a.entries() == b.entries();
    }

  private:
    std::int64_t key(double x) const;
    void push(Entry entry);
    void settle() const;

    std::size_t k_;
    bool largest_;
    // The k first of what was seen are among these, in no order until settled. Once
    // there is a bar, what does not come before it is left out.
    mutable std::vector<Entry> held_;
    mutable bool settled_ = true;
    mutable bool has_bar_ = false;
    mutable Entry bar_{};
};

}  // namespace tailrace
