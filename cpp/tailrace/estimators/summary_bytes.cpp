// Summaries as bytes: one form for a summary, the same on every machine.
//
//   8   "tailrace"
//   4   version of the form, 1
//   8   length of the whole
//       the body: what is kept, counts, ends, sums, buckets, extremes, one by one
//   8   checksum of all before it, FNV-1a
//
// Numbers of several bytes have the least first. Whatever is read back is a summary
// that values could have, as far as counts, ends, sums and extremes bound each other.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "tailrace/estimators/bytes.hpp"
#include "tailrace/estimators/summary.hpp"

namespace tailrace {

namespace {

constexpr std::string_view kMagic = "tailrace";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kHead = 8 + 4 + 8;
constexpr std::size_t kTail = 8;

std::uint64_t checksum(std::span<const std::uint8_t> bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const std::uint8_t byte : bytes) {
        hash = (hash ^ byte) * 0x100000001b3;
    }
    return hash;
}

/// How many bytes at the lower end are 0, how many follow, and those.
void write_sum(ByteWriter& to, const ExactSum& sum) {
    const std::vector<std::uint8_t> bytes = sum.bytes();
    std::size_t zeros = 0;
    while (zeros + 1 < bytes.size() && bytes[zeros] == 0) {
        ++zeros;
    }
    to.number(zeros);
    to.number(bytes.size() - zeros);
    to.raw(std::span(bytes).subspan(zeros));
}

/// Reads a sum that lies between two others.
void read_sum(ByteReader& from,
              ExactSum& sum,
              const ExactSum& least,
              const ExactSum& greatest) {
    constexpr const char* kWhy = "data must hold sums in their shortest form";
    const std::uint64_t zeros = from.number_up_to(ExactSum::kMostBytes, kWhy);
    const std::span<const std::uint8_t> rest =
        from.raw(from.number_up_to(ExactSum::kMostBytes, kWhy));
    ByteReader::require(!rest.empty() && (zeros == 0 || rest.front() != 0), kWhy);
    ByteReader::require(rest.size() == 1 || rest.front() != 0, kWhy);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(zeros));
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    ByteReader::require(sum.assign(bytes), kWhy);
    ByteReader::require(least <= sum && sum <= greatest,
                        "data must hold sums that their values can have");
}

/// Entries in order, each as its distance from the one before it.
void write_extremes(ByteWriter& to, const Extremes& extremes) {
    std::uint64_t last = static_cast<std::uint64_t>(INT64_MAX);
    for (const Extremes::Entry& entry : extremes.entries()) {
        to.number(last - static_cast<std::uint64_t>(entry.key));
        to.number(static_cast<std::uint64_t>(entry.label + 1));
        last = static_cast<std::uint64_t>(entry.key);
    }
}

void read_extremes(ByteReader& from,
                   Extremes& extremes,
                   std::uint64_t count,
                   double first,
                   double last_possible) {
    constexpr const char* kWhy = "data must hold extremes in order, got others";
    const std::uint64_t size = std::min<std::uint64_t>(extremes.k(), count);
    // Each takes two bytes, at least: so there is no more to make room for.
    ByteReader::require(size <= from.left() / 2, kWhy);
    std::vector<Extremes::Entry> entries(static_cast<std::size_t>(size));
    std::int64_t last = INT64_MAX;
    for (Extremes::Entry& entry : entries) {
        const std::uint64_t room =
            static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(INT64_MIN);
        last = static_cast<std::int64_t>(static_cast<std::uint64_t>(last) -
                                         from.number_up_to(room, kWhy));
        entry.key = last;
        entry.label = static_cast<std::int64_t>(
            from.number_up_to(std::uint64_t{1} << 63, kWhy) - 1);
    }
    if (size > 0) {
        const double farthest = extremes.value(entries.back());
        ByteReader::require(extremes.value(entries.front()) == first, kWhy);
        ByteReader::require(std::min(first, last_possible) <= farthest &&
                                farthest <= std::max(first, last_possible),
                            kWhy);
    }
    ByteReader::require(extremes.assign(std::move(entries)), kWhy);
}

