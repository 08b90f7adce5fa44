// What a law is: this file says what each struct of this folder has to offer.
//
//     struct Name {
//         explicit Name(const Program&);
//         double lower() const, upper() const;        the support
//         Wide hazard(Wide x) const                   H(x) = -log P(X > x), inside it
//         Real inverse_hazard(Real e) const           H^-1, left-continuous
//         Wide log_rate(Wide x) const                 log H'
//         double reach(double low, double high, double anchor) const
//                                                     the largest |argument| of an exp,
//                                                     clocks lying in [low, high]
//     };
//
// `Real` is double, Tame or Wide, so the formula stands once for draws and for answers.
// A law whose excess over a point has a closed form adds
//
//         Wide excess(Wide x, double t) const         H(x) - H(t) without cancellation
//         Real advance(double t, Real anchor, Real e) const     H^-1(H(t) + e) likewise
//         Wide anchor(double t) const                 what advance needs to know of t
//
// A law that is simpler in the clock of its lower tail, G(x) = -log P(X <= x), adds
//
//         Real at_lower_clock(Real g) const           G^-1(g)
//
// which serves draws that nothing was selected for: a fresh clock has the law of
// either. A law that folds its clock at the median anyway adds
//
//         Real at_fold(Real fold) const               see curve.hpp
//
// so that such draws fold the random bits instead; or, where there is a shorter way
// from random words to draws, one of
//
//         double from_bits(uint64_t) const            a value a word
//         SinCos two_from_bits(uint64_t, uint64_t) const      two independent values
//         double one_from_bits(uint64_t, uint64_t) const      a value for two words
//
// with `bool is_direct() const` where that holds for some parameters only. For some
// parameters the inverse may be simpler:
//
//         bool has_shortcut() const
//         Real shortcut(Real e) const                 H^-1 then
//
// A law with a shape has `kShape`, and finds its tables in the program.
//
// Parameters have been checked; hazard is asked only inside the support.

#pragma once

#include "tailrace/laws/program.hpp"
#include "tailrace/math/wide.hpp"

TAILRACE_BEGIN_ISA

/// The largest |log e| for clocks in [low, high].
inline double log_reach(double low, double high) {
    return larger_of(size_of(log(low)), size_of(log(high)));
}

/// power * log(x), 0 for power 0 whatever x: the logarithm of a density at its
/// singularity.
TAILRACE_INLINE Wide log_power(Wide power, Wide log_x) {
    return choose(power.hi == 0.0, Wide(0.0), power * log_x);
}

/// x - loc with a scale to measure it by, both times one power of two where the
/// difference could overflow or the quotient lose digits to underflow. The difference
/// of two doubles is exact, so a law keeps its digits next to its location.
struct Offset {
    Wide from_loc;
    double scale;

    Wide ratio() const { return from_loc / Wide(scale); }
};

TAILRACE_INLINE Offset offset(Wide x, double loc, double scale) {
    const bool big = size_of(x.hi) > 0x1p1000 || size_of(loc) > 0x1p1000;
    const double down = choose(big, 0.5, 1.0);
    const double up = choose(scale < 0x1p-700, 0x1p300, 1.0);
    const Wide d = Wide(x.hi * down, x.lo * down) - Wide(loc * down);
    return {{d.hi * up, d.lo * up}, scale * up * down};
}

/// A quantile in units of the scale, from a difference of numbers near 1: below 2^-70
/// the error of Wide is all that is left of it, and the median is exactly 0.
TAILRACE_INLINE double settled(double z) { return z; }
TAILRACE_INLINE Tame settled(Tame z) { return z; }
TAILRACE_INLINE Wide settled(Wide z) {
    return choose(size_of(z.hi) < 0x1p-70, Wide(0.0), z);
}

/// log(1 + e^y).
TAILRACE_INLINE Wide soft_plus(Wide y) {
    const bool high = y.hi > 0.0;
    return choose(high, y, Wide(0.0)) + log1p(exp(choose(high, -y, y)));
}

/// flip(e^y), the hazard from the logarithm of the lower one; where e^y is subnormal or
/// nearly, it is -y.
TAILRACE_INLINE Wide flip_exp(Wide y) {
    return choose(y.hi < -100.0, -y, flip(exp(y)));
}

/// log(flip(e)), the logarithm of the lower clock. Beyond e = 690 the probability e^-e,
/// which is flip(e), is no longer a normal number.
template <class Real>
TAILRACE_INLINE Real log_flip(Real e) {
    const bool far = raw(e) > 690.0;
    return choose(far, -e, log(choose(far, Real(1.0), flip(e))));
}
TAILRACE_INLINE Tame log_flip(Tame e) { return log(flip(e)); }

template <class Law>
inline constexpr bool kHasAdvance = requires(const Law& law) { law.anchor(1.0); };

template <class Law>
inline constexpr bool kHasLowerClock =
    requires(const Law& law) { law.at_lower_clock(1.0); };

template <class Law>
inline constexpr bool kHasFold = requires(const Law& law) { law.at_fold(1.0); };

template <class Law>
inline constexpr bool kHasShortcut = requires(const Law& law) { law.shortcut(1.0); };

template <class Law>
inline constexpr bool kFromBits = requires(const Law& law) { law.from_bits(1); };

template <class Law>
inline constexpr bool kTwoFromBits =
    requires(const Law& law) { law.two_from_bits(1, 1); };

template <class Law>
inline constexpr bool kOneFromBits =
    requires(const Law& law) { law.one_from_bits(1, 1); };

template <class Law>
inline constexpr bool kHasShape = requires { Law::kShape; };

TAILRACE_END_ISA
