// What the binding files share: views of arrays, seeds, and a watcher that lets Python
// in now and then.

#pragma once

#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "tailrace/engine/floating_point.hpp"
#include "tailrace/engine/tasks.hpp"
#include "tailrace/random/seed.hpp"

namespace tailrace::bind {

namespace py = pybind11;
using namespace pybind11::literals;

using Doubles = py::array_t<double, py::array::c_style>;
using Words = py::array_t<std::uint64_t, py::array::c_style>;

template <class T, int Flags>
std::span<const T> view(const py::array_t<T, Flags>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

template <class T, int Flags>
std::span<T> mutable_view(py::array_t<T, Flags>& array) {
    return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

/// An uninitialised array of the same shape.
inline Doubles like(const Doubles& x) {
    return Doubles(std::vector<py::ssize_t>(x.shape(), x.shape() + x.ndim()));
}

/// The key of a seed given as the bytes of a little-endian integer.
inline Key key_of(const py::bytes& seed) {
    const auto text = static_cast<std::string_view>(seed);
    std::vector<std::uint64_t> words((text.size() + 7) / 8);
    for (std::size_t i = 0; i < text.size(); ++i) {
        words[i / 8] |= std::uint64_t{static_cast<unsigned char>(text[i])}
                        << (i % 8 * 8);
    }
    return key_from_words(words);
}

/// Runs signal handlers, then `progress` with the share done, from the calling thread.
inline Watcher watcher(const py::object& progress) {
    return [&progress](double share) {
        const py::gil_scoped_acquire gil;
        if (PyErr_CheckSignals() != 0) {
            throw py::error_already_set();
        }
        if (!progress.is_none()) {
            progress(share);
        }
        return true;
    };
}

/// Work below about a millisecond stays on the calling thread, without a watcher.
inline Manner manner(double draws, int threads, const py::object& progress) {
    constexpr double kWorthThreads = 500'000;
    if (draws < kWorthThreads) {
        return {};
    }
    return {threads, watcher(progress)};
}

void bind_goodhart(py::module_& m);
void bind_estimators(py::module_& m);
void bind_kernels(py::module_& m);
void bind_laws(py::module_& m);
void bind_models(py::module_& m);
void bind_outside(py::module_& m);

}  // namespace tailrace::bind
