"""Changes which kinds of nodes each type is led to until a crude kube-scheduler leaves no pod out: many divisions side by side.

Types are led to another kind, one more or one less, or two change places, where that leaves hardly more pods out than before.
Once that no longer helps, nodes are exchanged for others that cost less than the best division so far.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement

import numpy as np

from planner.solve.pools.filling import WHOLE
from planner.solve.pools.goods import Bools, Goods, Ints, Nodes
from planner.solve.pools.trial import Case, left_out, orders

SIDE_BY_SIDE, BREADTH = 12, 8
"""So many divisions are changed at a time, and the best of so many changes is taken."""
PATIENCE = 100
"""A division is given up after so many steps that made nothing better."""
SWAP, MOVE, TRIES = 0.5, 0.75, 20
"""How often two types change places, or else one has another kind alone; and how often a change is drawn to find a sound one."""
URGENT = 0.5
"""How often it is a type that is left out."""
FEW, MORE = (4, 2), ((16, 8), (40, 20))
"""So many orders by pod and by workload: at first, and of which more before a division is believed."""
SMALLEST = 8
"""And so often the smallest come first, each time with other luck."""
HARD = (2, -1)
"""Of the first orders those that leave out most, the smallest first and one by workload: a change that they forbid is dropped."""
WORK, WORK_PER_POD = 30_000_000, 30_000
"""Pods to place in one of the orders, per ring: at most, and for each pod that it has."""
LEAST = 200
"""So many rows side by side take as long as one."""
WIDE = 50
"""And up to so many nodes; twice as many take twice as long."""
CELLS = 1_000_000
"""So many pairs of a node and a type are tried at a time, whatever the time that is left."""
DEAR = 300
"""The cheapest are changed first; one with so many pods left out comes no sooner than one that costs twice as much."""
NEAR = 100
"""Nodes are exchanged for others that cost more by no more than this part of the whole."""
NEVER = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Type t is led to nodes of a kind j where `liked[t, j]`; of the kinds there are `nodes` (kind, count)."""

    cost: int
    nodes: Nodes
    liked: Bools


@dataclass(slots=True, eq=False)
class _Course:
    """A division while it is changed: `missing` pods of each type, in all stages of orders up to this one; `best`: the fewest."""

    made: Division
    liked: Bools
    missing: Ints
    stage: int = 1
    idle: int = 0
    best: int = NEVER

    def left(self) -> int:
        """Return how many pods are left out."""
        return int(self.missing.sum())

    def weight(self) -> tuple[int, int, Nodes]:
        """Return what it costs, and more if pods are left out."""
        return self.made.cost * (DEAR + self.left()), self.made.cost, self.made.nodes

    def take(self, change: "_Change") -> None:
        """Become what was tried."""
        self.liked, self.missing = change.liked, change.missing
        if self.left() < self.best:
            self.best, self.idle = self.left(), 0


@dataclass(slots=True, eq=False)
class _Change:
    """A course as it might become, taken if it leaves out no more than `most`; `missing` as far as it was tried."""

    course: _Course
    liked: Bools
    missing: Ints
    most: int

    def left(self) -> int:
        """Return how many pods are left out."""
        return int(self.missing.sum())

    def may_be_taken(self) -> bool:
        """Say whether no more pods are left out than may be."""
        return self.left() <= self.most


