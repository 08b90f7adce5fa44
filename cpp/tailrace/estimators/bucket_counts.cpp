// Counts of values in buckets of constant relative width.

#include "tailrace/estimators/bucket_counts.hpp"

#include <algorithm>

#include "tailrace/folds/buckets.hpp"
#include "tailrace/folds/keys.hpp"
#include "tailrace/kernels/fold_table.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

constexpr std::size_t kPage = std::size_t{1} << kPageBits;
/// Pages in a row that are made, needed or not, so that counting is quick: those of 64
/// octaves, up to 2 MB.
std::uint32_t few_pages(int bits) {
    return std::min(1024u, 64u << std::max(bits - kPageBits, 0));
}

}  // namespace

std::uint32_t BucketCounts::bucket_of(double x) const {
    return tailrace::bucket_of(key_of(x + 0.0), 52 - bits_);
}

double BucketCounts::least_of(std::uint32_t bucket) const {
    const std::uint64_t key = static_cast<std::uint64_t>(bucket) << (52 - bits_);
    return value_of(static_cast<std::int64_t>(key ^ (std::uint64_t{1} << 63)));
}

double BucketCounts::greatest_of(std::uint32_t bucket) const {
    const std::uint64_t key =
        ((static_cast<std::uint64_t>(bucket) + 1) << (52 - bits_)) - 1;
    return value_of(static_cast<std::int64_t>(key ^ (std::uint64_t{1} << 63)));
}

void BucketCounts::make_pages(std::vector<std::uint32_t> numbers) {
    numbers.insert(numbers.end(), page_numbers_.begin(), page_numbers_.end());
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    std::vector<std::uint32_t> offsets(numbers.back() - numbers.front() + 1, kNoPage);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        offsets[numbers[i] - numbers.front()] =
            static_cast<std::uint32_t>(i * kPage) - (numbers[i] << kPageBits);
    }
    const auto moved = [&](const auto& counters) {
        std::decay_t<decltype(counters)> to(numbers.size() * kPage);
        for (std::size_t i = 0; i < pages(); ++i) {
            const std::uint32_t bucket = page_numbers_[i] << kPageBits;
            const std::uint32_t offset = offsets[page_numbers_[i] - numbers.front()];
            std::copy_n(&counters[i * kPage],
                        kPage,
                        &to[static_cast<std::uint32_t>(bucket + offset)]);
        }
        return to;
    };
    if (is_wide_) {
        wide_ = moved(wide_);
    } else {
        narrow_ = moved(narrow_);
    }
    first_ = numbers.front();
    page_numbers_ = std::move(numbers);
    offsets_ = std::move(offsets);
    in_order_ = true;
}

void BucketCounts::append_page(std::uint32_t number) {
    // Whatever may fail for want of memory comes first, and changes nothing that
    // counts.
    if (page_numbers_.capacity() == pages()) {
        page_numbers_.reserve(2 * pages() + 8);
    }
    const auto grow = [&](auto& counters) {
        const std::size_t needed = (pages() + 1) * kPage;
        if (needed > counters.capacity()) {
            // In steps, but no further than there are buckets.
            const std::size_t most = std::size_t{1} << (12 + bits_);
            counters.reserve(std::min(needed + needed / 4, std::max(needed, most)));
        }
        counters.resize(needed);
    };
    if (is_wide_) {
        grow(wide_);
    } else {
        grow(narrow_);
    }
    if (offsets_.empty()) {
        first_ = number;
    }
    if (number < first_) {
        offsets_.insert(offsets_.begin(), first_ - number, kNoPage);
        first_ = number;
    }
    if (number - first_ >= offsets_.size()) {
        offsets_.resize(number - first_ + 1, kNoPage);
    }
    in_order_ = in_order_ && (pages() == 0 || number > page_numbers_.back());
    offsets_[number - first_] =
        static_cast<std::uint32_t>(pages() * kPage) - (number << kPageBits);
    page_numbers_.push_back(number);
}

