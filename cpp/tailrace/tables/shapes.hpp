// Laws known by their density, in a coordinate u of the real line in which the density
// has one peak and falls at least exponentially on either side.
//
//     struct Name {
//         static constexpr bool kSymmetric;           about u = 0
//         Name(const double* parameters, double center);
//         double guess() const, spread() const        the median and scale, roughly
//         double lowest() const, highest() const      where values leave the doubles
//         Wide log_density(Wide u) const              minus that at `center`
//         Wide slope(Wide u) const                    its derivative
//     };
//
// Densities are relative to that at the centre, so that large parameters cancel before
// they are rounded.

#pragma once

#include "tailrace/math/wide.hpp"

TAILRACE_BEGIN_ISA

/// e^u - e^center, where e^center is `at_center`, which may have underflowed.
TAILRACE_INLINE Wide exp_change(Wide u, Wide delta, Wide at_center) {
    const bool far = delta.hi > 30.0;
    const Wide near = at_center * expm1(choose(far, Wide(0.0), delta));
    return choose(far, exp(u) - at_center, near);
}

/// e^(-u^2 / 2).
struct NormalShape {
    static constexpr bool kSymmetric = true;
    NormalShape(const double*, double) {}
    double guess() const { return 0.0; }
    double spread() const { return 1.2533141373155001; }
    double lowest() const { return -0x1p40; }
    double highest() const { return 0x1p40; }
    Wide log_density(Wide u) const { return Wide(-0.5) * (u * u); }
    Wide slope(Wide u) const { return -u; }
};

/// Student's t with nu degrees of freedom in u = asinh(x / sqrt nu): cosh(u)^-nu.
struct StudentTShape {
    static constexpr bool kSymmetric = true;
    double nu;
    StudentTShape(const double* p, double) : nu(p[0]) {}
    double guess() const { return 0.0; }
    double spread() const { return larger_of(1.0 / nu, 1.2533 / __builtin_sqrt(nu)); }
    double lowest() const { return -1100.0; }
    double highest() const { return 1100.0; }
    Wide log_density(Wide u) const {
        const Wide y = choose(u.hi < 0.0, -u, u);
        const bool near = y.hi < 1.0;
        const Wide p = expm1(choose(near, y, Wide(0.0)));
        const Wide s = Wide(0.5) * (p + p / (Wide(1.0) + p));
        const Wide close = Wide(0.5) * log1p(s * s);
        const Wide far = y - detail::kWideLog2 + log1p(exp(Wide(-2.0) * y));
        return Wide(-nu) * choose(near, close, far);
    }
    Wide slope(Wide u) const {
        const Wide p = expm1(Wide(-2.0) * choose(u.hi < 0.0, -u, u));
        const Wide tanh = -p / (Wide(2.0) + p);
        return Wide(-nu) * choose(u.hi < 0.0, -tanh, tanh);
    }
};

/// The logarithm of a gamma variable of shape k: e^(k u - e^u). With `mirrored`, minus
/// that logarithm.
template <bool mirrored>
struct LogGammaShape {
    static constexpr bool kSymmetric = false;
    Wide shape;
    double k;
    Wide center;
    Wide at_center;  ///< e^center, the gamma variable there
    LogGammaShape(Wide s, double c)
        : shape(s), k(s.hi), center(mirrored ? -c : c), at_center(exp(center)) {}
    LogGammaShape(const double* p, double c) : LogGammaShape(Wide(p[0]), c) {}
    TAILRACE_INLINE static Wide turned(Wide u) { return mirrored ? -u : u; }
    double guess() const {
        const double low = (-0.6931 - 0.5772 * k) / k;
        const double high = log(larger_of(k - 0.3333 + 0.0247 / k, 1e-300));
        return (mirrored ? -1.0 : 1.0) * (k < 0.4 ? low : high);
    }
    double spread() const { return larger_of(1.0 / k, 1.2533 / __builtin_sqrt(k)); }
    double lowest() const { return mirrored ? -710.0 : -1500.0 - 1500.0 / k; }
    double highest() const { return mirrored ? 1500.0 + 1500.0 / k : 710.0; }
    Wide log_density(Wide u) const {
        const Wide delta = turned(u) - center;
        return shape * delta - exp_change(turned(u), delta, at_center);
    }
    Wide slope(Wide u) const { return turned(shape - exp(turned(u))); }
};

/// The same for the shape 1 / beta: beta times the logarithm of the size of a
/// generalized normal variable. Its table is by the clock itself, from e = 0 on.
struct PowerShape : LogGammaShape<false> {
    static constexpr bool kWhole = true;
    PowerShape(const double* p, double c) : LogGammaShape(Wide(1.0) / Wide(p[0]), c) {}
    /// Errors that grow by 1 / beta.
    static double tolerance(const double* p) { return 1e-13 * p[0]; }
};

/// The logarithm of the clock of the k-th smallest of n = k + m - 1:
/// density (1 - e^-c)^(k - 1) e^(-m c) in c = e^u.
struct RankShape {
    static constexpr bool kSymmetric = false;
    double k;
    double m;
    Wide center;
    Wide at_center;
    Wide odds;  ///< e^c - 1 at the centre
    RankShape(const double* p, double c)
        : k(p[0]), m(p[1]), center(c), at_center(exp(center)), odds(expm1(at_center)) {}
    /// The median probability, and that of the other side.
    double share() const { return (k - 0.3333) / (k + m - 0.6666); }
    double guess() const {
        // log(1 + 1 / odds) with the odds of the median.
        return log(log1p((k - 0.3333) / (m - 0.3333)));
    }
    double spread() const {
        const double c = exp(guess());
        const double deviation = __builtin_sqrt(share() / (m * c * c));
        return larger_of(1.2533 * deviation, 0.5 / k);
    }
    double lowest() const { return -1500.0; }
    double highest() const { return 709.0; }
    Wide log_density(Wide u) const {
        const Wide delta = u - center;
        const Wide change = exp_change(u, delta, at_center);
        // log((1 - e^-c) / (1 - e^-c0)), c = c0 + change, without their common part.
        const Wide body = log1p(-expm1(-change) / odds);
        // Far below the centre the difference of logarithms says it better.
        const Wide c = exp(u);
        const Wide tail = log(choose(c.hi < 1e-30, Wide(1.0), -expm1(-c)));
        const Wide below = choose(c.hi < 1e-30, u, tail) - log(-expm1(-at_center));
        const Wide ratio = choose(delta.hi < -0.5, below, body);
        return Wide(k - 1.0) * ratio - Wide(m) * change + delta;
    }
    Wide slope(Wide u) const {
        const Wide c = exp(u);
        const Wide per = c / expm1(c);
        return Wide(k - 1.0) * choose(c.hi < 1e-300, Wide(1.0), per) - Wide(m) * c +
               Wide(1.0);
    }
};

/// The logarithm of the density and its derivative by w at u = center + step w.
template <class Shape>
[[gnu::flatten]] void densities_along(const double* parameters,
                                      double center,
                                      double step,
                                      const double* w,
                                      size_t count,
                                      double* log_density,
                                      double* slope) {
    const Shape shape(parameters, center);
    for (size_t i = 0; i < count; ++i) {
        const Wide u = Wide(center) + Wide(step) * Wide(w[i]);
        log_density[i] = raw(shape.log_density(u));
        slope[i] = step * raw(shape.slope(u));
    }
}

TAILRACE_END_ISA
