"""From the dual prices of the LP, which are floating point, to a certificate in whole numbers that holds exactly."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import gcd
from operator import mul

from models.solver.certificate import Certificate, Rate
from models.solver.problem import FailureDomain, NodeSlot, Offer, PodClass, Problem
from planner.solve.buy.bound.lp_relaxation import MILLION, LpSolution
from planner.solve.buy.market.types import Market

SCALE = 2**44
"""A scale: what is proven is written in parts of a price's unit so small that rounding down costs next to nothing."""


def certificate_of(market: Market, relaxed: LpSolution) -> Certificate:
    """Round the sums' prices down until no node can hold pods worth more than it costs; then say what each pod is worth."""
    problem = market.problem
    # any rents prove something, as the bound pays for them and nodes may hold that much more: they may be rounded either way
    rents = [int(rent * MILLION * SCALE) for rent in relaxed.rents.tolist()]
    rates: list[Rate] = []
    worth: dict[int, int] = {}
    for r in range(len(problem.rings)):
        types = [t for t, ring in enumerate(market.ring_of.tolist()) if ring == r]
        for j, kind in enumerate(market.kinds):
            room = market.room[j, r].tolist()
            if r in kind.rings and min(room) >= 0:
                here = [t for t in types if market.allowed[t, j]]
                few = [t for t in here if relaxed.extra[t, j] > 0]
                # a limit on pods of one type is one more resource, of which each of them takes one
                prices = _safe(
                    [*relaxed.rates[j, r].tolist(), *relaxed.extra[few, j].tolist()],
                    [*room, *market.per_node[few].tolist()],
                    SCALE * kind.price + rents[kind.pool],
                )
                rates.append(Rate(r, kind.nodes, kind.offers, tuple(prices[: len(room)])))
                _charge(market, here, prices[: len(room)], dict(zip(few, prices[len(room) :], strict=True)), worth)
    node_rents = [0] * len(problem.nodes)
    for kind in market.kinds:
        for n in kind.nodes:
            node_rents[n] = rents[kind.pool]
    worths = tuple(worth.get(c, 0) for c in range(len(problem.classes)))
    return Certificate(SCALE, worths, tuple(rents[: len(problem.most)]), tuple(node_rents), tuple(rates))


def _charge(market: Market, types: Sequence[int], prices: Sequence[int], extra: Mapping[int, int], worth: dict[int, int]) -> None:
    """Lower what pods are worth to what they are charged, with the extra charge for types of which a node holds a few at most."""
    for t in types:
        charge = sum(map(mul, prices, market.requests[t].tolist())) + extra.get(t, 0)
        for c in market.members[t]:
            worth[c] = min(charge, worth.get(c, charge))


def _safe(rates: Sequence[float], room: Sequence[int], budget: int) -> list[int]:
    """Return whole prices at which all the room together costs no more than the budget."""
    # a fraction is exact: the same product in floating point could come out above the rate
    prices = [int(Fraction(rate) * MILLION * SCALE) for rate in rates]
    total = sum(map(mul, prices, room))
    if total > budget:
        prices = [price * budget // total for price in prices]
    return prices


def parts_of(problem: Problem, certificate: Certificate) -> tuple[int, ...]:
    """Return what the pods of each ring are worth, in 1/scale of a price's unit."""
    return tuple(worth_of(problem, certificate, r) for r in range(len(problem.rings)))


def bound_of(problem: Problem, certificate: Certificate, parts: Sequence[int]) -> int:
    """Return what placing all pods costs at least, where each ring costs at least its part and shares the rents."""
    floors = [floor_of(problem, r) for r in range(len(problem.rings))]
    if is_joint(problem, certificate):
        worth = sum(parts) + worth_of(problem, certificate, -1) - rents_of(problem, certificate)
        return max(sum(floors), round_up(problem, certificate.scale, worth, None))
    return sum(max(floors[r], round_up(problem, certificate.scale, worth, r)) for r, worth in enumerate(parts))


def with_a_spare_node(problem: Problem, certificate: Certificate, parts: Sequence[int]) -> tuple[int, ...]:
    """Return the parts of rings that survive the loss of any one node: the others hold all pods, and it costs something too.

    Of pods that a loss excuses nothing is known, nor of those that may be in any ring.
    """
    lost = [loss for loss in problem.losses if not loss.zone]
    if not lost or any(not c.daemon and c.count and c.ring < 0 for c in problem.classes):
        return tuple(parts)
    excused = {c for loss in lost for c in loss.tied}
    pods = [(i, c) for i, c in enumerate(problem.classes) if not c.daemon and c.count and i not in excused]
    result = []
    for r, part in enumerate(parts):
        mine = [(i, c) for i, c in pods if c.ring == r]
        whole = not any(c.ring == r and i in excused for i, c in enumerate(problem.classes))
        held = part if whole else sum(certificate.worth[i] * c.count for i, c in mine)
        least = _cheapest_lost(problem, certificate, lost, [c for _, c in mine]) if held else 0
        result.append(max(part, held + least))
    return tuple(result)


def _cheapest_lost(problem: Problem, certificate: Certificate, lost: Sequence[FailureDomain], pods: Sequence[PodClass]) -> int:
    """Return what a node for these pods costs at least, rent included, if it costs anything; 0 if one need not be survived."""
    nodes, offers = {n for c in pods for n in c.candidates}, {o for c in pods for o in c.offers}
    gone, away = {n for loss in lost for n in loss.nodes}, {o for loss in lost for o in loss.offers}
    dear = [(certificate.scale * problem.nodes[n].price + certificate.node_rents[n], n in gone) for n in nodes]
    dear += [
        (certificate.scale * problem.offers[o].price + certificate.rents[problem.offers[o].shape], o in away) for o in offers
    ]
    # free nodes are passed over: pods worth something need a node that costs, and that may be the one lost
    return min((cost if survived else 0 for cost, survived in dear if cost), default=0)


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


def round_up(problem: Problem, scale: int, worth: int, ring: int | None) -> int:
    """Return the next sum of prices that there can be, in one ring or in all together."""
    slots: tuple[NodeSlot | Offer, ...] = (*problem.nodes, *problem.offers)
    # all sums of prices are multiples of their greatest common divisor
    step = reduce(gcd, (slot.price for slot in slots if ring is None or ring in slot.rings), 0) or 1
    return max(0, -(-worth // (scale * step)) * step)


def floor_of(problem: Problem, ring: int) -> int:
    """Return what as many nodes as the ring must have cost at least: the cheapest that there are."""
    least = problem.sizes[ring].least if problem.sizes else 0
    prices = [node.price for node in problem.nodes if ring in node.rings]
    for offer in problem.offers if least else ():
        prices += [offer.price] * (min(least, problem.most[offer.shape]) if ring in offer.rings else 0)
    return sum(sorted(prices)[:least])
