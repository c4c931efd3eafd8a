"""What separation costs, in nodes: numbers that do not contradict each other, the sums of requests, or the plan itself."""

from collections import Counter
from collections.abc import Iterator, Sequence

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan, Separation
from models.kubernetes.node import Node
from models.kubernetes.resources import PODS, is_amount
from planner.rules import ring_membership
from planner.rules.plugins import noderesources
from planner.verify.finding import error

Asked = Counter[str]


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield what cannot be true of the nodes that the pods need with rings and without."""
    if plan.separation is not None:
        yield from _contradictions(plan.separation)
        yield from _against_sums(plan, plan.separation)


def _contradictions(costs: Separation) -> Iterator[Finding]:
    for value, bound in ((costs.nodes_with, costs.nodes_with_bound), (costs.nodes_without, costs.nodes_without_bound)):
        if bound > value:
            yield error(FindingCode.SEPARATION_BOUND, "separation", case="bound", nodes=value, bound=bound)
    if costs.nodes_without > costs.nodes_with:
        facts = {"nodes": costs.nodes_with, "without": costs.nodes_without}
        yield error(FindingCode.SEPARATION_BOUND, "separation", case="fewer", **facts)


def _against_sums(plan: IsolationPlan, costs: Separation) -> Iterator[Finding]:
    nodes = [node for node in plan.cluster.nodes if not ring_membership.is_excluded(node, plan.policy.nodes)]
    asked = _asked(plan)
    apart = sum(_least(asking, nodes) for asking in asked.values())
    together = _least(sum(asked.values(), Asked()), nodes)
    for value, least, how in ((costs.nodes_with, apart, "with"), (costs.nodes_without, together, "without")):
        if not least <= value <= len(nodes):
            facts = {"nodes": value, "how": how, "all": len(nodes), "least": least}
            yield error(FindingCode.SEPARATION_BOUND, "separation", case="sums", **facts)
    used = _used(plan)
    bound = max(costs.nodes_with_bound, costs.nodes_without_bound)
    if bound > used:
        yield error(FindingCode.SEPARATION_BOUND, "separation", case="used", bound=bound, used=used)


def _asked(plan: IsolationPlan) -> dict[str, Asked]:
    """Return for each ring what all its pods but those of DaemonSets request."""
    workloads = {workload.id: workload for workload in plan.cluster.workloads if not workload.is_daemon}
    by_ring: dict[str, Asked] = {}
    for placement in plan.placements:
        if placement.workload in workloads and placement.on:
            here = by_ring.setdefault(placement.ring, Asked())
            for name, amount in {**noderesources.requests(workloads[placement.workload].template), PODS: 1}.items():
                here[name] += amount * placement.pods
    return by_ring


def _least(asked: Asked, nodes: Sequence[Node]) -> int:
    """Return how many nodes it takes at least, were they the largest: as many as the scarcest resource needs."""
    names = (name for name in asked if noderesources.compared(name) and is_amount(name))
    return max((_largest(asked[name], [node.allocatable.get(name, 0) for node in nodes]) for name in names), default=0)


def _largest(amount: int, rooms: list[int]) -> int:
    """Count the rooms, the largest first, that it takes to hold an amount; all of them where they do not."""
    for count, room in enumerate(sorted(rooms, reverse=True)):
        if amount <= 0:
            return count
        amount -= room
    return len(rooms)


def _used(plan: IsolationPlan) -> int:
    """Count the nodes on which the plan has pods; all of its rings' where these must have so many, or a pod has no place."""
    daemons = {workload.id for workload in plan.cluster.workloads if workload.is_daemon}
    if plan.policy.ring_nodes or plan.unplaced:
        return len({name for ring in plan.rings for name in ring.nodes})
    return len({name for placement in plan.placements if placement.workload not in daemons for name in placement.on})
