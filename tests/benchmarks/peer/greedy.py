"""First-fit and best-fit decreasing, group after group: what a careful person would write in an afternoon.

Pods come by their scarcest resource, largest first. Where none of the open nodes has room, nodes are opened: of the one shape
that is cheapest for the group as a whole, or of the shape that costs least for each pod at hand, whichever comes out cheaper.
Who is kept apart has one pod on a node, and who is spread over zones as many in each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.solver.problem import OWN, Problem
from tests.benchmarks.peer.answer import Answer, NoAnswerError

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Choice = Callable[["Catalogue", int], Ints]


@dataclass
class Catalogue:
    """What there is to buy, as arrays: by class and offer, by offer and resource."""

    problem: Problem

    @cached_property
    def capacities(self) -> Ints:
        return np.array([offer.capacity for offer in self.problem.offers], dtype=np.int64)

    @cached_property
    def requests(self) -> Ints:
        return np.array([one.requests for one in self.problem.classes], dtype=np.int64)

    @cached_property
    def shapes(self) -> Ints:
        return np.array([offer.shape for offer in self.problem.offers])

    @cached_property
    def prices(self) -> Ints:
        return np.array([offer.price for offer in self.problem.offers])

    @cached_property
    def largest(self) -> Ints:
        return np.asarray(self.capacities.max(axis=0).clip(min=1))

    @cached_property
    def allowed(self) -> Flags:
        """Say where a class may be at all."""
        found = np.zeros((len(self.problem.classes), len(self.problem.offers)), dtype=bool)
        for c, one in enumerate(self.problem.classes):
            found[c, [o for o in one.offers if one.ring in self.problem.offers[o].rings]] = True
        return found

    @cached_property
    def alone(self) -> frozenset[int]:
        """Name the classes of which a node holds one pod at most."""
        for rule in self.problem.aparts:
            if rule.others != (rule.owner,) or set(rule.joins) != {OWN}:
                raise NoAnswerError("not tried where pods are kept apart from others, or by more than a node")
        return frozenset(rule.owner for rule in self.problem.aparts)

    @cached_property
    def zones(self) -> dict[int, Ints]:
        """Return the zone of each offer for the classes that are spread."""
        for rule in self.problem.spreads:
            if rule.matched != (rule.owner,) or min(rule.joins) < 0 or rule.min_domains > 1:
                raise NoAnswerError("not tried where pods are spread but over the zones, with their like")
        return {rule.owner: np.array(rule.joins) for rule in self.problem.spreads}

    def each(self, c: int) -> Ints:
        """Return how many pods of a class an empty node of each offer holds."""
        asked = self.requests[c] > 0
        found = (self.capacities[:, asked] // self.requests[c][asked]).min(axis=1)
        return np.where(self.allowed[c], np.minimum(found, 1) if c in self.alone else found, 0)

    @cached_property
    def by_cost(self) -> list[Ints]:
        """Return for each class the offers that hold it, by what they cost for each pod."""
        found = []
        for each in map(self.each, range(len(self.problem.classes))):
            order = np.argsort(self.prices / each.clip(min=1), kind="stable")
            found.append(order[each[order] > 0])
        return found

    def shares(self, c: int) -> Iterator[tuple[Flags, int]]:
        """Yield on which offers how many pods of a class come: all anywhere, or as many in each zone."""
        count = self.problem.classes[c].count
        if c not in self.zones:
            yield self.allowed[c], count
            return
        domains = sorted(set(self.zones[c].tolist()))
        for at, domain in enumerate(domains):
            yield self.allowed[c] & (self.zones[c] == domain), count // len(domains) + (at < count % len(domains))

    def decreasing(self, ring: int) -> list[int]:
        """Return the classes of a ring, largest first."""
        sizes = (self.requests / self.largest).max(axis=1)
        mine = [c for c, one in enumerate(self.problem.classes) if one.ring == ring and one.count]
        return sorted(mine, key=lambda c: (-sizes[c], c))


@dataclass(slots=True)
class Group:
    """The open nodes of one ring; `left` is what can still be bought of each shape, `without` the pods that found no place."""

    catalogue: Catalogue
    best: bool
    left: list[int]
    without: int = 0
    offers: list[int] = field(default_factory=list)
    pods: list[dict[int, int]] = field(default_factory=list)
    room: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.room = np.zeros((0, self.catalogue.requests.shape[1]), dtype=np.int64)

    @property
    def worth(self) -> tuple[int, int]:
        """Return what is to be small: the pods without a place, and the cost."""
        return self.without, int(self.catalogue.prices[self.offers].sum())

    def put(self, c: int, choice: Choice) -> None:
        """Place all pods of a class."""
        each = self.catalogue.each(c)
        for allowed, count in self.catalogue.shares(c):
            wanted = count - self._fill(c, count, allowed)
            for offer in choice(self.catalogue, c).tolist() if wanted else ():
                shape = self.catalogue.problem.offers[offer].shape
                fresh = min(self.left[shape], -(-wanted // int(each[offer]))) if allowed[offer] else 0
                if fresh:
                    self.left[shape] -= fresh
                    self._open(offer, fresh)
                    wanted -= self._fill(c, wanted, allowed)
                if not wanted:
                    break
            self.without += wanted

    def _open(self, offer: int, count: int) -> None:
        self.offers += [offer] * count
        self.pods += [{} for _ in range(count)]
        self.room = np.vstack([self.room, np.tile(self.catalogue.capacities[offer], (count, 1))])

    def _fill(self, c: int, wanted: int, allowed: Flags) -> int:
        """Place pods on open nodes, one node after the other in the order of first or best fit, and return how many."""
        if not self.offers:
            return 0
        request = self.catalogue.requests[c]
        asked = request > 0
        fits = (self.room[:, asked] // request[asked]).min(axis=1)
        fits[~allowed[self.offers]] = 0
        if c in self.catalogue.alone:
            fits = np.minimum(fits, [c not in on for on in self.pods])
        order = np.flatnonzero(fits > 0)
        if self.best:
            order = order[np.argsort((self.room[order] / self.catalogue.largest).sum(axis=1), kind="stable")]
        before = np.cumsum(fits[order]) - fits[order]
        taken = np.minimum(fits[order], np.maximum(0, wanted - before))
        for node, count in zip(order[taken > 0].tolist(), taken[taken > 0].tolist(), strict=True):
            self.pods[node][c] = self.pods[node].get(c, 0) + count
        self.room[order] -= taken[:, None] * request
        return int(taken.sum())


def cheapest_each(catalogue: Catalogue, c: int) -> Ints:
    """Return offers by what they cost for each pod of the class."""
    return catalogue.by_cost[c]


def led_by(shape: int) -> Choice:
    """Return the choice of one shape wherever it fits."""

    def choice(catalogue: Catalogue, c: int) -> Ints:
        order = catalogue.by_cost[c]
        first = catalogue.shapes[order] == shape
        return np.concatenate([order[first], order[~first]])

    return choice


def decreasing_fit(problem: Problem, best: bool) -> Answer:
    """Pack group after group, each as cheaply as one of the choices does it."""
    catalogue = Catalogue(problem)
    left = list(problem.most)
    choices = [cheapest_each, *map(led_by, sorted(set(catalogue.shapes.tolist())))]
    nodes: list[tuple[int, tuple[tuple[int, int], ...]]] = []
    for ring in range(len(problem.rings)):
        order = catalogue.decreasing(ring)
        cheapest = min((_packed(catalogue, best, left, order, choice) for choice in choices), key=lambda group: group.worth)
        left = cheapest.left
        nodes += [(offer, tuple(sorted(on.items()))) for offer, on in zip(cheapest.offers, cheapest.pods, strict=True)]
    return Answer(tuple(nodes))


def _packed(catalogue: Catalogue, best: bool, left: list[int], order: list[int], choice: Choice) -> Group:
    group = Group(catalogue, best, list(left))
    for c in order:
        group.put(c, choice)
    return group


def first_fit(problem: Problem, seconds: float) -> Answer:
    """Pack by first fit; it needs no limit of time."""
    return decreasing_fit(problem, best=False)


def best_fit(problem: Problem, seconds: float) -> Answer:
    """Pack by best fit."""
    return decreasing_fit(problem, best=True)
