"""A way to buy for one ring, and the purchase that it makes of another one."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.problem import Problem
from models.purchase import Purchase
from planner.solve.pools.stock import Stock
from planner.solve.sizes import obeyed


@dataclass(frozen=True, slots=True)
class Pooling:
    """What to buy for a ring: `nodes` are (offer, count), `homes` the kinds of each type, as the market numbers them.

    Pods would rather go to nodes of these kinds; of a `firm` way they go to no others.
    """

    ring: int
    cost: int
    nodes: tuple[tuple[int, int], ...]
    homes: tuple[tuple[int, tuple[int, ...]], ...]
    firm: bool = False

    def rank(self) -> tuple[int, tuple[tuple[int, tuple[int, ...]], ...], tuple[tuple[int, int], ...]]:
        """Return what ways are sorted by, the cheapest first."""
        return self.cost, self.homes, self.nodes


@dataclass(slots=True)
class _Node:
    """A node of an offer, or one that is `own`ed, -1 for none; `counts` are the pods of each class on it."""

    ring: int
    offer: int
    kind: int
    own: int = -1
    counts: dict[int, int] = field(default_factory=dict)


def grown(stock: Stock, way: Pooling, short: Collection[int]) -> Pooling:
    """Return the way with one node more for each type that has one of these classes, of the cheapest kind that takes it.

    Nobody prefers that node unless its kind is there already, so that it stays empty until it is needed. Of a firm way it has
    to be of one of the kinds that the type is kept on. It is in the zone that has least nodes, of those where the ring is.
    """
    problem, market, nodes = stock.problem, stock.market, Counter(dict(way.nodes))
    in_zone = Counter(zone for zone, ring in zip(stock.places.zones, stock.places.ring_of, strict=False) if ring == way.ring)
    for offer, count in way.nodes:
        in_zone[stock.zone(offer)] += count
    kinds = [j for j, kind in enumerate(market.kinds) if kind.offers and way.ring in kind.rings]
    more = set()
    for t, homes in way.homes:
        able = [j for j in kinds if market.allowed[t, j] and (j in homes or not way.firm)]
        if able and not set(market.members[t]).isdisjoint(short):
            cheapest = min(able, key=lambda j: (int(market.price[j]), j))
            there = [offer for offer in market.kinds[cheapest].offers if stock.zone(offer) in in_zone]
            more |= {min(there, key=lambda offer: (in_zone[stock.zone(offer)], offer))} if there else set()
    nodes.update(more)
    return replace(way, cost=way.cost + sum(problem.offers[o].price for o in more), nodes=tuple(sorted(nodes.items())))


def led(stock: Stock, way: Pooling) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return for each class the nodes and the offers that it is led to; nothing for those that every kind is good for."""
    kind_of = _kind_of(stock)
    bought = {kind_of[offer]: offer for offer, _ in reversed(way.nodes)}
    own = {j: nodes for j in range(len(stock.market.kinds)) if (nodes := stock.own(way.ring, j))}
    found: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
    for t, kinds in way.homes:
        if set(kinds) != own.keys() | bought.keys():
            nodes = tuple(n for kind in kinds for n in own.get(kind, ()))
            offers = tuple(bought[kind] for kind in kinds if kind in bought)
            found |= dict.fromkeys(stock.market.members[t], (nodes, offers))
    return found


def _kind_of(stock: Stock) -> dict[int, int]:
    return {offer: j for j, kind in enumerate(stock.market.kinds) for offer in kind.offers}


def bought(stock: Stock, base: Purchase, chosen: Mapping[int, Pooling]) -> Purchase | None:
    """Return the purchase with the chosen rings' nodes in place of those that it had; None where there are not so many.

    The bound and its certificate are those of the base.
    """
    problem = stock.problem
    nodes = list(_kept(problem, base, chosen))
    for ring in sorted(chosen):
        more = filled(stock, chosen[ring])
        if more is None:
            return None
        nodes += more
    new = sorted((node for node in nodes if node.own < 0), key=lambda node: (node.ring, node.offer))
    if not _to_be_had(problem, new):
        return None
    found = _purchase(problem, base, chosen, new, [node for node in nodes if node.own >= 0])
    return found if obeyed(problem, found.ring_of) else None


def _kept(problem: Problem, base: Purchase, chosen: Mapping[int, Pooling]) -> Iterator[_Node]:
    """Yield the bought nodes of the rings that stay as they are."""
    first = len(problem.nodes)
    on: dict[int, dict[int, int]] = {}
    for c, here in enumerate(base.counts):
        for n, pods in here:
            on.setdefault(n, {})[c] = pods
    for at, offer in enumerate(base.bought, start=first):
        if base.ring_of[at] not in chosen:
            yield _Node(base.ring_of[at], offer, -1, counts=on.get(at, {}))