bool BucketCounts::within(std::uint32_t first, std::uint32_t last) const {
    return pages() > 0 && first >= first_ && last - first_ < offsets_.size();
}

bool BucketCounts::has_page(std::uint32_t number) const {
    return within(number, number) && offsets_[number - first_] != kNoPage;
}

bool BucketCounts::side_by_side(std::uint32_t first, std::uint32_t last) const {
    // Pages in order have no gap where their ends are as far apart as their numbers.
    return in_order_ && has_page(first) && has_page(last) &&
           offsets_[first - first_] == offsets_[last - first_];
}

bool BucketCounts::make_between(std::uint32_t first, std::uint32_t last) {
    if (side_by_side(first, last)) {
        return true;
    }
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t p = first; p <= last; ++p) {
        if (!has_page(p)) {
            wanted.push_back(p);
        }
        if (wanted.size() > few_pages(bits_)) {
            return false;
        }
    }
    make_pages(std::move(wanted));
    return true;
}

void BucketCounts::make_room(std::uint64_t more) {
    if (!is_wide_ && (total_ + more) >> 32 != 0) {
        wide_.assign(narrow_.begin(), narrow_.end());
        std::vector<std::uint32_t>().swap(narrow_);
        is_wide_ = true;
    }
}

bool BucketCounts::lay_out(std::uint32_t lowest, std::uint32_t highest, bool one_sign) {
    // Side by side, if that takes few pages.
    if (one_sign && make_between(lowest, highest)) {
        return true;
    }
    for (const std::uint32_t page : {lowest, highest}) {
        if (!has_page(page)) {
            append_page(page);
        }
    }
    return false;
}

void BucketCounts::prepare(std::span<const double> x, double least, double greatest) {
    const bool one_sign = least > 0.0 || greatest < 0.0;
    if (lay_out(bucket_of(least) >> kPageBits,
                bucket_of(greatest) >> kPageBits,
                one_sign)) {
        return;
    }
    const FoldTable& fold = kernels().folds;
    for (std::size_t done = 0; done < x.size();) {
        done += fold.first_without_page(
            x.data() + done, x.size() - done, 52 - bits_, first_, offsets_.data());
        if (done < x.size()) {
            append_page(bucket_of(x[done]) >> kPageBits);
        }
    }
}

void BucketCounts::add(std::span<const double> x, double least, double greatest) {
    const std::uint32_t lowest = bucket_of(least);
    const std::uint32_t highest = bucket_of(greatest);
    if (lowest == highest) {
        return add_to(lowest, x.size());
    }
    make_room(x.size());
    const bool one_sign = least > 0.0 || greatest < 0.0;
    const bool side_by_side =
        lay_out(lowest >> kPageBits, highest >> kPageBits, one_sign);
    const FoldTable& fold = kernels().folds;
    const int shift = 52 - bits_;
    const auto count_with = [&](const auto& counting, auto& counters) {
        using Counter = typename std::decay_t<decltype(counters)>::value_type;
        if (side_by_side) {
            const std::uint32_t first = 0 - offsets_[(lowest >> kPageBits) - first_];
            counting.side_by_side(x.data(), x.size(), shift, first, counters.data());
            return;
        }
        const auto step_by = [&](Counter step, std::size_t from, std::size_t size) {
            return counting.in_pages(x.data() + from,
                                     size,
                                     shift,
                                     first_,
                                     offsets_.data(),
                                     step,
                                     counters.data());
        };
        std::size_t done = 0;
        try {
            while ((done += step_by(1, done, x.size() - done)) < x.size()) {
                append_page(bucket_of(x[done]) >> kPageBits);
            }
        } catch (...) {
            step_by(static_cast<Counter>(-1), 0, done);
            throw;
        }
    };
    if (is_wide_) {
        count_with(fold.wide, wide_);
    } else {
        count_with(fold.narrow, narrow_);
    }
    total_ += x.size();
}

