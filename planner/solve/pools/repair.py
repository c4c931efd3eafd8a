"""Changes divisions of types among pools until a crude kube-scheduler leaves no pod out: many at once, the cheapest first.

How many nodes a pool has stays as it is; types move, or two change places, where that leaves no more pods out than before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.solve.pools.anneal import Goods, Ints
from planner.solve.pools.trial import Case, left_out, orders

SIDE_BY_SIDE = 24
PATIENCE = 150
"""A division is given up after so many steps that made nothing better."""
SWAPS, TRIES = 0.7, 20
FEW, MANY = (4, 2), (16, 8)
"""So many orders by pod and by workload: at first, and before a division is believed."""
WORK = 20_000_000
"""Pods to place in one of the orders, per ring."""
DEAR = 20_000
"""The cheapest are changed first; one with so many pods left out comes no sooner than one that costs twice as much."""
NO_ROOM = 1 << 40


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Type t goes to nodes of kind `where[t]`, of which there are `nodes` (kind, count)."""

    cost: int
    nodes: tuple[tuple[int, int], ...]
    where: Ints


@dataclass(slots=True, eq=False)
class _Course:
    """A division while it is changed: `missing` pods of each kind, by few orders, or by many."""

    cost: int
    nodes: dict[int, int]
    where: Ints
    missing: dict[int, int] = field(default_factory=dict)
    many: bool = False
    idle: int = 0

    def left(self) -> int:
        """Return how many pods are left out."""
        return sum(self.missing.values())


@dataclass(slots=True)
class Repair:
    """One ring; `weighed` are the resources that scores look at, `over` says when to stop."""

    goods: Goods
    weighed: tuple[int, ...]
    over: Callable[[], bool]
    seed: int = 1
    work: int = WORK
    found: list[Division] = field(default_factory=list)
    known: dict[tuple[int, int, bool, bytes], int] = field(default_factory=dict)
    flows: tuple[list[Ints], list[Ints]] = field(init=False)
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Draw the orders, and the same every time."""
        self.rng = np.random.default_rng(self.seed)
        self.flows = orders(self.goods, *FEW), orders(self.goods, *MANY, seed=2)

    def run(self, divisions: Sequence[Division]) -> list[Division]:
        """Return those that were mended, each cheaper than the one after it."""
        going = [_Course(one.cost, dict(one.nodes), one.where.copy()) for one in divisions]
        self._look(going)
        while going and self.work > 0 and not self.over():
            self._note(going)
            going = [one for one in going if one.idle < PATIENCE and self._is_cheaper(one.cost)]
            going.sort(key=lambda one: (one.cost * (DEAR + one.left()), one.cost, sorted(one.nodes.items())))
            self._step(going[:SIDE_BY_SIDE])
        return self.found[::-1]

    def _is_cheaper(self, cost: int) -> bool:
        return not self.found or cost < self.found[-1].cost

    def _look(self, courses: Sequence[_Course]) -> None:
        """Count what each pool of these leaves out."""
        pools = [(one, kind) for one in courses for kind in sorted(one.nodes)]
        missing = self._missing([(one, kind, one.where) for one, kind in pools])
        for (one, kind), pods in zip(pools, missing, strict=True):
            one.missing[kind] = pods

    def _note(self, courses: Sequence[_Course]) -> None:
        """Note what is mended by many orders, and look closer where it is by few."""
        done = [one for one in courses if not one.left()]
        closer = [one for one in done if not one.many]
        for one in closer:
            one.many, one.idle = True, 0
        self._look(closer)
        for one in sorted(done, key=lambda one: one.cost):
            if not one.left() and self._is_cheaper(one.cost):
                self.found.append(Division(one.cost, tuple(sorted(one.nodes.items())), one.where))
                one.idle = PATIENCE

    def _step(self, courses: Sequence[_Course]) -> None:
        """Change something in each, and keep it where it is no worse."""
        changes = [(one, *change) for one in courses for change in self._change(one)]
        missing = self._missing([(one, kind, after) for one, a, b, after in changes for kind in (a, b)])
        for at, (one, a, b, after) in enumerate(changes):
            left = dict(zip((a, b), missing[2 * at : 2 * at + 2], strict=True))
            before = one.missing[a] + one.missing[b]
            one.idle = 0 if sum(left.values()) < before else one.idle + 1
            if sum(left.values()) <= before:
                one.where = after
                one.missing |= left

    def _change(self, one: _Course) -> Iterator[tuple[int, int, Ints]]:
        """Yield a change of two pools, one of which leaves pods out, that their sums allow; nothing where none was drawn."""
        short, kinds = [kind for kind, pods in sorted(one.missing.items()) if pods], sorted(one.nodes)
        for _ in range(TRIES):
            a, b = short[self.rng.integers(len(short))], kinds[self.rng.integers(len(kinds))]
            here, there = np.flatnonzero(one.where == a), np.flatnonzero(one.where == b)
            if a == b or not len(here):
                continue
            after = one.where.copy()
            after[self.rng.choice(here)] = b
            if len(there) and self.rng.random() < SWAPS:
                after[self.rng.choice(there)] = a
            if all(self._fits(kind, one.nodes[kind], after) for kind in (a, b)):
                yield a, b, after
                return
        one.idle += 1

    def _fits(self, kind: int, nodes: int, where: Ints) -> bool:
        """Say whether the types of a pool fit on its nodes as far as sums tell."""
        goods, members = self.goods, where == kind
        load = goods.requests[members].T @ goods.pods[members]
        each = goods.pods[members] <= nodes * goods.fit[members, kind]
        return bool((load <= nodes * goods.capacity[kind]).all() and each.all())

    def _missing(self, pools: Sequence[tuple[_Course, int, Ints]]) -> list[int]:
        """Return how many pods each pool leaves out, of which none is tried twice."""
        keys = [(kind, one.nodes[kind], one.many, (where == kind).tobytes()) for one, kind, where in pools]
        for many in (False, True):
            new: dict[tuple[int, int, bool, bytes], Case] = {}
            for key, (one, kind, where) in zip(keys, pools, strict=True):
                if one.many == many and key not in self.known:
                    if not self._fits(kind, key[1], where):
                        self.known[key] = NO_ROOM
                    elif key[1] == 1:
                        self.known[key] = 0
                    else:
                        new[key] = Case(kind, key[1], where == kind)
            flows = self.flows[many]
            self.work -= sum(int(self.goods.pods[case.members].sum()) for case in new.values()) * len(flows)
            missing = left_out(self.goods, list(new.values()), flows, self.weighed)
            self.known |= dict(zip(new, missing.tolist(), strict=True))
        return [self.known[key] for key in keys]
