// Rows of extremes: the k smallest or largest of n values, or both ends of them.

#include "tailrace/models/joint.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace {

constexpr std::size_t kSteps = kBlock / kLanes;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What the exponential before the value at `place` is multiplied by. Beyond the row,
/// in a block that is not full, it may be anything finite.
double share(const Joint& joint, std::uint64_t place) {
    const double left = joint.n - static_cast<double>(place);
    return (joint.far ? joint.n : 1.0) / std::max(left, 1.0);
}

bool ascends(const Joint& joint) { return joint.kind != Joint::kLargest; }

double before_all(const Joint& joint) {
    return ascends(joint) ? -kInfinite : kInfinite;
}

/// Rows of up to kBlock values, eight side by side.
template <class Float>
class ShortRows {
  public:
    ShortRows(const Joint& joint, const Key& key, Float* out, std::uint64_t rows)
        : joint_(joint),
          key_(key),
          out_(out),
          rows_(rows),
          k_(static_cast<std::size_t>(joint.k)),
          per_task_(std::max(kTask / k_ / kLanes, std::size_t{1}) * kLanes),
          at_once_(std::max(kSteps / k_, std::size_t{1})) {
        shares_.resize(at_once_ * k_ * kLanes);
        for (std::size_t i = 0; i < shares_.size(); ++i) {
            shares_[i] = share(joint, i / kLanes % k_);
        }
    }

    std::uint64_t tasks() const { return (rows_ + per_task_ - 1) / per_task_; }

    void operator()(const Turn& turn) const {
        const std::uint64_t task = turn.task;
        const KernelTable& kernel = kernels();
        LaneState state;
        kernel.seed_lanes(state, key_, static_cast<std::uint64_t>(Path::kJoint), task);
        const std::uint64_t end = std::min(rows_, (task + 1) * per_task_);
        for (std::uint64_t row = task * per_task_; row < end;) {
            const std::size_t left = (end - row + kLanes - 1) / kLanes;
            const std::size_t groups = std::min(at_once_, left);
            double sums[kLanes] = {};
            double last[kLanes];
            std::fill_n(last, kLanes, before_all(joint_));
            for (std::size_t column = 0; column < k_; column += kSteps) {
                if (turn.stop.load(std::memory_order_relaxed)) {
                    return;
                }
                const std::size_t columns = std::min(kSteps, k_ - column);
                const std::size_t count = columns * groups * kLanes;
                alignas(64) double x[kBlock];
                alignas(64) std::uint64_t bits[kBlock];
                kernel.next_bits(state, bits, count);
                kernel.clocks_from_bits(bits, x, count);
                if (joint_.kind == Joint::kEnds) {
                    kernel.clocks_of_ends(joint_, x, groups);
                } else {
                    const double* shares = shares_.data() + column * kLanes;
                    kernel.running_sums(x, shares, columns, groups, sums);
                }
                kernel.values_of_clocks(joint_, x, count);
                kernel.keep_order(x, columns, groups, ascends(joint_), last);
                write(x, row, end, column, columns, groups);
            }
            row += groups * kLanes;
        }
    }

  private:
    void write(const double* x,
               std::uint64_t first,
               std::uint64_t end,
               std::size_t column,
               std::size_t columns,
               std::size_t groups) const {
        for (std::size_t g = 0; g < groups; ++g) {
            const std::uint64_t row = first + g * kLanes;
            const std::size_t lanes = std::min<std::uint64_t>(kLanes, end - row);
            Float* to = out_ + row * k_ + column;
            const double* from = x + g * columns * kLanes;
            // Two steps at a time: one store for two values.
            std::size_t s = 0;
            for (; s + 2 <= columns; s += 2) {
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    const Float two[] = {
                        static_cast<Float>(from[s * kLanes + lane]),
                        static_cast<Float>(from[(s + 1) * kLanes + lane])};
                    std::memcpy(to + lane * k_ + s, two, sizeof two);
                }
            }
            for (std::size_t lane = 0; s < columns && lane < lanes; ++lane) {
                to[lane * k_ + s] = static_cast<Float>(from[s * kLanes + lane]);
            }
        }
    }

    const Joint& joint_;
    const Key& key_;
    Float* out_;
    std::uint64_t rows_;
    std::size_t k_;
    std::size_t per_task_;
    std::size_t at_once_;  ///< groups of eight rows in a block
    std::vector<double> shares_;
};

/// One long row: the columns of a block follow one another, and carry on from it.
template <class Float>
void long_row(const Joint& joint,
              const Key& key,
              std::uint64_t row,
              Float* out,
              const StopFlag& stop) {
    const KernelTable& kernel = kernels();
    LaneState state;
    kernel.seed_lanes(state, key, static_cast<std::uint64_t>(Path::kJoint), row);
    const bool up = ascends(joint);
    const auto later = [up](double a, double b) {
        return up ? std::max(a, b) : std::min(a, b);
    };
    double total = 0.0;
    double lost = 0.0;
    double reached = before_all(joint);
    for (std::uint64_t place = 0; place < joint.k; place += kBlock) {
        if (stop.load(std::memory_order_relaxed)) {
            return;
        }
        alignas(64) double x[kBlock];
        alignas(64) double shares[kBlock];
        alignas(64) std::uint64_t bits[kBlock];
        double sums[kLanes] = {};
        double before[kLanes];
        kernel.next_bits(state, bits, kBlock);
        kernel.clocks_from_bits(bits, x, kBlock);
        for (std::size_t i = 0; i < kBlock; ++i) {
            shares[i] = share(joint, place + i % kLanes * kSteps + i / kLanes);
        }
        kernel.running_sums(x, shares, kSteps, 1, sums);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            before[lane] = total + lost;
            // What rounding the sum lost, exactly.
            const double next = total + sums[lane];
            const double other = next - total;
            lost += (total - (next - other)) + (sums[lane] - other);
            total = next;
        }
        for (std::size_t i = 0; i < kBlock; ++i) {
            x[i] += before[i % kLanes];
        }
        kernel.values_of_clocks(joint, x, kBlock);
        std::fill_n(before, kLanes, before_all(joint));
        kernel.keep_order(x, kSteps, 1, up, before);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const std::uint64_t first = place + lane * kSteps;
            const std::uint64_t end = std::min(joint.k, first + kSteps);
            for (std::uint64_t i = first; i < end; ++i) {
                out[i] =
                    static_cast<Float>(later(reached, x[(i - first) * kLanes + lane]));
            }
            reached = later(reached, before[lane]);
        }
    }
}

template <class Float>
bool fill(const Joint& joint,
          const Key& key,
          Float* out,
          std::uint64_t rows,
          const Manner& manner) {
    if (joint.k <= kBlock) {
        const ShortRows<Float> body(joint, key, out, rows);
        return run_tasks(body.tasks(), manner, std::ref(body));
    }
    return run_tasks(rows, manner, [&](const Turn& turn) {
        long_row(joint, key, turn.task, out + turn.task * joint.k, turn.stop);
    });
}

}  // namespace

bool sample_joint(const Joint& joint,
                  const Key& key,
                  double* out,
                  std::uint64_t rows,
                  const Manner& manner) {
    return fill(joint, key, out, rows, manner);
}

bool sample_joint(const Joint& joint,
                  const Key& key,
                  float* out,
                  std::uint64_t rows,
                  const Manner& manner) {
    return fill(joint, key, out, rows, manner);
}

}  // namespace tailrace
