// Laws without a closed inverse: a shape, its tables, and the way from u to x.

#pragma once

#include "tailrace/clocks/from_bits.hpp"
#include "tailrace/laws/law.hpp"
#include "tailrace/math/trig.hpp"
#include "tailrace/tables/curve.hpp"

TAILRACE_BEGIN_ISA

/// x = loc + scale u.
struct LinearMap {
    double loc;
    double scale;
    double median;
    LinearMap(const double* p, double m) : loc(p[0]), scale(p[1]), median(m) {}
    double lower() const { return -kInfinity; }
    double upper() const { return kInfinity; }
    template <class Real>
    TAILRACE_INLINE double value(Real deviation) const {
        return loc + scale * (median + raw(deviation));
    }
    TAILRACE_INLINE Wide value(Wide u) const { return Wide(loc) + Wide(scale) * u; }
    TAILRACE_INLINE Wide coordinate(Wide x) const {
        return offset(x, loc, scale).ratio();
    }
    TAILRACE_INLINE Wide log_slope(Wide) const { return log(Wide(scale)); }
    double reach(double) const { return 0.0; }
};

/// The logarithm of x / scale for x >= 0. At 0, an end of the support, it is so far
/// down that what a density does there shows: it vanishes, is finite, or is infinite.
TAILRACE_INLINE Wide log_distance(Wide x, double scale) {
    const bool inside = x.hi > 0.0;
    return choose(inside, log_ratio(choose(inside, x, Wide(1.0)), scale), Wide(-1e12));
}

/// x = scale e^u.
struct ExponentialMap {
    double scale;
    double rest;  ///< what of the median is left to the exponential
    double at_median;
    ExponentialMap(const double* p, double m) : scale(p[0]), rest(0.0) {
        const double bounded = m < -18.0 ? -18.0 : (m > 18.0 ? 18.0 : m);
        rest = m - bounded;
        at_median = scale * exp(bounded);
    }
    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }
    template <class Real>
    TAILRACE_INLINE double value(Real deviation) const {
        return at_median * raw(exp(Real{rest + raw(deviation)}));
    }
    TAILRACE_INLINE Wide value(Wide u) const { return Wide(scale) * exp(u); }
    TAILRACE_INLINE Wide coordinate(Wide x) const { return log_distance(x, scale); }
    TAILRACE_INLINE Wide log_slope(Wide x) const {
        return log_distance(x, scale) + log(Wide(scale));
    }
    double reach(double size) const { return size_of(rest) + size; }
};

/// x = loc + scale e^u / 2, for parameters loc, scale.
struct LevyMap : ExponentialMap {
    double loc;
    LevyMap(const double* p, double m) : ExponentialMap(p + 1, m), loc(p[0]) {
        at_median *= 0.5;
    }
    double lower() const { return loc; }
    template <class Real>
    TAILRACE_INLINE double value(Real deviation) const {
        return loc + ExponentialMap::value(deviation);
    }
    TAILRACE_INLINE Wide value(Wide u) const {
        return Wide(loc) + Wide(scale) * (Wide(0.5) * exp(u));
    }
    TAILRACE_INLINE Wide log_size(Wide x) const {
        const Offset o = offset(x, loc, scale);
        return log_distance(o.from_loc, o.scale);
    }
    TAILRACE_INLINE Wide coordinate(Wide x) const {
        return log_size(x) + detail::kWideLog2;
    }
    TAILRACE_INLINE Wide log_slope(Wide x) const {
        return log_size(x) + log(Wide(scale));
    }
};

