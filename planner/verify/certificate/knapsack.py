"""Checks the proof that placing all pods costs at least so much, in whole numbers and without a solver.

Whatever pods a node holds must be worth no more than its price and rent. Then what all pods are worth, less all rents, is a
lower bound of every placement's cost.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from math import gcd
from operator import mul

from models.answer.finding import Finding
from models.solver.certificate import Certificate, Rate
from models.solver.problem import NodeSlot, Offer, Problem
from planner.verify.certificate import whole as certificate_whole
from planner.verify.certificate.flaw import flaw
from planner.verify.certificate.instance import EVERYWHERE, Market, are_below, are_whole, market_of
from planner.verify.certificate.tree import nothing_worth_more


def flaws(problem: Problem, certificate: Certificate) -> Iterator[Finding]:
    """Yield why the certificate proves nothing; nothing where it holds."""
    wrong, market = list(_misshapen(problem, certificate)), market_of(problem)
    wrong += [finding for whole in certificate.wholes for finding in certificate_whole.misshapen(market, whole)]
    yield from wrong
    if not wrong:
        yield from _uncovered(market, certificate)
        for rate in certificate.rates:
            yield from _broken(market, certificate, rate)
        for whole in certificate.wholes:
            yield from certificate_whole.uncounted(market, whole)


def lower_bound(problem: Problem, certificate: Certificate) -> int:
    """Return what placing all pods costs at least, if the certificate holds."""
    return together(problem, certificate, costs_of_rings(problem, certificate))


def costs_of_rings(problem: Problem, certificate: Certificate) -> list[int]:
    """Return what each ring costs at least, the rents of its nodes included, in 1/scale of a price's unit.

    That is what its pods are worth, or what whole numbers of nodes cost it, where every pod has its ring.
    """
    parts = [0] * len(problem.rings)
    for i, c in enumerate(problem.classes):
        if not c.daemon and c.count and c.ring != EVERYWHERE:
            parts[c.ring] += certificate.worth[i] * c.count
    for ring, costs in () if has_loose(problem) else _whole_costs(problem, certificate):
        parts[ring] = max(parts[ring], costs)
    return parts


def together(problem: Problem, certificate: Certificate, parts: Sequence[int]) -> int:
    """Return what all rings cost at least, where each costs at least its part.

    Where no rent is paid, each ring by itself costs a multiple of what its prices divide by.
    """
    floors = [_floor(problem, r) for r in range(len(problem.rings))]
    if is_shared(problem, certificate):
        rents = _rents(problem, certificate)
        loose = [certificate.worth[i] * c.count for i, c in enumerate(problem.classes) if not c.daemon and c.ring == EVERYWHERE]
        return max(sum(floors), _up(sum(parts) + sum(loose) - rents, certificate.scale, _step(problem, None)))
    return sum(max(floors[r], _up(worth, certificate.scale, _step(problem, r))) for r, worth in enumerate(parts))


def is_shared(problem: Problem, certificate: Certificate) -> bool:
    """Say whether rings cost what they do together only: rents are paid, or pods may be in any ring."""
    return bool(_rents(problem, certificate)) or has_loose(problem)


def _rents(problem: Problem, certificate: Certificate) -> int:
    """Return what is paid for all nodes that there are."""
    paid: int = sum(map(mul, certificate.rents, problem.most)) + sum(certificate.node_rents)
    return paid


def has_loose(problem: Problem) -> bool:
    """Say whether there are pods that may be in any ring."""
    return any(c.ring == EVERYWHERE and c.count for c in problem.classes if not c.daemon)


def _whole_costs(problem: Problem, certificate: Certificate) -> Iterator[tuple[int, int]]:
    """Yield rings, and what whole numbers of nodes cost each at least, in 1/scale of a price's unit."""
    if certificate.wholes:
        market = market_of(problem)
        yield from ((whole.ring, certificate_whole.costs(market, certificate, whole)) for whole in certificate.wholes)


