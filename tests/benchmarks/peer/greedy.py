"""First-fit and best-fit decreasing, group after group: what a careful person would write in an afternoon.

Pods come by their scarcest resource, largest first. Where none of the open nodes has room, nodes are opened: of the one shape
that is cheapest for the group as a whole, or of the shape that costs least for each pod at hand, whichever comes out cheaper.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.problem import PodClass, Problem
from tests.benchmarks.peer.answer import Answer, NoAnswerError

Ints = npt.NDArray[np.int64]
Choice = Callable[["Group", int], list[int]]


@dataclass(slots=True)
class Group:
    """The open nodes of one ring; `left` is what can still be bought of each shape."""

    problem: Problem
    best: bool
    left: list[int]
    offers: list[int] = field(default_factory=list)
    pods: list[dict[int, int]] = field(default_factory=list)
    room: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.room = np.zeros((0, len(self.problem.resources)), dtype=np.int64)

    def put(self, c: int, choice: Choice) -> None:
        """Place all pods of a class."""
        one = self.problem.classes[c]
        wanted = one.count - self._fill(c, one.count)
        for offer in choice(self, c) if wanted else ():
            each = holds(self.problem, c, offer)
            count = min(self.left[self.problem.offers[offer].shape], -(-wanted // each)) if each else 0
            if count:
                self._open(offer, count)
                wanted -= self._fill(c, wanted)
            if not wanted:
                return
        if wanted:
            raise NoAnswerError(f"{wanted} pods of {one.name} find no place")

    def _open(self, offer: int, count: int) -> None:
        self.left[self.problem.offers[offer].shape] -= count
        self.offers += [offer] * count
        self.pods += [{} for _ in range(count)]
        more = np.tile(np.array(self.problem.offers[offer].capacity, dtype=np.int64), (count, 1))
        self.room = np.vstack([self.room, more])

    def _fill(self, c: int, wanted: int) -> int:
        """Place pods on open nodes, one node after the other in the order of first or best fit, and return how many."""
        if not self.offers:
            return 0
        one = self.problem.classes[c]
        request = np.array(one.requests, dtype=np.int64)
        asked = request > 0
        fits = (self.room[:, asked] // request[asked]).min(axis=1)
        fits[~np.isin(self.offers, one.offers)] = 0
        order = np.flatnonzero(fits > 0)
        if self.best:
            order = order[np.argsort(self._slack(order), kind="stable")]
        before = np.cumsum(fits[order]) - fits[order]
        taken = np.minimum(fits[order], np.maximum(0, wanted - before))
        for node, count in zip(order[taken > 0].tolist(), taken[taken > 0].tolist(), strict=True):
            self.pods[node][c] = self.pods[node].get(c, 0) + count
        self.room[order] -= taken[:, None] * request
        return int(taken.sum())

    def _slack(self, nodes: Ints) -> npt.NDArray[np.float64]:
        """Return how much room nodes have, as the sum of shares of the largest capacity there is."""
        largest = np.array([offer.capacity for offer in self.problem.offers]).max(axis=0).clip(min=1)
        return np.asarray((self.room[nodes] / largest).sum(axis=1))


def holds(problem: Problem, c: int, offer: int) -> int:
    """Return how many pods of a class an empty node holds."""
    one = problem.classes[c]
    if offer not in one.offers or one.ring not in problem.offers[offer].rings:
        return 0
    return min(have // wants for have, wants in zip(problem.offers[offer].capacity, one.requests, strict=True) if wants)


def decreasing(problem: Problem, ring: int) -> list[int]:
    """Return the classes of a ring, largest first."""
    largest = [max(1, *(offer.capacity[k] for offer in problem.offers)) for k in range(len(problem.resources))]

    def size(one: PodClass) -> float:
        return max(wants / most for wants, most in zip(one.requests, largest, strict=True))

    mine = [c for c, one in enumerate(problem.classes) if one.ring == ring and one.count]
    return sorted(mine, key=lambda c: (-size(problem.classes[c]), c))


def cheapest_each(group: Group, c: int) -> list[int]:
    """Return offers by what they cost for each pod of the class."""
    fitting = [offer for offer in range(len(group.problem.offers)) if holds(group.problem, c, offer)]
    return sorted(fitting, key=lambda o: (group.problem.offers[o].price / holds(group.problem, c, o), o))


def led_by(first: int) -> Choice:
    """Return the choice of one shape wherever it fits."""

    def choice(group: Group, c: int) -> list[int]:
        return [first] * (holds(group.problem, c, first) > 0) + [o for o in cheapest_each(group, c) if o != first]

    return choice


def decreasing_fit(problem: Problem, best: bool) -> Answer:
    """Pack group after group, each as cheaply as one of the choices does it."""
    left = list(problem.most)
    firsts = sorted({offer.shape: at for at, offer in reversed(list(enumerate(problem.offers)))}.values())
    choices = [cheapest_each, *map(led_by, firsts)]
    nodes: list[tuple[int, tuple[tuple[int, int], ...]]] = []
    for ring in range(len(problem.rings)):
        order = decreasing(problem, ring)
        found = [group for choice in choices if (group := _packed(problem, best, left, order, choice))]
        if not found:
            raise NoAnswerError(f"not all pods of {problem.rings[ring]} find a place")
        cheapest = min(found, key=lambda group: sum(problem.offers[offer].price for offer in group.offers))
        left = cheapest.left
        nodes += [(offer, tuple(sorted(on.items()))) for offer, on in zip(cheapest.offers, cheapest.pods, strict=True)]
    return Answer(tuple(nodes))


def _packed(problem: Problem, best: bool, left: list[int], order: list[int], choice: Choice) -> Group | None:
    group = Group(problem, best, list(left))
    try:
        for c in order:
            group.put(c, choice)
    except NoAnswerError:
        return None
    return group


def first_fit(problem: Problem, seconds: float) -> Answer:
    """Pack by first fit; it needs no limit of time."""
    return decreasing_fit(problem, best=False)


def best_fit(problem: Problem, seconds: float) -> Answer:
    """Pack by best fit."""
    return decreasing_fit(problem, best=True)
