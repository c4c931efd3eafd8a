"""Pods that no rule can tell apart, merged into classes."""

from collections import Counter
from collections.abc import Iterator, Sequence

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload
from models.solver.indexed_problem import Batch
from models.trust import Trust, TrustPolicy
from planner.rules import may_stay, ring_membership, statefulset
from planner.rules.plugins import nodeports, noderesources, podtopologyspread


def batches(cluster: Cluster, trust: Trust, policy: TrustPolicy) -> list[Batch]:
    """Return the pods to place, workload by workload, as the patches will make them."""
    result: list[Batch] = []
    for workload in cluster.workloads:
        membership = trust.members[str(workload.id)]
        if membership.everywhere:
            pod = ring_membership.everywhere_pod(workload.template, policy.nodes)
        else:
            pod = ring_membership.ring_pod(workload.template, membership.ring, policy.nodes)
        running = FrozenMap(may_stay.settled(workload, membership.ring, cluster, policy.nodes))
        result += _of_workload(workload, pod, membership.ring, cluster, running)
    return result


def _of_workload(workload: Workload, pod: Pod, ring_name: str, cluster: Cluster, running: FrozenMap[int]) -> Iterator[Batch]:
    if workload.is_daemon or not workload.claim_templates:
        yield Batch(workload, pod, ring_name, workload.pods, running)
        return
    rest = Counter(dict(running))
    for variant, count in statefulset.variants(workload, pod, cluster).items():
        yield Batch(workload, variant, ring_name, count, FrozenMap(_take(rest, count)))


def _take(running: Counter[str], count: int) -> dict[str, int]:
    taken: dict[str, int] = {}
    for node in sorted(running):
        part = min(running[node], count - sum(taken.values()))
        if part > 0:
            taken[node] = part
            running[node] -= part
    return taken


def merge(batches: Sequence[Batch], selected: Sequence[tuple[int, ...]]) -> list[list[Batch]]:
    """Group batches that are alike to every rule; `selected[i]` lists the joint terms that select batch i's pods.

    A batch with joint rules of its own, host ports, or pods that run today stays alone.
    """
    groups: dict[object, list[Batch]] = {}
    for number, batch in enumerate(batches):
        key: object = number
        if not (batch.running or batch.workload.is_daemon or batch.fixed_to or has_joint_rules(batch.pod)):
            pod = batch.pod
            static = (pod.node_selector, pod.node_affinity, pod.tolerations, pod.node_name, pod.claims, pod.new_claims)
            # the same names in another namespace are other claims
            where = pod.namespace if pod.claims or pod.new_claims else ""
            key = (batch.ring, noderesources.requests(batch.pod), static, where, pod.priority, selected[number])
        groups.setdefault(key, []).append(batch)
    return list(groups.values())


def has_joint_rules(pod: Pod) -> bool:
    """Say whether where this pod may go depends on where others are, or takes more than resources from them."""
    return bool(pod.pod_affinity or pod.pod_anti_affinity or podtopologyspread.hard(pod) or nodeports.ports(pod))
