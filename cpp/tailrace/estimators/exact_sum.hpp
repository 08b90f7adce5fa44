// A sum without rounding, whatever is added and in whatever order.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tailrace {

/// A fixed-point number wide enough for 2^63 doubles, or for as many squares of them.
///
/// Digits of 32 bits are kept in 64, so that a carry is taken only now and then.
///
/// Reference  R. M. Neal, "Fast exact summation using small and large
/// superaccumulators", arXiv 1505.05571 (2015).
class ExactSum {
  public:
    enum class Of { kValues, kSquares };

    explicit ExactSum(Of of);

    /// Adds a finite double, `times` over.
    void add(double x, std::uint64_t times = 1);

    /// Adds the square of a finite double, `times` over; for kSquares only.
    void add_square(double x, std::uint64_t times = 1);

    void merge(const ExactSum& other);

    /// The number as two's complement, least byte first, in units of 2^lowest(): the
    /// one form it has, with no byte more than it takes.
    std::vector<std::uint8_t> bytes() const;
    int lowest() const { return lowest_; }
    Of of() const { return lowest_ == -1074 ? Of::kValues : Of::kSquares; }

    /// Whether `bytes` are such a form of a number that there is room for.
    bool assign(std::span<const std::uint8_t> bytes);

    friend bool operator==(const ExactSum& a, const ExactSum& b);
    friend bool operator<=(const ExactSum& a, const ExactSum& b);

    static constexpr std::size_t kMostDigits = 138;
    static constexpr std::size_t kMostBytes = 4 * kMostDigits;

  private:
    using Digits = std::array<std::int64_t, kMostDigits>;

    /// Adds v 2^(lowest + place), or takes it away.
    void add_at(unsigned __int128 v, int place, bool negative);
    void carry();
    Digits canonical() const;

    int lowest_;
    std::size_t digits_;
    std::uint32_t since_carry_ = 0;
    Digits digit_{};
};

}  // namespace tailrace
