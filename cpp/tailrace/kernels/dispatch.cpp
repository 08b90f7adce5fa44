// Chooses the table of kernels, once, by what the CPU can do.

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "tailrace/kernels/kernel_table.hpp"

namespace tailrace {

namespace baseline {
extern const KernelTable kTable;
}
#ifdef TAILRACE_HAS_X86_LEVELS
namespace v3 {
extern const KernelTable kTable;
}
namespace v4 {
extern const KernelTable kTable;
}
#endif

namespace {

constexpr std::size_t kMost = 3;

struct Available {
    const KernelTable* tables[kMost];
    std::size_t count;
};

/// What this CPU can run, best last.
Available available() {
    Available result{{&baseline::kTable}, 1};
#ifdef TAILRACE_HAS_X86_LEVELS
    __builtin_cpu_init();
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi2");
    const bool v4 =
        v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl");
    if (v3) {
        result.tables[result.count++] = &v3::kTable;
    }
    if (v4) {
        result.tables[result.count++] = &v4::kTable;
    }
#endif
    return result;
}

std::atomic<const KernelTable*> chosen{nullptr};

}  // namespace

void choose_kernels(const char* name) {
    const Available all = available();
    std::string names;
    for (std::size_t i = 0; i < all.count; ++i) {
        if (std::strcmp(all.tables[i]->name, name) == 0) {
            chosen.store(all.tables[i]);
            return;
        }
        names += (i == 0 ? "" : ", ") + std::string(all.tables[i]->name);
    }
    throw std::invalid_argument("TAILRACE_ISA must be one of " + names +
                                " on this machine, got " + name);
}

const KernelTable& kernels() {
    const KernelTable* table = chosen.load(std::memory_order_relaxed);
    if (table == nullptr) {
        const char* wish = std::getenv("TAILRACE_ISA");
        if (wish != nullptr && *wish != '\0') {
            choose_kernels(wish);
            table = chosen.load();
        } else {
            const Available all = available();
            table = all.tables[all.count - 1];
            chosen.store(table);
        }
    }
    return *table;
}

std::size_t available_kernels(const char** names, std::size_t room) {
    const Available all = available();
    for (std::size_t i = 0; i < all.count && i < room; ++i) {
        names[i] = all.tables[i]->name;
    }
    return all.count;
}

}  // namespace tailrace
