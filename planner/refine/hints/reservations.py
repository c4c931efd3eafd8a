"""Reserves: room for more pods than there are, so that what kube-scheduler wastes does not leave the last ones without a place.

A reserve is a class of pods like those of a workload, which wants a place after all others, and is forgotten once it has it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.workload import WorkloadId
from models.solver.indexed_problem import IndexedProblem
from models.solver.outcome import FEASIBLE, Outcome
from models.solver.problem import PodClass, Problem
from planner.rules.placement.failure_repacking import ZONE

Wanted = Mapping[tuple[WorkloadId, str], int]
"""For how many more pods of a workload there is to be room outside a zone, `inside` one, or anywhere where the zone is ""."""
_INSIDE = "="
"""No label's value begins like this."""


def inside(zone: str) -> str:
    """Return how `Wanted` names the nodes of a zone."""
    return _INSIDE + zone


def anywhere(wanted: Wanted) -> Counter[WorkloadId]:
    """Return for how many more pods of each workload there is to be room, wherever that is."""
    pods_of: Counter[WorkloadId] = Counter()
    for (name, _), pods in wanted.items():
        pods_of[name] += pods
    return pods_of


def roomier(formulation: IndexedProblem, wanted: Wanted) -> Problem:
    """Return the problem with room for so many more pods of each workload, some of it outside a zone or inside one."""
    problem = formulation.problem
    by_zone: dict[str, dict[WorkloadId, int]] = {}
    for (name, zone), pods in sorted(wanted.items()):
        by_zone.setdefault(zone, {})[name] = pods
    larger = with_reservations(formulation, by_zone.pop("", {}))
    for zone in sorted(by_zone):
        larger = _beside(larger, with_reservations(formulation, by_zone[zone]).classes[len(problem.classes) :], formulation, zone)
    return larger


def with_reservations(formulation: IndexedProblem, wanted: Mapping[WorkloadId, int]) -> Problem:
    """Return the problem with room for so many more pods of each workload, which bear no joint rule and need not survive."""
    problem = formulation.problem
    last = min((pod_class.priority for pod_class in problem.classes), default=0) - 1
    more = tuple(_extra(problem.classes[number], pods, last) for number, pods in _by_class(formulation, wanted).items())
    numbers = tuple(range(len(problem.classes), len(problem.classes) + len(more)))
    # Of tied classes nothing is asked after a loss, and of reserves nothing is to be.
    losses = tuple(replace(loss, tied=(*loss.tied, *numbers)) for loss in problem.losses)
    return replace(problem, classes=(*problem.classes, *more), losses=losses)


def _by_class(formulation: IndexedProblem, wanted: Mapping[WorkloadId, int]) -> dict[int, int]:
    pods_of: dict[int, int] = {}
    left = {name: pods for name, pods in wanted.items() if pods > 0}
    for number, batches in enumerate(formulation.batches):
        for batch in batches:
            pods = left.pop(batch.workload.id, 0)
            if pods and not formulation.problem.classes[number].daemon:
                pods_of[number] = pods_of.get(number, 0) + pods
    return pods_of


def _extra(like: PodClass, pods: int, priority: int) -> PodClass:
    return replace(like, name=f"reserve for {like.name}", count=pods, priority=priority, running=FrozenMap(), parts=())


def _beside(problem: Problem, more: Sequence[PodClass], formulation: IndexedProblem, zone: str) -> Problem:
    """Return the problem with more classes, whose pods want a place outside a zone or inside it, and need not survive."""
    first = len(problem.classes)
    there = [_limit(like, formulation, zone) for like in more]
    numbers = tuple(range(first, first + len(there)))
    losses = tuple(replace(loss, tied=(*loss.tied, *numbers)) for loss in problem.losses)
    return replace(problem, classes=(*problem.classes, *there), losses=losses)


def _limit(pod_class: PodClass, formulation: IndexedProblem, zone: str) -> PodClass:
    is_inside, zone = zone.startswith(_INSIDE), zone.removeprefix(_INSIDE)
    nodes = tuple(place for place in pod_class.candidates if (formulation.nodes[place].labels.get(ZONE) == zone) == is_inside)
    offers = tuple(place for place in pod_class.offers if (formulation.offers[place].labels.get(ZONE) == zone) == is_inside)
    name = f"{pod_class.name} {'in' if is_inside else 'outside'} {zone}"
    return replace(pod_class, name=name, candidates=nodes, offers=offers)


def bare(problem: Problem, outcome: Outcome) -> Outcome | None:
    """Return the outcome for the problem's own classes; None where it does not place all of them."""
    size = len(problem.classes)
    if any(outcome.unplaced[:size]):
        return None
    return replace(
        outcome,
        verdict=FEASIBLE,
        counts=outcome.counts[:size],
        unplaced=outcome.unplaced[:size],
        conflict=(),
        conflict_parts=(),
        conflict_smallest=False,
    )
