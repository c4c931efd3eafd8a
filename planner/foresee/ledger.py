"""Pending pods counted by ring, as foreseen and as the plan says."""

from collections import Counter

from models.forecast import Run
from models.plan import IsolationPlan


def pending_by_ring(plan: IsolationPlan, run: Run) -> Counter[str]:
    """Count what a run leaves pending; pods of workloads that run everywhere under the empty name."""
    counts: Counter[str] = Counter()
    for one in run.pending:
        counts[plan.trust.members[str(one.workload)].ring] += one.pods
    return counts


def promised(plan: IsolationPlan) -> Counter[str]:
    """Count what the plan itself calls unplaced."""
    counts: Counter[str] = Counter()
    for left in plan.unplaced:
        counts[plan.trust.members[str(left.workload)].ring] += left.pods
    return counts
