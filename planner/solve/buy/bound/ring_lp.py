"""One ring's nodes in groups: kinds that another one can take the place of are counted with it."""

from dataclasses import dataclass

import numpy as np

from planner.solve.buy.market.types import Bools, Market
from planner.solve.runtime.lp import Floats, Ints, Linear


@dataclass(frozen=True, slots=True)
class RingGroups:
    """The pods (T types) and the groups (G) of one ring; what a node of a group has is what its first kind has.

    `price[g]` is what a node costs and pays as rent, in 1/`scale` of a price's unit (Python's whole numbers, they are large).
    Of a group there are `most` nodes, more than are ever needed where it is `endless`.
    """

    ring: int
    kinds: tuple[tuple[int, ...], ...]
    requests: Ints
    counts: Ints
    allowed: Bools
    room: Ints
    price: tuple[int, ...]
    most: tuple[int, ...]
    endless: Bools


def group_nodes(market: Market, ring: int, scale: int, rents: tuple[int, ...]) -> RingGroups:
    """Read the ring; pods that ask for nothing, or find room nowhere, are worth nothing."""
    wanted = (market.counts > 0) & (market.requests > 0).any(axis=1) & market.allowed.any(axis=1)
    types = np.flatnonzero((market.ring_of == ring) & wanted)
    allowed, room = market.allowed[types], market.room[:, ring]
    dear = {j: scale * kind.price + rents[kind.pool] for j, kind in enumerate(market.kinds)}
    usable = [int(j) for j in np.flatnonzero(allowed.any(axis=0) & (room >= 0).all(axis=1))]
    usable.sort(key=lambda j: (dear[j], j))
    plenty = int(market.counts[types].sum())
    endless = market.most[market.pool] >= plenty
    first: dict[int, int] = {}
    for rank, j in enumerate(usable):
        # only a kind that never runs out stands for another one: else a ring may need nodes of both
        first[j] = next((i for i in usable[:rank] if first[i] == i and endless[i] and _replaces(allowed, room, i, j)), j)
    kinds = tuple(tuple(j for j in usable if first[j] == i) for i in usable if first[i] == i)
    firsts = [members[0] for members in kinds]
    return RingGroups(
        ring=ring,
        kinds=kinds,
        requests=market.requests[types],
        counts=market.counts[types],
        allowed=allowed[:, firsts],
        room=room[firsts],
        price=tuple(dear[j] for j in firsts),
        # a set: what kinds of one group share of a pool is there only once
        most=tuple(sum(int(market.most[pool]) for pool in {int(market.pool[j]) for j in members}) for members in kinds),
        endless=endless[firsts],
    )


def _replaces(allowed: Bools, room: Ints, kind: int, other: int) -> bool:
    """Say whether a kind has as much room as another one for all that may be there."""
    return bool((room[kind] >= room[other]).all() and (allowed[:, kind] | ~allowed[:, other]).all())


def units_of(group: RingGroups, digits: int) -> tuple[int, ...]:
    """Return for each resource a power of two in which prices have about so many binary digits."""
    top: list[int] = []
    for k in range(group.room.shape[1]):
        prices = [price // max(1, int(group.room[g, k])) for g, price in enumerate(group.price)]
        top.append(max(prices, default=0).bit_length())
    return tuple(1 << max(0, bits - digits) for bits in top)


def penalty_of(group: RingGroups, scale: float) -> float:
    """Return what a pod that is left out costs the sums: far more than a node."""
    dearest: float = max((price / scale for price in group.price), default=0.0)
    return 100.0 * max(1.0, dearest)


def tops_of(group: RingGroups) -> Floats:
    """Return how many nodes of each group the sums may have."""
    return np.where(group.endless, np.inf, np.array(group.most, dtype=np.float64))


def sums_of(group: RingGroups, scale: float) -> tuple[Linear, Floats]:
    """Write the sums: columns are pods of types in groups, nodes, and pods left out; rows are types, and resources of groups."""
    width, groups, types = group.room.shape[1], len(group.kinds), len(group.counts)
    units = np.maximum(group.room.max(axis=0, initial=1), 1).astype(np.float64)
    t, g = np.nonzero(group.allowed)
    pods = len(t)
    rows, columns, entries = [t, np.arange(types)], [np.arange(pods), pods + groups + np.arange(types)], [np.ones(pods + types)]
    for k in range(width):
        rows += [types + width * g + k, types + width * np.arange(groups) + k]
        columns += [np.arange(pods), pods + np.arange(groups)]
        entries += [-group.requests[t, k] / units[k], group.room[:, k] / units[k]]
    prices = np.array([price / scale for price in group.price])
    free, left_out = np.zeros(pods), np.full(types, penalty_of(group, scale))
    wanted = group.counts.astype(np.float64)
    linear = Linear(
        cost=np.concatenate([free, prices, left_out]),
        most=np.full(pods + groups + types, np.inf),
        low=np.concatenate([wanted, np.zeros(width * groups)]),
        high=np.full(types + width * groups, np.inf),
        rows=np.concatenate(rows),
        columns=np.concatenate(columns),
        entries=np.concatenate(entries),
    )
    return linear, units
