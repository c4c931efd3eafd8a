"""Pending pods counted by ring, as foreseen and as the plan says."""

from collections import Counter

from models.answer.forecast import Pending, Run
from models.answer.plan import IsolationPlan


def pending_by_ring(plan: IsolationPlan, run: Run) -> Counter[str]:
    """Count what a run leaves pending; see `rings_of` for whose pods count where."""
    counts: Counter[str] = Counter()
    for left in run.pending:
        counts += rings_of(plan, left)
    return counts


def rings_of(plan: IsolationPlan, pending: Pending) -> Counter[str]:
    """Count pending pods by ring: one of a workload that runs everywhere for the ring of the node that it was meant for.

    Under the empty name are those meant for a node outside every ring, and all where the plan itself says that so many are left.
    """
    ring = plan.trust.members[str(pending.workload)].ring
    said = sum(left.pods for left in plan.unplaced if left.workload == pending.workload)
    if ring or pending.pods <= said:
        return Counter({ring: pending.pods})
    meant = {name: plan_ring.name for plan_ring in plan.rings for name in set(plan_ring.nodes).intersection(pending.on)}
    counts = Counter(meant.get(name, "") for name in pending.on)
    counts[""] += pending.pods - counts.total()
    return +counts


def unplaced_by_ring(plan: IsolationPlan) -> Counter[str]:
    """Count what the plan itself calls unplaced."""
    counts: Counter[str] = Counter()
    for left in plan.unplaced:
        counts[plan.trust.members[str(left.workload)].ring] += left.pods
    return counts