void write_buckets(ByteWriter& to, const BucketCounts& buckets) {
    ByteWriter pairs;
    std::uint64_t how_many = 0;
    std::uint32_t last = 0;
    buckets.each([&](std::uint32_t bucket, std::uint64_t count) {
        pairs.number(bucket - last);
        pairs.number(count);
        last = bucket;
        ++how_many;
    });
    to.number(how_many);
    to.raw(pairs.bytes());
}

using Pairs = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

/// Buckets in order, with their counts.
Pairs read_buckets(ByteReader& from, int bits, std::uint64_t total) {
    constexpr const char* kWhy = "data must hold buckets in order, got others";
    const std::uint64_t size = from.number_up_to(from.left() / 2, kWhy);
    const std::uint64_t most = (std::uint64_t{1} << (12 + bits)) - 1;
    Pairs pairs;
    std::uint64_t bucket = 0;
    std::uint64_t left = total;
    for (std::uint64_t i = 0; i < size; ++i) {
        const std::uint64_t step = from.number_up_to(most - bucket, kWhy);
        ByteReader::require(step > 0 || i == 0, kWhy);
        bucket += step;
        const std::uint64_t count = from.number_up_to(left, kWhy);
        ByteReader::require(count > 0, kWhy);
        left -= count;
        pairs.emplace_back(static_cast<std::uint32_t>(bucket), count);
    }
    ByteReader::require(left == 0, "data must hold as many in buckets as in all");
    return pairs;
}

}  // namespace

std::vector<std::uint8_t> Summary::bytes() const {
    ByteWriter body;
    body.number(static_cast<std::uint64_t>(kept_.moments));
    body.number(static_cast<std::uint64_t>(kept_.bits + 1));
    body.number(kept_.largest);
    body.number(kept_.smallest);
    body.number(finite_);
    body.number(zeros_);
    body.number(above_);
    body.number(below_);
    if (finite_ > 0) {
        body.fixed(std::bit_cast<std::uint64_t>(least_), 8);
        body.fixed(std::bit_cast<std::uint64_t>(greatest_), 8);
    }
    if (kept_.moments > 0) {
        write_sum(body, sum_);
    }
    if (kept_.moments > 1) {
        write_sum(body, squares_);
    }
    if (kept_.bits >= 0) {
        write_buckets(body, buckets_);
    }
    write_extremes(body, largest_);
    write_extremes(body, smallest_);

    ByteWriter out;
    for (const char c : kMagic) {
        out.fixed(static_cast<std::uint8_t>(c), 1);
    }
    out.fixed(kVersion, 4);
    out.fixed(kHead + body.bytes().size() + kTail, 8);
    out.raw(body.bytes());
    out.fixed(checksum(out.bytes()), 8);
    return std::move(out.bytes());
}

