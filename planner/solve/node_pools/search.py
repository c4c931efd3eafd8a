"""Ways to buy for one ring, the cheapest first: with little room to spare, and with more."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from time import monotonic

import numpy as np

from models.kubernetes.resources import CPU, MEMORY
from models.solver.problem import Problem
from planner.solve.node_pools.anneal.chains import Chains
from planner.solve.node_pools.anneal.equal_pools import EqualPools
from planner.solve.node_pools.anneal.one_pool_per_shape import OnePoolPerShape
from planner.solve.node_pools.instance.candidate import PoolCandidate, fill_nodes
from planner.solve.node_pools.instance.inventory import ZONE, Inventory
from planner.solve.node_pools.instance.ring import Nodes, RingInstance, instance_of
from planner.solve.node_pools.instance.shape_filter import worthwhile_kinds
from planner.solve.node_pools.local_search.search import NEVER, LocalSearch, PoolDivision
from planner.solve.runtime.interrupt import never
from planner.solve.runtime.workers import run_each, side_by_side
from planner.solve.tuning.pools import POOLS, PoolTuning

WEIGHED = (CPU, MEMORY)
"""What kube-scheduler's scores look at."""


def pool_candidates(
    stock: Inventory,
    firm: bool = True,
    over: Callable[[], bool] = never,
    seconds: float | None = None,
    tuning: PoolTuning = POOLS,
    least: Mapping[int, int] | None = None,
) -> dict[int, tuple[PoolCandidate, ...]]:
    """Return for each ring ways to buy for it beside what it has, the cheaper ones first.

    With `least` it is for these rings alone, each of which is searched until something costs no more than that.

    Left out are rings of which some pods run already, must be near others, or are spread or kept apart by anything but node and
    zone; and such with very many pods, unless pods may be kept `firm`: on nodes of their own kinds alone. Once it is `over`, no
    further ring is looked at. Large rings are looked at side by side, in processes of their own. Of `seconds` each ring has
    its share, and after that the ways that were found by then, if any.
    """
    rings = dict.fromkeys(range(len(stock.problem.rings)), 0) if least is None else least
    tasks = (_task_of(stock, ring, firm, tuning) for ring in rings if not over())
    asked = [replace(task, least=rings[task.ring]) for task in tasks if task]
    is_large = sum(int(task.goods.pods.sum()) for task in asked) >= tuning.many_pods
    if seconds is not None:
        turns = -(-len(asked) // (side_by_side(len(asked)) if is_large else 1)) if asked else 1
        asked = [replace(task, seconds=seconds / turns) for task in asked]
    candidates = run_each(_candidates, asked, over, apart=is_large)
    return {task.ring: tuple(ways) for task, ways in zip(asked, candidates, strict=True) if ways}


@dataclass(frozen=True, slots=True, eq=False)
class _RingTask:
    """A ring that nodes are looked for, from this stock, with its types and kinds as the market numbers them.

    Pools are tried on a crude kube-scheduler where resources are `weighed`, those that its scores look at. Then several may be
    of one shape, unless some nodes are owned: nobody labels those. There are so many `seconds` for it, or as many as it takes;
    what costs no more than the `least` is good enough.
    """

    stock: Inventory
    ring: int
    types: Sequence[int]
    kinds: Sequence[int]
    goods: RingInstance
    weighed: tuple[int, ...]
    tuning: PoolTuning
    seconds: float | None = None
    least: int = 0


def _task_of(stock: Inventory, ring: int, firm: bool, tuning: PoolTuning = POOLS) -> _RingTask | None:
    market = stock.market
    types = [int(t) for t in np.flatnonzero(market.ring_of == ring) if market.counts[t]]
    kinds = [j for j in range(len(market.kinds)) if _is_there(stock, ring, j)]
    if not 0 < len(types) <= tuning.most_types or not any(market.kinds[j].offers for j in kinds) or not _is_known(stock, ring):
        return None
    weighed, owned = _weighed_resources(stock.problem), stock.places.ring_of.count(ring)
    if market.counts[types].sum() > tuning.most_pods or owned * len(types) > tuning.most_pairs:
        weighed = ()
    if not (weighed or firm):
        return None
    goods = instance_of(stock, ring, types, kinds)
    if not goods.fit.any(axis=1).all() or not (weighed or _needs_room_only(goods)):
        return None
    if weighed and not goods.own.any():
        pools, worth = (
            min(len(types), max(tuning.most_pools, len(types) // tuning.types_per_pool)),
            worthwhile_kinds(goods, tuning),
        )
        kinds, goods = [kinds[number] for number in worth] * pools, goods.of_kinds(worth, pools)
    return _RingTask(stock, ring, types, kinds, goods, weighed, tuning)


def _candidates(asked: _RingTask, over: Callable[[], bool]) -> list[PoolCandidate]:
    search = _Search(asked.goods, over, asked.seconds, tuning=asked.tuning, least=asked.least)
    divisions = search.mend(asked.weighed) if asked.weighed else search.divide(evenly=False)[1]
    ways = dict.fromkeys(_candidate(asked, division) for division in divisions if not over())
    return sorted((way for way in ways if not over() and fill_nodes(asked.stock, way) is not None), key=lambda way: way.cost)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """A search for one ring, from when it `began`; it ends with what was found once it is `over`, or `seconds` have gone.

    It also ends once something costs no more than the `least`.
    """

    goods: RingInstance
    over: Callable[[], bool]
    seconds: float | None = None
    began: float = field(default_factory=monotonic)
    tuning: PoolTuning = POOLS
    least: int = 0

    def divide(self, evenly: bool, turn: int = 0) -> tuple[list[PoolDivision], list[PoolDivision]]:
        """Return all divisions that were found, and the best few with each slack; in another turn with other luck.

        Those that are divided evenly may have several pools of a shape. In the first turn they leave time to mend them.
        """
        slacks = self.tuning.even_slacks if evenly else self.tuning.slacks
        part, steps = self.tuning.dividing / len(slacks), self._steps(len(slacks))
        ends = [self._over(1.0 if turn else part * number) for number in range(1, len(slacks) + 1)]
        runs = [
            list(_divisions(self.goods, slack, steps, end, evenly, turn, self.tuning))
            for slack, end in zip(slacks, ends, strict=True)
        ]
        few = (divisions[: self.tuning.kept_as_found] for divisions in runs)
        return list(chain.from_iterable(runs)), list(chain.from_iterable(few))

    def mend(self, weighed: tuple[int, ...]) -> list[PoolDivision]:
        """Return the divisions that were mended, the cheapest in several ways, and dearer ones that have more room to spare.

        At first all nodes of a shape are one pool, then there may be several, and after that the one or the other, whatever has
        led to what costs least.
        """
        goods, mended, more = self.goods, list[PoolDivision](), list[PoolDivision]()
        turns = self.tuning.turns_of_pools if goods.copies > 1 else self.tuning.turns
        best, turn, idle = turns[-1], 0, 0
        while self._goes_on(turn, len(turns), idle) and not (mended and mended[0].cost <= self.least):
            evenly = turns[turn] if turn < len(turns) else best
            everything, few = self.divide(evenly, turn)
            if goods.lost:
                # as they are found, divisions know nothing of losses: those that are not mended survive none
                everything, few = [*everything, *_other(goods, everything, _larger)], []
            most, times = mended[0].cost if mended else NEVER, 1 + turn // len(turns) + evenly
            late, seed = self._over(self.tuning.turning), turn + 1
            repair = LocalSearch(goods, weighed, late, seed=seed, times=times, most=most, least=self.least, tuning=self.tuning)
            cheaper = repair.run([*everything, *_other(goods, everything, _even_over_zones)])
            mended = [*cheaper, *mended]
            more += [] if evenly else few
            turn, idle, best = turn + 1, 0 if cheaper else idle + 1, evenly if cheaper else best
        mended[:1] = [
            steady
            for division in mended[:1]
            for steady in LocalSearch(goods, weighed, self._over(1.0), tuning=self.tuning).steady(division)
        ]
        return [*mended, *(division for division in more if not mended or division.cost > mended[0].cost)]

    def _goes_on(self, turn: int, turns: int, idle: int) -> bool:
        """Say whether there is one more turn: the first one in any case, later ones with more and more work."""
        if self.seconds is None:
            return turn < turns
        return turn == 0 or (idle < self.tuning.idle_turns and not self._over(self.tuning.turning)())

    def _over(self, part: float) -> Callable[[], bool]:
        """Return what says that it is over, as it is once so large a part of the time has gone."""
        if self.seconds is None:
            return self.over
        end = self.began + part * self.seconds
        return lambda: self.over() or monotonic() >= end

    def _steps(self, slacks: int) -> int:
        """Return how many steps a search for divisions has: fewer where there is little time, so that it cools all the same."""
        types = len(self.goods.pods)
        steps = min(self.tuning.steps, self.tuning.steps_per_type * types, self.tuning.effort // types)
        if self.seconds is None:
            return steps
        takes = self.tuning.search_seconds * steps * types / self.tuning.effort
        return max(1, int(steps * min(1.0, self.tuning.dividing * self.seconds / slacks / takes)))


def _other(
    goods: RingInstance, divisions: Sequence[PoolDivision], changed: Callable[[RingInstance, Nodes], Iterator[Nodes]]
) -> Iterator[PoolDivision]:
    """Yield divisions that have other nodes, as far as there are so many, and prefer what those do that they are made of."""
    seen = {division.nodes for division in divisions}
    for division in divisions:
        for nodes in map(goods.with_own, changed(goods, division.nodes)):
            if nodes not in seen and goods.are_to_be_had(goods.counts(nodes)):
                seen.add(nodes)
                yield PoolDivision(goods.cost(nodes), nodes, division.liked)


def _even_over_zones(goods: RingInstance, nodes: Nodes) -> Iterator[Nodes]:
    """Yield as many nodes of a kind in each of its zones, a few more or less than these."""
    for more in range(max(len(zones) for zones, own in zip(goods.zones, goods.own, strict=True) if not own)):
        yield tuple((kind, _round_to_zones(count + more, len(goods.zones[kind]))) for kind, count in nodes)


def _larger(goods: RingInstance, nodes: Nodes) -> Iterator[Nodes]:
    """Yield more nodes, so that a node or a zone can be lost: one of a kind, or a zone's share of all."""
    if goods.lost == ZONE:
        yield tuple((kind, _more(count, len(goods.zones[kind]))) for kind, count in nodes)
    else:
        for more, _ in nodes:
            yield tuple((kind, count + (kind == more)) for kind, count in nodes)


def _more(count: int, zones: int) -> int:
    """Return how many nodes zones have if without one of them as many are left."""
    return -(-count // (zones - 1)) * zones if zones > 1 else count


def _round_to_zones(count: int, zones: int) -> int:
    """Return the number of nodes that zones have equal shares of, but for fewer than there are zones; at least one in each."""
    return max(count // zones, 1) * zones


def _weighed_resources(problem: Problem) -> tuple[int, ...]:
    return tuple(problem.resources.index(name) for name in WEIGHED if name in problem.resources)


def _is_known(stock: Inventory, ring: int) -> bool:
    """Say whether all rules between the pods of a ring are of those that are tried, and none of its pods runs yet."""
    problem = stock.problem
    spread = [rule for c, rule in stock.spread.items() if problem.classes[c].ring == ring]
    return (
        not any(problem.classes[c].ring == ring for c in stock.market.hard)
        and not any(pod_class.running for pod_class in problem.classes if pod_class.ring == ring and not pod_class.daemon)
        and all(map(stock.is_by_zone, {(rule.domains, rule.joins, rule.standing): rule for rule in spread}.values()))
    )


def _needs_room_only(goods: RingInstance) -> bool:
    return not (goods.skew.any() or goods.apart.any() or goods.own.any())


def _is_there(stock: Inventory, ring: int, kind: int) -> bool:
    """Say whether the ring has nodes of a kind, or can buy them."""
    nodes = stock.market.kinds[kind]
    usable = ring in nodes.rings and stock.market.room[kind, ring].min(initial=0) >= 0
    return usable and bool(nodes.offers or stock.own(ring, kind))


def _divisions(
    goods: RingInstance, slack: int, steps: int, over: Callable[[], bool], evenly: bool, turn: int, tuning: PoolTuning
) -> Iterator[PoolDivision]:
    """Yield the divisions that were found with this slack, the cheapest first, of each number of nodes one."""
    rng, pools = np.random.default_rng(slack + turn), max(2, goods.copies - tuning.fewer_pools * (turn % 2))
    search: Chains = (
        EqualPools(goods, slack, tuning.chains, rng, pools, tuning=tuning)
        if evenly
        else OnePoolPerShape(goods.single(), slack, tuning.chains, rng, tuning=tuning)
    )
    best, scores = search.run(steps, over)
    seen: set[Nodes] = set()
    for row in np.argsort(scores, kind="stable"):
        division = search.division(best[row])
        if division and division[0] not in seen and goods.are_to_be_had(goods.counts(division[0])):
            nodes, liked = division
            seen.add(nodes)
            # a search that has each kind once knows nothing of its copies: nobody prefers these
            others = len(goods.price) - liked.shape[1]
            yield PoolDivision(goods.cost(nodes), nodes, goods.likable(np.pad(liked, ((0, 0), (0, others)))))


def _candidate(asked: _RingTask, division: PoolDivision) -> PoolCandidate:
    """Write a division down as the market numbers types and kinds, or with pools where no shape's label tells its kinds apart."""
    goods, kinds = asked.goods, asked.kinds
    there = [(int(j), int(zone)) for j, zone in zip(*goods.lay_out(division.nodes), strict=True) if not goods.own[j]]
    has_pools = goods.copies > 1 and not asked.stock.are_told(asked.ring, [kinds[j] for j, _ in division.nodes])
    name = {j: number if has_pools else kinds[j] for number, (j, _) in enumerate(division.nodes, start=1)}
    lots = sorted(Counter((name[j] if has_pools else 0, asked.stock.offer(kinds[j], zone)) for j, zone in there).items())
    return PoolCandidate(
        asked.ring,
        division.cost,
        nodes=tuple((offer, count) for (_, offer), count in lots),
        homes=tuple(
            (asked.types[t], tuple(name[j] for j, _ in division.nodes if liked[j])) for t, liked in enumerate(division.liked)
        ),
        firm=not asked.weighed,
        pools=tuple(pool for (pool, _), _ in lots) if has_pools else (),
    )