/// x = e^(mu + sigma u).
struct LogLinearMap {
    double mu;
    double sigma;
    LogLinearMap(const double* p, double) : mu(p[0]), sigma(p[1]) {}
    double lower() const { return 0.0; }
    double upper() const { return kInfinity; }
    template <class Real>
    TAILRACE_INLINE double value(Real deviation) const {
        return raw(exp(Real{fma(sigma, raw(deviation), mu)}));
    }
    TAILRACE_INLINE Wide value(Wide u) const { return exp(Wide(mu) + Wide(sigma) * u); }
    TAILRACE_INLINE Wide coordinate(Wide x) const {
        return (log_distance(x, 1.0) - Wide(mu)) / Wide(sigma);
    }
    TAILRACE_INLINE Wide log_slope(Wide x) const {
        return log(Wide(sigma)) + log_distance(x, 1.0);
    }
    double reach(double size) const { return size_of(mu) + sigma * size; }
};

/// x = loc + scale sqrt(nu) sinh u, for parameters nu, loc, scale.
struct SinhMap {
    double loc;
    Wide unit;
    SinhMap(const double* p, double)
        : loc(p[0]), unit(Wide(p[1]) * sqrt(Wide(p[-1]))) {}
    double lower() const { return -kInfinity; }
    double upper() const { return kInfinity; }
    template <class Real>
    TAILRACE_INLINE double value(Real deviation) const {
        const double u = raw(deviation);
        const double size = choose(u < 0.0, -u, u);
        // Half at a time, so that x may be in range where e^u is not.
        const double half = raw(exp(Real{0.5 * size}));
        const double far = (0.5 * unit.hi * half) * half - 0.5 * unit.hi / half / half;
        const double x =
            choose(size < 1.0, near(expm1(choose(size < 1.0, size, 1.0))), far);
        return loc + choose(u < 0.0, -x, x);
    }
    TAILRACE_INLINE double value(Tame deviation) const {
        const double x = near(expm1(Tame{size_of(deviation.value)}).value);
        return loc + choose(deviation.value < 0.0, -x, x);
    }
    /// unit sinh u for u >= 0, from e^u - 1: large nu lie near u = 0.
    TAILRACE_INLINE double near(double p) const {
        return 0.5 * unit.hi * (p + p / (1.0 + p));
    }
    TAILRACE_INLINE Wide value(Wide u) const {
        const bool negative = u.hi < 0.0;
        const Wide half = exp(Wide(0.5) * choose(negative, -u, u));
        const Wide big = (Wide(0.5) * unit * half) * half;
        const Wide size = choose(negative, -u, u);
        const Wide p = expm1(choose(size.hi < 1.0, size, Wide(1.0)));
        const Wide small = Wide(0.5) * unit * (p + p / (Wide(1.0) + p));
        const Wide x =
            choose(size.hi < 1.0, small, big - Wide(0.5) * unit / half / half);
        return Wide(loc) + choose(negative, -x, x);
    }
    TAILRACE_INLINE Wide coordinate(Wide x) const {
        return asinh((x - Wide(loc)) / unit);
    }
    TAILRACE_INLINE Wide log_slope(Wide x) const {
        // dx/du = sqrt(unit^2 + (x - loc)^2), in logarithms where squares overflow.
        const Wide y = asinh((x - Wide(loc)) / unit);
        const Wide size = choose(y.hi < 0.0, -y, y);
        return log(unit) + size + log1p(exp(Wide(-2.0) * size)) - detail::kWideLog2;
    }
    double reach(double size) const { return size; }
};

/// The value at the clock e, given what it is strictly between the ends.
TAILRACE_INLINE Wide between_ends(Wide e, double low, Wide value, double high) {
    const Wide x = choose(e.hi < kInfinity, value, Wide(high));
    return choose(e.hi > 0.0, x, Wide(low));
}

/// A law by shape and map; the shape's parameters come first.
template <ShapeId id, class Shape, class Map, int shape_parameters>
struct Tabulated {
    static constexpr ShapeId kShape = id;
    static constexpr size_t kShapeParameterCount = shape_parameters;

    Curve<Shape> curve;
    Map map;

    explicit Tabulated(const Program& p)
        : curve(p.parameters, *p.tables),
          map(p.parameters + shape_parameters, p.tables->median) {}

