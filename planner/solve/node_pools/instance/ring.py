"""One ring's types of pods and the kinds of nodes that it has or can buy, in arrays."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.kubernetes.resources import PODS
from planner.solve.node_pools.instance.candidate import WHOLE
from planner.solve.node_pools.instance.inventory import NODE, ZONE, Inventory

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Nodes = tuple[tuple[int, int], ...]
ENDLESS = 1 << 40
"""No number to set: it stands for no limit."""


@dataclass(frozen=True, slots=True, eq=False)
class RingInstance:
    """T types and J kinds; a kind is owned or can be bought.

    `capacity[j, r]` is what a node of kind j has for the ring, `requests[t, r]` what a pod of type t asks for. A node of kind j
    holds `fit[t, j]` of its `pods[t]` pods alone, 0 where it takes none. Of kind j there are `most[j]`, of kinds of one `pool`
    together; where they are owned (`own[j]`) the ring has all of them, and at no price. `zones[j]` are those where nodes can be
    bought, or where each of the owned ones is. A zone may hold `skew[t]` more pods of a type than another, any number if that
    is 0. Pods of types that are `apart[t, u]` meet on no node. No label tells kinds apart that are `alike[j, k]`, and pods of
    types that are not `led[t]` cannot be told what to prefer. `size[t]` is the largest share of a resource that a pod asks for.
    Pods must find room without any one node, or zone, if `lost` says so. All kinds come `copies` times, one after the other,
    where nodes of a shape may be in several pools, which a label of their own tells apart.
    """

    capacity: Ints
    price: Ints
    most: Ints
    requests: Ints
    pods: Ints
    fit: Ints
    pool: Ints
    own: Bools
    zones: tuple[tuple[int, ...], ...]
    skew: Ints
    apart: Bools
    alike: Bools
    led: Bools
    size: Floats
    lost: str = ""
    copies: int = 1

    @property
    def bulk(self) -> Ints:
        """Return how large nodes of each kind are, as the sum of their shares of the largest."""
        result: Ints = (self.capacity * WHOLE // np.maximum(self.capacity.max(axis=0), 1)).sum(axis=1)
        return result

    def of_kinds(self, kinds: Sequence[int], copies: int = 1) -> "RingInstance":
        """Return the goods of these kinds alone, so many copies of each."""
        chosen = np.tile(np.array(kinds, dtype=np.int64), copies)
        return replace(
            self,
            capacity=self.capacity[chosen],
            price=self.price[chosen],
            most=self.most[chosen],
            fit=self.fit[:, chosen],
            pool=self.pool[chosen],
            own=self.own[chosen],
            zones=tuple(self.zones[j] for j in chosen.tolist()),
            alike=np.eye(len(chosen), dtype=np.bool_) if copies > 1 else self.alike[np.ix_(chosen, chosen)],
            copies=copies,
        )

    def in_pools(self, copies: int) -> "RingInstance":
        """Return these goods with so many copies of each kind."""
        return self.of_kinds(range(len(self.price)), copies)

    def single(self) -> "RingInstance":
        """Return these goods with each kind once."""
        return self.of_kinds(range(len(self.price) // self.copies))

    def counts(self, nodes: Nodes) -> Ints:
        """Return how many there are of every kind."""
        result = np.zeros(len(self.price), dtype=np.int64)
        for kind, count in nodes:
            result[kind] = count
        return result

    def cost(self, nodes: Nodes) -> int:
        """Return what nodes cost."""
        return int(self.counts(nodes) @ self.price)

    def are_to_be_had(self, counts: Ints) -> bool:
        """Say whether there are so many nodes."""
        of_pool = np.bincount(self.pool, weights=counts)[self.pool]
        return bool((of_pool <= self.most).all())

    def likable(self, liked: Bools) -> Bools:
        """Return what types can be told to prefer: kinds that take them; all of those where nothing can be told."""
        return np.where(self.led[:, None], liked, True) & (self.fit > 0)

    def with_own(self, nodes: Iterable[tuple[int, int]]) -> Nodes:
        """Return nodes, in the order of kinds, and with all that are owned."""
        counts = dict(nodes) | {int(kind): int(self.most[kind]) for kind in np.flatnonzero(self.own)}
        return tuple(sorted(counts.items()))

    def lay_out(self, nodes: Nodes) -> tuple[Ints, Ints]:
        """Return the kind and the zone of each node: large ones are dealt first, each to the zone that has least by then.

        Nodes of a kind go to all of its zones before one gets a second.
        """
        kinds = np.repeat([kind for kind, _ in nodes], [count for _, count in nodes]).astype(np.int64)
        zones = np.zeros_like(kinds)
        size = self.bulk.tolist()
        amount, dealt = Counter[int](), Counter[tuple[int, int]]()
        owned = np.flatnonzero(self.own[kinds])
        zones[owned] = [zone for kind, _ in nodes if self.own[kind] for zone in self.zones[kind]]
        for n in (*owned.tolist(), *sorted(np.flatnonzero(~self.own[kinds]).tolist(), key=lambda n: -size[kinds[n]])):
            kind = int(kinds[n])
            if not self.own[kind]:
                zones[n] = min(self.zones[kind], key=lambda zone: (dealt[kind, zone], amount[zone], zone))
                dealt[kind, int(zones[n])] += 1
            amount[int(zones[n])] += size[kind]
        return kinds, zones

    def left_after_loss(self, nodes: Nodes) -> tuple[Ints, Ints]:
        """Return the kind and the zone of each node that is left once the largest one is lost, or the largest zone."""
        kinds, zones = self.lay_out(nodes)
        stays = np.ones(len(kinds), dtype=np.bool_)
        if self.lost == NODE:
            stays[self.bulk[kinds].argmax()] = False
        elif self.lost == ZONE:
            stays = zones != np.bincount(zones, weights=self.bulk[kinds]).argmax()
        return kinds[stays], zones[stays]


def instance_of(stock: Inventory, ring: int, types: Sequence[int], kinds: Sequence[int]) -> RingInstance:
    """Return types and kinds of a ring, as the market numbers them, in arrays."""
    market, places = stock.market, stock.places
    capacity, requests = market.room[kinds, ring], market.requests[types]
    whole = np.where(requests[:, None] > 0, capacity[None] // np.maximum(requests[:, None], 1), ENDLESS).min(axis=2)
    own = [stock.own(ring, j) for j in kinds]
    offers = [dict.fromkeys(map(stock.zone, market.kinds[j].offers)) for j in kinds]
    # a class that is spread is a type of its own, so the first member speaks for all
    rules = [stock.spread.get(market.members[t][0]) for t in types]
    signs = [stock.signs(ring, j) for j in kinds]
    return RingInstance(
        capacity=capacity,
        price=np.where([bool(nodes) for nodes in own], 0, market.price[kinds]),
        most=np.array([len(nodes) or market.most[market.pool[j]] for j, nodes in zip(kinds, own, strict=True)], dtype=np.int64),
        requests=requests,
        pods=market.counts[types],
        fit=np.where(market.allowed[np.ix_(types, kinds)], np.minimum(whole, market.per_node[types][:, None]), 0),
        pool=market.pool[kinds],
        own=np.array([bool(nodes) for nodes in own]),
        zones=tuple(tuple(places.zones[n] for n in nodes) or tuple(there) for nodes, there in zip(own, offers, strict=True)),
        skew=np.array([rule.max_skew if rule else 0 for rule in rules], dtype=np.int64),
        apart=np.array([[u in market.enemies.get(t, ()) for u in types] for t in types]),
        alike=np.array([[j == k or not sign.isdisjoint(other) for k, other in enumerate(signs)] for j, sign in enumerate(signs)]),
        led=np.array([places.led.issuperset(market.members[t]) for t in types]),
        size=_shares(stock, requests).max(axis=1, initial=0),
        lost=places.lost,
    )


def _shares(stock: Inventory, requests: Ints) -> Floats:
    """Return which part pods ask for of all that nodes have, but of how many pods they take."""
    known = [k for k, name in enumerate(stock.problem.resources) if name != PODS]
    result: Floats = requests[:, known] / np.maximum(np.array(stock.places.whole, dtype=np.int64)[known], 1)
    return result
