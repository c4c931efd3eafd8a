"""Checks what a ring costs at least with whole numbers of nodes: goes through the parts that its counts are divided into."""

from collections.abc import Iterator, Sequence
from operator import mul

from models.answer.finding import Finding
from models.solver.certificate import Certificate, Whole
from planner.verify.certificate.flaw import flaw
from planner.verify.certificate.instance import Market, Place, are_below, are_whole

Terms = tuple[int, tuple[int, ...]]


def misshapen(market: Market, whole: Whole) -> Iterator[Finding]:
    """Yield what cannot be read as a walk through the counts of a ring's groups."""
    problem, size = market.problem, len(market.problem.resources)
    if not are_below((whole.ring,), len(problem.rings)):
        yield flaw("ring of a walk", ring=whole.ring)
        return
    if len(whole.units) != size or not are_whole(whole.units) or 0 in whole.units:
        yield flaw("units", length=size)
    nodes = [n for group in whole.groups for n in group.nodes]
    offers = [o for group in whole.groups for o in group.offers]
    if not (are_below(nodes, len(problem.nodes)) and are_below(offers, len(problem.offers))):
        yield flaw("place of a group")
    if len(set(nodes)) < len(nodes) or len(set(offers)) < len(offers):
        yield flaw("two groups")
    if any(len(rates) != size * len(whole.groups) or not are_whole(rates) for rates in whole.rates):
        yield flaw("rates", length=size)
    yield from _misled(whole)


def _misled(whole: Whole) -> Iterator[Finding]:
    """Yield why the walk does not end each part that it begins."""
    begun = 1
    for number, step in enumerate(whole.walk):
        if not begun:
            yield flaw("walk goes on", number=number)
            return
        if len(step) == 2 and are_below(step[:1], len(whole.groups)) and are_whole(step[1:]):
            begun += 1
        elif len(step) == 1 and are_below(step, len(whole.rates)):
            begun -= 1
        else:
            yield flaw("no step", step=tuple(map(str, step)))
            return
    if begun:
        yield flaw("walk ends early")


def uncounted(market: Market, whole: Whole) -> Iterator[Finding]:
    """Yield the places that could hold pods of the ring but are in no group; pods that ask for nothing are worth nothing."""
    nodes = {n for group in whole.groups for n in group.nodes}
    offers = {o for group in whole.groups for o in group.offers}
    asking = {c for c in market.wanting[whole.ring] if any(market.problem.classes[c].requests)}
    for place in market.places:
        covered = nodes.issuperset(place.nodes) and offers.issuperset(place.offers)
        if place.ring == whole.ring and not covered and any(market.holds(place, c) for c in place.classes & asking):
            yield flaw("ungrouped", place=place.name, ring=whole.ring)


def costs(market: Market, certificate: Certificate, whole: Whole) -> int:
    """Return what the ring costs at least, rents included, in 1/scale of a price's unit: that of its cheapest part."""
    most = _most(market, whole)
    terms = [_terms(market, certificate, whole, rates) for rates in whole.rates]
    stack = [((0,) * len(most), most)]
    sums: list[int] = []
    for step in whole.walk:
        low, high = stack.pop()
        if len(step) == 1:
            sums.append(_part(terms[step[0]], low, high))
            continue
        g, n = step
        # The part with few nodes comes next in the walk, so it goes onto the stack last.
        stack.append(((*low[:g], max(low[g], n + 1), *low[g + 1 :]), high))
        stack.append((low, (*high[:g], min(high[g], n), *high[g + 1 :])))
    return min(sums)


def _part(terms: Terms, low: Sequence[int], high: Sequence[int]) -> int:
    """Return what counts between low and high cost at least."""
    worth, beyond = terms
    return worth + sum(more * (few if more >= 0 else many) for more, few, many in zip(beyond, low, high, strict=True))


def _most(market: Market, whole: Whole) -> tuple[int, ...]:
    """Return how many nodes of each group there are."""
    problem = market.problem
    shapes = [{problem.offers[o].shape for o in group.offers} for group in whole.groups]
    return tuple(
        len(group.nodes) + sum(problem.most[shape] for shape in here) for group, here in zip(whole.groups, shapes, strict=True)
    )


def _terms(market: Market, certificate: Certificate, whole: Whole, rates: Sequence[int]) -> Terms:
    """Return what the ring's pods are worth together, and what a node of each group costs at least beyond its charge."""
    problem, width = market.problem, len(whole.units)
    worth: dict[int, int] = {}
    beyond: list[int] = []
    for g, group in enumerate(whole.groups):
        prices = list(map(mul, rates[g * width : (g + 1) * width], whole.units))
        nodes, offers, left = set(group.nodes), set(group.offers), list[int]()
        for place in market.places:
            if place.ring != whole.ring or (nodes.isdisjoint(place.nodes) and offers.isdisjoint(place.offers)):
                continue
            left.append(_paid(market, certificate, place, nodes, offers) - sum(map(mul, prices, place.room)))
            for c in place.classes.intersection(market.wanting[whole.ring]):
                if market.holds(place, c):
                    charge = sum(map(mul, prices, problem.classes[c].requests))
                    worth[c] = min(charge, worth.get(c, charge))
        beyond.append(min(left, default=0))
    counts = {c: problem.classes[c].count for c in worth if problem.classes[c].ring == whole.ring}
    return sum(worth[c] * count for c, count in counts.items()), tuple(beyond)


def _paid(market: Market, certificate: Certificate, place: Place, nodes: set[int], offers: set[int]) -> int:
    """Return what a node of the place costs, and pays as rent at least."""
    rents = [certificate.node_rents[n] for n in place.nodes if n in nodes]
    rents += [certificate.rents[market.problem.offers[o].shape] for o in place.offers if o in offers]
    return certificate.scale * place.price + min(rents)
