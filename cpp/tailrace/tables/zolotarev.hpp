// The integral of stable laws over a triangle of angles, as sums of positive terms.
//
// Let zeta be the zero of the strictly stable form, y = |x - zeta|, and k = alpha /
// (alpha - 1). For x > zeta, with A from 0 to its largest value T, C = alpha (T - A)
// and B = pi - A - C,
//
//     V = cos(alpha theta0)^(1 / (alpha - 1)) (sin A / sin C)^k sin B / sin A,
//
// the tail is the integral of exp(-y^k V) dA / pi for alpha > 1 and of 1 minus that for
// alpha < 1. By parts, with g = log V + k log y, either is the integral of
//
//     A exp(g - e^g) |dg| / pi,
//
// and the rest of the mass beyond zeta is that of T - A in place of A: no cancellation
// on either side, in the far tails or next to zeta. The trapezoidal rule is taken in
// tau = |log V| + log(A / (T - A)), up to a sign of its first part that makes tau
// increase. V does not depend on x, so the nodes serve all points.
//
// Reference  V. M. Zolotarev, "One-dimensional Stable Distributions", AMS (1986),
// section 2.2; J. P. Nolan, "Numerical calculation of stable densities and distribution
// functions", Comm. Statist. Stoch. Models 13 (1997).

#pragma once

#include "tailrace/math/elementary.hpp"
#include "tailrace/math/trig.hpp"
#include "tailrace/tables/tables.hpp"

TAILRACE_BEGIN_ISA

namespace detail {

/// sin and cos of pi a, a in [0, 1].
TAILRACE_INLINE SinCos half_turns(double a) {
    const bool past = a > 0.5;
    const double b = choose(past, 1.0 - a, a);
    const bool near = b < 0.25;
    const auto [s, c] = eighth_turn(4.0 * choose(near, b, 0.5 - b));
    const double cosine = choose(near, c, s);
    return {choose(near, s, c), choose(past, -cosine, cosine)};
}

/// atan2(y, x) in half turns, for y >= 0.
inline double angle_of(double y, double x) {
    if (y == 0.0) {
        return x < 0.0 ? 1.0 : 0.0;
    }
    // Newton's method finds the angle to the nearer axis, which keeps its digits.
    const double size = size_of(x);
    const bool steep = y > size;
    const double ratio = steep ? size / y : y / size;
    double a = ratio / (3.1415926535897932 + 0.85840734641 * ratio);
    for (int i = 0; i < 4; ++i) {
        const auto [s, c] = half_turns(a);
        a += (ratio * c - s) / (3.1415926535897932 * (c + ratio * s));
    }
    const double acute = steep ? 0.5 - a : a;
    return x < 0.0 ? 1.0 - acute : acute;
}

}  // namespace detail

/// The triangle of one side of zeta, in half turns.
struct Triangle {
    double alpha;
    double k;
    double low;      ///< pi - C - A at A = 0: the least B there
    double top;      ///< the largest A: also the mass beyond zeta
    double below;    ///< 1 - top
    double log_cos;  ///< log cos(alpha theta0)
    double away;     ///< alpha - 1

    /// tan(pi alpha / 2) without its sign, which is that of 1 - alpha.
    static double tangent(double alpha) {
        const auto [s, c] =
            detail::half_turns(0.5 * (alpha < 1.0 ? alpha : 2.0 - alpha));
        return s / c;
    }

    Triangle(double a, double beta)
        : alpha(a), k(a / (a - 1.0)), low(0.0), top(0.0), below(0.0), away(a - 1.0) {
        const double t = tangent(alpha);
        if (alpha < 1.0) {
            const double rest =
                detail::angle_of((1.0 - beta) * t, fma(beta * t, t, 1.0));
            low = (1.0 - alpha) + rest;
            below = rest / alpha;
            const double turn =
                detail::angle_of((1.0 + beta) * t, fma(-beta * t, t, 1.0));
            top = turn / alpha;
        } else {
            low = detail::angle_of((1.0 + beta) * t, fma(-beta * t, t, 1.0));
            top = (1.0 - low) / alpha;
            below = (alpha - 1.0 + low) / alpha;
        }
        log_cos = -0.5 * log1p(beta * beta * t * t);
    }

    /// The least log V, where the tail of A = 0 (alpha > 1) or of A = T is light.
    double least() const {
        return log_cos / away - k * log(alpha) + log(size_of(away));
    }

    struct Point {
        double a;     ///< A
        double rest;  ///< T - A
        double log_v;
        double slope;  ///< its derivative by log(A / (T - A))
    };

    /// At log(A / (T - A)) = l.
    TAILRACE_INLINE Point at(double l) const {
        const double e = exp(-size_of(l));
        const double small = top * e / (1.0 + e);
        const double big = top / (1.0 + e);
        const bool near = l < 0.0;
        const double a = choose(near, small, big);
        const double rest = choose(near, big, small);
        // Of A and pi - A, and so on, whichever is known to its last digits.
        const double other_a = below + rest;
        const auto [sa, ca] = detail::half_turns(choose(other_a < 0.5, other_a, a));
        const double cos_a = choose(other_a < 0.5, -ca, ca);
        const double c = alpha * rest;
        const double other_c = fma(alpha, a, low);
        const auto [sc, cc] = detail::half_turns(choose(other_c < 0.5, other_c, c));
        const double cos_c = choose(other_c < 0.5, -cc, cc);
        const double b = choose(near, fma(away, a, low), fma(-away, rest, below));
        const double other_b = a + c;
        const auto [sb, cos_other] =
            detail::half_turns(choose(other_b < 0.5, other_b, b));
        const double cb = choose(other_b < 0.5, -cos_other, cos_other);
        const double log_v = k * log(sa / sc) + log_cos / away + log(sb / sa);
        const double by_a =
            k * (cos_a / sa + alpha * (cos_c / sc)) + away * (cb / sb) - cos_a / sa;
        constexpr double kPi = 3.1415926535897932;
        return {a, rest, log_v, kPi * by_a * (a * rest / top)};
    }
};

