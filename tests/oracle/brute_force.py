"""The truth about a small cluster: every division of its nodes and every placement, judged by the rules alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.trust import Trust, TrustPolicy
from planner.rules import daemonset, ring_membership
from planner.rules.placement.scheduler_filters import World, static_reason, why_not
from planner.rules.plugins.noderesources import insufficient, requests
from planner.rules.plugins.podtopologyspread import hard

NO_RING = ""


@dataclass(frozen=True, slots=True)
class Best:
    """The least a plan can leave unplaced, then move, then relabel."""

    unplaced: int
    moves: int
    relabels: int


def best(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Best | None:
    """Return the best values of the first three goals over all valid plans; None where daemons do not fit on their nodes."""
    planned = [node for node in cluster.nodes if not ring_membership.is_excluded(node, policy.nodes)]
    found = []
    for chosen in product(*(_choices(node, cluster, policy, trust) for node in planned)):
        ring_of = {node.name: name for node, name in zip(planned, chosen, strict=True) if name}
        found += [(*key, ring_of, counts) for key, counts in _Division(cluster, policy, trust, ring_of).candidates()]
    found.sort(key=lambda row: row[:3])
    for unplaced, moves, relabels, ring_of, counts in found:
        if _Division(cluster, policy, trust, ring_of).valid(counts):
            return Best(unplaced, moves, relabels)
    return None


def _choices(node: Node, cluster: Cluster, policy: TrustPolicy, trust: Trust) -> list[str]:
    """Every node belongs to a ring, unless no ring has a pod that could ever be on it."""
    useful = []
    for made in trust.rings:
        division = _Division(cluster, policy, trust, {node.name: made.name})
        if division.useful(made.name, node.name):
            useful.append(made.name)
    today = node.labels.get(policy.nodes.label_key, NO_RING)
    kept = [today] if today in {made.name for made in trust.rings} and today not in useful else []
    return useful + kept if useful or kept else [NO_RING]


class _Division:
    """One way to divide the nodes among the rings."""

    def __init__(self, cluster: Cluster, policy: TrustPolicy, trust: Trust, ring_of: dict[str, str]) -> None:
        self.cluster, self.policy, self.ring_of = cluster, policy, ring_of
        self.nodes = ring_membership.final_nodes(cluster.nodes, ring_of, policy.nodes)
        self.members = trust.members
        self.movable = [w for w in cluster.workloads if not w.is_daemon]

    def pod(self, workload) -> Pod:
        member = self.members[str(workload.id)]
        if member.everywhere:
            return daemonset.daemon_pod(ring_membership.everywhere_pod(workload.template, self.policy.nodes))
        made = ring_membership.ring_pod(workload.template, member.ring, self.policy.nodes)
        return daemonset.daemon_pod(made) if workload.is_daemon else made

    def useful(self, name: str, on: str) -> bool:
        """Say whether some workload of the ring has a pod that fits on the node beside the daemons of every ring."""
        world = World(self.nodes, self.cluster)
        node = world.sites[on].node
        for workload in self.cluster.workloads:
            if workload.is_daemon and self.members[str(workload.id)].everywhere and node in self._daemon_nodes(workload, world):
                world.add(self.pod(workload), on)
        mine = [self.pod(w) for w in self.movable if self.members[str(w.id)].ring == name]
        keyed = [p for p in mine if all(k in node.labels for k in _keys(p))]
        free = FrozenMap(world.sites[on].free)
        return any(
            not static_reason(pod, node, world) and not insufficient(requests(pod), free, node.allocatable) for pod in keyed
        )

    def candidates(self) -> Iterator[tuple[tuple[int, int, int], tuple[dict[str, int], ...]]]:
        """Yield the goals' values and the pods per node of each workload, before any joint rule is asked."""
        relabels = sum(self._relabelled(node) for node in self.cluster.nodes)
        world = World(self.nodes, self.cluster)
        options = []
        for workload in self.movable:
            pod = self.pod(workload)
            allowed = [n.name for n in self.nodes if self._in_ring(workload, n) and not static_reason(pod, n, world)]
            options.append([dict(zip(allowed, counts, strict=True)) for counts in _shares(workload.pods, len(allowed))])
        for counts in product(*options):
            pairs = list(zip(self.movable, counts, strict=True))
            unplaced = sum(workload.pods - sum(on.values()) for workload, on in pairs)
            moves = sum(self._moved(workload, on) for workload, on in pairs)
            yield (unplaced, moves, relabels), counts

    def _in_ring(self, workload, node: Node) -> bool:
        return self.ring_of.get(node.name) == self.members[str(workload.id)].ring

    def _moved(self, workload, on: dict[str, int]) -> int:
        """Count the running pods that are still wanted and yet leave their node."""
        running = self._running(workload)
        staying = sum(min(there, on.get(name, 0)) for name, there in running)
        return min(sum(there for _, there in running), workload.pods) - staying

    def _running(self, workload) -> list[tuple[str, int]]:
        planned = {node.name for node in self.cluster.nodes if not ring_membership.is_excluded(node, self.policy.nodes)}
        return [(name, count) for name, count in workload.running.items() if name in planned]

    def _relabelled(self, node: Node) -> bool:
        if ring_membership.is_excluded(node, self.policy.nodes):
            return False
        today = node.labels.get(self.policy.nodes.label_key)
        return today is not None and today != self.ring_of.get(node.name)

    def valid(self, counts: tuple[dict[str, int], ...]) -> bool:
        """Say whether every pod passes every filter in the end, and some order of arrival respects affinity."""
        world, pods = World(self.nodes, self.cluster), []
        for workload in self.cluster.workloads:
            if workload.is_daemon:
                for node in self._daemon_nodes(workload, world):
                    if why_not(self.pod(workload), node, world):
                        return False
                    world.add(self.pod(workload), node.name)
                    pods.append((self.pod(workload), node))
        by_name = {node.name: node for node in self.nodes}
        for workload, on in zip(self.movable, counts, strict=True):
            for name, count in on.items():
                pods += [(self.pod(workload), by_name[name])] * count
                world.add(self.pod(workload), name, count)
        return all(_holds(pod, node, world) for pod, node in pods) and _some_order(pods, self.nodes, self.cluster)

    def _daemon_nodes(self, workload, world: World) -> list[Node]:
        member, pod = self.members[str(workload.id)], self.pod(workload)
        planned = [n for n in self.nodes if not ring_membership.is_excluded(n, self.policy.nodes)]
        return [
            node
            for node in planned
            if (member.everywhere or self._in_ring(workload, node)) and not static_reason(pod, node, world)
        ]


