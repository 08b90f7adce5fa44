// A fuzzer of Summary::from_bytes, guided by coverage. What it reads must be one form
// of what it holds, and must bear whatever is done with a summary.
//
// Build  clang++ -std=c++20 -O1 -g -Icpp -fsanitize=fuzzer,address,undefined \
//            -fno-sanitize-recover=all -pthread tests/cpp/fuzz_summary.cpp \
//            cpp/tailrace/estimators/*.cpp cpp/tailrace/engine/*.cpp \
//            cpp/tailrace/kernels/folds.cpp -o fuzz_summary
// Run    ./fuzz_summary -max_total_time=600 -rss_limit_mb=2048 CORPUS tests/golden

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <vector>

#include "tailrace/estimators/summary.hpp"
#include "tailrace/kernels/fold_table.hpp"
#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

// Of the kernels those for folds will do; the others take minutes to compile.
namespace baseline {
extern const FoldTable kFolds;
}

const KernelTable& kernels() {
    static const KernelTable table{.name = "baseline", .folds = baseline::kFolds};
    return table;
}

}  // namespace tailrace

namespace {

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "%s\n", what);
        std::abort();
    }
}

/// Gives bytes the head and the checksum that they should have, so that the fuzzer
/// comes to what lies behind them.
void seal(std::vector<std::uint8_t>& bytes) {
    constexpr char kHead[] = "tailrace\1\0\0";
    for (std::size_t i = 0; i < 12; ++i) {
        bytes[i] = static_cast<std::uint8_t>(kHead[i]);
    }
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[12 + i] = static_cast<std::uint8_t>(bytes.size() >> (8 * i));
    }
    std::uint64_t hash = 0xcbf29ce484222325;
    for (std::size_t i = 0; i + 8 < bytes.size(); ++i) {
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    }
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[bytes.size() - 8 + i] = static_cast<std::uint8_t>(hash >> (8 * i));
    }
}

void read(std::span<const std::uint8_t> data) {
    try {
        tailrace::Summary summary = tailrace::Summary::from_bytes(data);
        const std::vector<std::uint8_t> again = summary.bytes();
        require(std::equal(again.begin(), again.end(), data.begin(), data.end()),
                "not the form of what was read");
        tailrace::Summary other = summary;
        const double more[] = {1.0, -2.5, 1e300, 0.0};
        require(other.prepare(more, 4), "four numbers hold no NaN");
        other.add(more);
        other.merge(summary);
        require(other.count() == 2 * summary.count() + 4, "a count went wrong");
        require(tailrace::Summary::from_bytes(other.bytes()) == other, "bytes differ");
    } catch (const std::invalid_argument&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read({data, size});
    if (size >= 28) {
        std::vector<std::uint8_t> bytes(data, data + size);
        seal(bytes);
        read(bytes);
    }
    return 0;
}
