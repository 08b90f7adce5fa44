// Binds the choice of instruction set, NumPy's bit generators, and, for tests, each
// stage of a draw by itself.

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "bindings.hpp"
#include "tailrace/kernels/kernel_table.hpp"
#include "tailrace/random/threefry.hpp"

namespace tailrace::bind {

namespace {

constexpr std::string_view kCompiler =
#if defined(__clang__)
    "Clang " __clang_version__;
#elif defined(__GNUC__)
    "GCC " __VERSION__;
#else
    "unknown";
#endif

py::dict build_info() {
    const char* names[8];
    const std::size_t count = available_kernels(names, 8);
    py::list all;
    for (std::size_t i = 0; i < count; ++i) {
        all.append(names[i]);
    }
    const std::string isa = kernels().name;
#ifdef TAILRACE_HAS_X86_LEVELS
    const bool slow = isa == "baseline";
#else
    const bool slow = false;
#endif
    return py::dict("version"_a = TAILRACE_VERSION,
                    "isa"_a = isa,
                    "isa_available"_a = all,
                    "isa_is_slow"_a = slow,
                    "stream_version"_a = kStreamVersion,
                    "compiler"_a = std::string(kCompiler));
}

/// The public layout of a NumPy bit generator, numpy/random/bitgen.h, written out so
/// that NumPy is not needed to build.
struct BitGenerator {
    void* state;
    std::uint64_t (*next_uint64)(void*);
    std::uint32_t (*next_uint32)(void*);
    double (*next_double)(void*);
    std::uint64_t (*next_raw)(void*);
};

/// Four values of a NumPy bit generator. The caller holds its lock.
py::bytes next_256_bits(const py::capsule& capsule) {
    auto* generator = capsule.get_pointer<BitGenerator>();
    std::uint64_t words[4];
    for (std::uint64_t& word : words) {
        word = generator->next_uint64(generator->state);
    }
    std::string bytes(32, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(words[i / 8] >> (i % 8 * 8));
    }
    return bytes;
}

void bind_stages(py::module_& m) {
    m.def(
        "threefry4x64",
        [](const std::array<std::uint64_t, 4>& key,
           const std::array<std::uint64_t, 4>& counter) {
            const Words4 out =
                threefry4x64(Words4{{key[0], key[1], key[2], key[3]}},
                             Words4{{counter[0], counter[1], counter[2], counter[3]}});
            return py::make_tuple(out.word[0], out.word[1], out.word[2], out.word[3]);
        },
        "key"_a,
        "counter"_a);
    m.def(
        "xoshiro256pp",
        [](const std::array<std::uint64_t, 4>& state, std::size_t count) {
            LaneState lanes;
            for (std::size_t i = 0; i < 4; ++i) {
                std::fill_n(lanes.word[i], kLanes, state[i]);
            }
            Words out(static_cast<py::ssize_t>(count * kLanes));
            kernels().next_bits(lanes, out.mutable_data(), count * kLanes);
            return out;
        },
        "state"_a,
        "count"_a,
        "Steps of eight lanes that share one state, lane by lane.");
    m.def(
        "stream_bits",
        [](const py::bytes& seed,
           std::uint64_t path,
           std::uint64_t task,
           std::size_t count) {
            LaneState lanes;
            kernels().seed_lanes(lanes, key_of(seed), path, task);
            Words out(static_cast<py::ssize_t>((count + 7) / 8 * 8));
            kernels().next_bits(
                lanes, out.mutable_data(), static_cast<std::size_t>(out.size()));
            return out;
        },
        "seed"_a,
        "path"_a,
        "task"_a,
        "count"_a);
    m.def(
        "clocks_from_bits",
        [](const Words& bits) {
            Doubles out(bits.size());
            kernels().clocks_from_bits(
                bits.data(), out.mutable_data(), static_cast<std::size_t>(bits.size()));
            return out;
        },
        "bits"_a.noconvert());
    m.def(
        "apply",
        [](const std::string& function, bool tame, const Doubles& x) {
            static const std::map<std::string, Function> names = {
                {"log", Function::kLog},
                {"exp", Function::kExp},
                {"log1p", Function::kLog1p},
                {"expm1", Function::kExpm1},
                {"flip", Function::kFlip}};
            Doubles out = like(x);
            kernels().apply(names.at(function),
                            tame,
                            x.data(),
                            out.mutable_data(),
                            static_cast<std::size_t>(x.size()));
            return out;
        },
        "function"_a,
        "tame"_a,
        "x"_a.noconvert());
}

}  // namespace

void bind_kernels(py::module_& m) {
    m.def("build_info", build_info);
    m.def(
        "set_isa",
        [](const std::string& name) { choose_kernels(name.c_str()); },
        "name"_a);
    m.def("next_256_bits", next_256_bits, "capsule"_a);
    bind_stages(m);
}

}  // namespace tailrace::bind
