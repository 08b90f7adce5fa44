// A program as Python holds it: with the memory that it points into.

#pragma once

#include <memory>

#include "tailrace/laws/build.hpp"

namespace tailrace::bind {

struct BoundLaw {
    Program program;
    std::shared_ptr<const StepStore> store;
};

}  // namespace tailrace::bind
