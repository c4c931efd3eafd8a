"""What pods are wanted and what places there are for them, read from a Problem with code of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.solver.problem import NONE, NodeSlot, Offer, PodClass, Problem

EVERYWHERE = -1
Slot = NodeSlot | Offer


@dataclass(frozen=True, slots=True)
class Place:
    """Own nodes or offers that are alike in one ring: what they have left for its pods, and which classes may be there.

    Of the `single` classes a node can hold one pod at most. Offers in one place are of one shape.
    """

    name: str
    ring: int
    nodes: tuple[int, ...]
    offers: tuple[int, ...]
    price: int
    room: tuple[int, ...]
    classes: frozenset[int]
    single: frozenset[int]


@dataclass(frozen=True, slots=True)
class Market:
    """All places of all rings, and the plain classes that may be in each ring."""

    problem: Problem
    places: tuple[Place, ...]
    wanting: tuple[tuple[int, ...], ...]

    def holds(self, place: Place, c: int) -> int:
        """Return how many pods of a class one node of the place holds at most, all alone."""
        pods = self.problem.classes[c]
        most = min(1, pods.count) if c in place.single else pods.count
        return min([most, *(have // asked for have, asked in zip(place.room, pods.requests, strict=True) if asked)])


def market_of(problem: Problem) -> Market:
    """Read the places and the wants."""
    plain = [(i, c) for i, c in enumerate(problem.classes) if not c.daemon and c.count]
    wanting = tuple(tuple(i for i, c in plain if c.ring in (EVERYWHERE, r)) for r in range(len(problem.rings)))
    return Market(problem, (*_places(problem, problem.nodes), *_places(problem, problem.offers)), wanting)


def _places(problem: Problem, slots: Sequence[Slot]) -> Iterator[Place]:
    """Group what is alike: in price and shape, in the classes that may come, in what daemons take."""
    bought = slots is problem.offers
    present = _present(problem.classes, bought, len(slots))
    lonely = _lonely(problem, bought, len(slots))
    alike: dict[tuple[object, ...], list[int]] = {}
    for number, slot in enumerate(slots):
        key = (slot.price, slot.shape if bought else 0, slot.capacity, slot.rings, present[number], lonely[number])
        alike.setdefault(key, []).append(number)
    for members in alike.values():
        first = members[0]
        for r in slots[first].rings:
            room = _room(problem, slots[first], present[first], r)
            if room is not None:
                classes = frozenset(c for c in present[first] if not problem.classes[c].daemon)
                nodes, offers = ([], members) if bought else (members, [])
                price, name = slots[first].price, slots[first].name
                yield Place(name, r, tuple(nodes), tuple(offers), price, room, classes, lonely[first])


def _present(classes: Sequence[PodClass], bought: bool, slots: int) -> list[frozenset[int]]:
    """Return the classes, daemons too, that may be on each node or offer; classes of the same nodes are read once."""
    together: dict[tuple[int, ...], list[int]] = {}
    for i, c in enumerate(classes):
        together.setdefault(c.offers if bought else c.candidates, []).append(i)
    lists = list(together.items())
    where: list[list[int]] = [[] for _ in range(slots)]
    for number, (on, _) in enumerate(lists):
        for slot in on:
            where[slot].append(number)
    known: dict[tuple[int, ...], frozenset[int]] = {}
    for key in map(tuple, where):
        if key not in known:
            known[key] = frozenset(c for number in key for c in lists[number][1])
    return [known[tuple(key)] for key in where]


def _lonely(problem: Problem, bought: bool, slots: int) -> list[frozenset[int]]:
    """Return the classes of which each node or offer can hold one pod: by host port, or by anti-affinity to themselves."""
    everywhere = {clash.first for clash in problem.clashes if clash.first == clash.second}
    singles: list[set[int]] = [set(everywhere) for _ in range(slots)]
    for apart in problem.aparts:
        if apart.owner not in apart.others:
            continue
        if bought:
            inside = [o for o, domain in enumerate(apart.joins) if domain != NONE]
        else:
            inside = [n for domain in apart.domains for n in domain]
        for number in inside:
            singles[number].add(apart.owner)
    return [frozenset(single) for single in singles]


def _room(problem: Problem, slot: Slot, present: frozenset[int], ring: int) -> tuple[int, ...] | None:
    """Return what a node has left in a ring once its daemons are there; None where they do not fit.

    A node without any capacity takes no pods that ask for anything, so its daemons are not weighed.
    """
    if max(slot.capacity, default=0) <= 0:
        return tuple(0 for _ in slot.capacity)
    daemons = [c for c in (problem.classes[i] for i in present) if c.daemon and c.ring in (EVERYWHERE, ring)]
    room = tuple(have - sum(c.requests[k] for c in daemons) for k, have in enumerate(slot.capacity))
    return None if min(room, default=0) < 0 else room


def are_whole(numbers: Sequence[int]) -> bool:
    """Say whether all are whole numbers, none of them negative; a plan may say anything."""
    return all(type(number) is int and number >= 0 for number in numbers)


def are_below(numbers: Sequence[int], end: int) -> bool:
    """Say whether all are places in a list of so many."""
    return are_whole(numbers) and max(numbers, default=-1) < end
