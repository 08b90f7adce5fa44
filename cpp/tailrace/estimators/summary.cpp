// What is kept of data seen in pieces: exact sums, counts in buckets, extremes.

#include "tailrace/estimators/summary.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tailrace/folds/exact.hpp"
#include "tailrace/kernels/fold_table.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The least e with x < 2^e, for x >= 0 and finite.
int exponent_of_bound(double x) {
    const auto field = static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52);
    return std::max(field, 1) - 1022;
}

}  // namespace

Summary::Summary(const Kept& kept)
    : kept_(kept),
      least_(kNone),
      greatest_(kNone),
      sum_(ExactSum::Of::kValues),
      squares_(ExactSum::Of::kSquares),
      buckets_(std::max(kept.bits, 0)),
      largest_(kept.largest, true),
      smallest_(kept.smallest, false) {}

Summary Summary::fresh() const {
    Summary out(kept_);
    out.largest_ = largest_.fresh();
    out.smallest_ = smallest_.fresh();
    return out;
}

std::size_t Summary::memory() const {
    return sizeof *this + buckets_.memory() + largest_.memory() + smallest_.memory();
}

bool Summary::prepare(std::span<const double> x, std::uint64_t more) {
    expect(more);
    for (std::size_t i = 0; i < x.size(); i += kExactBlock) {
        const auto block = x.subspan(i, std::min(kExactBlock, x.size() - i));
        double least = 0.0;
        double greatest = 0.0;
        const bool finite =
            kernels().folds.look(block.data(), block.size(), &least, &greatest);
        if (!finite && std::ranges::any_of(block, [](double v) { return v != v; })) {
            return false;
        }
        if (kept_.bits >= 0 && finite) {
            buckets_.prepare(block, least, greatest);
        }
        for (std::size_t j = 0; kept_.bits >= 0 && !finite && j < block.size(); ++j) {
            if (std::isfinite(block[j])) {
                buckets_.prepare(block.subspan(j, 1), block[j], block[j]);
            }
        }
    }
    buckets_.make_room(more);
    largest_.prepare(more);
    smallest_.prepare(more);
    return true;
}

void Summary::expect(std::uint64_t more) const {
    if (more > kMostValues || count() + more > kMostValues) {
        throw std::invalid_argument("count must be <= 2^62, got more values in all");
    }
}

void Summary::stretch(double least, double greatest) {
    // Adding 0 takes the sign of a zero, which would depend on the order.
    least_ = least_ <= least ? least_ : least + 0.0;
    greatest_ = greatest_ >= greatest ? greatest_ : greatest + 0.0;
}

void Summary::add(std::span<const double> x, std::span<const std::int64_t> labels) {
    expect(x.size());
    std::array<double, kExactBlock> finite;
    std::array<std::int64_t, kExactBlock> theirs;
    Guess guess;
    for (std::size_t i = 0; i < x.size(); i += kExactBlock) {
        const auto block = x.subspan(i, std::min(kExactBlock, x.size() - i));
        const auto names = labels.empty() ? labels : labels.subspan(i, block.size());
        double least = 0.0;
        double greatest = 0.0;
        if (kernels().folds.look(block.data(), block.size(), &least, &greatest)) {
            add_block(block, names, least, greatest, guess);
            continue;
        }
        std::size_t kept = 0;
        for (std::size_t j = 0; j < block.size(); ++j) {
            const std::int64_t label = names.empty() ? Extremes::kNoLabel : names[j];
            if (std::isnan(block[j])) {
                throw HasNan{};
            }
            if (std::isinf(block[j])) {
                add_one(block[j], 1, label);
            } else {
                finite[kept] = block[j];
                theirs[kept++] = label;
            }
        }
        if (kept > 0) {
            kernels().folds.look(finite.data(), kept, &least, &greatest);
            add_block(
                {finite.data(), kept}, {theirs.data(), kept}, least, greatest, guess);
        }
    }
}

void Summary::add_block(std::span<const double> x,
                        std::span<const std::int64_t> labels,
                        double least,
                        double greatest,
                        Guess& guess) {
    if (kept_.bits >= 0) {
        buckets_.add(x, least, greatest);
    }
    finite_ += x.size();
    stretch(least, greatest);
    if (least <= 0.0 && greatest >= 0.0) {
        zeros_ += kernels().folds.zeros_among(x.data(), x.size());
    }
    if (kept_.moments > 0) {
        add_sums(x, least, greatest, guess);
    }
    largest_.add(x, labels, least, greatest);
    smallest_.add(x, labels, least, greatest);
}

