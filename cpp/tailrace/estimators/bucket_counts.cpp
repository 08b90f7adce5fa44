// Counts of values in buckets of constant relative width.

#include "tailrace/estimators/bucket_counts.hpp"

#include <algorithm>
#include <array>

#include "tailrace/folds/keys.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

/// The octave of a key: 0 holds the least doubles.
std::uint32_t octave_of(std::int64_t key) {
    return static_cast<std::uint32_t>((key >> 52) + 2048);
}

}  // namespace

void BucketCounts::reach(std::uint32_t first, std::uint32_t last) {
    if (pages_.empty()) {
        first_ = first;
    }
    if (first < first_) {
        pages_.insert(pages_.begin(), first_ - first, 0);
        first_ = first;
    }
    if (last >= first_ + pages_.size()) {
        pages_.resize(last - first_ + 1, 0);
    }
}

std::size_t BucketCounts::page(std::uint32_t octave) {
    reach(octave, octave);
    std::uint32_t& page = pages_[octave - first_];
    if (page == 0) {
        const std::size_t size = is_wide_ ? wide_.size() : narrow_.size();
        const std::size_t next = std::max<std::size_t>(size >> bits_, 1);
        if (is_wide_) {
            wide_.resize((next + 1) << bits_);
        } else {
            narrow_.resize((next + 1) << bits_);
        }
        page = static_cast<std::uint32_t>(next);
    }
    return static_cast<std::size_t>(page) << bits_;
}

void BucketCounts::widen() {
    wide_.assign(narrow_.begin(), narrow_.end());
    narrow_ = {};
    is_wide_ = true;
}

void BucketCounts::expect(std::uint64_t more) {
    total_ += more;
    if (!is_wide_ && total_ >> 32 != 0) {
        widen();
    }
}

void BucketCounts::add(const double* x,
                       std::size_t count,
                       std::int64_t least,
                       std::int64_t greatest) {
    const FoldTable& fold = kernels().folds;
    const int shift = 52 - bits_;
    const auto bucket_of = [shift, this](std::int64_t key) {
        return static_cast<std::uint32_t>((key >> shift) +
                                          (std::int64_t{1} << (11 + bits_)));
    };
    if (bucket_of(least) == bucket_of(greatest)) {
        return add_to(bucket_of(least), count);
    }
    expect(count);
    reach(octave_of(least), octave_of(greatest));
    constexpr std::size_t kChunk = 1024;
    std::array<std::uint32_t, kChunk> numbers;
    for (std::size_t i = 0; i < count; i += kChunk) {
        const std::size_t length = std::min(kChunk, count - i);
        fold.bucket_numbers(x + i, length, shift, first_ << bits_, numbers.data());
        for (std::size_t done = 0; done < length;) {
            const std::uint32_t* from = numbers.data() + done;
            const std::size_t left = length - done;
            done += is_wide_ ? fold.count_in_wide_pages(
                                   from, left, bits_, pages_.data(), wide_.data())
                             : fold.count_in_pages(
                                   from, left, bits_, pages_.data(), narrow_.data());
            if (done < length) {
                page(first_ + (numbers[done] >> bits_));
            }
        }
    }
}

void BucketCounts::add_to(std::uint32_t bucket, std::uint64_t times) {
    if (times == 0) {
        return;
    }
    expect(times);
    const std::size_t mask = (std::size_t{1} << bits_) - 1;
    const std::size_t at = page(bucket >> bits_) + (bucket & mask);
    if (is_wide_) {
        wide_[at] += times;
    } else {
        narrow_[at] += static_cast<std::uint32_t>(times);
    }
}

void BucketCounts::coarsen(int bits) {
    BucketCounts wider(bits);
    each([&](std::uint32_t bucket, std::uint64_t count) {
        wider.add_to(bucket >> (bits_ - bits), count);
    });
    *this = std::move(wider);
}

void BucketCounts::merge(const BucketCounts& other) {
    if (other.bits_ < bits_) {
        coarsen(other.bits_);
    }
    if (other.bits_ > bits_) {
        BucketCounts wider = other;
        wider.coarsen(bits_);
        return merge(wider);
    }
    expect(other.total_);
    for (std::size_t o = 0; o < other.pages_.size(); ++o) {
        if (other.pages_[o] == 0) {
            continue;
        }
        const std::size_t from = static_cast<std::size_t>(other.pages_[o]) << bits_;
        const std::size_t to = page(other.first_ + static_cast<std::uint32_t>(o));
        const auto add_page = [&](auto& mine, const auto& theirs) {
            for (std::size_t i = 0; i < std::size_t{1} << bits_; ++i) {
                mine[to + i] +=
                    static_cast<std::decay_t<decltype(mine[0])>>(theirs[from + i]);
            }
        };
        // Who holds no more than 2^32 in all has merged with nobody wider.
        if (!is_wide_) {
            add_page(narrow_, other.narrow_);
        } else if (other.is_wide_) {
            add_page(wide_, other.wide_);
        } else {
            add_page(wide_, other.narrow_);
        }
    }
}

void BucketCounts::each(
    const std::function<void(std::uint32_t, std::uint64_t)>& see) const {
    for (std::size_t o = 0; o < pages_.size(); ++o) {
        if (pages_[o] == 0) {
            continue;
        }
        const std::size_t from = static_cast<std::size_t>(pages_[o]) << bits_;
        const auto octave = first_ + static_cast<std::uint32_t>(o);
        for (std::uint32_t i = 0; i < std::uint32_t{1} << bits_; ++i) {
            const std::uint64_t count = is_wide_ ? wide_[from + i] : narrow_[from + i];
            if (count != 0) {
                see((octave << bits_) + i, count);
            }
        }
    }
}

std::size_t BucketCounts::memory() const {
    return sizeof *this + pages_.capacity() * sizeof pages_[0] +
           narrow_.capacity() * sizeof narrow_[0] + wide_.capacity() * sizeof wide_[0];
}

bool operator==(const BucketCounts& a, const BucketCounts& b) {
    if (a.bits_ != b.bits_ || a.total_ != b.total_) {
        return false;
    }
    const auto listed = [](const BucketCounts& counts) {
        std::vector<std::uint64_t> list;
        counts.each([&](std::uint32_t bucket, std::uint64_t count) {
            list.push_back(bucket);
            list.push_back(count);
        });
        return list;
    };
    return listed(a) == listed(b);
}

}  // namespace tailrace
