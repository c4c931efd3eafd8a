"""Grades: how sure it is that kube-scheduler finds room for the pods of each ring, counted over the scenarios of a forecast."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from models.answer.forecast import Forecast, Run
from models.answer.grade import Grade, GradeKind, worst_kind
from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from planner.simulate.pending_by_ring import rings_of, unplaced_by_ring

PLAN = ""
"""Stands for the rings and all that is outside of them, together."""


def with_grades(plan: IsolationPlan, forecast: Forecast, scenarios: int) -> IsolationPlan:
    """Return the plan with its grades, where `forecast` has every run that leaves pods pending, of so many scenarios."""
    counted = counted_by_ring(plan, forecast.runs)
    proven = {ring.ring for ring in forecast.rings if ring.any_order.is_proven}
    rings = tuple(_with_grade(plan, ring, scenarios, counted[ring.name], ring.name in proven) for ring in plan.rings)
    all_of_it = _grade(plan, PLAN, scenarios, counted[PLAN], proven.issuperset(ring.name for ring in plan.rings))
    kind = worst_kind((all_of_it.kind, *(ring.grade.kind for ring in rings if ring.grade)))
    return replace(plan, rings=rings, grade=replace(all_of_it, kind=kind))


def counted_by_ring(plan: IsolationPlan, runs: Sequence[Run]) -> "dict[str, list[Counter[str]]]":
    """Return for each ring, and for `PLAN`, whose pods each run leaves pending beyond what the plan says; no empty ones."""
    counted: dict[str, list[Counter[str]]] = {name: [] for name in (PLAN, *(ring.name for ring in plan.rings))}
    said = unplaced_by_ring(plan)
    for run in runs:
        by_ring: dict[str, Counter[str]] = {}
        for left in run.pending:
            for ring, pods in rings_of(plan, left).items():
                by_ring.setdefault(ring, Counter())[str(left.workload)] += pods
        all_of_it: Counter[str] = Counter()
        for ring, mine in by_ring.items():
            if mine.total() > said[ring]:
                all_of_it += mine
                counted[ring] += [mine] if ring != PLAN else []
        counted[PLAN] += [all_of_it] if all_of_it else []
    return counted


def _with_grade(plan: IsolationPlan, ring: RingPlan, scenarios: int, left: "Sequence[Counter[str]]", is_proven: bool) -> RingPlan:
    return replace(ring, grade=_grade(plan, ring.name, scenarios, left, is_proven))


def _grade(plan: IsolationPlan, ring: str, scenarios: int, left: "Sequence[Counter[str]]", is_proven: bool) -> Grade:
    most: Counter[str] = Counter()
    for pods in left:
        # The most of each workload in any scenario: their sum may be more than one scenario leaves.
        most |= pods
    kind = GradeKind.PROVEN if is_proven else GradeKind.SIMULATED
    if left or plan.losses_at_risk(ring):
        kind = GradeKind.AT_RISK
    pending = max((pods.total() for pods in left), default=0)
    return Grade(kind, scenarios, len(left), pending, FrozenMap(dict(sorted(most.items()))))
