"""Checks the proof of what it costs at least that zones can be lost, zone by zone, or any one node, with code of its own.

Without any one of its nodes a ring holds all pods that no such loss excuses, so it costs what they do and a node more. Without a
zone, the nodes outside must hold all pods that its loss does not excuse; that is a problem with a certificate like any other. A
node that costs anything counts for each zone that it is not in, so the sum is divided by the most there are of those.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from math import gcd

from models.answer.finding import Finding
from models.frozen_map import FrozenMap
from models.solver.certificate import Certificate
from models.solver.problem import FailureDomain, NodeSlot, Offer, PodClass, Problem
from planner.verify.certificate import knapsack as alone
from planner.verify.certificate.flaw import flaw


def flaws(problem: Problem, certificate: Certificate) -> Iterator[Finding]:
    """Yield why the certificate proves nothing; nothing where it holds."""
    yield from alone.flaws(problem, certificate)
    zones = _zones(problem)
    if certificate.lost and len(certificate.lost) != len(zones):
        yield flaw("zones", zones=len(zones), proofs=len(certificate.lost))
        return
    for zone, proof in zip(zones, certificate.lost, strict=False):
        for wrong in alone.flaws(left_by(problem, zone), proof):
            yield replace(wrong, parameters=FrozenMap({**wrong.parameters, "without": True}))


def lower_bound(problem: Problem, certificate: Certificate) -> int:
    """Return what placing all pods costs at least, and that nodes or zones can be lost, if the certificate holds."""
    bare = alone.together(problem, certificate, list(_costs_of_rings(problem, certificate)))
    zones = _zones(problem)
    most = max(_times_outside(problem, zones), default=0)
    if not certificate.lost or not most:
        return bare
    outside = [(left_by(problem, zone), proof) for zone, proof in zip(zones, certificate.lost, strict=True)]
    total = sum(alone.lower_bound(left, proof) for left, proof in outside)
    together = -(-total // (most * _step(problem, None))) * _step(problem, None)
    return max(bare, together, sum(_rings_by_themselves(problem, outside, most)))


def _rings_by_themselves(problem: Problem, outside: Sequence[tuple[Problem, Certificate]], most: int) -> Iterator[int]:
    """Yield what each ring costs at least by itself that may lose any zone; nothing where rings share rents, or pods."""
    if any(alone.is_shared(left, proof) for left, proof in outside):
        return
    known = [(proof.scale, alone.costs_of_rings(left, proof)) for left, proof in outside]
    for ring in range(len(problem.rings)):
        step = _step(problem, ring)
        total = sum(-(-costs[ring] // (scale * step)) * step for scale, costs in known)
        yield -(-total // (most * step)) * step


def _step(problem: Problem, ring: int | None) -> int:
    """Return what all prices divide by of nodes that may be in a ring, or in any."""
    slots: tuple[NodeSlot | Offer, ...] = (*problem.nodes, *problem.offers)
    return reduce(gcd, (slot.price for slot in slots if ring is None or ring in slot.rings), 0) or 1


def _costs_of_rings(problem: Problem, certificate: Certificate) -> Iterator[int]:
    """Yield what each ring costs at least that survives the loss of any node that has to be survived."""
    losses = [loss for loss in problem.losses if not loss.zone]
    excused = {c for loss in losses for c in loss.tied}
    for ring, alone_costs in enumerate(alone.costs_of_rings(problem, certificate)):
        mine = {i for i, c in enumerate(problem.classes) if c.ring == ring and not c.daemon and c.count}
        kept = mine - excused
        held = sum(certificate.worth[i] * problem.classes[i].count for i in kept) if mine & excused else alone_costs
        spare = _spare(problem, certificate, losses, kept) if held and losses and not alone.has_loose(problem) else 0
        yield max(alone_costs, held + spare)


def _spare(problem: Problem, certificate: Certificate, losses: list[FailureDomain], pods: set[int]) -> int:
    """Return the least that a node costs, with its rent, of all that cost something and may hold these pods.

    That is nothing where the loss of such a node need not be survived.
    """
    survived = {("node", n) for loss in losses for n in loss.nodes} | {("offer", o) for loss in losses for o in loss.offers}
    prices: dict[tuple[str, int], int] = {}
    for c in (problem.classes[i] for i in pods):
        for n in c.candidates:
            prices["node", n] = certificate.scale * problem.nodes[n].price + certificate.node_rents[n]
        for o in c.offers:
            offer = problem.offers[o]
            prices["offer", o] = certificate.scale * offer.price + certificate.rents[offer.shape]
    dear = {key: price for key, price in prices.items() if price}
    return min(dear.values(), default=0) if survived.issuperset(dear) else 0


def left_by(problem: Problem, zone: FailureDomain) -> Problem:
    """Return what a zone's loss leaves: nodes outside, and pods that are not tied to it, without any rule between them."""
    classes = tuple(_outside(c, zone, number in zone.tied) for number, c in enumerate(problem.classes))
    return replace(problem, classes=classes, clashes=(), aparts=(), togethers=(), spreads=(), losses=(), sizes=())


def _outside(pod_class: PodClass, zone: FailureDomain, excused: bool) -> PodClass:
    return replace(
        pod_class,
        count=0 if excused or pod_class.ring < 0 else pod_class.count,
        candidates=tuple(sorted(set(pod_class.candidates) - set(zone.nodes))),
        offers=tuple(sorted(set(pod_class.offers) - set(zone.offers))),
    )


def _zones(problem: Problem) -> list[FailureDomain]:
    return [loss for loss in problem.losses if loss.zone]


def _times_outside(problem: Problem, zones: list[FailureDomain]) -> Iterator[int]:
    """Yield for each node and offer that costs anything how many zones it is not in."""
    yield from (sum(number not in zone.nodes for zone in zones) for number, node in enumerate(problem.nodes) if node.price)
    yield from (sum(number not in zone.offers for zone in zones) for number, offer in enumerate(problem.offers) if offer.price)
