"""A bound from the duals of columns (Farley, 1990): pods are worth so much that no pattern is worth more than its node.

It is better than that from sums where a node holds a few large pods each, which leave room that no other pod fits into.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import mul

import numpy as np

from models.solver.certificate import Certificate, Rate
from planner.solve.buy.bound.dual_certificate import is_joint, round_up, worth_of
from planner.solve.buy.market.types import Market
from planner.solve.runtime.lp import Linear
from planner.solve.tuning.buy import BoundTuning

ROUGH = 2**30
"""A scale: what pods are worth is reckoned in such parts of a price's unit at first."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A kind of node: the classes that it may hold, what they ask for, and how many of each it holds alone."""

    kind: int
    ring: int
    classes: tuple[int, ...]
    requests: tuple[tuple[int, ...], ...]
    most: tuple[int, ...]
    room: tuple[int, ...]

    def rates(self, worth: Sequence[int]) -> tuple[int, ...]:
        """Return what a unit of each resource is worth here by sums, as if pods were divisible."""
        height, width = len(self.room), len(self.classes)
        asked = np.array(self.requests, dtype=np.float64).T / np.maximum(np.array(self.room, dtype=np.float64), 1)[:, None]
        row, column = np.nonzero(asked)
        top = max(worth, default=0) or 1
        solved = Linear(
            cost=-np.array(worth, dtype=np.float64) / top,
            most=np.array(self.most, dtype=np.float64),
            low=np.full(height, -np.inf),
            high=np.ones(height),
            rows=row,
            columns=column,
            entries=asked[row, column],
        ).solve()
        if solved is None or not width:
            return (0,) * height
        # any rates bound a branch truly, so rounding them costs steps, not the proof
        return tuple(
            int(-dual * top) // max(1, have) if dual < 0 else 0
            for dual, have in zip(solved.duals.tolist(), self.room, strict=True)
        )

    def most_worth(self, worth: Sequence[int], rates: Sequence[int], enough: int, steps: int) -> tuple[int, int] | None:
        """Return the most that pods here are worth, or `enough` if that is no less, and the steps it took; None after too many.

        Classes are taken most worth for their charge first; a branch ends where its pods, and the charge for what is left, come
        to no more than what was found.
        """
        charges = [sum(map(mul, rates, asked)) for asked in self.requests]
        order = sorted(
            (i for i in range(len(self.classes)) if worth[i] and self.most[i]), key=lambda i: (charges[i] - worth[i], -i)
        )
        above = [max(0, worth[i] - charges[i]) for i in order]
        later = [0] * (len(order) + 1)
        for i in range(len(order) - 1, -1, -1):
            later[i] = later[i + 1] + above[i] * self.most[order[i]]
        best, stack = enough, [(0, 0, sum(map(mul, rates, self.room)), self.room)]
        for step in range(steps):
            if not stack:
                return best, step
            depth, so_far, left, room = stack.pop()
            if so_far > best:
                best = so_far
            if depth == len(order) or so_far + left + later[depth] <= best:
                continue
            t = order[depth]
            many = min([self.most[t], *(have // asked for have, asked in zip(room, self.requests[t], strict=True) if asked)])
            # the most pods come last onto the stack and are followed first: an answer that is good early cuts most branches
            for pods in range(many + 1):
                rest = tuple(have - pods * asked for have, asked in zip(room, self.requests[t], strict=True)) if pods else room
                stack.append((depth + 1, so_far + pods * worth[t], left - pods * charges[t], rest))
        return None


def with_columns(
    market: Market, certificate: Certificate, ring: int, worth: Mapping[int, float], tuning: BoundTuning
) -> tuple[Certificate, int] | None:
    """Return the certificate with what columns prove of a ring, and that; None where it is no more, or not to be shown soon.

    `worth[c]` is what the duals say of a pod of class c, in a price's unit. Only for rings that share nothing.
    """
    problem, scale = market.problem, certificate.scale
    if is_joint(problem, certificate):
        return None
    nodes = list(_nodes(market, ring))
    rough = {c: max(0, int(value * ROUGH)) for c, value in worth.items()}
    # no pattern may be worth more than its node: all worths are divided by the largest share that one has (Farley)
    share = _largest_share(market, nodes, rough, tuning.most_steps)
    if not share:
        return None
    total = sum(value * problem.classes[c].count for c, value in rough.items()) / share
    before = sum(certificate.worth[c] * problem.classes[c].count for c in worth)
    reached = round_up(problem, scale, int(total * scale), ring)
    if reached <= round_up(problem, scale, before, ring):
        return None
    # the bound is rounded up to a sum of prices anyhow: what lies just above the step before proves as much
    needed = reached - (1 - tuning.just) * round_up(problem, 1, 1, ring)
    lower = min(Fraction(1), needed / total) * scale / share
    return _proof(market, certificate, nodes, {c: int(value * lower) for c, value in rough.items()}, tuning.most_steps)


def _nodes(market: Market, ring: int) -> Iterator[_Node]:
    types = np.flatnonzero((market.ring_of == ring) & (market.counts > 0))
    for j, kind in enumerate(market.kinds):
        room = tuple(market.room[j, ring].tolist())
        if ring in kind.rings and min(room) >= 0:
            here = [(c, int(market.per_node[t])) for t in types[market.allowed[types, j]].tolist() for c in market.members[t]]
            yield _node(market, ring, j, room, here)


def _node(market: Market, ring: int, kind: int, room: tuple[int, ...], here: Sequence[tuple[int, int]]) -> _Node:
    classes = [market.problem.classes[c] for c, _ in here]
    fitting = [
        min([c.count, per_node, *(have // asked for have, asked in zip(room, c.requests, strict=True) if asked)])
        for c, (_, per_node) in zip(classes, here, strict=True)
    ]
    return _Node(kind, ring, tuple(c for c, _ in here), tuple(c.requests for c in classes), tuple(fitting), room)


def _largest_share(market: Market, nodes: Sequence[_Node], worth: Mapping[int, int], steps: int) -> Fraction:
    """Return the most that pods on a node are worth, through the node's price; 0 where that is not known."""
    largest = Fraction(0)
    for node in nodes:
        mine, price = [worth[c] for c in node.classes], int(market.price[node.kind])
        # a node that cannot beat the largest share so far need not be searched to its end
        most = node.most_worth(mine, node.rates(mine), int(largest * price), steps)
        # on a node that costs nothing no pod may be worth anything: no share says so
        if most is None or (not price and most[0]):
            return Fraction(0)
        largest = max(largest, Fraction(most[0], price)) if price else largest
    return largest


def _proof(
    market: Market, certificate: Certificate, nodes: Sequence[_Node], worth: Mapping[int, int], steps: int
) -> tuple[Certificate, int] | None:
    """Return the certificate with what pods of a ring are worth, and what they are worth together."""
    rates, longest, ring = list[Rate](), certificate.work, nodes[0].ring
    for node in nodes:
        mine, kind = [worth[c] for c in node.classes], market.kinds[node.kind]
        prices, budget = node.rates(mine), certificate.scale * kind.price
        most = node.most_worth(mine, prices, budget, steps)
        if most is None or most[0] > budget:
            return None
        longest = max(longest, most[1])
        rates.append(Rate(ring, kind.nodes, kind.offers, prices))
    worths = tuple(worth.get(c, known) for c, known in enumerate(certificate.worth))
    others = tuple(rate for rate in certificate.rates if rate.ring != ring)
    proof = replace(certificate, worth=worths, rates=(*others, *rates), work=longest)
    return proof, worth_of(market.problem, proof, ring)
