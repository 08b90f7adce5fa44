// Numbers as bytes, the same on every machine, and back with every step checked.

#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace tailrace {

/// Writes numbers one after the other.
class ByteWriter {
  public:
    /// A number of `size` bytes, the least first.
    void fixed(std::uint64_t value, int size) {
        for (int i = 0; i < size; ++i) {
            bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
    }

    /// A number in as few groups of seven bits as it takes, the least first.
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) {
            bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
        }
        bytes_.push_back(static_cast<std::uint8_t>(value));
    }

    void raw(std::span<const std::uint8_t> bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }

    std::vector<std::uint8_t>& bytes() { return bytes_; }

  private:
    std::vector<std::uint8_t> bytes_;
};

/// Reads what a ByteWriter wrote, and nothing else: std::invalid_argument for the rest.
class ByteReader {
  public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    std::size_t left() const { return bytes_.size() - at_; }

    [[noreturn]] static void refuse(const char* why) {
        throw std::invalid_argument(why);
    }
    static void require(bool holds, const char* why) {
        if (!holds) {
            refuse(why);
        }
    }

    std::span<const std::uint8_t> raw(std::uint64_t size) {
        require(size <= left(), "data must be complete, got an end in the middle");
        at_ += static_cast<std::size_t>(size);
        return bytes_.subspan(at_ - static_cast<std::size_t>(size),
                              static_cast<std::size_t>(size));
    }

    std::uint64_t fixed(int size) {
        std::uint64_t value = 0;
        int place = 0;
        for (const std::uint8_t byte : raw(static_cast<std::uint64_t>(size))) {
            value |= static_cast<std::uint64_t>(byte) << place;
            place += 8;
        }
        return value;
    }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int place = 0; place < 64; place += 7) {
            const std::uint64_t byte = fixed(1);
            const std::uint64_t bits = byte & 0x7f;
            value |= bits << place;
            require(bits << place >> place == bits,
                    "data must hold numbers of 64 bits, got a larger one");
            if (byte < 0x80) {
                require(byte != 0 || place == 0,
                        "data must hold numbers in their shortest form, got a longer");
                return value;
            }
        }
        refuse("data must hold numbers of 64 bits, got a larger one");
    }

    std::uint64_t number_up_to(std::uint64_t most, const char* why) {
        const std::uint64_t value = number();
        require(value <= most, why);
        return value;
    }

  private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

}  // namespace tailrace
