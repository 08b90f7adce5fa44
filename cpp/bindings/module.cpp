// The extension module: a table of contents.

#include "bindings.hpp"

PYBIND11_MODULE(_core, m, pybind11::mod_gil_not_used()) {
    m.doc() = "The compiled core of tailrace.";
    m.attr("__version__") = TAILRACE_VERSION;
    tailrace::bind::bind_laws(m);
    tailrace::bind::bind_estimators(m);
    tailrace::bind::bind_models(m);
    tailrace::bind::bind_goodhart(m);
    tailrace::bind::bind_outside(m);
    tailrace::bind::bind_kernels(m);
}