@dataclass(slots=True)
class Repair:
    """One ring; `weighed` are the resources that scores look at, `over` says when to stop.

    Orders come in stages: the hard ones of a few, the others of those, and twice many more before a division is believed.
    """

    goods: Goods
    weighed: tuple[int, ...]
    over: Callable[[], bool]
    seed: int = 1
    work: int = WORK
    found: list[Division] = field(default_factory=list)
    seen: set[Nodes] = field(default_factory=set)
    kinds: list[int] = field(default_factory=list)
    laid: dict[Nodes, tuple[Ints, Ints]] = field(default_factory=dict)
    known: dict[tuple[int, Nodes, bytes], Ints] = field(default_factory=dict)
    flows: tuple[list[Ints], ...] = field(init=False)
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Draw the orders, and the same every time."""
        self.rng = np.random.default_rng(self.seed)
        self.work = min(self.work, WORK_PER_POD * int(self.goods.pods.sum()))
        few = orders(self.goods, *FEW)
        hard = [few.pop(at) for at in HARD]
        self.flows = hard, few, *(orders(self.goods, *more, 2 + at, SMALLEST) for at, more in enumerate(MORE))

    def run(self, divisions: Sequence[Division]) -> list[Division]:
        """Return those that were mended, each cheaper than the one after it."""
        divisions = self._some(divisions)
        self.seen |= {one.nodes for one in divisions}
        self.kinds = sorted({kind for one in divisions for kind, _ in one.nodes if not self.goods.own[kind]})
        going = self._begun(divisions)
        while going and self.work > 0 and not self.over():
            self._note(going)
            ended = [one for one in going if one.idle >= PATIENCE]
            going += self._begun([other for one in ended for other in self._exchanged(one)])
            going = [one for one in going if one.idle < PATIENCE and self._is_cheaper(one.made.cost)]
            going.sort(key=_Course.weight)
            self._step(going[:SIDE_BY_SIDE])
        return self.found[::-1]

    def _some(self, divisions: Sequence[Division]) -> Sequence[Division]:
        """Return as many as can be looked at for half the work, cheap ones and dear ones."""
        widest = max((sum(count for _, count in one.nodes) for one in divisions), default=0)
        each = self._effort(len(self.flows[0]) + len(self.flows[1]), widest)
        step = -(-len(divisions) * each * 2 // max(self.work, 1))
        return sorted(divisions, key=lambda one: (one.cost, one.nodes))[::step] if step > 1 else divisions

    def _effort(self, rows: int, nodes: int) -> int:
        """Return what it takes to let all pods come in so many rows side by side."""
        return int(self.goods.pods.sum()) * rows * max(WIDE, nodes) // WIDE

    def _is_cheaper(self, cost: int) -> bool:
        return not self.found or cost < self.found[-1].cost

    def _begun(self, divisions: Sequence[Division]) -> list[_Course]:
        none = np.zeros(len(self.goods.pods), dtype=np.int64)
        found = [_Course(one, one.liked, none) for one in divisions]
        self._look(found, (0, 1))
        return found

    def _look(self, courses: Sequence[_Course], stages: Sequence[int]) -> None:
        """Count what each of these leaves out in these stages too."""
        for stage in stages:
            left = self._left(stage, [(one.made, one.liked) for one in courses])
            for one, missing in zip(courses, left, strict=True):
                one.missing = one.missing + missing

    def _note(self, courses: Sequence[_Course]) -> None:
        """Note the cheapest of those that are mended by all orders, after a closer look at those that are by some."""
        for one in sorted((one for one in courses if not one.left()), key=lambda one: one.made.cost):
            if not self._is_cheaper(one.made.cost):
                return
            while not one.left() and one.stage + 1 < len(self.flows):
                one.stage, one.idle, one.best = one.stage + 1, 0, NEVER
                self._look([one], (one.stage,))
            if not one.left():
                self.found.append(replace(one.made, liked=one.liked))
                one.idle = PATIENCE

    def _step(self, courses: Sequence[_Course]) -> None:
        """Draw changes of each, and take the best one where it leaves no more pods out, or as few more as chance allows."""
        drawn = [(one, self._changes(one)) for one in courses]
        going = [change for _, changes in drawn for change in changes]
        for stage in range(len(self.flows)):
            going = [one for one in going if one.may_be_taken() and stage <= one.course.stage]
            left = self._left(stage, [(one.course.made, one.liked) for one in going])
            for one, missing in zip(going, left, strict=True):
                one.missing = one.missing + missing
        for course, changes in drawn:
            course.idle += 1
            best = min(changes, key=_Change.left, default=None)
            if best is not None and best.may_be_taken():
                course.take(best)

    def _changes(self, one: _Course) -> list[_Change]:
        """Draw changes of one course, of which all types can be on a kind that they prefer."""
        most = one.left() + int(self.rng.geometric(0.5)) - 1
        kinds, short = [kind for kind, _ in one.made.nodes], np.flatnonzero(one.missing)
        drawn = [self.goods.likable(self._drawn(one.liked, kinds, short)) for _ in range(TRIES)]
        sound = [liked for liked in drawn if liked[:, kinds].any(axis=1).all() and (liked != one.liked).any()]
        return [_Change(one, liked, np.zeros_like(one.missing), most) for liked in sound[:BREADTH]]

    def _drawn(self, before: Bools, kinds: Sequence[int], short: Ints) -> Bools:
        t = self.rng.choice(short) if len(short) and self.rng.random() < URGENT else self.rng.integers(len(before))
        liked, kind, what = before.copy(), self.rng.choice(kinds), self.rng.random()
        alike = self.goods.alike[kind]
        if what < SWAP:
            other = self.rng.integers(len(liked))
            liked[[t, other]] = liked[[other, t]]
        elif what < MOVE:
            liked[t] = alike
        else:
            liked[t, alike] = not liked[t, kind]
        return liked

    def _exchanged(self, one: _Course) -> Iterator[Division]:
        """Yield divisions with one node less and up to two others, which cost less than what was found, and not much more."""
        goods, width = self.goods, len(self.goods.price)
        counts = goods.counts(one.made.nodes)
        others = [more for size in range(3) for more in combinations_with_replacement(self.kinds, size)]
        for lost in np.flatnonzero(np.where(goods.own, 0, counts)):
            for more in others:
                after = counts + np.bincount(np.array(more, dtype=np.int64), minlength=width)
                after[lost] -= 1
                cost, nodes = int(after @ goods.price), tuple((k, int(after[k])) for k in np.flatnonzero(after).tolist())
                if nodes not in self.seen and self._is_cheaper(cost) and cost <= one.made.cost + one.made.cost // NEAR:
                    self.seen.add(nodes)
                    liked = self._liked(one.liked, after)
                    if liked is not None:
                        yield Division(cost, nodes, liked)

    def _liked(self, before: Bools, counts: Ints) -> Bools | None:
        """Return what types prefer of so many nodes of each kind, as before as far as they are there; None if they cannot do."""
        goods = self.goods
        able = (goods.fit > 0) & (counts > 0)
        enough = (counts @ goods.capacity >= goods.pods @ goods.requests).all()
        if not enough or not goods.are_to_be_had(counts) or not able.any(axis=1).all():
            return None
        share = (goods.requests[:, None] * WHOLE // np.maximum(goods.capacity, 1)).max(axis=2) * goods.price
        cheap = np.where(able, share, NEVER).argmin(axis=1)
        liked = before & goods.alike[:, counts > 0].any(axis=1)
        homeless = ~(before & able).any(axis=1)
        liked[homeless] = goods.alike[cheap[homeless]]
        return goods.likable(liked)

    def _left(self, stage: int, tried: Sequence[tuple[Division, Bools]]) -> list[Ints]:
        """Return how many pods of each type are left out in the orders of a stage; nothing is tried twice.

        Once it is over, or all work is done, nothing is tried any more: then all pods are said to be left out.
        """
        keys = [(stage, made.nodes, liked.tobytes()) for made, liked in tried]
        cases = zip(keys, tried, strict=True)
        new = [*{key: Case(*self._laid(made.nodes), liked) for key, (made, liked) in cases if key not in self.known}.items()]
        flows, pods = self.flows[stage], self.goods.pods
        size = max(1, CELLS // (len(flows) * len(pods) * max((1, *(len(case.kinds) for _, case in new)))))
        for some in (new[at : at + size] for at in range(0, len(new), size)):
            if self.over() or self.work <= 0:
                break
            self.work -= self._effort(max(LEAST, len(flows) * len(some)), max(len(case.kinds) for _, case in some))
            missing = left_out(self.goods, [case for _, case in some], flows, self.weighed, stage)
            self.known |= zip((key for key, _ in some), missing, strict=True)
        return [self.known.get(key, pods) for key in keys]

    def _laid(self, nodes: Nodes) -> tuple[Ints, Ints]:
        if nodes not in self.laid:
            self.laid[nodes] = self.goods.left(nodes)
        return self.laid[nodes]
