"""Zones that stand in for each other: for the nodes that a zone's loss takes, as many stand by, empty, in the other zones.

Nodes of one shape are shared out among the zones evenly; of Z zones every one keeps so many empty that any Z - 1 of them take
over, node for node, what the last one holds. That costs a Z - 1st more than the packing, and hardly anything costs less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.solver.problem import OWN, FailureDomain, Problem
from planner.solve.buy.pack.assignment import Candidate

Kind = tuple[int, int]
"""A ring and a shape."""


def with_spare_nodes_per_zone(problem: Problem, candidate: Candidate) -> Candidate | None:
    """Return the placement with nodes standing by for every zone; None where a shape is used up, or to be had in one zone only.

    Pods whose rules ask in which zone they are stay where they are, and so does what is owned, for which nothing stands by.
    """
    zones = [loss for loss in problem.losses if loss.zone]
    extra, ring_of, first = list(candidate.extra), list(candidate.ring_of), len(problem.nodes)
    settled, pods = _nodes_tied_to_zone(problem, candidate), _pods(problem, candidate)
    left, offers = list(problem.most), [set(c.offers) for c in problem.classes]
    for o in extra:
        left[problem.offers[o].shape] -= 1
    for (ring, shape), nodes in sorted(_kinds(problem, candidate).items()):
        twins = _twins(problem, ring, shape, zones)
        if not twins:
            return None
        free = {n for n in nodes if n not in settled and all(set(twins) <= offers[c] for c in pods[n])}
        fixed = [extra[n - first] for n in nodes if n not in free]
        held = [fixed.count(o) for o in twins]
        for n in sorted(free):
            zone = held.index(min(held))
            extra[n - first] = twins[zone]
            held[zone] += 1
        for zone in _standing_by(held):
            extra.append(twins[zone])
            ring_of.append(ring)
            left[shape] -= 1
        if left[shape] < 0:
            return None
    return Candidate(extra, ring_of, [dict(on) for on in candidate.counts])


def with_fewer(problem: Problem) -> Problem:
    """Return the problem with so few nodes of each shape that there are as many more as stand by for them."""
    zones = sum(loss.zone for loss in problem.losses)
    # each ring rounds up twice: what a zone holds, and what stands by
    most = tuple(max(0, (count - 2 * len(problem.rings)) * (zones - 1) // zones) for count in problem.most)
    return replace(problem, most=most, losses=())


def _kinds(problem: Problem, candidate: Candidate) -> dict[Kind, list[int]]:
    """Return the bought nodes of each ring and shape."""
    result: dict[Kind, list[int]] = {}
    for number, (o, ring) in enumerate(zip(candidate.extra, candidate.ring_of[len(problem.nodes) :], strict=True)):
        if ring >= 0:
            result.setdefault((ring, problem.offers[o].shape), []).append(len(problem.nodes) + number)
    return result


def _twins(problem: Problem, ring: int, shape: int, zones: Sequence[FailureDomain]) -> list[int]:
    """Return the offer of the shape in each zone that has one, all of one price; none where that is one zone, or not clear."""
    twins = [o for loss in zones for o in loss.offers if problem.offers[o].shape == shape and ring in problem.offers[o].rings]
    alike = len({(problem.offers[o].price, problem.offers[o].capacity) for o in twins}) == 1
    return twins if len(twins) > 1 and alike and len(set(twins)) == len(twins) <= len(zones) else []


def _nodes_tied_to_zone(problem: Problem, candidate: Candidate) -> set[int]:
    """Return the nodes with pods whose rules ask in which zone they are."""
    bound = {rule.owner for rule in problem.aparts if set(rule.joins) != {OWN}}
    bound |= {c for rule in problem.aparts if set(rule.joins) != {OWN} for c in rule.others}
    bound |= {c for rule in problem.togethers for c in (rule.owner, *rule.targets)}
    bound |= {c for rule in problem.spreads for c in (rule.owner, *rule.matched)}
    return {n for c in bound for n in candidate.counts[c]}


def _pods(problem: Problem, candidate: Candidate) -> dict[int, list[int]]:
    """Return the classes of the pods on each node, but for daemons."""
    result: dict[int, list[int]] = {n: [] for n in range(len(candidate.ring_of))}
    for c, on in enumerate(candidate.counts):
        for n in on if not problem.classes[c].daemon else ():
            result[n].append(c)
    return result


def _standing_by(held: Sequence[int]) -> Iterator[int]:
    """Yield in which zone the next node stands by, until those of the others do for each zone."""
    empty = [0] * len(held)
    while any(sum(empty) - own < pods for own, pods in zip(empty, held, strict=True)):
        zone = min(range(len(held)), key=lambda z: (held[z] + empty[z], z))
        empty[zone] += 1
        yield zone