std::size_t BucketCounts::place_of(std::uint32_t bucket) const {
    return static_cast<std::uint32_t>(bucket +
                                      offsets_[(bucket >> kPageBits) - first_]);
}

void BucketCounts::add_to(std::uint32_t bucket, std::uint64_t times) {
    if (times == 0) {
        return;
    }
    make_room(times);
    if (!has_page(bucket >> kPageBits)) {
        append_page(bucket >> kPageBits);
    }
    total_ += times;
    if (is_wide_) {
        wide_[place_of(bucket)] += times;
    } else {
        narrow_[place_of(bucket)] += static_cast<std::uint32_t>(times);
    }
}

void BucketCounts::assign(
    std::span<const std::pair<std::uint32_t, std::uint64_t>> counts) {
    *this = BucketCounts(bits_);
    std::uint64_t total = 0;
    std::vector<std::uint32_t> wanted;
    for (const auto& [bucket, times] : counts) {
        wanted.push_back(bucket >> kPageBits);
        total += times;
    }
    make_room(total);
    if (!wanted.empty()) {
        make_pages(std::move(wanted));
    }
    for (const auto& [bucket, times] : counts) {
        add_to(bucket, times);
    }
}

BucketCounts BucketCounts::coarsened(int bits) const {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;
    each([&](std::uint32_t bucket, std::uint64_t count) {
        counts.emplace_back(bucket >> (bits_ - bits), count);
    });
    BucketCounts wider(bits);
    wider.assign(counts);
    return wider;
}

void BucketCounts::merge(const BucketCounts& other) {
    if (other.bits_ != bits_) {
        BucketCounts sum = coarsened(std::min(bits_, other.bits_));
        sum.merge(other.coarsened(sum.bits_));
        *this = std::move(sum);
        return;
    }
    if (other.pages() == 0) {
        return;
    }
    std::vector<std::uint32_t> missing;
    for (const std::uint32_t page : other.page_numbers_) {
        if (!has_page(page)) {
            missing.push_back(page);
        }
    }
    if (!missing.empty()) {
        make_pages(std::move(missing));
    }
    make_room(other.total_);
    const auto add_all = [&](auto& mine, const auto& theirs) {
        for (std::size_t i = 0; i < other.pages(); ++i) {
            auto* to = &mine[place_of(other.page_numbers_[i] << kPageBits)];
            const auto* from = &theirs[i * kPage];
            for (std::size_t j = 0; j < kPage; ++j) {
                to[j] += static_cast<std::decay_t<decltype(*to)>>(from[j]);
            }
        }
    };
    // The other is not wide where the sum is not.
    if (!is_wide_) {
        add_all(narrow_, other.narrow_);
    } else if (other.is_wide_) {
        add_all(wide_, other.wide_);
    } else {
        add_all(wide_, other.narrow_);
    }
    total_ += other.total_;
}

std::uint64_t BucketCounts::at(std::size_t place) const {
    return is_wide_ ? wide_[place] : narrow_[place];
}

void BucketCounts::each(
    const std::function<void(std::uint32_t, std::uint64_t)>& see) const {
    std::vector<std::uint32_t> numbers = page_numbers_;
    std::sort(numbers.begin(), numbers.end());
    for (const std::uint32_t number : numbers) {
        const std::uint32_t first = number << kPageBits;
        for (std::uint32_t bucket = first; bucket < first + kPage; ++bucket) {
            const std::uint64_t count = at(place_of(bucket));
            if (count != 0) {
                see(bucket, count);
            }
        }
    }
}

std::size_t BucketCounts::memory() const {
    return (page_numbers_.capacity() + offsets_.capacity() + narrow_.capacity()) *
               sizeof(std::uint32_t) +
           wide_.capacity() * sizeof(std::uint64_t);
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
