// A sum without rounding, whatever is added and in whatever order.

#include "tailrace/estimators/exact_sum.hpp"

#include <algorithm>
#include <bit>

namespace tailrace {

namespace {

using Wide = unsigned __int128;

/// A double as sign, whole number and exponent: x = m 2^(exponent - 1074).
struct Split {
    std::uint64_t m;
    int exponent;
    bool negative;
};

Split split(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto field = static_cast<int>(bits >> 52 & 0x7ff);
    const std::uint64_t fraction = bits & 0xfffffffffffff;
    const std::uint64_t m = field == 0 ? fraction : fraction | std::uint64_t{1} << 52;
    return {m, std::max(field, 1) - 1, bits >> 63 != 0};
}

}  // namespace

// Values reach from 2^-1074 to 2^1024, squares twice as far; 2^63 of them, and a sign.
ExactSum::ExactSum(Of of)
    : lowest_(of == Of::kValues ? -1074 : -2148),
      digits_(of == Of::kValues ? 70 : kMostDigits) {}

void ExactSum::add(double x, std::uint64_t times) {
    const Split s = split(x);
    const int place = s.exponent + (lowest_ == -1074 ? 0 : 1074);
    add_at(static_cast<Wide>(s.m) * times, place, s.negative);
}

void ExactSum::add_square(double x, std::uint64_t times) {
    const Split s = split(x);
    const Wide square = static_cast<Wide>(s.m) * s.m;
    const std::uint64_t mask = (std::uint64_t{1} << 53) - 1;
    const auto low = static_cast<std::uint64_t>(square) & mask;
    const auto high = static_cast<std::uint64_t>(square >> 53);
    add_at(static_cast<Wide>(low) * times, 2 * s.exponent, false);
    add_at(static_cast<Wide>(high) * times, 2 * s.exponent + 53, false);
}

void ExactSum::add_at(Wide v, int place, bool negative) {
    const auto first = static_cast<std::size_t>(place) / 32;
    const int shift = place % 32;
    // 32 bits of v at a time: shifted they reach into two digits.
    for (std::size_t i = 0; v != 0; ++i, v >>= 32) {
        const std::uint64_t part = (static_cast<std::uint64_t>(v) & 0xffffffff)
                                   << shift;
        const auto low = static_cast<std::int64_t>(part & 0xffffffff);
        const auto high = static_cast<std::int64_t>(part >> 32);
        digit_[first + i] += negative ? -low : low;
        digit_[first + i + 1] += negative ? -high : high;
    }
    // Each addition changes a digit by less than 2^33.
    if (++since_carry_ == std::uint32_t{1} << 28) {
        carry();
    }
}

void ExactSum::carry() {
    digit_ = canonical();
    since_carry_ = 0;
}

ExactSum::Digits ExactSum::canonical() const {
    Digits out = digit_;
    for (std::size_t i = 0; i + 1 < digits_; ++i) {
        out[i + 1] += out[i] >> 32;
        out[i] &= 0xffffffff;
    }
    return out;
}

void ExactSum::merge(const ExactSum& other) {
    carry();
    const Digits theirs = other.canonical();
    for (std::size_t i = 0; i < digits_; ++i) {
        digit_[i] += theirs[i];
    }
    carry();
}

std::vector<std::uint8_t> ExactSum::bytes() const {
    const Digits digits = canonical();
    std::vector<std::uint8_t> out;
    for (std::size_t i = 0; i < digits_; ++i) {
        for (int b = 0; b < 32; b += 8) {
            out.push_back(static_cast<std::uint8_t>(digits[i] >> b & 0xff));
        }
    }
    // A byte goes where it says no more than the sign of the one before it.
    while (out.size() > 1) {
        const std::uint8_t sign = out[out.size() - 2] & 0x80 ? 0xff : 0;
        if (out.back() != sign) {
            break;
        }
        out.pop_back();
    }
    return out;
}

bool ExactSum::assign(std::span<const std::uint8_t> bytes) {
    if (bytes.empty() || bytes.size() > 4 * digits_) {
        return false;
    }
    const bool negative = (bytes.back() & 0x80) != 0;
    digit_.fill(0);
    since_carry_ = 0;
    for (std::size_t i = 0; i < 4 * digits_; ++i) {
        const std::uint8_t byte = i < bytes.size() ? bytes[i] : negative ? 0xff : 0;
        digit_[i / 4] |= static_cast<std::int64_t>(byte) << (8 * (i % 4));
    }
    if (negative) {
        digit_[digits_ - 1] |= ~std::int64_t{0xffffffff};
    }
    const std::vector<std::uint8_t> again = this->bytes();
    return std::equal(again.begin(), again.end(), bytes.begin(), bytes.end());
}

bool operator<=(const ExactSum& a, const ExactSum& b) {
    const ExactSum::Digits left = a.canonical();
    const ExactSum::Digits right = b.canonical();
    // From the top, of which the digit alone has a sign.
    return std::lexicographical_compare(
               left.rbegin(), left.rend(), right.rbegin(), right.rend()) ||
           left == right;
}

bool operator==(const ExactSum& a, const ExactSum& b) {
    return a.lowest_ == b.lowest_ && a.canonical() == b.canonical();
}

}  // namespace tailrace
