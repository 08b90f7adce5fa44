// The table of laws. A law is one struct in a file of its own and one line here.

#pragma once

#include <cstddef>
#include <cstdint>

// clang-format off
#define TAILRACE_LAWS(LAW)                \
    LAW(Exponential, "exponential")       \
    LAW(Pareto, "pareto")                 \
    LAW(Lomax, "lomax")                   \
    LAW(Weibull, "weibull")               \
    LAW(Frechet, "frechet")               \
    LAW(LogLogistic, "loglogistic")       \
    LAW(GeneralizedPareto, "gpd")         \
    LAW(Uniform, "uniform")               \
    LAW(Laplace, "laplace")               \
    LAW(Logistic, "logistic")             \
    LAW(Gumbel, "gumbel")                 \
    LAW(GeneralizedExtremeValue, "gev")   \
    LAW(Burr, "burr")                     \
    LAW(Normal, "normal")                 \
    LAW(LogNormal, "lognormal")           \
    LAW(StudentT, "student_t")            \
    LAW(Cauchy, "cauchy")                 \
    LAW(Gamma, "gamma")                   \
    LAW(InverseGamma, "inverse_gamma")    \
    LAW(OutsideExponential, "outside_exponential") \
    LAW(OutsideSinh, "outside_sinh")      \
    LAW(Spliced, "spliced")               \
    LAW(Levy, "levy")                     \
    LAW(GeneralizedNormal, "gennorm")     \
    LAW(Stable, "stable")                 \
    LAW(Empirical, "empirical")
// clang-format on

namespace tailrace {

enum class LawId : std::uint32_t {
#define TAILRACE_ID(Law, name) Law,
    TAILRACE_LAWS(TAILRACE_ID)
#undef TAILRACE_ID
};

#define TAILRACE_COUNT(Law, name) +1
inline constexpr std::size_t kLawCount = 0 TAILRACE_LAWS(TAILRACE_COUNT);
#undef TAILRACE_COUNT

}  // namespace tailrace