def _keys(pod: Pod) -> list[str]:
    return [t.topology_key for t in pod.pod_affinity] + [c.topology_key for c in hard(pod)]


def _shares(pods: int, places: int) -> Iterator[tuple[int, ...]]:
    if not places:
        yield ()
        return
    for first in range(pods, -1, -1):
        for rest in _shares(pods - first, places - 1):
            yield (first, *rest)


def _holds(pod: Pod, node: Node, world: World) -> bool:
    """Say whether the pod, taken away and put back, passes everything but its affinity."""
    world.remove(pod, node.name)
    refused = why_not(replace(pod, pod_affinity=()), node, world)
    world.add(pod, node.name)
    return not refused


def _some_order(pods: list[tuple[Pod, Node]], nodes: tuple[Node, ...], cluster: Cluster) -> bool:
    """Say whether the pods can arrive in an order in which each finds the company that it requires."""
    if not any(pod.pod_affinity for pod, _ in pods):
        return True
    lonely = [(replace(pod, topology_spread_constraints=(), containers=(), init_containers=()), node) for pod, node in pods]
    dead: set[frozenset[int]] = set()
    world = World(nodes, cluster)

    def arrive(left: frozenset[int]) -> bool:
        if not left:
            return True
        if left in dead:
            return False
        for at in sorted(left):
            pod, node = lonely[at]
            if not why_not(pod, node, world):
                world.add(pod, node.name)
                done = arrive(left - {at})
                world.remove(pod, node.name)
                if done:
                    return True
        dead.add(left)
        return False

    return arrive(frozenset(range(len(lonely))))