    double lower() const { return map.lower(); }
    double upper() const { return map.upper(); }
    Wide hazard(Wide x) const {
        const Wide found = curve.hazard(map.coordinate(x));
        return choose(x.hi <= lower(), Wide(0.0), found);
    }
    Wide log_rate(Wide x) const {
        return curve.log_rate(map.coordinate(x)) - map.log_slope(x);
    }
    Wide inverse_hazard(Wide e) const {
        return between_ends(e, lower(), map.value(curve.inverse_hazard(e)), upper());
    }
    double inverse_hazard(double e) const { return at_fold(folded(e)); }
    Tame inverse_hazard(Tame e) const { return at_fold(folded(e)); }
    double at_fold(double fold) const {
        return map.value(deviation<true>(curve.tables.inverse, fold));
    }
    Tame at_fold(Tame fold) const {
        return {map.value(Tame{deviation<false>(curve.tables.inverse, fold.value)})};
    }
    double reach(double low, double high, double) const {
        const Cells& t = curve.tables.inverse;
        if (t.most > 1) {
            return kInfinity;  // the tame form does not search
        }
        const double above = deviation<true>(t, folded(high));
        const double below = deviation<true>(t, folded(low));
        return map.reach(larger_of(size_of(above), size_of(below)));
    }
};

/// Two independent normals from a clock and an angle.
///
/// Reference  G. E. P. Box, M. E. Muller, Ann. Math. Statist. 29 (1958).
TAILRACE_INLINE SinCos normal_pair(uint64_t a, uint64_t b) {
    const double radius = __builtin_sqrt(2.0 * clock_from_bits(a));
    const auto [s, c] = circle_from_bits(b);
    return {radius * s, radius * c};
}

struct Normal : Tabulated<ShapeId::Normal, NormalShape, LinearMap, 0> {
    using Tabulated::Tabulated;
    SinCos two_from_bits(uint64_t a, uint64_t b) const {
        const auto [x, y] = normal_pair(a, b);
        return {fma(map.scale, x, map.loc), fma(map.scale, y, map.loc)};
    }
};

struct LogNormal : Tabulated<ShapeId::Normal, NormalShape, LogLinearMap, 0> {
    using Tabulated::Tabulated;
    bool is_direct() const { return map.reach(10.0) < 690.0; }
    SinCos two_from_bits(uint64_t a, uint64_t b) const {
        const auto [x, y] = normal_pair(a, b);
        return {map.value(Tame{x}), map.value(Tame{y})};
    }
};

/// Unselected draws by the polar form, for nu where its exponential stays in range.
///
/// Reference  R. W. Bailey, "Polar generation of random variates with the
/// t-distribution", Math. Comp. 62 (1994).
struct StudentT : Tabulated<ShapeId::StudentT, StudentTShape, SinhMap, 1> {
    using Tabulated::Tabulated;
    bool is_direct() const { return curve.shape.nu > 0.14; }
    double one_from_bits(uint64_t a, uint64_t b) const {
        const Tame y = expm1(Tame{2.0 / curve.shape.nu * clock_from_bits(a)});
        const double radius = __builtin_sqrt(y.value);
        return fma(map.unit.hi, radius * circle_from_bits(b).sin, map.loc);
    }
};

/// Student's t with nu = 1, whose first parameter stays.
struct Cauchy : Tabulated<ShapeId::StudentT, StudentTShape, SinhMap, 1> {
    using Tabulated::Tabulated;
    double from_bits(uint64_t u) const {
        return fma(map.unit.hi, cot_pi(signed_probability(u)), map.loc);
    }
};

using Gamma = Tabulated<ShapeId::LogGamma, LogGammaShape<false>, ExponentialMap, 1>;
using InverseGamma =
    Tabulated<ShapeId::MinusLogGamma, LogGammaShape<true>, ExponentialMap, 1>;

/// loc plus an inverse gamma of shape 1/2, the first parameter, and half the scale.
using Levy = Tabulated<ShapeId::MinusLogGamma, LogGammaShape<true>, LevyMap, 1>;

TAILRACE_END_ISA