/// Nodes from A = T / 2 outwards, up or down, until log V is beyond `end` or A is as
/// good as at its end. Returns how many.
inline size_t zolotarev_nodes(double alpha,
                              double beta,
                              bool up,
                              double end,
                              double* log_v,
                              double* own,
                              double* rest,
                              size_t room) {
    constexpr double kFarthest = 690.0;
    const Triangle triangle(alpha, beta);
    const double sign = alpha > 1.0 ? 1.0 : -1.0;
    const double step = up ? kZolotarevStep : -kZolotarevStep;
    const bool ascending = up == (alpha > 1.0);
    double l = 0.0;
    Triangle::Point p = triangle.at(l);
    const double start = sign * p.log_v;
    size_t count = 0;
    for (size_t j = 0; count < room; ++j) {
        double change = step / (1.0 + sign * p.slope);
        for (int i = 0; j > 0 && i < 8; ++i) {
            l += change;
            p = triangle.at(l);
            const double want = start + step * static_cast<double>(j);
            const bool done = size_of(change) < 1e-7;
            change = (want - (sign * p.log_v + l)) / (1.0 + sign * p.slope);
            if (done) {
                break;
            }
        }
        if (up || j > 0) {
            const double weight =
                kZolotarevStep * sign * p.slope / (1.0 + sign * p.slope);
            log_v[count] = p.log_v;
            own[count] = weight * p.a;
            rest[count] = weight * p.rest;
            ++count;
        }
        const bool beyond = ascending ? p.log_v > end : p.log_v < end;
        if (beyond || size_of(l) > kFarthest || p.slope == 0.0) {
            break;
        }
    }
    return count;
}

/// One term: exp(g - e^g), and near a light end the same over its value there.
template <bool light>
TAILRACE_INLINE double zolotarev_term(double g, double least, double at_least) {
    if constexpr (light) {
        const double up = g - least;
        const double held = choose(up < 40.0, choose(up > 0.0, up, 0.0), 40.0);
        const double power = held - at_least * expm1(Tame{held}).value;
        return exp(Tame{choose(power > -600.0, power, -600.0)}).value;
    } else {
        const double high = choose(g < 6.3, g, 6.3);
        const double held = choose(high > -600.0, high, -600.0);
        const double power = held - exp(Tame{held}).value;
        return exp(Tame{power}).value;
    }
}

template <bool light>
[[gnu::flatten]] inline double zolotarev_sum(const double* log_v,
                                             const double* weights,
                                             size_t first,
                                             size_t last,
                                             double shift,
                                             double least) {
    constexpr size_t kTerms = 8;
    const double at_least = light ? exp(least) : 0.0;
    double sums[kTerms] = {};
    for (size_t j = first; j < last; j += kTerms) {
        for (size_t i = 0; i < kTerms; ++i) {
            const double g = log_v[j + i] + shift;
            const double term = zolotarev_term<light>(g, least, at_least);
            sums[i] = fma(weights[j + i], term, sums[i]);
        }
    }
    double sum = 0.0;
    for (const double part : sums) {
        sum += part;
    }
    return sum;
}

/// The logarithms of the mass beyond each log y (or, with `rest`, of all other mass).
inline void zolotarev_tails(const ZolotarevNodes& nodes,
                            bool rest,
                            const double* log_y,
                            size_t count,
                            double* out) {
    const double* weights = rest ? nodes.rest : nodes.own;
    const bool has_light = rest ? nodes.rest_is_light : nodes.own_is_light;
    const double floor = rest ? nodes.below : 0.0;
    // Where log V has a least value, parts leave a term at that end for the other side.
    const double at_end =
        (rest ? nodes.own_is_light : nodes.rest_is_light) ? 1.0 - nodes.below : 0.0;
    const bool ascending = nodes.k > 0.0;
    // The first node whose log V is past g in the order of the nodes.
    const auto past = [&](double g) {
        size_t low = 0;
        size_t high = nodes.count;
        while (low < high) {
            const size_t middle = (low + high) / 2;
            const bool before =
                ascending ? nodes.log_v[middle] < g : nodes.log_v[middle] > g;
            low = before ? middle + 1 : low;
            high = before ? high : middle;
        }
        return low;
    };
    for (size_t i = 0; i < count; ++i) {
        const double shift = nodes.k * log_y[i];
        const double least = nodes.least + shift;
        const bool light = has_light && least > -20.0;
        const double reach = light && least > 5.3 ? least + 1.0 : 6.3;
        const size_t one = past((ascending ? nodes.window : reach) - shift);
        const size_t other = past((ascending ? reach : nodes.window) - shift);
        const size_t first = (one > 0 ? one - 1 : 0) / 8 * 8;
        const size_t end = (other + 1 + 7) / 8 * 8;
        const size_t last = end < nodes.padded ? end : nodes.padded;
        if (light) {
            const double sum =
                zolotarev_sum<true>(nodes.log_v, weights, first, last, shift, least);
            out[i] = least - exp(least) + log(sum);
        } else {
            const double sum =
                zolotarev_sum<false>(nodes.log_v, weights, first, last, shift, least);
            const double end = at_end * -expm1(-exp(least));
            out[i] = log(floor + sum + end);
        }
    }
}

TAILRACE_END_ISA
