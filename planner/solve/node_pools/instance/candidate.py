"""A way to buy for one ring, and where it puts the ring's pods."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from planner.solve.node_pools.instance.inventory import Inventory

NONE = -1
"""No number to set: what a node is not."""
WHOLE = 1 << 20
"""A scale: shares are counted in so many parts."""


@dataclass(frozen=True, slots=True)
class PoolCandidate:
    """What to buy for a ring: `nodes` are (offer, count), `homes` the kinds of each type, as the market numbers them.

    Where a label of their own tells nodes apart, `pools` has the pool of each entry of `nodes`, from 1, and `homes` are pools.
    Pods would rather go to nodes of these kinds, or pools; of a `firm` way they go to no others.
    """

    ring: int
    cost: int
    nodes: tuple[tuple[int, int], ...]
    homes: tuple[tuple[int, tuple[int, ...]], ...]
    firm: bool = False
    pools: tuple[int, ...] = ()

    def lots(self) -> Iterator[tuple[int, int, int]]:
        """Yield offer, count and pool of what is bought, 0 for no pool."""
        for (offer, count), pool in zip(self.nodes, self.pools or (0,) * len(self.nodes), strict=True):
            yield offer, count, pool


@dataclass(slots=True)
class FilledNode:
    """A node of an offer, or one that is there already, and the pods of each class on it; NONE is what it is not.

    It is in a pool of its ring, or in none (0).
    """

    ring: int
    offer: int = NONE
    own: int = NONE
    pool: int = 0
    counts: dict[int, int] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Say whether it is there already."""
        return self.own != NONE


def fill_nodes(stock: Inventory, way: PoolCandidate) -> list[FilledNode] | None:
    """Place the pods of a ring: the largest first, each where most is left; None where one finds no room.

    With a node of another kind in one of its pools all fit that fitted without.
    """
    return _Filling(stock, way, list(_nodes(stock, way))).run()


def _nodes(stock: Inventory, way: PoolCandidate) -> Iterator[FilledNode]:
    for j in range(len(stock.market.kinds)):
        yield from (FilledNode(way.ring, own=n) for n in stock.own(way.ring, j))
    for offer, count, pool in way.lots():
        yield from (FilledNode(way.ring, offer, pool=pool) for _ in range(count))


def _share(request: Iterable[int], whole: Iterable[int]) -> int:
    return max(int(asked) * WHOLE // max(1, room) for asked, room in zip(request, whole, strict=True))


@dataclass(slots=True)
class _Filling:
    """The nodes of a ring while they are filled: `room[n]` is what is left, `here[t][n]` are the pods of a type."""

    stock: Inventory
    way: PoolCandidate
    nodes: list[FilledNode]
    kinds: list[int] = field(init=False)
    whole: list[list[int]] = field(init=False)
    room: list[list[int]] = field(init=False)
    zones: list[int] = field(init=False)
    everywhere: frozenset[int] = field(init=False)
    here: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look up where the nodes are and what they have."""
        stock = self.stock
        kind_of = {n: j for j, kind in enumerate(stock.market.kinds) for n in kind.nodes}
        self.kinds = [kind_of[node.own] if node.is_own else stock.kind_of[node.offer] for node in self.nodes]
        self.whole = [list(map(int, stock.market.room[kind, self.way.ring])) for kind in self.kinds]
        self.room = [list(room) for room in self.whole]
        self.zones = [stock.places.zones[node.own if node.is_own else stock.place(node.offer)] for node in self.nodes]
        self.everywhere = frozenset(self.zones)

    def run(self) -> list[FilledNode] | None:
        """Place all types."""
        market, main = self.stock.market, self._main()

        def size(t: int, homes: tuple[int, ...]) -> int:
            kinds = {self.kinds[n] for n in main if self._home(n) in homes} if self.way.pools else homes
            return min(_share(map(int, market.requests[t]), map(int, market.room[kind, self.way.ring])) for kind in kinds)

        for t, kinds in sorted(self.way.homes, key=lambda home: (-size(*home), home[0])):
            homes = frozenset(kinds)
            able = [n for n, kind in enumerate(self.kinds) if market.allowed[t, kind]]
            first = [n for n in able if self._home(n) in homes and n in main]
            more = [n for n in able if self._home(n) in homes and n not in main]
            then = [] if self.way.firm else [n for n in able if self._home(n) not in homes]
            if not self._place(t, (first, more, then)):
                return None
        return self.nodes

    def _main(self) -> frozenset[int]:
        """Return the nodes but for those of another kind that have been added to a pool: these are filled last."""
        kind_of: dict[int, int] = {}
        return frozenset(n for n, kind in enumerate(self.kinds) if kind_of.setdefault(self._home(n), kind) == kind)

    def _home(self, n: int) -> int:
        """Return what a node is to those who prefer it: one of a pool, or of a kind."""
        return self.nodes[n].pool if self.way.pools else self.kinds[n]

    def _place(self, t: int, choices: Sequence[Sequence[int]]) -> bool:
        """Place the pods of a type on nodes of the first choice, or where there is no room on those of the next one."""
        market, room = self.stock.market, self.room
        request = list(map(int, market.requests[t]))
        here, most = [0] * len(self.nodes), int(market.per_node[t])
        self.here[t] = here
        met = [self.here[other] for other in market.enemies.get(t, ()) if other in self.here]

        def fits(n: int) -> bool:
            return (
                here[n] < most
                and all(a <= b for a, b in zip(request, room[n], strict=True))
                and not any(other[n] for other in met)
            )

        def load_after(n: int) -> tuple[int, int]:
            return _share([w - b + a for a, b, w in zip(request, room[n], self.whole[n], strict=True)], self.whole[n]), n

        def of(zone: int, some: Sequence[int]) -> list[tuple[int, int]]:
            return sorted(load_after(n) for n in some if self.zones[n] == zone and fits(n))

        # a node is in one heap alone and changes only once it is popped, so no entry goes stale; sorted lists are heaps
        heaps = [{zone: of(zone, some) for zone in self.everywhere} for some in choices]
        by_zone = dict.fromkeys(self.everywhere, 0)
        for c in market.members[t]:
            for _ in range(self.stock.problem.classes[c].count):
                zones = self._zones(c, by_zone)
                able = next(filter(None, ([heap[zone] for zone in zones if heap[zone]] for heap in heaps)), None)
                if able is None:
                    return False
                heap = min(able, key=lambda heap: heap[0])
                _, n = heappop(heap)
                room[n] = [b - a for a, b in zip(request, room[n], strict=True)]
                here[n] += 1
                by_zone[self.zones[n]] += 1
                self.nodes[n].counts[c] = self.nodes[n].counts.get(c, 0) + 1
                if fits(n):
                    heappush(heap, load_after(n))
        return True

    def _zones(self, c: int, by_zone: Mapping[int, int]) -> frozenset[int]:
        """Return the zones that may hold one pod more of a class."""
        rule = self.stock.spread.get(c)
        if rule is None:
            return self.everywhere
        least = min(by_zone.values()) if len(by_zone) >= rule.min_domains else 0
        return frozenset(zone for zone, pods in by_zone.items() if pods < least + rule.max_skew)