def _to_be_had(problem: Problem, nodes: Sequence[_Node]) -> bool:
    taken = [0] * len(problem.most)
    for node in nodes:
        taken[problem.offers[node.offer].shape] += 1
    return all(count <= most for count, most in zip(taken, problem.most, strict=True))


def _purchase(
    problem: Problem, base: Purchase, chosen: Mapping[int, Pooling], new: Sequence[_Node], old: Sequence[_Node]
) -> Purchase:
    owned = len(problem.nodes)
    mine = {c for c, one in enumerate(problem.classes) if one.ring in chosen and not one.daemon}
    counts = [
        {} if c in mine else {n: pods for n, pods in here if n < owned} for c, here in enumerate(base.counts)
    ]  # a daemon's pods are wherever they have to be, and are not counted
    for at, node in (*((node.own, node) for node in old), *enumerate(new, start=owned)):
        for c, pods in node.counts.items():
            counts[c][at] = pods
    own = sum(slot.price for slot, ring in zip(problem.nodes, base.ring_of, strict=False) if ring >= 0)
    return replace(
        base,
        ring_of=(*base.ring_of[:owned], *(node.ring for node in new)),
        bought=tuple(node.offer for node in new),
        counts=tuple(tuple(sorted(here.items())) for here in counts),
        unplaced=tuple(0 if c in mine else left for c, left in enumerate(base.unplaced)),
        cost=own + sum(problem.offers[node.offer].price for node in new),
    )


def filled(stock: Stock, way: Pooling) -> list[_Node] | None:
    """Place the pods of a ring: the largest first, each where most is left; None where one finds no room."""
    return _Filling(stock, way, list(_nodes(stock, way))).run()


def _nodes(stock: Stock, way: Pooling) -> Iterator[_Node]:
    for j in range(len(stock.market.kinds)):
        yield from (_Node(way.ring, -1, j, n) for n in stock.own(way.ring, j))
    kind_of = _kind_of(stock)
    for offer, count in way.nodes:
        yield from (_Node(way.ring, offer, kind_of[offer]) for _ in range(count))


def _share(request: Iterable[int], whole: Iterable[int]) -> int:
    return max(int(one) * (1 << 20) // max(1, room) for one, room in zip(request, whole, strict=True))


@dataclass(slots=True)
class _Filling:
    """The nodes of a ring while they are filled: `room[n]` is what is left, `here[t][n]` are the pods of a type."""

    stock: Stock
    way: Pooling
    nodes: list[_Node]
    whole: list[list[int]] = field(init=False)
    room: list[list[int]] = field(init=False)
    zones: list[int] = field(init=False)
    everywhere: frozenset[int] = field(init=False)
    here: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look up where the nodes are and what they have."""
        market, places = self.stock.market, self.stock.places
        self.whole = [list(map(int, market.room[node.kind, self.way.ring])) for node in self.nodes]
        self.room = [list(one) for one in self.whole]
        self.zones = [places.zones[node.own] if node.own >= 0 else self.stock.zone(node.offer) for node in self.nodes]
        self.everywhere = frozenset(self.zones)

    def run(self) -> list[_Node] | None:
        """Place all types."""
        market = self.stock.market

        def size(t: int, homes: tuple[int, ...]) -> int:
            return min(_share(map(int, market.requests[t]), map(int, market.room[kind, self.way.ring])) for kind in homes)

        for t, kinds in sorted(self.way.homes, key=lambda one: (-size(*one), one[0])):
            homes = frozenset(kinds)
            able = [n for n, node in enumerate(self.nodes) if market.allowed[t, node.kind]]
            first = [n for n in able if self.nodes[n].kind in homes]
            then = [] if self.way.firm else [n for n in able if self.nodes[n].kind not in homes]
            if not self._place(t, (first, then)):
                return None
        return self.nodes

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

        def taken(n: int) -> tuple[int, int]:
            return _share([w - b + a for a, b, w in zip(request, room[n], self.whole[n], strict=True)], self.whole[n]), n

        for c in market.members[t]:
            for _ in range(self.stock.problem.classes[c].count):
                zones = self._zones(c, here)
                able = next(filter(None, ([n for n in some if self.zones[n] in zones and fits(n)] for some in choices)), None)
                if able is None:
                    return False
                n = min(able, key=taken)
                room[n] = [b - a for a, b in zip(request, room[n], strict=True)]
                here[n] += 1
                self.nodes[n].counts[c] = self.nodes[n].counts.get(c, 0) + 1
        return True

    def _zones(self, c: int, here: Sequence[int]) -> frozenset[int]:
        """Return the zones that may hold one pod more of a class."""
        rule = self.stock.spread.get(c)
        if rule is None:
            return self.everywhere
        by_zone = dict.fromkeys(self.everywhere, 0)
        for zone, pods in zip(self.zones, here, strict=True):
            by_zone[zone] += pods
        least = min(by_zone.values()) if len(by_zone) >= rule.min_domains else 0
        return frozenset(zone for zone, pods in by_zone.items() if pods < least + rule.max_skew)
