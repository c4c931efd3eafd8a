"""From the sums' prices, which are floating point, to a certificate in whole numbers that holds exactly."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import gcd
from operator import mul
from types import MappingProxyType

from models.certificate import Certificate, Rate
from models.problem import NodeSlot, Offer, Problem
from planner.solve.buy.market import Market
from planner.solve.buy.relaxation import MILLION, Relaxed

SCALE = 2**44
NOTHING: Mapping[int, int] = MappingProxyType({})


def certificate_of(market: Market, relaxed: Relaxed) -> Certificate:
    """Round the sums' prices down until no node can hold pods worth more than it costs; then say what each pod is worth."""
    problem = market.problem
    rents = [int(rent * MILLION * SCALE) for rent in relaxed.rents.tolist()]
    rates: list[Rate] = []
    worth: dict[int, int] = {}
    for r in range(len(problem.rings)):
        types = [t for t, ring in enumerate(market.ring_of.tolist()) if ring == r]
        for j, kind in enumerate(market.kinds):
            room = market.room[j, r].tolist()
            if r in kind.rings and min(room) >= 0:
                prices = _safe(relaxed.rates[j, r].tolist(), room, SCALE * kind.price + rents[kind.pool])
                rates.append(Rate(r, kind.nodes, kind.offers, tuple(prices)))
                _charge(market, [t for t in types if market.allowed[t, j]], prices, worth)
    node_rents = [0] * len(problem.nodes)
    for kind in market.kinds:
        for n in kind.nodes:
            node_rents[n] = rents[kind.pool]
    each = tuple(worth.get(c, 0) for c in range(len(problem.classes)))
    return Certificate(SCALE, each, tuple(rents[: len(problem.most)]), tuple(node_rents), tuple(rates))


def _charge(market: Market, types: Sequence[int], prices: Sequence[int], worth: dict[int, int]) -> None:
    """Lower what pods are worth to what they are charged."""
    for t in types:
        charge = sum(map(mul, prices, market.requests[t].tolist()))
        for c in market.members[t]:
            worth[c] = min(charge, worth.get(c, charge))


def _safe(rates: Sequence[float], room: Sequence[int], budget: int) -> list[int]:
    """Return whole prices at which all the room together costs no more than the budget."""
    prices = [int(Fraction(rate) * MILLION * SCALE) for rate in rates]
    total = sum(map(mul, prices, room))
    if total > budget:
        prices = [price * budget // total for price in prices]
    return prices


def bound_of(market: Market, certificate: Certificate, wholes: Mapping[int, int] = NOTHING) -> int:
    """Return what placing all pods costs at least, by the certificate; `wholes` is what it shows of rings with whole nodes."""
    problem = market.problem
    rents = rents_of(problem, certificate)
    floors = [floor_of(problem, r) for r in range(len(problem.rings))]
    parts = [max(wholes.get(r, 0), worth_of(problem, certificate, r)) for r in range(len(problem.rings))]
    if is_joint(problem, certificate):
        worth = sum(parts) + worth_of(problem, certificate, -1) - rents
        return max(sum(floors), rounded_up(problem, certificate.scale, worth, None))
    return sum(max(floors[r], rounded_up(problem, certificate.scale, worth, r)) for r, worth in enumerate(parts))


def rents_of(problem: Problem, certificate: Certificate) -> int:
    """Return what is paid for all nodes that there are."""
    paid: int = sum(map(mul, certificate.rents, problem.most)) + sum(certificate.node_rents)
    return paid


def is_joint(problem: Problem, certificate: Certificate) -> bool:
    """Say whether the rings' costs are proven together only: rents are paid, or pods may be in any ring."""
    return bool(rents_of(problem, certificate)) or any(not c.daemon and c.count and c.ring < 0 for c in problem.classes)


def worth_of(problem: Problem, certificate: Certificate, ring: int) -> int:
    """Return what the pods of a ring are worth, in 1/scale of a price's unit."""
    plain = [(i, c) for i, c in enumerate(problem.classes) if not c.daemon and c.count and c.ring == ring]
    return sum(certificate.worth[i] * c.count for i, c in plain)


def rounded_up(problem: Problem, scale: int, worth: int, ring: int | None) -> int:
    """Return the next sum of prices that there can be, in one ring or in all together."""
    slots: tuple[NodeSlot | Offer, ...] = (*problem.nodes, *problem.offers)
    step = reduce(gcd, (slot.price for slot in slots if ring is None or ring in slot.rings), 0) or 1
    return max(0, -(-worth // (scale * step)) * step)


def floor_of(problem: Problem, ring: int) -> int:
    """Return what as many nodes as the ring must have cost at least: the cheapest that there are."""
    least = problem.sizes[ring].least if problem.sizes else 0
    prices = [node.price for node in problem.nodes if ring in node.rings]
    for offer in problem.offers if least else ():
        prices += [offer.price] * (min(least, problem.most[offer.shape]) if ring in offer.rings else 0)
    return sum(sorted(prices)[:least])