Summary Summary::from_bytes(std::span<const std::uint8_t> bytes) {
    const auto require = ByteReader::require;
    require(bytes.size() >= kHead + kTail, "data must be a summary, got too few bytes");
    ByteReader head(bytes.first(kHead));
    require(std::ranges::equal(head.raw(8), kMagic),
            "data must begin with the word tailrace, got other bytes");
    require(head.fixed(4) == kVersion,
            "data must be of version 1, the only one known here, got another");
    require(head.fixed(8) == bytes.size(),
            "data must be as long as it says, got another length");
    ByteReader tail(bytes.last(kTail));
    require(tail.fixed(8) == checksum(bytes.first(bytes.size() - kTail)),
            "data must have its checksum, got another: was it damaged on the way?");

    ByteReader body(bytes.subspan(kHead, bytes.size() - kHead - kTail));
    Kept kept;
    constexpr const char* kWhat = "data must keep what a summary can keep, got more";
    kept.moments = static_cast<int>(body.number_up_to(2, kWhat));
    kept.bits =
        static_cast<int>(body.number_up_to(BucketCounts::kMostBits + 1, kWhat)) - 1;
    kept.largest = static_cast<std::uint32_t>(body.number_up_to(kMostExtremes, kWhat));
    kept.smallest = static_cast<std::uint32_t>(body.number_up_to(kMostExtremes, kWhat));
    Summary out(kept);
    constexpr const char* kCounts = "data must hold counts up to 2^62, got others";
    out.finite_ = body.number_up_to(kMostValues, kCounts);
    out.zeros_ = body.number_up_to(out.finite_, kCounts);
    out.above_ = body.number_up_to(kMostValues - out.finite_, kCounts);
    out.below_ = body.number_up_to(kMostValues - out.finite_ - out.above_, kCounts);
    if (out.finite_ > 0) {
        constexpr const char* kEnds = "data must hold finite ends in order, got others";
        out.least_ = std::bit_cast<double>(body.fixed(8));
        out.greatest_ = std::bit_cast<double>(body.fixed(8));
        require(std::isfinite(out.least_) && std::isfinite(out.greatest_) &&
                    out.least_ <= out.greatest_,
                kEnds);
        // A zero has no sign; zeros alone, or none, where the ends leave no choice.
        require((out.least_ != 0.0 || !std::signbit(out.least_)) &&
                    (out.greatest_ != 0.0 || !std::signbit(out.greatest_)),
                kEnds);
        const bool may = out.least_ <= 0.0 && out.greatest_ >= 0.0;
        const bool must = out.least_ == 0.0 || out.greatest_ == 0.0;
        const bool only = out.least_ == 0.0 && out.greatest_ == 0.0;
        require(out.zeros_ == 0 ? !must : may, kEnds);
        require(!only || out.zeros_ == out.finite_, kEnds);
    } else {
        require(out.zeros_ == 0, kCounts);
    }
    if (kept.moments > 0) {
        ExactSum least = out.sum_;
        ExactSum greatest = out.sum_;
        if (out.finite_ > 0) {
            least.add(out.least_, out.finite_);
            greatest.add(out.greatest_, out.finite_);
        }
        read_sum(body, out.sum_, least, greatest);
    }
    if (kept.moments > 1) {
        const ExactSum least = out.squares_;
        ExactSum greatest = out.squares_;
        if (out.finite_ > 0) {
            const double size =
                std::max(std::fabs(out.least_), std::fabs(out.greatest_));
            greatest.add_square(size, out.finite_);
        }
        read_sum(body, out.squares_, least, greatest);
    }
    if (kept.bits >= 0) {
        const Pairs pairs = read_buckets(body, kept.bits, out.finite_);
        const auto bucket_of = [&](double x) { return out.buckets_.bucket_of(x); };
        std::uint64_t zeros = 0;
        for (const auto& [bucket, times] : pairs) {
            zeros += bucket == bucket_of(0.0) ? times : 0;
        }
        require(pairs.empty() || (pairs.front().first == bucket_of(out.least_) &&
                                  pairs.back().first == bucket_of(out.greatest_) &&
                                  out.zeros_ <= zeros),
                "data must hold buckets up to the ends, got others");
        out.buckets_.assign(pairs);
    }
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    const double top = out.above_ > 0    ? kInfinite
                       : out.finite_ > 0 ? out.greatest_
                                         : -kInfinite;
    const double bottom = out.below_ > 0    ? -kInfinite
                          : out.finite_ > 0 ? out.least_
                                            : kInfinite;
    read_extremes(body, out.largest_, out.count(), top, bottom);
    read_extremes(body, out.smallest_, out.count(), bottom, top);
    require(body.left() == 0, "data must end with its last extreme, got more");
    return out;
}

}  // namespace tailrace
