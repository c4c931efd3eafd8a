"""From the sums' prices, which are floating point, to a certificate in whole numbers that holds exactly."""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from math import gcd
from operator import mul

from models.certificate import Certificate, Rate
from planner.solve.buy.market import Market
from planner.solve.buy.relaxation import MILLION, Relaxed

SCALE = 2**44


def certificate_of(market: Market, relaxed: Relaxed) -> Certificate:
    """Round the sums' prices down until no node can hold pods worth more than it costs; then say what each pod is worth."""
    problem = market.problem
    rents = [int(rent * MILLION * SCALE) for rent in relaxed.rents.tolist()]
    rates: list[Rate] = []
    worth: list[int | None] = [None] * len(problem.classes)
    types_of: list[list[int]] = [[] for _ in problem.rings]
    for t, ring in enumerate(market.ring_of.tolist()):
        types_of[ring].append(t)
    for r in range(len(problem.rings)):
        for j, kind in enumerate(market.kinds):
            room = market.room[j, r].tolist()
            if r not in kind.rings or min(room) < 0:
                continue
            prices = _safe(relaxed.rates[j, r].tolist(), room, SCALE * kind.price + rents[kind.pool])
            rates.append(Rate(r, kind.nodes, kind.offers, tuple(prices)))
            for t in types_of[r]:
                if market.allowed[t, j]:
                    charge = sum(map(mul, prices, market.requests[t].tolist()))
                    for c in market.members[t]:
                        worth[c] = charge if worth[c] is None else min(charge, worth[c] or 0)
    shapes = len(problem.most)
    node_rents = [0] * len(problem.nodes)
    for kind in market.kinds:
        for n in kind.nodes:
            node_rents[n] = rents[kind.pool]
    return Certificate(SCALE, tuple(w or 0 for w in worth), tuple(rents[:shapes]), tuple(node_rents), tuple(rates))


def _safe(rates: Sequence[float], room: Sequence[int], budget: int) -> list[int]:
    """Return whole prices at which all the room together costs no more than the budget."""
    prices = [int(Fraction(rate) * MILLION * SCALE) for rate in rates]
    total = sum(map(mul, prices, room))
    if total > budget:
        prices = [price * budget // total for price in prices]
    return prices


def bound_of(market: Market, certificate: Certificate) -> int:
    """Return what placing all pods costs at least, by the certificate."""
    problem = market.problem
    plain = [(i, c) for i, c in enumerate(problem.classes) if not c.daemon and c.count]
    rents = sum(map(mul, certificate.rents, problem.most)) + sum(certificate.node_rents)
    groups = [None] if rents or any(c.ring < 0 for _, c in plain) else list(range(len(problem.rings)))
    total = 0
    for r in groups:
        worth = sum(certificate.worth[i] * c.count for i, c in plain if r is None or c.ring == r) - rents
        slots = (*problem.nodes, *problem.offers)
        step = reduce(gcd, (slot.price for slot in slots if r is None or r in slot.rings), 0) or 1
        total += max(0, -(-worth // (certificate.scale * step)) * step)
    return total
