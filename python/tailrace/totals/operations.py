"""What laws for complex values become: mixed, cut, selected from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from .complexes import Complex, expm1, log1p
from .continued import ATOM, Continued, Hazard, Leaf, Term, hazard_of

# What is linear in the law.


def mixed(
    laws: Sequence[Continued], weights: Sequence[float], tail_index: float
) -> Continued:
    """Return a mixture of laws."""
    start = min(law.start for law in laws)
    terms = tuple(
        replace(t, weight=w * t.weight, shift=law.start - start + t.shift)
        for law, w in zip(laws, weights, strict=True)
        for t in law.terms
    )
    end = max(law.start - start + law.end for law in laws)
    return Continued(start, terms, tail_index, end)


def moved(law: Continued, scale: float, shift: float) -> Continued:
    """Return the law of scale * X + shift, scale > 0."""

    def stretched(leaf: Leaf) -> Leaf:
        return leaf if leaf is ATOM else replace(leaf, hazard=longer(leaf.hazard))

    def longer(hazard: Hazard) -> Hazard:
        return lambda y: hazard(y / scale)

    terms = tuple(Term(t.weight, scale * t.shift, stretched(t.leaf)) for t in law.terms)
    pieces = tuple((scale * edge, longer(hazard)) for edge, hazard in law.pieces)
    start, end = scale * law.start + shift, scale * law.end
    return Continued(start, terms, law.tail_index, end, pieces)


def beyond(law: Continued, t: float) -> Continued:
    """Return the law of a value beyond t."""
    gone = t - law.start
    share = law.sf(gone)
    if law.pieces:
        before = -math.log(share)
        later = [(edge, hazard) for edge, hazard in law.pieces if edge > gone]
        kept = [*law.pieces[: len(law.pieces) - len(later)][-1:], *later]
        edges = [0.0, *(edge - gone for edge, _ in later)]
        hazards: list[Hazard | None] = [_onwards(h, gone, before) for _, h in kept]
        if law.end < math.inf:
            edges.append(law.end - gone)
            hazards.append(None)
        heavy = all(term.leaf.heavy for term in law.terms)
        return from_pieces(t, edges, hazards, law.angle, law.tail_index, heavy)
    terms = []
    for term in law.terms:
        if term.shift > gone:
            terms.append(Term(term.weight / share, term.shift - gone, term.leaf))
        elif term.leaf is not ATOM:
            left = term.leaf.at(gone - term.shift)
            terms.append(
                Term(
                    term.weight * left / share,
                    0.0,
                    term.leaf.beyond(gone - term.shift),
                )
            )
    return Continued(t, tuple(terms), law.tail_index, law.end - gone)


def _onwards(hazard: Hazard, gone: float, before: float) -> Hazard:
    return lambda y: hazard(gone + y) - before


def _cut(law: Continued, end: float) -> list[Term]:
    """Return the terms of the mass up to an end."""
    terms = []
    for term in law.terms:
        if term.shift <= end:
            terms.append(term)
            if term.leaf is not ATOM:
                gap = end - term.shift
                left = term.weight * term.leaf.at(gap)
                terms.append(Term(-left, end, term.leaf.beyond(gap)))
    return terms


def capped(law: Continued, t: float) -> Continued:
    """Return the law of min(X, t)."""
    end = t - law.start
    terms = _cut(law, end)
    left = 1.0 - math.fsum(term.weight for term in terms)
    return Continued(law.start, (*terms, Term(left, end, ATOM)), math.inf, end)


def truncated(law: Continued, low: float, high: float) -> Continued:
    """Return the law of a value between two ends."""
    if low > law.start:
        law = beyond(law, low)
    end = high - law.start
    terms = _cut(law, end)
    share = math.fsum(term.weight for term in terms)
    scaled = tuple(replace(term, weight=term.weight / share) for term in terms)
    return Continued(law.start, scaled, math.inf, end)


# What is not: every piece is changed by itself.


def _middle(leaf: Leaf) -> float:
    """Return about where the hazard of a leaf is 1."""
    places = np.arange(-700.0, 700.0)
    with np.errstate(all="ignore"):
        hazard = leaf.hazard(np.exp(places) + 0j).real
    return math.exp(float(places[np.argmax(hazard > 1.0)]))


def changed(
    law: Continued,
    change: Callable[[Hazard], Hazard],
    tail_index: float,
    heavy: bool | None = None,
) -> Continued:
    """Return a law with a changed hazard."""
    leaf = law.single
    if leaf is not None:
        unit = _middle(leaf)
        own = leaf.trusted(unit)
        own = replace(own, hazard=change(own.hazard), tail_index=tail_index)
        return Continued.of(law.start, own.trusted(unit))
    heavy = all(t.leaf.heavy for t in law.terms)

    edges = [0.0, *law.breaks]
    return from_pieces(
        law.start,
        edges,
        [change(law.piece(e)) if e < law.end else None for e in edges],
        law.angle,
        tail_index,
        heavy,
    )


def from_pieces(
    start: float,
    edges: Sequence[float],
    hazards: Sequence[Hazard | None],
    angle: float,
    tail_index: float,
    heavy: bool,
) -> Continued:
    """Return the law whose hazard is the given one from each edge on; None: ended."""
    terms: list[Term] = []
    end = math.inf

    def add(sign: float, hazard: Hazard, edge: float) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            here = hazard(np.array([edge + 0j]))[0].real if edge > 0.0 else 0.0
        gone = not here < 700.0
        before = 0.0 if gone else float(here)

        def own(y: Complex) -> Complex:
            return hazard(edge + y) - before

        # Of the tail of a piece that ends nothing is known.
        index = tail_index if len(edges) == 1 else 0.0
        leaf = Leaf(own, angle, index, heavy, mass=0.0 if gone else 1.0)
        terms.append(Term(sign * math.exp(-before), edge, leaf))

    for k, (edge, hazard) in enumerate(zip(edges, hazards, strict=True)):
        last = hazards[k - 1] if k > 0 else None
        if last is not None:
            add(-1.0, last, edge)
        if hazard is not None:
            add(1.0, hazard, edge)
        else:
            # What is left has its whole mass here.
            left = 1.0 - math.fsum(term.weight * term.leaf.mass for term in terms)
            if left > 1e-15:
                terms.append(Term(left, edge, ATOM))
            end = edge
            break
    known = tuple(
        (edge, hazard)
        for edge, hazard in zip(edges, hazards, strict=True)
        if hazard is not None
    )
    return Continued(start, tuple(terms), tail_index, end, known)


def smallest(law: Continued, q: float) -> Continued:
    """Return the law of the smallest of q."""
    return changed(law, lambda h: lambda y: q * h(y), law.tail_index * q)


def largest(law: Continued, n: float) -> Continued:
    """Return the law of the largest of n."""

    def change(h: Hazard) -> Hazard:
        def hazard(y: Complex) -> Complex:
            own = h(y)
            # So far out the largest is the only one that is large.
            out = own.real > 40.0 + math.log(n)
            own = np.where(out, 1.0, own)
            beyond: Complex = np.exp(-own)
            far = np.abs(beyond) < 0.5
            with np.errstate(divide="ignore", invalid="ignore"):
                log_f: Complex = np.where(
                    far,
                    log1p(-np.where(far, beyond, 0.0)),
                    np.log(np.where(far, 1.0, -expm1(-own))),
                )
            near = hazard_of(-expm1(n * log_f), np.exp(n * log_f))
            return np.where(out, h(y) - math.log(n), near)

        return hazard

    return changed(law, change, law.tail_index)


def fastest(laws: Sequence[Continued]) -> Continued:
    """Return the law of the smallest of values of different laws: hazards add up."""
    start = min(law.start for law in laws)
    ends = [law.start - start for law in laws]
    edges = sorted(
        {0.0, *ends}
        | {d + b for law, d in zip(laws, ends, strict=True) for b in law.breaks}
    )
    last = min(law.end + d for law, d in zip(laws, ends, strict=True))

    def sum_from(edge: float) -> Hazard:
        parts = [
            (law.piece(edge - d), d)
            for law, d in zip(laws, ends, strict=True)
            if d <= edge
        ]

        def hazard(y: Complex) -> Complex:
            total = np.zeros_like(y)
            for own, d in parts:
                total += own(y - d)
            return total

        return hazard

    edges = [edge for edge in edges if edge <= last]
    index = math.fsum(law.tail_index for law in laws)
    hazards = [sum_from(edge) if edge < last else None for edge in edges]
    angle = min(law.angle for law in laws)
    heavy = all(term.leaf.heavy for law in laws for term in law.terms)
    if len(edges) == 1 and hazards[0] is not None:
        return Continued.of(start, Leaf(hazards[0], angle, index, heavy))
    return from_pieces(start, edges, hazards, angle, index, heavy)


def derived(law: Continued, steps: Sequence[tuple[object, ...]]) -> Continued | None:
    """Return a law after the steps of a `Derived`; None where one cannot be continued."""
    ways: dict[object, Callable[..., Continued]] = {
        "min_of": smallest,
        "max_of": largest,
        "beyond": beyond,
        "truncated": truncated,
        "capped": capped,
        "scaled": moved,
    }
    for method, *arguments in steps:
        way = ways.get(method)
        numbers = [float(a) for a in arguments]  # type: ignore[arg-type]
        if way is None or (way is moved and numbers[0] < 0.0):
            return None
        law = way(law, *numbers)
    return law
