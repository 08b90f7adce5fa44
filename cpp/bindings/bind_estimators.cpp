// Binds tailrace/estimators: summaries of data, and what exact selection counts.

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <tuple>

#include "bindings.hpp"
#include "tailrace/estimators/running.hpp"
#include "tailrace/estimators/shared.hpp"
#include "tailrace/kernels/fold_table.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace::bind {

namespace {

using Integers = py::array_t<std::int64_t, py::array::c_style>;

py::bytes bytes_of(const std::vector<std::uint8_t>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class T>
py::array_t<T> array_of(const std::vector<T>& values) {
    return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Finite values, zeros among them, and infinite ones above and below.
using Counts = std::array<std::uint64_t, 4>;

Counts counts_of(const Summary& summary) {
    return {summary.finite(), summary.zeros(), summary.above(), summary.below()};
}

std::vector<double> values_of(const Extremes& extremes) {
    std::vector<double> values;
    for (const Extremes::Entry& entry : extremes.entries()) {
        values.push_back(extremes.value(entry));
    }
    return values;
}

/// A sum as an integer in two's complement, and the binary place of its unit.
py::tuple sum_of(const ExactSum& sum) {
    return py::make_tuple(bytes_of(sum.bytes()), sum.lowest());
}

bool update(SharedSummary& summary,
            const Doubles& x,
            const std::optional<Integers>& labels,
            const std::optional<Words>& times,
            int threads) {
    Piece piece{view(x), {}, {}};
    if (labels) {
        piece.labels = view(*labels);
    }
    if (times) {
        piece.times = view(*times);
    }
    const py::object nobody_watches = py::none();
    const Manner how = manner(static_cast<double>(x.size()), threads, nobody_watches);
    const py::gil_scoped_release nogil;
    const DefaultFloatingPoint environment;
    return summary.update(piece, how);
}

/// Asks with the lock held, and without the GIL: whoever holds the lock may want it.
template <class Question>
auto ask(const SharedSummary& summary, const Question& question) {
    const py::gil_scoped_release nogil;
    const DefaultFloatingPoint environment;
    return summary.ask(question);
}

py::tuple buckets_of(const SharedSummary& shared) {
    struct Row {
        double least;
        double greatest;
        std::uint64_t count;
    };
    const auto [rows, top, bottom] = ask(shared, [](const Summary& summary) {
        std::vector<Row> found;
        const BucketCounts& buckets = summary.buckets();
        if (summary.below() > 0) {
            found.push_back({-kInfinite, -kInfinite, summary.below()});
        }
        buckets.each([&](std::uint32_t bucket, std::uint64_t count) {
            // Zeros lie at the lower end of their bucket, and are a row by themselves.
            if (bucket == buckets.bucket_of(0.0) && summary.zeros() > 0) {
                found.push_back({0.0, 0.0, summary.zeros()});
                count -= summary.zeros();
            }
            if (count > 0) {
                // No further than the values themselves.
                found.push_back(
                    {std::max(buckets.least_of(bucket), summary.least()),
                     std::min(buckets.greatest_of(bucket), summary.greatest()),
                     count});
            }
        });
        if (summary.above() > 0) {
            found.push_back({kInfinite, kInfinite, summary.above()});
        }
        return std::tuple(
            found, values_of(summary.largest()), values_of(summary.smallest()));
    });
    Doubles least(static_cast<py::ssize_t>(rows.size()));
    Doubles greatest(static_cast<py::ssize_t>(rows.size()));
    Words count(static_cast<py::ssize_t>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        mutable_view(least)[i] = rows[i].least;
        mutable_view(greatest)[i] = rows[i].greatest;
        mutable_view(count)[i] = rows[i].count;
    }
    return py::make_tuple(least, greatest, count, array_of(top), array_of(bottom));
}

py::tuple extremes_of(const SharedSummary& shared, bool largest) {
    std::vector<double> values;
    std::vector<std::int64_t> labels;
    ask(shared, [&](const Summary& summary) {
        const Extremes& extremes = largest ? summary.largest() : summary.smallest();
        for (const Extremes::Entry& entry : extremes.entries()) {
            values.push_back(extremes.value(entry));
            labels.push_back(entry.label);
        }
    });
    return py::make_tuple(array_of(values), array_of(labels));
}

/// Values of x whose keys lie in a range, in their order.
Doubles take_between(const Doubles& x, const Integers& lows, const Integers& highs) {
    constexpr std::size_t kChunk = 4096;
    std::vector<double> found;
    {
        const py::gil_scoped_release nogil;
        const auto from = view(x);
        std::vector<std::uint32_t> places(kChunk);
        for (std::size_t i = 0; i < from.size(); i += kChunk) {
            const std::size_t count =
                kernels().folds.find_between(from.data() + i,
                                             std::min(kChunk, from.size() - i),
                                             lows.data(),
                                             highs.data(),
                                             static_cast<std::size_t>(lows.size()),
                                             places.data());
            for (std::size_t j = 0; j < count; ++j) {
                found.push_back(from[i + places[j]]);
            }
        }
    }
    return array_of(found);
}

}  // namespace

void bind_estimators(py::module_& m) {
    py::class_<SharedSummary>(m, "Summary", py::is_final())
        .def(py::init([](int moments,
                         int bits,
                         std::uint32_t largest,
                         std::uint32_t smallest) {
                 return std::make_unique<SharedSummary>(
                     Kept{moments, bits, largest, smallest});
             }),
             "moments"_a,
             "bits"_a,
             "largest"_a,
             "smallest"_a)
        .def("update",
             &update,
             "x"_a.noconvert(),
             "labels"_a.noconvert(),
             "times"_a.noconvert(),
             "threads"_a)
        .def(
            "update_one",
            [](SharedSummary& summary, double x) {
                const py::gil_scoped_release nogil;
                const DefaultFloatingPoint environment;
                return summary.update({{&x, 1}, {}, {}}, {});
            },
            "x"_a)
        .def(
            "merge",
            [](SharedSummary& summary, const SharedSummary& other) {
                const py::gil_scoped_release nogil;
                const DefaultFloatingPoint environment;
                summary.merge(other);
            },
            "other"_a)
        .def("fresh",
             [](const SharedSummary& shared) {
                 return std::make_unique<SharedSummary>(ask(
                     shared, [](const Summary& summary) { return summary.fresh(); }));
             })
        .def("copy",
             [](const SharedSummary& summary) {
                 const py::gil_scoped_release nogil;
                 return std::make_unique<SharedSummary>(summary.now());
             })
        .def(
            "equals",
            [](const SharedSummary& a, const SharedSummary& b) {
                const py::gil_scoped_release nogil;
                const DefaultFloatingPoint environment;
                return a.now() == b.now();
            },
            "other"_a)
        .def("to_bytes",
             [](const SharedSummary& shared) {
                 return bytes_of(ask(
                     shared, [](const Summary& summary) { return summary.bytes(); }));
             })
        .def_static(
            "from_bytes",
            [](const py::bytes& data) {
                const auto text = static_cast<std::string_view>(data);
                const DefaultFloatingPoint environment;
                return std::make_unique<SharedSummary>(Summary::from_bytes(
                    {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
            },
            "data"_a)
        .def("kept",
             [](const SharedSummary& shared) {
                 const Kept kept =
                     ask(shared, [](const Summary& summary) { return summary.kept(); });
                 return py::make_tuple(
                     kept.moments, kept.bits, kept.largest, kept.smallest);
             })
        .def("counts",
             [](const SharedSummary& shared) {
                 const Counts now = ask(shared, counts_of);
                 return py::make_tuple(now[0], now[1], now[2], now[3]);
             })
        .def("ends",
             [](const SharedSummary& shared) {
                 const auto found = ask(shared, [](const Summary& summary) {
                     return std::array{summary.least(), summary.greatest()};
                 });
                 return py::make_tuple(found[0], found[1]);
             })
        .def("sums",
             [](const SharedSummary& shared) {
                 const auto [counts, sum, squares, top, bottom] =
                     ask(shared, [](const Summary& summary) {
                         return std::tuple(counts_of(summary),
                                           summary.sum(),
                                           summary.squares(),
                                           values_of(summary.largest()),
                                           values_of(summary.smallest()));
                     });
                 return py::make_tuple(
                     py::make_tuple(counts[0], counts[1], counts[2], counts[3]),
                     sum_of(sum),
                     sum_of(squares),
                     array_of(top),
                     array_of(bottom));
             })
        .def("buckets", &buckets_of)
        .def("extremes", &extremes_of, "largest"_a)
        .def("memory", [](const SharedSummary& shared) {
            return ask(shared, [](const Summary& summary) { return summary.memory(); });
        });

    m.def(
        "count_keys",
        [](const Doubles& x, std::int64_t low, int shift, Words& counts) {
            const auto from = view(x);
            const auto to = mutable_view(counts);
            const auto stretches = static_cast<std::uint32_t>(to.size() - 1);
            const py::gil_scoped_release nogil;
            kernels().folds.count_keys(
                from.data(), from.size(), low, shift, stretches, to.data());
        },
        "x"_a.noconvert(),
        "low"_a,
        "shift"_a,
        "counts"_a.noconvert());
    const auto bind_running = [&m](const char* name, auto* running) {
        m.def(
            name,
            [running](const Doubles& x) {
                Doubles out = like(x);
                const auto from = view(x);
                const auto to = mutable_view(out);
                const py::gil_scoped_release nogil;
                const DefaultFloatingPoint environment;
                running(from, to);
                return out;
            },
            "x"_a.noconvert());
    };
    bind_running("running_means", &running_means);
    bind_running("running_medians", &running_medians);
    m.def("take_between",
          &take_between,
          "x"_a.noconvert(),
          "lows"_a.noconvert(),
          "highs"_a.noconvert());
}

}  // namespace tailrace::bind
