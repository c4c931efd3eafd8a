"""Ways to buy for one ring, the cheapest first: with little room to spare, and with more."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.problem import Problem
from planner.solve.buy.market import Market, market_of
from planner.solve.buy.rules import rules_of
from planner.solve.pools.anneal import Anneal, Goods, Ints
from planner.solve.pools.choice import Pooling, filled

SLACKS = (250, 500, 1000)
KEPT = 3
"""So many ways are kept of each slack."""
CHAINS = 64
STEPS = 20_000
STEPS_PER_TYPE = 500
EFFORT = 1_200_000
"""Steps times types: with more types, each search takes fewer steps."""
MOST_TYPES = 500


def poolings(problem: Problem) -> dict[int, tuple[Pooling, ...]]:
    """Return for each ring, as far as its pods need nothing but room, ways to buy for it: cheaper ones first.

    Left out are rings whose pods depend on each other, and those that can use nodes that are there already.
    """
    market = market_of(problem, rules_of(problem))
    found = {ring: tuple(_ways(market, ring)) for ring in range(len(problem.rings))}
    return {ring: ways for ring, ways in found.items() if ways}


def _ways(market: Market, ring: int) -> list[Pooling]:
    types = [int(t) for t in np.flatnonzero(market.ring_of == ring) if market.counts[t]]
    kinds = _one_a_shape(market, types, ring)
    if not kinds or not 0 < len(types) <= MOST_TYPES or not _needs_room_only(market, types, ring):
        return []
    goods = _goods(market, types, kinds, ring)
    if not goods.fit.any(axis=1).all():
        return []
    homes = {way.homes: way for slack in SLACKS for way in _best(goods, slack, ring, types, kinds)}
    sound = (way for way in homes.values() if filled(market, way) is not None)
    return sorted(sound, key=lambda way: (way.cost, way.homes))


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


def _best(goods: Goods, slack: int, ring: int, types: Sequence[int], kinds: Sequence[int]) -> Iterator[Pooling]:
    """Yield the cheapest divisions that were found with this slack."""
    search = Anneal(goods, slack, CHAINS, np.random.default_rng(slack))
    found, scores = search.run(min(STEPS, STEPS_PER_TYPE * len(types), EFFORT // len(types)))
    seen: set[bytes] = set()
    for row in np.argsort(scores, kind="stable"):
        if found[row].tobytes() not in seen and len(seen) < KEPT:
            seen.add(found[row].tobytes())
            way = _pooling(search, found[row], ring, types, kinds)
            if way is not None:
                yield way


def _pooling(search: Anneal, where: Ints, ring: int, types: Sequence[int], kinds: Sequence[int]) -> Pooling | None:
    """Write a division down; nothing where it needs more nodes of a kind than there are."""
    counts = search.counts(where)
    if any(count > search.goods.most[at] for at, count in counts.items()):
        return None
    cost = sum(int(search.goods.price[at]) * count for at, count in counts.items())
    homes = tuple((types[t], kinds[int(on)]) for t, on in enumerate(where))
    return Pooling(ring, cost, tuple((kinds[at], count) for at, count in counts.items()), homes)
