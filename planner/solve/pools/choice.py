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
    """What to buy for a ring: `nodes` are (kind, count), `homes` the kinds of each type, both as the market numbers them.

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
    ring: int
    offer: int
    counts: dict[int, int]


def grown(problem: Problem, way: Pooling, short: Collection[int]) -> Pooling:
    """Return the way with one node more for each type that has one of these classes, of the cheapest of its kinds."""
    market = market_of(problem, rules_of(problem))
    there = {kind for kind, _ in way.nodes}
    full = {
        min(
            (kind for kind in kinds if kind in there and market.allowed[t, kind]),
            key=lambda kind: (int(market.price[kind]), kind),
        )
        for t, kinds in way.homes
        if not set(market.members[t]).isdisjoint(short)
    }
    nodes = tuple((kind, count + (kind in full)) for kind, count in way.nodes)
    return replace(way, cost=way.cost + sum(int(market.price[kind]) for kind in full), nodes=nodes)


def led(problem: Problem, way: Pooling) -> dict[int, tuple[int, ...]]:
    """Return for each class the offers, one of each kind that it is led to; nothing for those that every kind is good for."""
    market = market_of(problem, rules_of(problem))
    there = {kind for kind, _ in way.nodes}
    return {
        c: tuple(market.kinds[kind].offers[0] for kind in kinds)
        for t, kinds in way.homes
        if set(kinds) != there
        for c in market.members[t]
    }


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
    kinds = [kind for kind, count in way.nodes for _ in range(count)]
    nodes = [
        _Node(way.ring, market.kinds[kind].offers[n % len(market.kinds[kind].offers)], {})
        for kind, count in way.nodes
        for n in range(count)
    ]
    whole = [list(map(int, market.room[kind, way.ring])) for kind in kinds]
    room = [list(one) for one in whole]

    def size(t: int, homes: tuple[int, ...]) -> int:
        return min(_share(map(int, market.requests[t]), map(int, market.room[kind, way.ring])) for kind in homes)

    for t, homes in sorted(way.homes, key=lambda one: (-size(*one), one[0])):
        first = [n for n, kind in enumerate(kinds) if kind in homes and market.allowed[t, kind]]
        then = [n for n, kind in enumerate(kinds) if kind not in homes and market.allowed[t, kind]]
        if not _place(market, t, nodes, room, whole, (first, [] if way.firm else then)):
            return None
    return nodes


def _share(request: Iterable[int], whole: Iterable[int]) -> int:
    return max(int(one) * (1 << 20) // max(1, room) for one, room in zip(request, whole, strict=True))


def _place(
    market: Market,
    t: int,
    nodes: Sequence[_Node],
    room: list[list[int]],
    whole: Sequence[Sequence[int]],
    choices: Sequence[Sequence[int]],
) -> bool:
    """Place the pods of a type on nodes of the first choice, or where there is no room on those of the next one."""
    request = list(map(int, market.requests[t]))
    most = int(market.per_node[t])
    here = [0] * len(nodes)

    def fits(n: int) -> bool:
        return here[n] < most and all(a <= b for a, b in zip(request, room[n], strict=True))

    def taken(n: int) -> tuple[int, int]:
        return _share([w - b + a for a, b, w in zip(request, room[n], whole[n], strict=True)], whole[n]), n

    for c in market.members[t]:
        for _ in range(market.problem.classes[c].count):
            able = next(filter(None, ([n for n in some if fits(n)] for some in choices)), None)
            if able is None:
                return False
            n = min(able, key=taken)
            room[n] = [b - a for a, b in zip(request, room[n], strict=True)]
            here[n] += 1
            nodes[n].counts[c] = nodes[n].counts.get(c, 0) + 1
    return True
