// A Wide at rest: the form in which it is kept outside the kernels.

#pragma once

namespace tailrace {

struct TwoDoubles {
    double hi = 0.0;
    double lo = 0.0;
};

}  // namespace tailrace
