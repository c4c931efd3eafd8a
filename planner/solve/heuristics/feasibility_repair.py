"""Makes any placement valid by taking out the pods that break a rule."""

from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.instance.arrays import Facts
from planner.solve.instance.assignment import Assignment, daemon_counts
from planner.solve.instance.validate import Breach, breaches


def restore(facts: Facts, plan: Assignment) -> ClusterState:
    """Return the cluster in which the plan is carried out."""
    cluster = ClusterState(facts)
    for n, ring in enumerate(plan.ring_of):
        if ring >= 0:
            cluster.give(n, ring)
    for c in facts.plain:
        for n, count in plan.counts[c].items():
            cluster.put(c, n, count)
    return cluster


def without_breaches(facts: Facts, plan: Assignment) -> Assignment:
    """Evict pods, and where daemons break a rule take nodes out of their ring, until every rule holds."""
    problem = facts.problem
    while True:
        broken = list(breaches(problem, plan.ring_of, plan.counts))
        if not broken:
            return plan
        rings, counts = list(plan.ring_of), [dict(on) for on in plan.counts]
        touched: set[int] = set()
        for breach in broken:
            classes = {c for c, _ in breach.evict}
            # breaches were found together: one that went before may have mended this one
            if not classes & touched:
                _give_way(breach, rings, counts)
            touched |= classes
        for n, ring in enumerate(rings):
            if ring < 0 <= plan.ring_of[n]:
                _empty(facts, n, counts)
        for c in facts.daemons:
            counts[c] = daemon_counts(problem, rings, c)
        plan = Assignment(tuple(rings), tuple(counts))


def _give_way(breach: Breach, rings: list[int], counts: list[dict[int, int]]) -> None:
    if breach.evict:
        # spread is mended pod by pod: all at once would make the fullest domain the emptiest
        pairs = breach.evict[:1] if breach.rule == "spread" else breach.evict
        for c, n in pairs:
            left = counts[c].pop(n, 0) - 1
            if left > 0 and breach.rule == "spread":
                counts[c][n] = left
    elif breach.clear is not None:
        rings[breach.clear] = -1
    else:
        raise AssertionError(f"nothing to take out: {breach.rule}: {breach.what}")


def _empty(facts: Facts, node: int, counts: list[dict[int, int]]) -> None:
    for c in facts.plain:
        # pods of no ring may stay on a node that has none
        if facts.ring_of_class[c] >= 0:
            counts[c].pop(node, None)