def _floor(problem: Problem, ring: int) -> int:
    """Return what the nodes that a ring must have cost at least, if all pods were elsewhere."""
    if not problem.sizes or not problem.sizes[ring].least:
        return 0
    wanted = problem.sizes[ring].least
    slots: tuple[NodeSlot | Offer, ...] = (*problem.nodes, *problem.offers)
    total = 0
    for slot in sorted((slot for slot in slots if ring in slot.rings), key=lambda slot: slot.price):
        there = min(wanted, problem.most[slot.shape]) if isinstance(slot, Offer) else 1
        total += min(wanted, there) * slot.price
        wanted -= min(wanted, there)
    return total


def _up(total: int, scale: int, step: int) -> int:
    """Round up to the next cost that there can be."""
    return max(0, -(-total // (scale * step)) * step)


def _step(problem: Problem, ring: int | None) -> int:
    """Return what every sum of prices in the ring is a multiple of."""
    slots: tuple[NodeSlot | Offer, ...] = (*problem.nodes, *problem.offers)
    return reduce(gcd, (slot.price for slot in slots if ring is None or ring in slot.rings), 0) or 1


def _misshapen(problem: Problem, certificate: Certificate) -> Iterator[Finding]:
    lists = (
        ("worth", certificate.worth, len(problem.classes)),
        ("rents", certificate.rents, len(problem.most)),
        ("node_rents", certificate.node_rents, len(problem.nodes)),
        *(("prices", rate.prices, len(problem.resources)) for rate in certificate.rates),
    )
    for name, numbers, length in lists:
        if len(numbers) != length or not are_whole(numbers):
            yield flaw("numbers", name=name, length=length)
    if not are_whole((certificate.scale, certificate.work)) or certificate.scale < 1:
        yield flaw("scale")
    for rate in certificate.rates:
        if not are_below((rate.ring,), len(problem.rings)):
            yield flaw("ring of a rate", ring=rate.ring)
        if not (are_below(rate.nodes, len(problem.nodes)) and are_below(rate.offers, len(problem.offers))):
            yield flaw("place of a rate")


def _uncovered(market: Market, certificate: Certificate) -> Iterator[Finding]:
    """Yield the places that could hold pods but have no rate."""
    nodes = {(rate.ring, n) for rate in certificate.rates for n in rate.nodes}
    offers = {(rate.ring, o) for rate in certificate.rates for o in rate.offers}
    for place in market.places:
        bare = any((place.ring, n) not in nodes for n in place.nodes) or any((place.ring, o) not in offers for o in place.offers)
        if bare and place.classes.intersection(market.wanting[place.ring]):
            yield flaw("unrated", place=place.name, ring=place.ring)


def _broken(market: Market, certificate: Certificate, rate: Rate) -> Iterator[Finding]:
    """Yield the nodes and offers that can hold pods worth more than they cost."""
    nodes, offers = set(rate.nodes), set(rate.offers)
    classes, worth = market.problem.classes, certificate.worth
    above = {c: worth[c] - sum(map(mul, rate.prices, classes[c].requests)) for c in market.wanting[rate.ring]}
    above = {c: extra for c, extra in above.items() if extra > 0}
    for place in market.places:
        if place.ring != rate.ring or (nodes.isdisjoint(place.nodes) and offers.isdisjoint(place.offers)):
            continue
        rents = [certificate.node_rents[n] for n in place.nodes if n in nodes]
        rents += [certificate.rents[market.problem.offers[o].shape] for o in place.offers if o in offers]
        # The least rent, as what is shown must hold for each of the place's nodes.
        budget = certificate.scale * place.price + min(rents)
        charged = sum(map(mul, rate.prices, place.room))
        charged += sum(extra * market.holds(place, c) for c, extra in above.items() if c in place.classes)
        if charged > budget and not nothing_worth_more(market, place, certificate, rate, budget):
            yield flaw("worth more", place=place.name, ring=rate.ring)
