// The floating-point control word, as IEEE 754 has it, for as long as we compute.
//
// Another library in the process may have turned subnormal numbers off (linking with
// -ffast-math does that) or changed the rounding; our results must not depend on it.

#pragma once

#include <cfenv>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace tailrace {

class DefaultFloatingPoint {
  public:
    DefaultFloatingPoint() {
#if defined(__SSE2__)
        saved_ = _mm_getcsr();
        _mm_setcsr(0x1f80);
#else
        std::fegetenv(&saved_);
        std::fesetenv(FE_DFL_ENV);
#endif
    }
    ~DefaultFloatingPoint() {
#if defined(__SSE2__)
        _mm_setcsr(saved_);
#else
        std::fesetenv(&saved_);
#endif
    }
    DefaultFloatingPoint(const DefaultFloatingPoint&) = delete;
    DefaultFloatingPoint& operator=(const DefaultFloatingPoint&) = delete;

  private:
#if defined(__SSE2__)
    unsigned int saved_;
#else
    std::fenv_t saved_;
#endif
};

}  // namespace tailrace
