"""A running pod is at home where it runs, unless hard spread keeps a pod like it from being put there again.

kube-scheduler asks whether pods are spread when they arrive, and never again: once a zone is lost, those that come anew are
crowded into the zones that are left, and stay there when the zone is back. Where they break their spread a plan cannot leave all
of them, and it is no move of its making that some have to go. So these are nobody's home, and no node leaves its ring for them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.kubernetes.workload import Workload
from models.trust import PolicyNodes
from planner.rules import ring_membership
from planner.rules.plugins import podtopologyspread


@dataclass(frozen=True, slots=True)
class Moving:
    """Of a workload's pods that are at home on nodes that may be planned, `running` in all, so many `pods` move.

    `leaves` are those that leave each node, together with those that are not wanted any more.
    """

    running: int
    pods: int
    leaves: FrozenMap[int]


def moving(
    workload: Workload, home: str, there: Mapping[str, int], cluster: Cluster, nodes: PolicyNodes, planned: Collection[str]
) -> Moving:
    """Count the running pods that are still wanted but do not stay where they are, once the workload's pods are `there`.

    Pods beyond the planned number are deleted, and daemons come and go with their node's ring: neither moves, nor do those that
    break their spread where they are. `planned` are the nodes that are not left alone.
    """
    at_home = {name: pods for name, pods in sorted(settled(workload, home, cluster, nodes).items()) if name in planned}
    leaves = {name: pods - there.get(name, 0) for name, pods in at_home.items() if pods > there.get(name, 0)}
    running = sum(at_home.values())
    stays = running - sum(leaves.values())
    return Moving(running, max(0, min(running, workload.pods) - stays), FrozenMap(leaves))


def settled(workload: Workload, home: str, cluster: Cluster, nodes: PolicyNodes) -> Mapping[str, int]:
    """Return how many pods of a workload are at home on each node, at most those that run there.

    `home` is the workload's ring. Domains are those of the nodes that are in it today; where none is, all pods are at home.
    Pods of other workloads that count too are taken to stay.
    """
    asked = podtopologyspread.hard(workload.template) if home and workload.running and not workload.is_daemon else ()
    if not asked:
        return workload.running
    pod = ring_membership.ring_pod(workload.template, home, nodes)
    mine = [
        node
        for node in cluster.nodes
        if node.labels.get(nodes.label_key) == home and not ring_membership.is_excluded(node, nodes)
    ]
    left = Counter(dict(workload.running))
    for constraint in podtopologyspread.hard(pod) if mine else ():
        if podtopologyspread.counts_self(constraint, pod):
            domains = _domains(constraint, pod, mine)
            others = [
                neighbour.running
                for neighbour in cluster.workloads
                if neighbour.id != workload.id
                and neighbour.running
                and podtopologyspread.counts(constraint, pod, neighbour.template)
            ]
            _part(constraint, domains, left, others, max(0, workload.pods - left.total()))
    return FrozenMap({name: count for name, count in left.items() if count})


def _domains(constraint: TopologySpreadConstraint, pod: Pod, nodes: Iterable[Node]) -> list[list[str]]:
    domains: dict[str, list[str]] = {}
    for node in nodes:
        if podtopologyspread.counted(constraint, pod, node):
            domains.setdefault(node.labels[constraint.topology_key], []).append(node.name)
    return [domains[value] for value in sorted(domains)]


def _part(
    constraint: TopologySpreadConstraint,
    domains: Sequence[list[str]],
    left: Counter[str],
    others: Sequence[Mapping[str, int]],
    more: int,
) -> None:
    """Take pods from the fullest domains to the emptiest until they are spread; `more` of them are to come, and help with it."""
    own = [sum(left[name] for name in names) for names in domains]
    counts = [
        at_home + sum(pods.get(name, 0) for pods in others for name in names) for at_home, names in zip(own, domains, strict=True)
    ]
    if len(domains) < constraint.min_domains or max(counts, default=0) - min(counts, default=0) <= constraint.max_skew:
        return
    for _ in range(more):
        counts[counts.index(min(counts))] += 1
    while any(own):
        full = max((domain for domain, pods in enumerate(own) if pods), key=lambda domain: counts[domain])
        if counts[full] - min(counts) <= constraint.max_skew:
            return
        # who goes is taken to come where it helps most, so that as few as possible go
        left[max(domains[full], key=lambda name: left[name])] -= 1
        own[full] -= 1
        counts[full] -= 1
        counts[counts.index(min(counts))] += 1
