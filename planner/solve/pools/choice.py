"""A way to buy for one ring, and the purchase that it makes of another one."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.problem import Problem
from models.purchase import Purchase
from planner.solve.buy.market import Market, market_of
from planner.solve.buy.rules import rules_of
from planner.solve.sizes import obeyed


@dataclass(frozen=True, slots=True)
class Pooling:
    """What to buy for a ring: `nodes` are (kind, count), `homes` the kind of each type, both as the market numbers them."""

    ring: int
    cost: int
    nodes: tuple[tuple[int, int], ...]
    homes: tuple[tuple[int, int], ...]

    @property
    def where(self) -> tuple[int, ...]:
        """Return the kinds, type by type."""
        return tuple(kind for _, kind in self.homes)


@dataclass(slots=True)
class _Node:
    ring: int
    offer: int
    counts: dict[int, int]


def grown(problem: Problem, way: Pooling, short: Collection[int]) -> Pooling:
    """Return the way with one node more in each pool that was too small for these classes."""
    market = market_of(problem, rules_of(problem))
    full = {kind for t, kind in way.homes if not set(market.members[t]).isdisjoint(short)}
    nodes = tuple((kind, count + (kind in full)) for kind, count in way.nodes)
    return replace(way, cost=way.cost + sum(int(market.price[kind]) for kind in full), nodes=nodes)


def bought(problem: Problem, base: Purchase, chosen: Mapping[int, Pooling]) -> Purchase | None:
    """Return the purchase with the chosen rings' nodes in place of those that it had; None where there are not so many.

    The bound and its certificate are those of the base.
    """
    market = market_of(problem, rules_of(problem))
    nodes = list(_kept(problem, base, chosen))
    for ring in sorted(chosen):
        more = filled(market, chosen[ring])
        if more is None:
            return None
        nodes += more
    if not _to_be_had(problem, nodes):
        return None
    nodes.sort(key=lambda node: (node.ring, node.offer))
    found = _purchase(problem, base, chosen, nodes)
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
            yield _Node(base.ring_of[at], offer, on.get(at, {}))


def _to_be_had(problem: Problem, nodes: Sequence[_Node]) -> bool:
    taken = [0] * len(problem.most)
    for node in nodes:
        taken[problem.offers[node.offer].shape] += 1
    return all(count <= most for count, most in zip(taken, problem.most, strict=True))


def _purchase(problem: Problem, base: Purchase, chosen: Mapping[int, Pooling], nodes: Sequence[_Node]) -> Purchase:
    owned = len(problem.nodes)
    mine = {c for c, one in enumerate(problem.classes) if one.ring in chosen and not one.daemon}
    counts = [
        {} if c in mine else {n: pods for n, pods in here if n < owned} for c, here in enumerate(base.counts)
    ]  # a daemon's pods are wherever they have to be, and are not counted
    for at, node in enumerate(nodes, start=owned):
        for c, pods in node.counts.items():
            counts[c][at] = pods
    own = sum(slot.price for slot, ring in zip(problem.nodes, base.ring_of, strict=False) if ring >= 0)
    return replace(
        base,
        ring_of=(*base.ring_of[:owned], *(node.ring for node in nodes)),
        bought=tuple(node.offer for node in nodes),
        counts=tuple(tuple(sorted(here.items())) for here in counts),
        unplaced=tuple(0 if c in mine else left for c, left in enumerate(base.unplaced)),
        cost=own + sum(problem.offers[node.offer].price for node in nodes),
    )


def filled(market: Market, way: Pooling) -> list[_Node] | None:
    """Place the pods of each pool: the largest first, each where most is left; None where one finds no room."""
    found: list[_Node] = []
    for kind, count in way.nodes:
        offers = market.kinds[kind].offers
        nodes = [_Node(way.ring, offers[n % len(offers)], {}) for n in range(count)]
        room = [list(map(int, market.room[kind, way.ring])) for _ in nodes]
        types = [t for t, home in way.homes if home == kind]
        whole = list(map(int, market.room[kind, way.ring]))
        for t in sorted(types, key=lambda t: (-_share(map(int, market.requests[t]), whole), t)):
            if not _place(market, t, nodes, room, whole):
                return None
        found += nodes
    return found


def _share(request: Iterable[int], whole: Sequence[int]) -> int:
    return max(int(one) * (1 << 20) // max(1, room) for one, room in zip(request, whole, strict=True))


def _place(market: Market, t: int, nodes: Sequence[_Node], room: list[list[int]], whole: Sequence[int]) -> bool:
    request = list(map(int, market.requests[t]))
    most = int(market.per_node[t])
    here = [0] * len(nodes)
    for c in market.members[t]:
        for _ in range(market.problem.classes[c].count):
            fits = [
                n for n, left in enumerate(room) if here[n] < most and all(a <= b for a, b in zip(request, left, strict=True))
            ]
            if not fits:
                return False
            n = min(fits, key=lambda n: (_share([w - b + a for a, b, w in zip(request, room[n], whole, strict=True)], whole), n))
            room[n] = [b - a for a, b in zip(request, room[n], strict=True)]
            here[n] += 1
            nodes[n].counts[c] = nodes[n].counts.get(c, 0) + 1
    return True
