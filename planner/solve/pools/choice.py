"""What becomes of a way to buy for one ring: it grows, leads workloads, and makes another purchase of one that was made."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from models.problem import Problem
from models.purchase import Purchase
from planner.solve.pools.filling import Filled, Pooling, filled
from planner.solve.pools.stock import Stock
from planner.solve.sizes import obeyed


def grown(stock: Stock, way: Pooling, short: Collection[int]) -> Pooling:
    """Return the way with one node more for each type that has one of these classes, of the cheapest kind that takes it.

    It is a pool of its own, which nobody prefers, so that it stays empty until it is needed; beside owned nodes there are no
    pools, and somebody may prefer its kind. Of a firm way it has to be of one of the kinds that the type is kept on. It is in
    the zone that has least nodes, of those where the ring is.
    """
    problem, market = stock.problem, stock.market
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
    parted = way if way.pools or way.firm or not more else _parted(stock, way)
    return replace(_added(parted, sorted(more)), cost=way.cost + sum(problem.offers[o].price for o in more))


def _parted(stock: Stock, way: Pooling) -> Pooling:
    """Return the way with a pool for each of its kinds; as it is where the ring has owned nodes, which are in none."""
    if any(stock.own(way.ring, j) for j in range(len(stock.market.kinds))):
        return way
    kinds = [stock.kind_of[offer] for offer, _ in way.nodes]
    pool_of = {kind: at for at, kind in enumerate(sorted(set(kinds)), start=1)}
    homes = tuple((t, tuple(pool_of[kind] for kind in some if kind in pool_of)) for t, some in way.homes)
    return replace(way, homes=homes, pools=tuple(pool_of[kind] for kind in kinds))


def _added(way: Pooling, offers: Sequence[int]) -> Pooling:
    """Return the way with one node more of each offer."""
    if not way.pools:
        return replace(way, nodes=tuple(sorted((Counter(dict(way.nodes)) + Counter(offers)).items())))
    pools = range(max(way.pools) + 1, max(way.pools) + 1 + len(offers))
    return replace(way, nodes=(*way.nodes, *((offer, 1) for offer in offers)), pools=(*way.pools, *pools))


def led(stock: Stock, way: Pooling) -> dict[int, tuple[int, ...]]:
    """Return for each class the places of the nodes that it is led to; nothing for those that every kind is good for.

    Where there are pools it is these that the class is led to.
    """
    own = {n: j for j in range(len(stock.market.kinds)) for n in stock.own(way.ring, j)}
    kinds = own | {stock.place(offer): stock.kind_of[offer] for offer, _ in way.nodes}
    there = {pool: pool for pool in way.pools} or kinds
    everything = set(there.values())
    return {
        c: tuple(at for at, home in there.items() if home in homes)
        for t, homes in way.homes
        if set(homes) != everything
        for c in stock.market.members[t]
    }


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
    new = sorted((node for node in nodes if not node.is_own), key=lambda node: (node.ring, node.offer, node.pool))
    if not _to_be_had(problem, new):
        return None
    found = _purchase(problem, base, chosen, new, [node for node in nodes if node.is_own])
    return found if obeyed(problem, found.ring_of) else None


def _kept(problem: Problem, base: Purchase, chosen: Mapping[int, Pooling]) -> Iterator[Filled]:
    """Yield the bought nodes of the rings that stay as they are."""
    first = len(problem.nodes)
    on: dict[int, dict[int, int]] = {}
    for c, here in enumerate(base.counts):
        for n, pods in here:
            on.setdefault(n, {})[c] = pods
    for at, offer in enumerate(base.bought, start=first):
        if base.ring_of[at] not in chosen:
            yield Filled(base.ring_of[at], offer, counts=on.get(at, {}))


def _to_be_had(problem: Problem, nodes: Sequence[Filled]) -> bool:
    taken = [0] * len(problem.most)
    for node in nodes:
        taken[problem.offers[node.offer].shape] += 1
    return all(count <= most for count, most in zip(taken, problem.most, strict=True))


def _purchase(
    problem: Problem, base: Purchase, chosen: Collection[int], new: Sequence[Filled], own: Sequence[Filled]
) -> Purchase:
    owned = len(problem.nodes)
    mine = {c for c, one in enumerate(problem.classes) if one.ring in chosen and not one.daemon}
    counts = [
        {} if c in mine else {n: pods for n, pods in here if n < owned} for c, here in enumerate(base.counts)
    ]  # a daemon's pods are wherever they have to be, and are not counted
    for at, node in (*((node.own, node) for node in own), *enumerate(new, start=owned)):
        for c, pods in node.counts.items():
            counts[c][at] = pods
    price = sum(slot.price for slot, ring in zip(problem.nodes, base.ring_of, strict=False) if ring >= 0)
    return replace(
        base,
        ring_of=(*base.ring_of[:owned], *(node.ring for node in new)),
        bought=tuple(node.offer for node in new),
        pools=tuple(node.pool for node in new),
        counts=tuple(tuple(sorted(here.items())) for here in counts),
        unplaced=tuple(0 if c in mine else left for c, left in enumerate(base.unplaced)),
        cost=price + sum(problem.offers[node.offer].price for node in new),
    )
