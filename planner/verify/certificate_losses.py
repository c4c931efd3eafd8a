"""Checks the proof of what it costs at least that zones can be lost, zone by zone, with code of its own.

Without a zone, the nodes outside must hold all pods that its loss does not excuse; that is a problem with a certificate like any
other. A node that costs anything counts for each zone that it is not in, so the sum is divided by the most there are of those.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from math import gcd

from models.certificate import Certificate
from models.problem import Loss, NodeSlot, Offer, PodClass, Problem
from planner.verify import certificate as alone


def flaws(problem: Problem, certificate: Certificate) -> Iterator[str]:
    """Yield why the certificate proves nothing; nothing where it holds."""
    yield from alone.flaws(problem, certificate)
    zones = _zones(problem)
    if certificate.lost and len(certificate.lost) != len(zones):
        yield f"there are {len(zones)} zones to survive, and proofs for {len(certificate.lost)}"
        return
    for zone, proof in zip(zones, certificate.lost, strict=False):
        yield from (f"without a zone: {flaw}" for flaw in alone.flaws(left_by(problem, zone), proof))


def lower_bound(problem: Problem, certificate: Certificate) -> int:
    """Return what placing all pods costs at least, and that zones can be lost, if the certificate holds."""
    bare = alone.lower_bound(problem, certificate)
    zones = _zones(problem)
    most = max(_times_outside(problem, zones), default=0)
    if not certificate.lost or not most:
        return bare
    total = sum(alone.lower_bound(left_by(problem, zone), proof) for zone, proof in zip(zones, certificate.lost, strict=True))
    slots: tuple[NodeSlot | Offer, ...] = (*problem.nodes, *problem.offers)
    step = reduce(gcd, (slot.price for slot in slots), 0) or 1
    return max(bare, -(-total // (most * step)) * step)


def left_by(problem: Problem, zone: Loss) -> Problem:
    """Return what a zone's loss leaves: nodes outside, and pods that are not tied to it, without any rule between them."""
    classes = tuple(_outside(c, zone, at in zone.tied) for at, c in enumerate(problem.classes))
    return replace(problem, classes=classes, clashes=(), aparts=(), togethers=(), spreads=(), losses=(), sizes=())


def _outside(one: PodClass, zone: Loss, excused: bool) -> PodClass:
    return replace(
        one,
        count=0 if excused or one.ring < 0 else one.count,
        candidates=tuple(sorted(set(one.candidates) - set(zone.nodes))),
        offers=tuple(sorted(set(one.offers) - set(zone.offers))),
    )


def _zones(problem: Problem) -> list[Loss]:
    return [loss for loss in problem.losses if loss.zone]


def _times_outside(problem: Problem, zones: list[Loss]) -> Iterator[int]:
    """Yield for each node and offer that costs anything how many zones it is not in."""
    yield from (sum(at not in zone.nodes for zone in zones) for at, one in enumerate(problem.nodes) if one.price)
    yield from (sum(at not in zone.offers for zone in zones) for at, one in enumerate(problem.offers) if one.price)
