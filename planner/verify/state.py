"""The cluster as the plan leaves it: nodes in their rings, and on them residents, daemons and the placed pods."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from models.answer.plan import IsolationPlan
from models.kubernetes.labels import NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from planner.rules import affinity_hint, daemonset, ring_membership, statefulset
from planner.rules.placement.scheduler_filters import World, static_reason, why_not
from planner.rules.plugins import podtopologyspread
from planner.verify.rings.membership import Belonging


@dataclass(slots=True)
class Scene:
    """A world, and how it came about.

    `reached` are the nodes on which each DaemonSet wants a pod, `pending` those of them that have no room for it. `wanting` are
    the pods that no assignment of volumes to nodes serves, per workload. `guests` are the placed pods of each node.
    """

    plan: IsolationPlan
    world: World
    nodes: tuple[Node, ...]
    ring_of: dict[str, str]
    owners: dict[Pod, list[str]] = field(default_factory=dict)
    reached: dict[WorkloadId, tuple[str, ...]] = field(default_factory=dict)
    pending: dict[WorkloadId, tuple[str, ...]] = field(default_factory=dict)
    wanting: dict[WorkloadId, int] = field(default_factory=dict)
    guests: dict[str, Counter[tuple[str, Pod]]] = field(default_factory=dict)

    def own(self, pod: Pod, workload: Workload) -> Pod:
        """Remember whose pod it is."""
        names = self.owners.setdefault(pod, [])
        if str(workload.id) not in names:
            names.append(str(workload.id))
        return pod

    def name(self, pod: Pod) -> str:
        """Say whose pod it is."""
        return ", ".join(self.owners.get(pod, ("a resident",)))


def scene_of(plan: IsolationPlan, belongings: Mapping[str, Belonging]) -> Scene:
    """Build the final state that the plan describes."""
    # Reversed, so that a node in two rings, which is an error of its own, is in the first.
    ring_of = {name: ring.name for ring in reversed(plan.rings) for name in ring.nodes}
    nodes = ring_membership.final_nodes(plan.cluster.nodes, ring_of, plan.policy.nodes)
    scene = Scene(plan, World(nodes, plan.cluster), nodes, ring_of)
    workloads = {workload.id: workload for workload in plan.cluster.workloads}
    daemons = [workload for workload in plan.cluster.workloads if workload.is_daemon]
    # Daemons stand before all others: a plan says that it takes them for the first to come.
    for workload in sorted(daemons, key=lambda daemon_set: (-daemon_set.template.priority, daemon_set.id)):
        _put_daemons(scene, workload, belongings[str(workload.id)])
    for placement in plan.placements:
        known = workloads.get(placement.workload)
        if known and not known.is_daemon:
            on = {node: count for node, count in placement.on.items() if node in scene.world.sites and count > 0}
            _put(scene, known, placement.ring, on)
    return scene


def _put_daemons(scene: Scene, workload: Workload, belongs: Belonging) -> None:
    """Put a pod on every node that the DaemonSet reaches and that has room for it."""
    home = "" if belongs.everywhere else _ring_of(scene.plan, belongs)
    pod = scene.own(daemon(workload, belongs.everywhere, home, scene.plan), workload)
    reached, pending = [], []
    for node in scene.nodes:
        outside = not belongs.everywhere and scene.ring_of.get(node.name) != home
        if outside or ring_membership.is_excluded(node, scene.plan.policy.nodes) or not _reaches(pod, node, scene.world):
            continue
        reached.append(node.name)
        if why_not(pod, node, scene.world):
            pending.append(node.name)
        else:
            scene.world.add(pod, node.name)
    scene.reached[workload.id], scene.pending[workload.id] = tuple(reached), tuple(pending)


def _ring_of(plan: IsolationPlan, belongs: Belonging) -> str:
    name = belongs.group.name if belongs.group else ""
    return next((ring.name for ring in plan.rings if name in ring.groups), "")


def _reaches(pod: Pod, node: Node, world: World) -> bool:
    # kube-scheduler lets no pod onto a node without the label by which it is spread, or drawn to others.
    keys = (
        *(constraint.topology_key for constraint in podtopologyspread.hard(pod)),
        *(term.topology_key for term in pod.pod_affinity),
    )
    return not static_reason(pod, node, world) and all(key in node.labels for key in keys)


def daemon(workload: Workload, everywhere: bool, home: str, plan: IsolationPlan) -> Pod:
    """Return a DaemonSet's pod as patch and controller make it."""
    nodes = plan.policy.nodes
    pod = (
        ring_membership.everywhere_pod(workload.template, nodes)
        if everywhere
        else ring_membership.ring_pod(workload.template, home, nodes)
    )
    return daemonset.daemon_pod(pod)


def pinned(pod: Pod, node: str) -> Pod:
    """Return a daemon's pod as its controller pins it: its affinity gives way to the name of the node."""
    return replace(pod, node_affinity=(NodeSelectorTerm(match_fields=(Requirement("metadata.name", "In", (node,)),)),))


def variants(workload: Workload, home: str, plan: IsolationPlan) -> dict[Pod, int]:
    """Return the pods of a workload as patched, with how many there are: a StatefulSet's differ by the volumes they have."""
    base = affinity_hint.guided(
        ring_membership.ring_pod(workload.template, home, plan.policy.nodes), affinity_hint.of(plan.guides, workload.id)
    )
    return statefulset.variants(workload, base, plan.cluster)


def _put(scene: Scene, workload: Workload, home: str, on: Mapping[str, int]) -> None:
    kinds = variants(workload, home, scene.plan)
    if len(kinds) <= 1:
        shares = [(node, pod, count) for pod in kinds for node, count in on.items()]
    else:
        shares, short = assign(scene.world, kinds, on)
        scene.wanting[workload.id] = short
    for node, pod, count in shares:
        scene.world.add(scene.own(pod, workload), node, count)
        scene.guests.setdefault(node, Counter())[str(workload.id), pod] += count


def assign(world: World, kinds: Mapping[Pod, int], on: Mapping[str, int]) -> tuple[list[tuple[str, Pod, int]], int]:
    """Match the places to pods whose volumes reach them; return where which goes, and how many places none reaches."""
    groups: dict[frozenset[str], list[Pod]] = {}
    places = sum(on.values())
    for pod, count in kinds.items():
        reach = frozenset(node for node in on if not static_reason(pod, world.sites[node].node, world))
        # A plan may speak of any number of pods; what is beyond the places finds none.
        groups.setdefault(reach, []).extend([pod] * min(count, places))
    load: dict[frozenset[str], Counter[str]] = {reach: Counter() for reach in groups}
    short = 0
    for node, count in on.items():
        short += sum(not _seat(node, groups, load, set()) for _ in range(count))
    shares: Counter[tuple[str, Pod]] = Counter()
    for reach, pods in groups.items():
        shares.update(zip(load[reach].elements(), pods, strict=False))
    return [(node, pod, count) for (node, pod), count in shares.items()], short


def _seat(
    node: str, groups: Mapping[frozenset[str], list[Pod]], load: dict[frozenset[str], Counter[str]], seen: set[frozenset[str]]
) -> bool:
    """Give one place to a pod whose volumes reach it, if need be by sending another pod elsewhere (an augmenting path)."""
    for reach, pods in groups.items():
        if node not in reach or reach in seen:
            continue
        seen.add(reach)
        if load[reach].total() < len(pods):
            load[reach][node] += 1
            return True
        for other in [name for name, count in load[reach].items() if count]:
            if _seat(other, groups, load, seen):
                load[reach].update({other: -1, node: 1})
                return True
    return False
