"""A candidate and what simulation says of it: who stays pending, at once or after a failure, and which rings are not kept."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from planner.refine import compare
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast
    from models.kubernetes.workload import WorkloadId

WORSE = 1_000_000
"""So many pods pending after a failure are not as bad as one that is pending at once."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A candidate and what was foreseen of it.

    `pending` is for each workload the most pods that any order leaves pending, `not_kept` are the rings of which it leaves any,
    or that are not proven where that is asked for. `misses` is what is wanting to a promise, none where there is one.
    `after_failure` is the most that a failure leaves pending, which `by_zone` tells apart by the zone that is lost; ties between
    nodes were broken in so many `ways`. So many further rollouts leave pods pending (`strays`), None where none was tried.
    """

    plan: IsolationPlan
    forecast: "Forecast"
    pending: "Counter[WorkloadId]"
    not_kept: frozenset[str]
    misses: int
    after_failure: "Counter[WorkloadId]" = field(default_factory=Counter)
    by_zone: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)
    ways: int = 1
    strays: int | None = None

    @classmethod
    def of(cls, plan: IsolationPlan, forecast: "Forecast", any_order: bool) -> "Evaluation":
        """Count how far the plan is from its promise: pods left pending, and rings not proven where proof is asked for."""
        pending = _most_pending(forecast)
        unproven = {ring.ring for ring in forecast.rings if any_order and not ring.any_order.is_proven}
        stuck = {ring.ring for ring in forecast.rings if ring.any_order.is_stuck}
        return cls(plan, forecast, pending, frozenset(stuck | unproven), WORSE * (pending.total() + len(unproven)))

    def with_failures(self, tuning: Tuning = TUNING, *, only_wanted: bool = True) -> "Evaluation":
        """Where nothing is missed so far, count what would be pending after a failure that must be survived."""
        from planner.refine.oracle import failures

        if self.misses:
            return self
        after = failures.simulate_failures(self.plan, only_wanted=only_wanted, tuning=tuning)
        plan = replace(self.plan, losses=after.losses)
        return replace(self, plan=plan, after_failure=after.short, by_zone=after.away, misses=after.misses)

    def is_better(self, other: "Evaluation | None") -> bool:
        """Say whether it comes closer to a promise; where both give one, whether it is steadier, or else cheaper."""
        if other is None or self.misses or other.misses:
            return other is None or self.misses < other.misses
        if self.strays is not None and other.strays is not None:
            return self.strays < other.strays
        return compare.cost(self.plan) < compare.cost(other.plan)


def _most_pending(forecast: "Forecast") -> "Counter[WorkloadId]":
    most: Counter[WorkloadId] = Counter()
    for run in forecast.runs:
        for left in run.pending:
            most[left.workload] = max(most[left.workload], left.pods)
    return most
