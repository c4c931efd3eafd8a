"""The plan's pods as they will arrive: those that one controller makes from one template are a group."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from models.answer.plan import IsolationPlan
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import PODS
from models.kubernetes.workload import Workload, WorkloadId
from planner.rules import FILTERS, affinity_hint, daemonset, ring_membership, statefulset
from planner.rules.plugins import podtopologyspread
from planner.simulate.scheduler.nodes import Terrain, zone_by_zone

RESIDENT = WorkloadId("", "", "")
SPREAD_BY_DEFAULT = ("Deployment", "ReplicaSet", "ReplicationController", "Rollout", "StatefulSet")
"""Whose pods kube-scheduler spreads without being asked: those of ReplicaSets, ReplicationControllers and StatefulSets."""
NOT_MADE_AGAIN = "Pod"


@dataclass(slots=True, eq=False)
class Group:
    """Equal pods with one owner."""

    number: int
    pod: Pod
    workload: WorkloadId
    size: int

    @property
    def is_spread(self) -> bool:
        """Say whether kube-scheduler's own default constraints apply to the pods."""
        return self.workload.kind in SPREAD_BY_DEFAULT and not self.pod.topology_spread_constraints

    @property
    def is_made_again(self) -> bool:
        """Say whether somebody makes a new pod where one is put out."""
        return self.workload.kind != NOT_MADE_AGAIN and self.workload != RESIDENT


@dataclass(slots=True, eq=False)
class Cast:
    """Everybody who takes part: `flow` are the workloads as applied, `standing` pods are there before, `daemons` have a node.

    Of each workload of the flow the `first` so many pods are there once it is applied. So many of its pods are `beyond` what all
    nodes have slots for: they stay pending whatever happens, and do not take part.
    """

    plan: IsolationPlan
    terrain: Terrain
    groups: list[Group] = field(default_factory=list)
    flow: list[list[int]] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    beyond: list[int] = field(default_factory=list)
    standing: list[tuple[int, int]] = field(default_factory=list)
    daemons: list[tuple[int, int]] = field(default_factory=list)

    def add(self, pod: Pod, workload: WorkloadId, size: int) -> int:
        """Add a group and return its number."""
        self.groups.append(Group(len(self.groups), pod, workload, size))
        return len(self.groups) - 1


def cast_of(plan: IsolationPlan) -> Cast:
    """Gather nodes and pods as the plan leaves them."""
    ring_of = {name: cast.name for cast in plan.rings for name in cast.nodes}
    nodes = zone_by_zone(ring_membership.final_nodes(plan.cluster.nodes, ring_of, plan.policy.nodes))
    cast = Cast(plan, Terrain(nodes))
    _residents(cast)
    slots = sum(node.allocatable.get(PODS, 0) for node in nodes)
    by_source = sorted(plan.cluster.workloads, key=lambda owner: (owner.where.file, owner.where.line, owner.id))
    daemons = [workload for workload in by_source if workload.is_daemon]
    for workload in sorted(daemons, key=lambda owner: (-owner.template.priority, owner.id)):
        _daemon(cast, workload, ring_of)
    for workload in by_source:
        if not workload.is_daemon and workload.pods:
            # One pod more than all slots hold stays pending, and says why; thousands more would say the same.
            pods = list(islice(_pods(cast, workload), slots + 1))
            cast.flow.append(pods)
            cast.first.append(min(workload.first, len(pods)))
            cast.beyond.append(workload.pods - len(pods))
    return cast


def _residents(cast: Cast) -> None:
    known: dict[Pod, int] = {}
    for resident in cast.plan.cluster.residents:
        if resident.node in cast.terrain.index:
            if resident.pod not in known:
                known[resident.pod] = cast.add(resident.pod, RESIDENT, 0)
            cast.groups[known[resident.pod]].size += 1
            cast.standing.append((known[resident.pod], cast.terrain.index[resident.node]))


def _patch(cast: Cast, workload: Workload) -> Pod:
    member, nodes = cast.plan.trust.members[str(workload.id)], cast.plan.policy.nodes
    if member.everywhere:
        return ring_membership.everywhere_pod(workload.template, nodes)
    pod = ring_membership.ring_pod(workload.template, member.ring, nodes)
    return affinity_hint.guided(pod, affinity_hint.of(cast.plan.guides, workload.id))


def _daemon(cast: Cast, workload: Workload, ring_of: dict[str, str]) -> None:
    """Let the DaemonSet's controller make a pod for every node that it reaches."""
    member, policy = cast.plan.trust.members[str(workload.id)], cast.plan.policy.nodes
    pod = daemonset.daemon_pod(_patch(cast, workload))
    group = cast.add(pod, workload.id, 0)
    for number, node in enumerate(cast.terrain.nodes):
        inside = member.everywhere or ring_of.get(node.name) == member.ring
        if inside and not ring_membership.is_excluded(node, policy) and _reaches(pod, node, cast.plan):
            cast.daemons.append((group, number))
            cast.groups[group].size += 1


def _reaches(pod: Pod, node: Node, plan: IsolationPlan) -> bool:
    keys = (
        *(constraint.topology_key for constraint in podtopologyspread.hard(pod)),
        *(term.topology_key for term in pod.pod_affinity),
    )
    kept_off = any(rejects(pod, node, plan.cluster) for rejects in FILTERS.values())
    return not kept_off and all(key in node.labels for key in keys)


def _pods(cast: Cast, workload: Workload) -> Iterator[int]:
    """Yield the group of each pod, in the order in which the controller makes them; ordinals differ by their volumes."""
    base = _patch(cast, workload)
    cluster = cast.plan.cluster
    numbers = {pod: cast.add(pod, workload.id, size) for pod, size in statefulset.variants(workload, base, cluster).items()}
    return (numbers[pod] for pod, count in statefulset.runs(workload, base, cluster) for _ in range(count))
