"""A candidate and what simulation says of it: who stays pending, at once or after a failure, and which rings are not kept."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast
    from models.kubernetes.workload import WorkloadId

WORSE = 1_000_000
"""So many pods pending after a failure are not as bad as one that is pending at once."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A candidate and what was foreseen of it.

    `pending` is for each workload the most pods that any order leaves pending, `after_failure` the most that a failure does,
    which `by_zone` tells apart by the zone that is lost; ties between nodes were broken in so many `ways`. `misses` is what is
    wanting to a promise, none where there is one.
    """

    plan: IsolationPlan
    forecast: "Forecast"
    pending: "Counter[WorkloadId]"
    misses: int
    after_failure: "Counter[WorkloadId]" = field(default_factory=Counter)
    by_zone: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)
    ways: int = 1

    @classmethod
    def of(cls, plan: IsolationPlan, forecast: "Forecast", any_order: bool) -> "Evaluation":
        """Count how far the plan is from its promise: pods left pending, and rings not proven where proof is asked for."""
        pending = _most_pending(forecast)
        unproven = sum(not ring.any_order.is_proven for ring in forecast.rings) if any_order else 0
        return cls(plan, forecast, pending, WORSE * (pending.total() + unproven))

    def with_failures(self, tuning: Tuning = TUNING) -> "Evaluation":
        """Where nothing is missed so far, count what would be pending after a failure that must be survived."""
        from planner.refine.oracle import failures

        if self.misses:
            return self
        after = failures.simulate_failures(self.plan, only_wanted=True, tuning=tuning)
        plan = replace(self.plan, losses=after.losses)
        return replace(self, plan=plan, after_failure=after.short, by_zone=after.away, misses=after.misses)

    def rings_not_kept(self, any_order: bool) -> frozenset[str]:
        """Return the rings of which kube-scheduler leaves pods pending, or that are not proven where that is asked for."""
        rings = self.forecast.rings
        return frozenset(ring.ring for ring in rings if ring.any_order.is_stuck or (any_order and not ring.any_order.is_proven))


def _most_pending(forecast: "Forecast") -> "Counter[WorkloadId]":
    most: Counter[WorkloadId] = Counter()
    for run in forecast.runs:
        for left in run.pending:
            most[left.workload] = max(most[left.workload], left.pods)
    return most
