// Names the instruction set that a translation unit is compiled for.
//
// Everything the kernels use lives in an inline namespace of that name, so that code
// compiled for AVX-512 can never be the copy the linker keeps for every CPU.

#pragma once

#ifndef TAILRACE_ISA
#define TAILRACE_ISA baseline
#endif

#define TAILRACE_BEGIN_ISA \
    namespace tailrace {   \
    inline namespace TAILRACE_ISA {
#define TAILRACE_END_ISA \
    }                    \
    }

#define TAILRACE_INLINE [[gnu::always_inline]] inline

/// Before a loop that reads tables: what it writes, it does not read again.
#if defined(__clang__)
#define TAILRACE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define TAILRACE_INDEPENDENT _Pragma("GCC ivdep")
#endif
