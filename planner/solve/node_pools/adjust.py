"""What becomes of a way to buy for one ring: it grows, leads workloads, and makes another purchase of one that was made."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.instance.ring_sizes import keeps_ring_sizes
from planner.solve.node_pools.instance.candidate import FilledNode, PoolCandidate, fill_nodes
from planner.solve.node_pools.instance.inventory import Inventory


def with_more_nodes(stock: Inventory, way: PoolCandidate, short: Collection[int]) -> PoolCandidate:
    """Return the way with one node more for each type that has one of these classes, of the cheapest kind that takes it.

    It is a pool of its own, which nobody prefers, so that it stays empty until it is needed; beside owned nodes there are no
    pools, and somebody may prefer its kind. Of a firm way it is in a pool that the type is kept on, or of such a kind. It is in
    the zone that has least nodes, of those where the ring is.
    """
    market, more = stock.market, set[tuple[int, int]]()
    # zones go on with those of offers: only nodes that are there have a ring
    in_zone = Counter(zone for zone, ring in zip(stock.places.zones, stock.places.ring_of, strict=False) if ring == way.ring)
    for offer, count in way.nodes:
        in_zone[stock.zone(offer)] += count
    for t, homes in way.homes:
        able = () if set(market.members[t]).isdisjoint(short) else _able(stock, way, t, homes)
        if able:
            cheapest, pool = min(able, key=lambda option: (int(market.price[option[0]]), option))
            there = [offer for offer in market.kinds[cheapest].offers if stock.zone(offer) in in_zone]
            more |= {(min(there, key=lambda offer: (in_zone[stock.zone(offer)], offer)), pool)} if there else set()
    parted = way if way.pools or way.firm or not more else _part_by_kind(stock, way)
    return replace(_add_nodes(parted, sorted(more)), cost=way.cost + sum(stock.problem.offers[offer].price for offer, _ in more))


def _able(stock: Inventory, way: PoolCandidate, t: int, homes: Sequence[int]) -> list[tuple[int, int]]:
    """Return the kinds of which a node more may be for a type, each with its pool, 0 for none or a new one."""
    market = stock.market
    kinds = [j for j, kind in enumerate(market.kinds) if kind.offers and way.ring in kind.rings and market.allowed[t, j]]
    if way.firm and way.pools:
        return [(j, min(homes)) for j in kinds]
    return [(j, 0) for j in kinds if j in homes or not way.firm]


def with_required_hints(stock: Inventory, way: PoolCandidate) -> PoolCandidate | None:
    """Return the way with pods kept on the nodes that they prefer, without those that nobody does; None where they do not fit.

    Each kind is a pool then, if pools are not known yet, so that nodes of other kinds can come into it.
    """
    parted = way if way.pools else _part_by_kind(stock, way)
    used = {home for _, homes in parted.homes for home in homes}
    lots = [lot for lot in parted.lots() if (lot[2] or stock.kind_of[lot[0]]) in used]
    nodes, pools = tuple((offer, count) for offer, count, _ in lots), tuple(pool for _, _, pool in lots if parted.pools)
    fewer = _count_by_offer(way.nodes) - _count_by_offer(nodes)
    cost = way.cost - sum(stock.problem.offers[offer].price * count for offer, count in fewer.items())
    kept = replace(parted, firm=True, cost=cost, nodes=nodes, pools=pools)
    return kept if all(homes for _, homes in kept.homes) and fill_nodes(stock, kept) is not None else None


def _count_by_offer(nodes: Iterable[tuple[int, int]]) -> Counter[int]:
    """Count the nodes of each offer, which may be in several pools."""
    result = Counter[int]()
    for offer, count in nodes:
        result[offer] += count
    return result


def _part_by_kind(stock: Inventory, way: PoolCandidate) -> PoolCandidate:
    """Return the way with a pool for each of its kinds; as it is where the ring has owned nodes, which are in none."""
    if any(stock.own(way.ring, j) for j in range(len(stock.market.kinds))):
        return way
    kinds = [stock.kind_of[offer] for offer, _ in way.nodes]
    pool_of = {kind: number for number, kind in enumerate(sorted(set(kinds)), start=1)}
    homes = tuple((t, tuple(pool_of[kind] for kind in some if kind in pool_of)) for t, some in way.homes)
    return replace(way, homes=homes, pools=tuple(pool_of[kind] for kind in kinds))


def _add_nodes(way: PoolCandidate, more: Sequence[tuple[int, int]]) -> PoolCandidate:
    """Return the way with one node more of each offer, in its pool if it has one, else in a new one where there are pools."""
    if not way.pools:
        return replace(way, nodes=tuple(sorted((Counter(dict(way.nodes)) + Counter(offer for offer, _ in more)).items())))
    lots = Counter({(pool, offer): count for offer, count, pool in way.lots()})
    for new, (offer, pool) in enumerate(more, start=max(way.pools) + 1):
        lots[pool or new, offer] += 1
    nodes = tuple((offer, count) for (_, offer), count in lots.items())
    return replace(way, nodes=nodes, pools=tuple(pool for pool, _ in lots))


def affinity_hints(stock: Inventory, way: PoolCandidate) -> dict[int, tuple[int, ...]]:
    """Return for each class the places of the nodes that it is led to; nothing for those that every kind is good for.

    Where there are pools it is these that the class is led to.
    """
    own = {n: j for j in range(len(stock.market.kinds)) for n in stock.own(way.ring, j)}
    kinds = own | {stock.place(offer): stock.kind_of[offer] for offer, _ in way.nodes}
    there = {pool: pool for pool in way.pools} or kinds
    everything = set(there.values())
    return {
        c: tuple(place for place, home in there.items() if home in homes)
        for t, homes in way.homes
        if set(homes) != everything
        for c in stock.market.members[t]
    }


def purchase_of(stock: Inventory, base: Purchase, chosen: Mapping[int, PoolCandidate]) -> Purchase | None:
    """Return the purchase with the chosen rings' nodes in place of those that it had; None where there are not so many.

    The bound and its certificate are those of the base.
    """
    problem = stock.problem
    nodes = list(_kept_nodes(problem, base, chosen))
    for ring in sorted(chosen):
        more = fill_nodes(stock, chosen[ring])
        if more is None:
            return None
        nodes += more
    new = sorted((node for node in nodes if not node.is_own), key=lambda node: (node.ring, node.offer, node.pool))
    if not _to_be_had(problem, new):
        return None
    purchase = _purchase(problem, base, chosen, new, [node for node in nodes if node.is_own])
    return purchase if keeps_ring_sizes(problem, purchase.ring_of) else None


def _kept_nodes(problem: Problem, base: Purchase, chosen: Mapping[int, PoolCandidate]) -> Iterator[FilledNode]:
    """Yield the bought nodes of the rings that stay as they are."""
    first = len(problem.nodes)
    on: dict[int, dict[int, int]] = {}
    for c, here in enumerate(base.counts):
        for n, pods in here:
            on.setdefault(n, {})[c] = pods
    for n, offer in enumerate(base.bought, start=first):
        if base.ring_of[n] not in chosen:
            yield FilledNode(base.ring_of[n], offer, counts=on.get(n, {}))


def _to_be_had(problem: Problem, nodes: Sequence[FilledNode]) -> bool:
    taken = [0] * len(problem.most)
    for node in nodes:
        taken[problem.offers[node.offer].shape] += 1
    return all(count <= most for count, most in zip(taken, problem.most, strict=True))


def _purchase(
    problem: Problem, base: Purchase, chosen: Collection[int], new: Sequence[FilledNode], own: Sequence[FilledNode]
) -> Purchase:
    owned = len(problem.nodes)
    mine = {c for c, pod_class in enumerate(problem.classes) if pod_class.ring in chosen and not pod_class.daemon}
    counts = [
        {} if c in mine else {n: pods for n, pods in here if n < owned} for c, here in enumerate(base.counts)
    ]  # a daemon's pods are wherever they have to be, and are not counted
    for n, node in (*((node.own, node) for node in own), *enumerate(new, start=owned)):
        for c, pods in node.counts.items():
            counts[c][n] = pods
    # the base's rings go on with the nodes that it bought, which are priced anew
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