void Summary::add_sums(std::span<const double> x,
                       double least,
                       double greatest,
                       Guess& guess) {
    const FoldTable& fold = kernels().folds;
    std::array<double, 2 * kMostParts> parts;
    const double size = std::max(std::fabs(least), std::fabs(greatest));
    const int exponent = exponent_of_bound(size);
    // Only asked for where it matters: it is a pass over the values.
    const auto smallest = [&] {
        return least > 0.0 || greatest < 0.0
                   ? std::min(std::fabs(least), std::fabs(greatest))
                   : fold.smallest_size(x.data(), x.size());
    };
    const auto add_parts = [&](const double* from, int e, std::uint64_t times) {
        const int found =
            fold.exact_parts(from, x.size(), e, guess.values, parts.data());
        for (int p = 0; p < found; ++p) {
            sum_.add(parts[static_cast<std::size_t>(p)], times);
        }
        return found;
    };
    int found = 0;
    if (exponent <= kTooLarge) {
        found = add_parts(x.data(), exponent, 1);
    } else if (smallest() >= 0x1p-900) {
        // Scaled down, which loses nothing of such values.
        constexpr int kScale = 16;
        std::array<double, kExactBlock> scaled;
        std::ranges::transform(x, scaled.begin(), [](double v) { return v * 0x1p-16; });
        found = add_parts(scaled.data(), exponent - kScale, std::uint64_t{1} << kScale);
    }
    guess.values = found == 0 ? kMostParts : found;
    for (std::size_t i = 0; found == 0 && i < x.size(); ++i) {
        sum_.add(x[i]);
    }
    if (kept_.moments < 2) {
        return;
    }
    found = smallest() < kLeastSquared || size > kMostSquared
                ? 0
                : fold.exact_parts_of_squares(
                      x.data(), x.size(), exponent, guess.squares, parts.data());
    guess.squares = found == 0 ? kMostParts : found;
    for (int p = 0; p < 2 * found; ++p) {
        squares_.add(parts[static_cast<std::size_t>(p)]);
    }
    for (std::size_t i = 0; found == 0 && i < x.size(); ++i) {
        squares_.add_square(x[i]);
    }
}

void Summary::add_one(double x, std::uint64_t times, std::int64_t label) {
    if (std::isnan(x)) {
        throw HasNan{};
    }
    if (times == 0) {
        return;
    }
    expect(times);
    largest_.add_one(x, label, times);
    smallest_.add_one(x, label, times);
    if (std::isinf(x)) {
        (x > 0.0 ? above_ : below_) += times;
        return;
    }
    finite_ += times;
    zeros_ += x == 0.0 ? times : 0;
    stretch(x, x);
    if (kept_.moments > 0) {
        sum_.add(x, times);
    }
    if (kept_.moments > 1) {
        squares_.add_square(x, times);
    }
    if (kept_.bits >= 0) {
        buckets_.add_to(buckets_.bucket_of(x), times);
    }
}

void Summary::add_weighted(std::span<const double> x,
                           std::span<const std::uint64_t> times,
                           std::span<const std::int64_t> labels) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        add_one(x[i], times[i], labels.empty() ? Extremes::kNoLabel : labels[i]);
    }
}

void Summary::merge(const Summary& other) {
    // Whatever may throw comes first, and changes nothing that is kept.
    expect(other.count());
    const int bits = std::min(kept_.bits, other.kept_.bits);
    largest_.prepare(other.largest_.entries().size());
    smallest_.prepare(other.smallest_.entries().size());
    if (bits >= 0) {
        buckets_.merge(other.buckets_);
    } else {
        buckets_ = BucketCounts(0);
    }
    kept_.bits = bits;
    kept_.moments = std::min(kept_.moments, other.kept_.moments);
    kept_.largest = std::min(kept_.largest, other.kept_.largest);
    kept_.smallest = std::min(kept_.smallest, other.kept_.smallest);
    largest_.merge(other.largest_);
    smallest_.merge(other.smallest_);
    finite_ += other.finite_;
    zeros_ += other.zeros_;
    above_ += other.above_;
    below_ += other.below_;
    if (other.finite_ > 0) {
        stretch(other.least_, other.greatest_);
    }
    if (kept_.moments > 0) {
        sum_.merge(other.sum_);
    }
    if (kept_.moments > 1) {
        squares_.merge(other.squares_);
    }
}

bool operator==(const Summary& a, const Summary& b) {
    const auto same = [](double x, double y) { return x == y || (x != x && y != y); };
    return a.kept_ == b.kept_ && a.finite_ == b.finite_ && a.zeros_ == b.zeros_ &&
           a.above_ == b.above_ && a.below_ == b.below_ && same(a.least_, b.least_) &&
           same(a.greatest_, b.greatest_) &&
           (a.kept_.moments < 1 || a.sum_ == b.sum_) &&
           (a.kept_.moments < 2 || a.squares_ == b.squares_) &&
           (a.kept_.bits < 0 || a.buckets_ == b.buckets_) && a.largest_ == b.largest_ &&
           a.smallest_ == b.smallest_;
}

}  // namespace tailrace
