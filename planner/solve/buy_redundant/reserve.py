"""Harder problems, whose purchases may survive where that of the problem itself does not: with room for what a loss leaves."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from models.solver.problem import PodClass, Problem
from planner.solve.buy.pack.assignment import Candidate
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.offers_as_nodes import with_bought_nodes
from planner.solve.redundancy.check import Failure
from planner.solve.redundancy.owned import most_left, with_reservation

Harder = Callable[[Candidate, Sequence[Failure]], Problem]
"""What makes a harder problem of what was bought last, and of the losses that hurt it."""


def with_left_over(problem: Problem) -> Harder:
    """Ask for room for the pods that the worst loss of each ring leaves over, more of it each time."""
    reserve: Counter[int] = Counter()

    def harder(_: Candidate, hurt: Sequence[Failure]) -> Problem:
        for ring in sorted({failure.ring for failure in hurt}):
            reserve.update(most_left(failure.left for failure in hurt if failure.ring == ring))
        return with_reservation(problem, reserve)

    return harder


def with_a_node(problem: Problem) -> Harder:
    """Ask for one more pod in each ring that was hurt by now, as large as its largest node."""
    rings: set[int] = set()

    def harder(candidate: Candidate, hurt: Sequence[Failure]) -> Problem:
        rings.update(failure.ring for failure in hurt)
        return _with_largest(problem, candidate, sorted(rings))

    return harder


def _with_largest(problem: Problem, candidate: Candidate, rings: Sequence[int]) -> Problem:
    facts = facts_of(candidate.problem(problem))
    every = facts_of(with_bought_nodes(problem, [(o, offer.rings) for o, offer in enumerate(problem.offers)]))
    largest, owned = every.capacity.max(axis=0, initial=1).clip(min=1), len(problem.nodes)
    extra = []
    for ring in rings:
        mine = [n for n, ring_of_node in enumerate(candidate.ring_of) if ring_of_node == ring]
        most = max(mine, key=lambda n: (float((facts.room[n, ring] / largest).sum()), -n))
        asked = facts.room[most, ring]
        able = np.flatnonzero(every.usable[:, ring] & (every.room[:, ring] >= asked).all(axis=1)).tolist()
        nodes, offers = tuple(n for n in able if n < owned), tuple(n - owned for n in able if n >= owned)
        extra.append(PodClass(f"{problem.rings[ring]} spare", ring, 1, tuple(map(int, asked)), nodes, offers=offers))
    return replace(problem, classes=(*problem.classes, *extra), losses=())
