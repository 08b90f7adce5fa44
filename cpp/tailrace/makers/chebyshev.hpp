// Chebyshev nodes, and from values there to the coefficients of powers.

#pragma once

#include <array>
#include <cstddef>

namespace tailrace {

/// cos(pi k / 32), from a table, so that it is the same everywhere.
inline double cos_of_32nd(int k) {
    constexpr double kCos[17] = {0x1.0000000000000p+0,
                                 0x1.fd88da3d12526p-1,
                                 0x1.f6297cff75cb0p-1,
                                 0x1.e9f4156c62ddap-1,
                                 0x1.d906bcf328d46p-1,
                                 0x1.c38b2f180bdb1p-1,
                                 0x1.a9b66290ea1a3p-1,
                                 0x1.8bc806b151741p-1,
                                 0x1.6a09e667f3bcdp-1,
                                 0x1.44cf325091dd6p-1,
                                 0x1.1c73b39ae68c8p-1,
                                 0x1.e2b5d3806f63bp-2,
                                 0x1.87de2a6aea963p-2,
                                 0x1.294062ed59f06p-2,
                                 0x1.8f8b83c69a60bp-3,
                                 0x1.917a6bc29b42cp-4,
                                 0.0};
    k %= 64;
    k = k > 32 ? 64 - k : k;
    return k <= 16 ? kCos[k] : -kCos[32 - k];
}

/// The N Chebyshev nodes on [-1, 1], N = 8 or 16, and what goes with them.
template <int N>
struct Chebyshev {
    static_assert(N == 8 || N == 16);
    using Values = std::array<double, N>;

    /// T_n at node j.
    static double polynomial(int n, int j) {
        return cos_of_32nd(n * (2 * j + 1) * (16 / N));
    }
    static double node(int j) { return polynomial(1, j); }

    /// Coefficients of T_0 .. T_(N-1) of the polynomial through values at the nodes.
    static Values coefficients(const Values& values) {
        Values result{};
        for (int n = 0; n < N; ++n) {
            double sum = 0.0;
            for (int j = 0; j < N; ++j) {
                sum += values[j] * polynomial(n, j);
            }
            result[n] = sum * (n == 0 ? 1.0 : 2.0) / N;
        }
        return result;
    }

    /// Coefficients of 1, t, .., t^(N-1) from those of T_0 .. T_(N-1).
    static Values powers(const Values& coefficients) {
        Values result{};
        std::array<double, N + 1> before{};  // T_(n-1)
        std::array<double, N + 1> now{};     // T_n
        before[0] = 1.0;
        now[1] = 1.0;
        result[0] = coefficients[0];
        for (int n = 1; n < N; ++n) {
            for (int k = 0; k <= n; ++k) {
                result[k] += coefficients[n] * now[k];
            }
            std::array<double, N + 1> next{};
            for (int k = 0; k <= N; ++k) {
                next[k] = (k > 0 ? 2.0 * now[k - 1] : 0.0) - before[k];
            }
            before = now;
            now = next;
        }
        return result;
    }
};

}  // namespace tailrace
