"""Pending pods counted by ring, as foreseen and as the plan says."""

from collections import Counter

from models.answer.forecast import Pending, Run
from models.answer.plan import IsolationPlan


def pending_by_ring(plan: IsolationPlan, run: Run) -> Counter[str]:
    """Count what a run leaves pending; see `rings_of` for whose pods count where."""
    counts: Counter[str] = Counter()
    for one in run.pending:
        counts += rings_of(plan, one)
    return counts


def rings_of(plan: IsolationPlan, one: Pending) -> Counter[str]:
    """Count pending pods by ring: one of a workload that runs everywhere for the ring of the node that it was meant for.

    Under the empty name are those meant for a node outside every ring, and all where the plan itself says that so many are left.
    """
    ring = plan.trust.members[str(one.workload)].ring
    said = sum(left.pods for left in plan.unplaced if left.workload == one.workload)
    if ring or one.pods <= said:
        return Counter({ring: one.pods})
    meant = {name: made.name for made in plan.rings for name in set(made.nodes).intersection(one.on)}
    counts = Counter(meant.get(name, "") for name in one.on)
    counts[""] += one.pods - counts.total()
    return +counts


def promised(plan: IsolationPlan) -> Counter[str]:
    """Count what the plan itself calls unplaced."""
    counts: Counter[str] = Counter()
    for left in plan.unplaced:
        counts[plan.trust.members[str(left.workload)].ring] += left.pods
    return counts
