"""Local search on the kinds of nodes that types prefer, until a crude kube-scheduler leaves no pod out: many at a time.

Types are led to another kind, one more or one less, or two change places, where that leaves hardly more pods out than before.
Once that no longer helps, nodes are exchanged for others that cost less than the best division so far.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement

import numpy as np

from planner.solve.node_pools.instance.candidate import WHOLE
from planner.solve.node_pools.instance.ring import Bools, Ints, Nodes, RingInstance
from planner.solve.node_pools.local_search.greedy_scheduler import Arrival, Case, arrivals, count_pending, orders
from planner.solve.node_pools.local_search.moves import Moves
from planner.solve.tuning.pools import POOLS, PoolTuning

NEVER = 1 << 62
"""No number to set: it stands for no limit."""
_Key = tuple[Nodes, bytes]


@dataclass(frozen=True, slots=True, eq=False)
class PoolDivision:
    """Type t is led to nodes of a kind j where `liked[t, j]`; of the kinds there are `nodes` (kind, count)."""

    cost: int
    nodes: Nodes
    liked: Bools


@dataclass(slots=True, eq=False)
class _Evaluation:
    """A division with other preferences; `short` are the pods of each type that find no room, for each order that leaves any."""

    made: PoolDivision
    liked: Bools
    short: dict[Arrival, Ints] = field(default_factory=dict)

    def left(self) -> int:
        """Return how many pods are left out, in all orders that were tried."""
        return sum(int(pods.sum()) for pods in self.short.values())

    def key(self) -> _Key:
        """Return what tells it from others."""
        return self.made.nodes, self.liked[:, [kind for kind, _ in self.made.nodes]].tobytes()


@dataclass(slots=True, eq=False)
class _Candidate(_Evaluation):
    """A division while it is changed, tried in all stages of orders up to this one; `best` are the fewest that it left out."""

    stage: int = 1
    idle: int = 0
    best: int = NEVER

    def weight(self, dear: int) -> tuple[int, int, Nodes]:
        """Return what it costs, and more if pods are left out: twice as much with so many."""
        return self.made.cost * (dear + self.left()), self.made.cost, self.made.nodes

    def take(self, change: "_Move") -> None:
        """Become what was tried."""
        self.liked, self.short = change.liked, change.short
        if self.left() < self.best:
            self.best, self.idle = self.left(), 0


@dataclass(slots=True, eq=False)
class _Move(_Evaluation):
    """A course as it might become, taken if it leaves out no more than `most`."""

    most: int = 0


@dataclass(slots=True)
class LocalSearch:
    """One ring; `weighed` are the resources that scores look at, `over` says when to stop; all is to cost less than `most`.

    It may take so many `times` the usual work, and ends once something costs no more than the `least`.

    Orders come in stages: the hard ones of a few, the others of those, and twice many more before a division is believed.
    """

    goods: RingInstance
    weighed: tuple[int, ...]
    over: Callable[[], bool]
    seed: int = 1
    work: int = NEVER
    times: int = 1
    most: int = NEVER
    least: int = 0
    tuning: PoolTuning = POOLS
    found: list[PoolDivision] = field(default_factory=list)
    seen: set[Nodes] = field(default_factory=set)
    kinds: list[int] = field(default_factory=list)
    laid: dict[Nodes, tuple[Ints, Ints]] = field(default_factory=dict)
    known: dict[_Key, dict[Arrival, Ints | None]] = field(default_factory=dict)
    stages: tuple[list[Arrival], ...] = field(init=False)
    rng: np.random.Generator = field(init=False)
    changes: Moves = field(init=False)

    def __post_init__(self) -> None:
        """Draw the orders, and the same every time."""
        self.rng = np.random.default_rng(self.seed)
        self.changes = Moves(self.goods, self.rng, self.tuning)
        self.work = self.times * min(self.work, self._most_work())
        few = orders(self.goods, *self.tuning.local_search.few_orders)
        hard = [few.pop(number) for number in self.tuning.local_search.hard_orders]
        more = [
            orders(self.goods, *counts, 2 + number, self.tuning.local_search.smallest_first)
            for number, counts in enumerate(self.tuning.local_search.more_orders)
        ]
        self.stages = tuple(arrivals(flows, luck) for luck, flows in enumerate((hard, few, *more)))

    def _most_work(self) -> int:
        return min(self.tuning.local_search.most_work, self.tuning.local_search.work_per_pod * int(self.goods.pods.sum()))

    def run(self, divisions: Sequence[PoolDivision]) -> list[PoolDivision]:
        """Return those that were mended, the cheapest first."""
        divisions = self._some(divisions)
        self.seen |= {division.nodes for division in divisions}
        self.kinds = sorted({kind for division in divisions for kind, _ in division.nodes if not self.goods.own[kind]})
        going, dear = self._begin(divisions), self.tuning.local_search.dear
        while going and self.work > 0 and not self.over():
            self._note(going)
            if self.found and self.found[-1].cost <= self.least:
                break
            ended = [candidate for candidate in going if candidate.idle >= self.tuning.local_search.patience]
            going += self._begin([other for candidate in ended for other in self._exchange(candidate)])
            going = [
                candidate
                for candidate in going
                if candidate.idle < self.tuning.local_search.patience and self._is_cheaper(candidate.made.cost)
            ]
            going.sort(key=lambda candidate: candidate.weight(dear))
            self._step(going[: self.tuning.local_search.side_by_side])
        # only what is cheaper than the last one is noted
        return self.found[::-1]

    def steady(self, division: PoolDivision) -> list[PoolDivision]:
        """Return the division and others with its nodes that leave nobody out either: the exact simulation may keep only one.

        Those come first that leave out fewest in many more orders.
        """
        self.work = self._most_work() * self.tuning.local_search.more_work
        many = arrivals(
            orders(self.goods, *self.tuning.local_search.many_orders, len(self.stages), self.tuning.local_search.smallest_first),
            len(self.stages),
        )
        course = _Candidate(division, division.liked)
        self._look([(course, many)])
        result = {course.key(): (course.left(), division)}
        for _ in range(self.tuning.local_search.walk):
            drawn = self._changes(course)
            for stage in self.stages:
                self._look([(move, stage) for move in drawn])
                drawn = [move for move in drawn if not move.short]
            drawn = drawn[: self.tuning.local_search.moves_tried]
            self._look([(move, many) for move in drawn])
            for move in _best(drawn, 1):
                course.take(move)
                result.setdefault(move.key(), (move.left(), replace(division, liked=move.liked)))
        return [alike for _, alike in sorted(result.values(), key=lambda rated: rated[0])][: self.tuning.local_search.most_alike]

    def _some(self, divisions: Sequence[PoolDivision]) -> Sequence[PoolDivision]:
        """Return as many as can be looked at for half the work, cheap ones and dear ones."""
        widest = max((sum(count for _, count in division.nodes) for division in divisions), default=0)
        effort = self._effort(len(self.stages[0]) + len(self.stages[1]), widest)
        step = -(-len(divisions) * effort * 2 // max(self.work, 1))
        return sorted(divisions, key=lambda division: (division.cost, division.nodes))[::step] if step > 1 else divisions

    def _effort(self, rows: int, nodes: int) -> int:
        """Return what it takes to let all pods come in so many rows side by side."""
        return int(self.goods.pods.sum()) * rows * nodes

    def _is_cheaper(self, cost: int) -> bool:
        return cost < (self.found[-1].cost if self.found else self.most)

    def _begin(self, divisions: Sequence[PoolDivision]) -> list[_Candidate]:
        courses = [_Candidate(division, division.liked) for division in divisions]
        self._look([(course, (*self.stages[0], *self.stages[1])) for course in courses])
        return courses

    def _note(self, courses: Sequence[_Candidate]) -> None:
        """Note the cheapest of those that are mended by all orders, after a closer look at those that are by some."""
        for course in sorted((course for course in courses if not course.short), key=lambda course: course.made.cost):
            if not self._is_cheaper(course.made.cost):
                return
            while not course.short and course.stage + 1 < len(self.stages):
                course.stage, course.idle, course.best = course.stage + 1, 0, NEVER
                self._look([(course, self.stages[course.stage])])
            if not course.short:
                self.found.append(replace(course.made, liked=course.liked))
                course.idle = self.tuning.local_search.patience

    def _step(self, courses: Sequence[_Candidate]) -> None:
        """Draw changes of each, and take the best one where it leaves no more pods out, or as few more as chance allows."""
        drawn = [(candidate, self._changes(candidate)) for candidate in courses]
        for stage, kept in enumerate(self.tuning.local_search.kept):
            self._look([(change, self._coming(course, stage)) for course, some in drawn for change in some])
            drawn = [(course, _best(some, kept)) for course, some in drawn]
        for course, some in drawn:
            course.idle += 1
            if some:
                course.take(some[0])

    def _coming(self, course: _Candidate, stage: int) -> list[Arrival]:
        """Return the orders of a stage for changes of a course; those in which it leaves pods out come first of all."""
        if stage == 0:
            return [*self.stages[0], *(arrival for arrival in course.short if arrival not in self.stages[0])]
        return [arrival for arrival in self.stages[stage] if arrival not in course.short] if stage <= course.stage else []

    def _changes(self, candidate: _Candidate) -> list[_Move]:
        """Draw changes of one course, which may leave out as many pods as it does, or a few more."""
        # half of the time no more than now, a quarter one more, and so on
        most = candidate.left() + int(self.rng.geometric(0.5)) - 1
        drawn = self.changes.draw(candidate.liked, candidate.made.nodes, np.flatnonzero(sum(candidate.short.values())))
        return [_Move(candidate.made, liked, most=most) for liked in drawn]

    def _exchange(self, candidate: _Candidate) -> Iterator[PoolDivision]:
        """Yield divisions with one node less and up to two others, which cost less than what was found, and not much more."""
        goods, width = self.goods, len(self.goods.price)
        counts = goods.counts(candidate.made.nodes)
        others = [more for size in range(3) for more in combinations_with_replacement(self.kinds, size)]
        for lost in np.flatnonzero(np.where(goods.own, 0, counts)):
            for more in others:
                after = counts + np.bincount(np.array(more, dtype=np.int64), minlength=width)
                after[lost] -= 1
                cost, nodes = int(after @ goods.price), tuple((k, int(after[k])) for k in np.flatnonzero(after).tolist())
                if (
                    nodes not in self.seen
                    and self._is_cheaper(cost)
                    and cost <= candidate.made.cost + candidate.made.cost // self.tuning.local_search.near
                ):
                    self.seen.add(nodes)
                    liked = self._preferences(candidate.liked, after)
                    if liked is not None:
                        yield PoolDivision(cost, nodes, liked)

    def _preferences(self, before: Bools, counts: Ints) -> Bools | None:
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

    def _look(self, asked: "Sequence[tuple[_Evaluation, Sequence[Arrival]]]") -> None:
        """See what each of these leaves out in these orders too; nothing is tried twice.

        Once it is over, or all work is done, nothing is tried any more: then all pods are said to be left out.
        """
        rows: dict[tuple[_Key, Arrival], tuple[Case, Arrival]] = {}
        for evaluation, coming in asked:
            key = evaluation.key()
            known, case = self.known.setdefault(key, {}), Case(*self._lay_out(evaluation.made.nodes), evaluation.liked)
            new = (arrival for arrival in coming if arrival not in known and (key, arrival) not in rows)
            rows |= {(key, arrival): (case, arrival) for arrival in new}
        self._try(list(rows.items()))
        for evaluation, coming in asked:
            known = self.known[evaluation.key()]
            results = ((arrival, known.get(arrival, self.goods.pods)) for arrival in coming)
            evaluation.short |= {arrival: left for arrival, left in results if left is not None}

    def _try(self, rows: "Sequence[tuple[tuple[_Key, Arrival], tuple[Case, Arrival]]]") -> None:
        widest = max((1, *(len(case.kinds) for _, (case, _) in rows)))
        size = max(1, self.tuning.local_search.cells_at_once // (len(self.goods.pods) * widest))
        # in slices, so that the clock is looked at between them
        for some in (rows[start : start + size] for start in range(0, len(rows), size)):
            if self.over() or self.work <= 0:
                break
            self.work -= self._effort(len(some), widest) + int(self.goods.pods.sum()) * self.tuning.local_search.begin
            pending = count_pending(self.goods, [row for _, row in some], self.weighed)
            for ((key, arrival), _), left in zip(some, pending, strict=True):
                self.known[key][arrival] = left if left.any() else None

    def _lay_out(self, nodes: Nodes) -> tuple[Ints, Ints]:
        if nodes not in self.laid:
            self.laid[nodes] = self.goods.left_after_loss(nodes)
        return self.laid[nodes]


def _best(changes: Sequence[_Move], most: int) -> list[_Move]:
    """Return so many changes that may be taken, those that leave out the fewest pods."""
    return sorted((change for change in changes if change.left() <= change.most), key=_Move.left)[:most]
