"""One node, as the workloads of every ring see it."""

from collections import Counter
from collections.abc import Iterable

from models.answer.explanation import Claim, NodeExplained
from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.node import Node
from models.kubernetes.workload import Workload
from planner.rules import daemonset, ring_membership
from planner.rules.placement.scheduler_filters import World, static_reason
from planner.rules.plugins import noderesources


def node(plan: IsolationPlan, world: World, asked: Node) -> NodeExplained:
    """Ask the workloads of each ring about a node."""
    home = next((ring.name for ring in plan.rings if asked.name in ring.nodes), "")
    if ring_membership.is_excluded(asked, plan.policy.nodes):
        return NodeExplained(asked, home)
    mine: dict[str, list[Workload]] = {ring.name: [] for ring in plan.rings}
    for workload in plan.cluster.workloads:
        name = plan.trust.members[str(workload.id)].ring
        if name in mine:
            mine[name].append(workload)
    return NodeExplained(asked, home, tuple(_claim(plan, world, asked, name, workloads) for name, workloads in mine.items()))


def _claim(plan: IsolationPlan, world: World, asked: Node, name: str, workloads: Iterable[Workload]) -> Claim:
    """Ask the workloads of one ring, as if the node were in it and empty."""
    rules, said = plan.policy.nodes, list[str]()
    there, today = ring_membership.ring_node(asked, name, rules), 0
    for workload in workloads:
        pod = ring_membership.ring_pod(workload.template, name, rules)
        pod = daemonset.daemon_pod(pod) if workload.is_daemon else pod
        wanted = noderesources.requests(pod)
        missing = noderesources.insufficient(wanted, dict(asked.allocatable), asked.allocatable)
        said.append(static_reason(pod, there, world) or ", ".join(missing))
        today += workload.running.get(asked.name, 0)
    refused = Counter(filter(None, said))
    return Claim(name, len(said), said.count(""), FrozenMap(dict(sorted(refused.items()))), today)
