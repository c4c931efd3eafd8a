"""What a pod takes, and which nodes a shared resident runs on: the two questions this room asks of Kubernetes."""

from functools import cache

from models.answer.plan import IsolationPlan, SharedResident
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import PODS, Resources, is_amount
from planner.rules import FILTERS, daemonset, ring_membership
from planner.rules.plugins import noderesources, podtopologyspread


@cache
def per_pod(pod: Pod) -> Resources:
    """Return the amounts that one pod takes of a node in the eyes of kube-scheduler, its slot included."""
    asked = noderesources.requests(pod).items()
    return FrozenMap({**{name: amount for name, amount in asked if noderesources.compared(name) and is_amount(name)}, PODS: 1})


def reached(plan: IsolationPlan, shared: SharedResident) -> tuple[str, ...]:
    """Return the planned nodes that a shared resident runs on, judged as the patches will leave both, sorted by name."""
    workload = next((w for w in plan.cluster.workloads if w.id == shared.workload), None)
    if workload is None:
        return tuple(sorted(name for planned in plan.rings if planned.name in shared.rings for name in planned.nodes))
    rules = plan.policy.nodes
    pod = daemonset.daemon_pod(ring_membership.everywhere_pod(workload.template, rules))
    ring_of = {name: planned.name for planned in plan.rings for name in planned.nodes}
    planned_nodes = [node for node in plan.cluster.nodes if not ring_membership.is_excluded(node, rules)]
    nodes = ring_membership.final_nodes(planned_nodes, ring_of, rules)
    return tuple(sorted(node.name for node in nodes if _takes(node, pod, plan.cluster)))


def _takes(node: Node, pod: Pod, cluster: Cluster) -> bool:
    """Say whether a daemon goes there; one that is spread or drawn to others goes only where the topology has a name."""
    keys = (
        *(constraint.topology_key for constraint in podtopologyspread.hard(pod)),
        *(term.topology_key for term in pod.pod_affinity),
    )
    return all(key in node.labels for key in keys) and not any(rejects(pod, node, cluster) for rejects in FILTERS.values())
