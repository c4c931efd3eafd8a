"""A Problem in types of pods and kinds of nodes: what packing and sums cannot tell apart is one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.solver.problem import NONE, NodeSlot, Offer, PodClass, Problem, TopologySpread
from planner.solve.buy.market.rule_classes import Family, Rules, family_of

EVERYWHERE = -1
"""No number to set: the ring of daemons that are on the nodes of every ring."""
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Kind:
    """Nodes, or offers, that are alike in capacity, daemons, rings, price, the classes that may come, and their zones."""

    nodes: tuple[int, ...]
    offers: tuple[int, ...]
    rings: tuple[int, ...]
    price: int
    pool: int
    zones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """Arrays over types (T), kinds (J), rings (R) and resources (K).

    `members[t]` are the classes of a type. `room[j, r, k]` is what a node of a kind has for pods of a ring, -1 where it cannot
    serve it. `allowed[t, j]` says whether a pod may be on such a node and fits. Of the nodes of a pool there are `most`.
    `per_node[t]` limits the pods of a type on a node, `enemies[t]` are the types that it may not meet there.
    """

    problem: Problem
    kinds: tuple[Kind, ...]
    members: tuple[tuple[int, ...], ...]
    requests: Ints
    counts: Ints
    ring_of: Ints
    priority: Ints
    allowed: Bools
    room: Ints
    price: Ints
    pool: Ints
    most: Ints
    per_node: Ints
    enemies: dict[int, tuple[int, ...]]
    hard: tuple[int, ...]


MANY = 2**40
"""No number to set: it stands for no limit."""


def market_of(problem: Problem, rules: Rules) -> Market:
    """Merge nodes and offers into kinds, classes into types."""
    return Reader(problem, rules).read()


@dataclass(slots=True)
class Reader:
    """Reads one problem; classes that fit nowhere in their ring are types all the same."""

    problem: Problem
    rules: Rules
    families: list[Family] = field(default_factory=list)
    lists: dict[tuple[bool, tuple[int, ...]], int] = field(default_factory=dict)
    kinds: list[Kind] = field(default_factory=list)
    present: list[frozenset[int]] = field(default_factory=list)

    def read(self) -> Market:
        """Put it all together."""
        problem = self.problem
        self.families = list(dict.fromkeys(family_of(spread) for spread in self.rules.spread.values()))
        self._group(problem.nodes, [c.candidates for c in problem.classes], False)
        self._group(problem.offers, [c.offers for c in problem.classes], True)
        room = self._room()
        allowed = self._allowed_kinds(room)
        types = self._types(allowed)
        classes = [problem.classes[members[0]] for members, _, _ in types]
        firsts = [members[0] for members, _, _ in types]
        width = len(problem.resources)
        pools = len(problem.most) + len(self.kinds)
        most = np.array([*problem.most, *(len(kind.nodes) for kind in self.kinds)], dtype=np.int64)
        return Market(
            problem=problem,
            kinds=tuple(self.kinds),
            members=tuple(members for members, _, _ in types),
            requests=np.array([c.requests for c in classes], dtype=np.int64).reshape(len(types), width),
            counts=np.array([count for _, count, _ in types], dtype=np.int64),
            ring_of=np.array([c.ring for c in classes], dtype=np.int64),
            priority=np.array([c.priority for c in classes], dtype=np.int64),
            allowed=np.array([mask for _, _, mask in types], dtype=np.bool_).reshape(len(types), len(self.kinds)),
            room=room,
            price=np.array([kind.price for kind in self.kinds], dtype=np.int64),
            pool=np.array([kind.pool for kind in self.kinds], dtype=np.int64),
            most=most[:pools],
            per_node=np.array([self.rules.per_node.get(c, MANY) for c in firsts], dtype=np.int64),
            enemies=self._enemies(firsts),
            hard=tuple(sorted(self.rules.hard)),
        )

    def _group(self, slots: Sequence[NodeSlot | Offer], allowed: Sequence[tuple[int, ...]], bought: bool) -> None:
        where, lists = _present(allowed, len(slots))
        zones = [_domains(family, bought, len(slots)) for family in self.families]
        alike: dict[tuple[object, ...], list[int]] = {}
        for number, slot in enumerate(slots):
            zone = tuple(of[number] for of in zones)
            shape = slot.shape if bought else 0
            alike.setdefault((slot.capacity, slot.rings, slot.price, shape, tuple(where[number]), zone), []).append(number)
        for members in alike.values():
            first, on = members[0], tuple(members)
            slot = slots[first]
            pool = slot.shape if bought else len(self.problem.most) + len(self.kinds)
            zone = tuple(of[first] for of in zones)
            self.kinds.append(Kind(() if bought else on, on if bought else (), slot.rings, slot.price, pool, zone))
            self.present.append(frozenset(c for number in where[first] for c in lists[number]))

    def _slot(self, kind: Kind) -> NodeSlot | Offer:
        return self.problem.nodes[kind.nodes[0]] if kind.nodes else self.problem.offers[kind.offers[0]]

    def _room(self) -> Ints:
        """Charge daemons; a node without any capacity takes no pods, so its daemons are not weighed."""
        problem = self.problem
        room = np.full((len(self.kinds), len(problem.rings), len(problem.resources)), -1, dtype=np.int64)
        for j, kind in enumerate(self.kinds):
            capacity = np.array(self._slot(kind).capacity, dtype=np.int64)
            daemons = [problem.classes[c] for c in sorted(self.present[j]) if problem.classes[c].daemon]
            for r in kind.rings:
                weighed = [c for c in daemons if c.ring in (EVERYWHERE, r)] if capacity.max(initial=0) > 0 else []
                left = capacity - sum((np.array(c.requests, dtype=np.int64) for c in weighed), np.zeros_like(capacity))
                if left.min(initial=0) >= 0 and not self._at_odds(j, r):
                    room[j, r] = left
        return room

    def _at_odds(self, j: int, ring: int) -> bool:
        """Say whether two daemons of the ring want the same port of such a node."""
        classes, here = self.problem.classes, self.present[j]
        for first, second in self.rules.enemies:
            pair = classes[first], classes[second]
            rings = {c.ring for c in pair}
            # two DaemonSets of every ring meet on the node whatever its ring: no ring is to blame for that
            if {first, second} <= here and all(c.daemon for c in pair) and rings <= {EVERYWHERE, ring} and ring in rings:
                return True
        return False

    def _allowed_kinds(self, room: Ints) -> dict[int, Bools]:
        """Say for each plain class which kinds can hold a pod of it."""
        problem = self.problem
        plain = [i for i, c in enumerate(problem.classes) if not c.daemon and c.ring >= 0]
        fitting = {i: np.zeros(len(self.kinds), dtype=np.bool_) for i in plain}
        rings: dict[int, list[int]] = {}
        for i in plain:
            rings.setdefault(problem.classes[i].ring, []).append(i)
        for r, classes in rings.items():
            asked = np.array([problem.classes[i].requests for i in classes], dtype=np.int64).reshape(len(classes), -1)
            for j, here in enumerate(self.present):
                fits = (asked <= room[j, r]).all(axis=1) & (room[j, r] >= 0).all()
                for row in np.flatnonzero(fits):
                    fitting[classes[row]][j] = classes[row] in here
        for first, second in sorted(self.rules.enemies):
            if first in fitting and problem.classes[second].daemon:
                taken = problem.classes[second].ring in (EVERYWHERE, problem.classes[first].ring)
                fitting[first] &= np.array([not (taken and second in here) for here in self.present], dtype=np.bool_)
        return fitting

    def _types(self, allowed: dict[int, Bools]) -> list[tuple[tuple[int, ...], int, Bools]]:
        """Merge classes that no rule names and that ask for the same on the same kinds; divide those that spread."""
        ruled = {c for pair in self.rules.enemies for c in pair} | self.rules.per_node.keys()
        alike: dict[tuple[object, ...], list[int]] = {}
        split: list[tuple[tuple[int, ...], int, Bools]] = []
        for i, mask in allowed.items():
            c = self.problem.classes[i]
            if i in self.rules.spread and i not in self.rules.hard:
                parts = self._divide_by_zone(i, c, mask, self.rules.spread[i])
                split += parts
                if not parts:
                    self.rules.hard.add(i)
            elif i not in self.rules.hard and c.count:
                alike.setdefault((c.ring, c.requests, c.priority, mask.tobytes(), i if i in ruled else -1), []).append(i)
        whole = [(tuple(m), sum(self.problem.classes[i].count for i in m), allowed[m[0]]) for m in alike.values()]
        return sorted((*whole, *split), key=lambda type_: type_[0][0])

    def _divide_by_zone(self, i: int, c: PodClass, mask: Bools, rule: TopologySpread) -> list[tuple[tuple[int, ...], int, Bools]]:
        """Divide a class evenly among the zones of its ring; nothing where it cannot be in each of them."""
        family = self.families.index(family_of(rule))
        zone = np.array([kind.zones[family] for kind in self.kinds], dtype=np.int64)
        of_ring = np.array([c.ring in kind.rings for kind in self.kinds], dtype=np.bool_)
        zones = sorted({int(z) for z in zone[of_ring] if z >= 0} | set(rule.standing))
        if not zones or not all((mask & (zone == z)).any() for z in zones):
            return []
        # with too few zones the emptiest counts as empty, so that no zone may hold more pods than the skew
        if len(zones) < rule.min_domains and -(-c.count // len(zones)) > rule.max_skew:
            return []
        # each class begins with another zone: else the first zone would get what is over of every class
        turn = {z: (n - i) % len(zones) for n, z in enumerate(zones)}
        shares = {z: c.count // len(zones) + (turn[z] < c.count % len(zones)) for z in zones}
        return [((i,), share, mask & (zone == z)) for z, share in shares.items() if share]

    def _enemies(self, firsts: Sequence[int]) -> dict[int, tuple[int, ...]]:
        where: dict[int, list[int]] = {}
        for t, c in enumerate(firsts):
            where.setdefault(c, []).append(t)
        result: dict[int, set[int]] = {}
        for first, second in self.rules.enemies:
            for t in where.get(first, ()):
                result.setdefault(t, set()).update(where.get(second, ()))
        return {t: tuple(sorted(others)) for t, others in sorted(result.items()) if others}


def _present(allowed: Sequence[tuple[int, ...]], slots: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return for each slot the lists that it is in, and for each list its classes: classes of the same nodes are read once."""
    together: dict[tuple[int, ...], list[int]] = {}
    for i, on in enumerate(allowed):
        together.setdefault(on, []).append(i)
    where: list[list[int]] = [[] for _ in range(slots)]
    for number, on in enumerate(together):
        for slot in on:
            where[slot].append(number)
    return where, list(together.values())


def _domains(family: Family, bought: bool, slots: int) -> list[int]:
    """Return the domain of each node or offer, NONE where it is in none."""
    domains, joins = family
    if bought:
        return list(joins) if joins else [NONE] * slots
    domain_of = [NONE] * slots
    for number, domain in enumerate(domains):
        for n in domain:
            domain_of[n] = number
    return domain_of
