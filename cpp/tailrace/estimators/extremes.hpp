// The k largest, or smallest, of all values seen.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tailrace {

/// The k values that come first in an order: by value, and by label where values are
/// equal, so that neither order nor merging matters.
class Extremes {
  public:
    struct Entry {
        std::int64_t key;  ///< of the value, or its complement for the smallest
        std::int64_t label;
        friend bool operator==(const Entry&, const Entry&) = default;
    };

    Extremes(std::size_t k, bool largest) : k_(k), largest_(largest) {}

    std::size_t k() const { return k_; }

    /// Sees values with keys from `least` to `greatest`, labelled or with label 0.
    void add(const double* x,
             const std::int64_t* labels,
             std::size_t count,
             std::int64_t least,
             std::int64_t greatest);
    void add_one(double x, std::int64_t label, std::uint64_t times);

    /// Keeps as many as the smaller k of the two.
    void merge(const Extremes& other);

    /// The entries in order, the most extreme first.
    const std::vector<Entry>& entries() const;
    double value(const Entry& entry) const;

    /// Takes entries that are in order, at most k of them.
    void assign(std::vector<Entry> entries);

    std::size_t memory() const;

    friend bool operator==(const Extremes& a, const Extremes& b) {
        return a.k_ == b.k_ && a.largest_ == b.largest_ && a.entries() == b.entries();
    }

  private:
    void push(Entry entry);
    void settle() const;

    std::size_t k_;
    bool largest_;
    // Up to 2 k entries, of which the k first count; those not above the bar cannot.
    mutable std::vector<Entry> held_;
    mutable bool settled_ = true;
    mutable bool full_ = false;
    mutable Entry bar_{};
};

}  // namespace tailrace
