"""Ways to buy for one ring, the cheapest first: with little room to spare, and with more."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from models.problem import Problem
from models.resources import CPU, MEMORY
from planner.solve.buy.market import Market, market_of
from planner.solve.buy.packing import never
from planner.solve.buy.rules import rules_of
from planner.solve.pools.anneal import Anneal, Goods
from planner.solve.pools.choice import Pooling, filled
from planner.solve.pools.repair import Division, Repair

SLACKS, TRIED_SLACKS = (250, 500, 1000), (125, 250, 500)
"""How much room is lost on each node, by rule of thumb, in permille of the largest pod; where pools are tried, less will do."""
KEPT = 3
"""So many ways are kept of each slack as they are."""
MOST_PODS = 4_000
"""Up to so many pods of a ring are tried on a crude kube-scheduler."""
WEIGHED = (CPU, MEMORY)
"""What kube-scheduler's scores look at."""
CHAINS = 64
STEPS = 20_000
STEPS_PER_TYPE = 500
EFFORT = 1_200_000
"""Steps times types: with more types, each search takes fewer steps."""
MOST_TYPES = 500


def poolings(problem: Problem, firm: bool = True, over: Callable[[], bool] = never) -> dict[int, tuple[Pooling, ...]]:
    """Return for each ring, as far as its pods need nothing but room, ways to buy for it: cheaper ones first.

    Left out are rings whose pods depend on each other, and those that can use nodes that are there already; and such with very
    many pods, unless pods may be kept `firm`: on nodes of their own kinds alone. Once it is `over`, no further ring is looked
    at, and what has been found is not mended further.
    """
    market = market_of(problem, rules_of(problem))
    found = {ring: tuple(_ways(market, ring, firm, over)) for ring in range(len(problem.rings)) if not over()}
    return {ring: ways for ring, ways in found.items() if ways}


def _ways(market: Market, ring: int, firm: bool, over: Callable[[], bool]) -> list[Pooling]:
    types = [int(t) for t in np.flatnonzero(market.ring_of == ring) if market.counts[t]]
    kinds = _one_a_shape(market, types, ring)
    if not kinds or not 0 < len(types) <= MOST_TYPES or not _needs_room_only(market, types, ring):
        return []
    goods = _goods(market, types, kinds, ring)
    if not goods.fit.any(axis=1).all():
        return []
    weighed = _weighed(market.problem)
    tried = bool(weighed) and goods.pods.sum() <= MOST_PODS
    if not (tried or firm):
        return []
    made = _mended(goods, weighed, over) if tried else _chosen(goods, SLACKS)[1]
    ways = {_pooling(one, ring, types, kinds, firm=not tried) for one in made}
    return sorted((way for way in ways if filled(market, way) is not None), key=Pooling.rank)


def _chosen(goods: Goods, slacks: Sequence[int]) -> tuple[list[Division], list[Division]]:
    """Return all divisions that were found with these slacks, and the best few of each."""
    made = [list(_divisions(goods, slack)) for slack in slacks]
    return [one for some in made for one in some], [one for some in made for one in some[:KEPT]]


def _mended(goods: Goods, weighed: tuple[int, ...], over: Callable[[], bool]) -> list[Division]:
    """Return the divisions that were mended, and dearer ones that have more room to spare."""
    everything, few = _chosen(goods, TRIED_SLACKS)
    mended = Repair(goods, weighed, over).run(everything)
    return [*mended, *(one for one in few if not mended or one.cost > mended[0].cost)]


def _weighed(problem: Problem) -> tuple[int, ...]:
    return tuple(problem.resources.index(name) for name in WEIGHED if name in problem.resources)


def _needs_room_only(market: Market, types: Sequence[int], ring: int) -> bool:
    """Say whether no pod of the ring depends on another one, but for its like on the same node, or could use what is owned."""
    hard = any(market.problem.classes[c].ring == ring for c in market.hard)
    classes = [c for t in types for c in market.members[t]]
    owned = [j for j, kind in enumerate(market.kinds) if kind.nodes]
    return (
        not hard
        and len(set(classes)) == len(classes)
        and not any(market.enemies.get(t) for t in types)
        and not market.allowed[np.ix_(types, owned)].any()
    )


def _one_a_shape(market: Market, types: Sequence[int], ring: int) -> list[int]:
    """Keep of the kinds of one shape, which differ by zone, the one that takes most types."""
    best: dict[int, int] = {}
    for j, kind in enumerate(market.kinds):
        if kind.offers and ring in kind.rings and market.room[j, ring].min(initial=0) >= 0:
            known = best.setdefault(kind.pool, j)
            if market.allowed[types, j].sum() > market.allowed[types, known].sum():
                best[kind.pool] = j
    return sorted(best.values())


def _goods(market: Market, types: Sequence[int], kinds: Sequence[int], ring: int) -> Goods:
    capacity, requests = market.room[kinds, ring], market.requests[types]
    whole = np.where(requests[:, None] > 0, capacity[None] // np.maximum(requests[:, None], 1), 1 << 40).min(axis=2)
    fit = np.where(market.allowed[np.ix_(types, kinds)], np.minimum(whole, market.per_node[types][:, None]), 0)
    return Goods(capacity, market.price[kinds], market.most[market.pool[kinds]], requests, market.counts[types], fit)


def _divisions(goods: Goods, slack: int) -> Iterator[Division]:
    """Yield the divisions that were found with this slack, the cheapest first, of each number of nodes one."""
    search = Anneal(goods, slack, CHAINS, np.random.default_rng(slack))
    types = len(goods.pods)
    found, scores = search.run(min(STEPS, STEPS_PER_TYPE * types, EFFORT // types))
    seen: set[tuple[tuple[int, int], ...]] = set()
    for row in np.argsort(scores, kind="stable"):
        nodes = tuple(search.counts(found[row]).items())
        if nodes not in seen and all(count <= goods.most[kind] for kind, count in nodes):
            seen.add(nodes)
            liked = np.arange(len(goods.price)) == found[row][:, None]
            cost = sum(int(goods.price[kind]) * count for kind, count in nodes)
            yield Division(cost, nodes, liked)


def _pooling(made: Division, ring: int, types: Sequence[int], kinds: Sequence[int], firm: bool) -> Pooling:
    """Write a division down as the market numbers types and kinds."""
    there = [at for at, _ in made.nodes]
    homes = tuple((types[t], tuple(kinds[at] for at in there if liked[at])) for t, liked in enumerate(made.liked))
    return Pooling(ring, made.cost, tuple((kinds[at], count) for at, count in made.nodes), homes, firm)
