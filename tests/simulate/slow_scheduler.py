"""kube-scheduler's scores written out node by node and pod by pod: slow, obvious, nothing shared with planner.simulate."""

import math
from collections.abc import Iterator, Sequence

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod
from models.kubernetes.workload import WorkloadId
from planner.rules import selectors
from planner.rules.plugins import interpodaffinity, nodeaffinity, noderesources, tainttoleration

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
Placed = list[tuple[Pod, WorkloadId, Node]]
SPREAD = ("Deployment", "StatefulSet")


class Scores:
    """Scores one pod on the nodes that could take it, given all pods that are placed."""

    def __init__(
        self, pod: Pod, owner: WorkloadId, nodes: Sequence[Node], everywhere: Sequence[Node], placed: Placed, cluster: Cluster
    ):
        self.pod, self.owner, self.nodes, self.everywhere, self.placed, self.cluster = (
            pod,
            owner,
            nodes,
            everywhere,
            placed,
            cluster,
        )

    def total(self) -> dict[str, int]:
        return {node.name: sum(part[node.name] for part in self.parts().values()) for node in self.nodes}

    def parts(self) -> dict[str, dict[str, int]]:
        """Return the weighted scores by plug-in and node."""
        return {
            "NodeResourcesFit": {node.name: self.least(node) for node in self.nodes},
            "NodeResourcesBalancedAllocation": {node.name: self.balanced(node) for node in self.nodes},
            "PodTopologySpread": times(2, self.spread()),
            "InterPodAffinity": times(2, self.near()),
            "NodeAffinity": times(2, self.preferred()),
            "TaintToleration": times(3, self.shunned()),
            "VolumeBinding": {node.name: self.stored(node) for node in self.nodes},
        }

    def on(self, node: Node) -> Iterator[Pod]:
        return (pod for pod, _, there in self.placed if there is node)

    def least(self, node: Node) -> int:
        cpu, memory = nonzero(self.pod, pod_level=False)
        used = [nonzero(pod, pod_level=True) for pod in self.on(node)]
        scores = []
        for name, ask, taken in (("cpu", cpu, sum(u[0] for u in used)), ("memory", memory, sum(u[1] for u in used))):
            room = node.allocatable.get(name, 0)
            if room:
                scores.append(0 if taken + ask > room else (room - taken - ask) * 100 // room)
        return sum(scores) // len(scores) if scores else 0

    def balanced(self, node: Node) -> int:
        request = noderesources.requests(self.pod)
        if not request.get("cpu") and not request.get("memory"):
            return 0
        used = {name: sum(noderesources.requests(pod).get(name, 0) for pod in self.on(node)) for name in ("cpu", "memory")}
        before = balance(used, node)
        after = balance({name: used[name] + request.get(name, 0) for name in used}, node)
        return 50 + (50 + after - before) // 2

    def spread(self) -> dict[str, int]:
        constraints = [one for one in self.pod.topology_spread_constraints if one.when_unsatisfiable == "ScheduleAnyway"]
        by_default = not self.pod.topology_spread_constraints and self.owner.kind in SPREAD
        rows = [(one.topology_key, one.max_skew, one) for one in constraints]
        if by_default:
            rows = [(HOST, 3, None), (ZONE, 5, None)]
        if not rows:
            return {node.name: 0 for node in self.nodes}
        ignored = {node.name for node in self.nodes if not by_default and any(key not in node.labels for key, _, _ in rows)}
        raw = {node.name: 0.0 for node in self.nodes}
        for key, skew, one in rows:
            judged = [node for node in self.nodes if node.name not in ignored]
            size = len(judged) if key == HOST else len({node.labels.get(key, "") for node in judged})
            for node in judged:
                if key in node.labels:
                    raw[node.name] += self.counted(key, one, rows, node) * math.log(size + 2) + (skew - 1)
        score = {name: math.floor(value + 0.5) for name, value in raw.items() if name not in ignored}
        if not score:
            return {node.name: 0 for node in self.nodes}
        low, high = min(score.values()), max(score.values())
        return {
            node.name: 0 if node.name in ignored else 100 if high == 0 else 100 * (high + low - score[node.name]) // high
            for node in self.nodes
        }

    def counted(self, key, one, rows, node) -> int:
        found = 0
        for pod, owner, there in self.placed:
            if one is None and owner != self.owner:
                continue
            if one is not None and (pod.namespace != self.pod.namespace or not selectors.matches(one.label_selector, pod.labels)):
                continue
            if key == HOST:
                found += there is node
            elif there.labels.get(key) == node.labels[key] and self.included(one, rows, there):
                found += 1
        return found

    def included(self, one, rows, node: Node) -> bool:
        if one is None:
            return nodeaffinity.matches(self.pod, node)
        if any(key not in node.labels for key, _, _ in rows):
            return False
        if one.node_affinity_policy == "Honor" and not nodeaffinity.matches(self.pod, node):
            return False
        return one.node_taints_policy != "Honor" or not tainttoleration.untolerated(self.pod.tolerations, node.taints)

    def near(self) -> dict[str, int]:
        raw = {node.name: 0 for node in self.nodes}
        for other, _, there in self.placed:
            terms = [(term.weight, term.term, self.pod, other) for term in self.pod.preferred_pod_affinity]
            terms += [(-term.weight, term.term, self.pod, other) for term in self.pod.preferred_pod_anti_affinity]
            terms += [(1, term, other, self.pod) for term in other.pod_affinity]
            terms += [(term.weight, term.term, other, self.pod) for term in other.preferred_pod_affinity]
            terms += [(-term.weight, term.term, other, self.pod) for term in other.preferred_pod_anti_affinity]
            for weight, term, owner, meant in terms:
                if term.topology_key in there.labels and interpodaffinity.selects(term, owner, meant, self.cluster):
                    for node in self.nodes:
                        if node.labels.get(term.topology_key) == there.labels[term.topology_key]:
                            raw[node.name] += weight
        low, high = min(raw.values()), max(raw.values())
        return {name: int(100.0 * (float(value - low) / float(high - low))) if high > low else 0 for name, value in raw.items()}

    def preferred(self) -> dict[str, int]:
        raw = {
            node.name: sum(one.weight for one in self.pod.preferred_node_affinity if nodeaffinity.term_matches(one.term, node))
            for node in self.nodes
        }
        high = max(raw.values())
        return {name: 100 * value // high if high else 0 for name, value in raw.items()}

    def shunned(self) -> dict[str, int]:
        have = [one for one in self.pod.tolerations if one.effect in ("", "PreferNoSchedule")]
        raw = {
            node.name: sum(
                taint.effect == "PreferNoSchedule" and not any(tainttoleration.tolerates(one, taint) for one in have)
                for taint in node.taints
            )
            for node in self.nodes
        }
        high = max(raw.values())
        return {name: 100 - 100 * value // high if high else 100 for name, value in raw.items()}

    def stored(self, node: Node) -> int:
        """Score what the one claim of a pod, if it has any, leaves of a volume that is there, or else of storage."""
        for claim in self.pod.new_claims:
            given = self.cluster.storage_classes[claim.storage_class or ""]
            room = [
                volume.size
                for volume in self.cluster.volumes.values()
                if volume.storage_class == given.name and volume.size >= claim.size
                if all(nodeaffinity.term_matches(term, node) for term in volume.node_affinity or ())
            ]
            for own in (given.capacities or {}).values() if claim.size and not room else ():
                for one in (one for some in own.values() for one in some):
                    if one.largest >= claim.size and selectors.matches(one.nodes, node.labels):
                        room.append(one.free)
            if room:
                return 100 - 100 * claim.size // room[0] if 0 < room[0] >= claim.size else 0
        return 0


def times(weight: int, scores: dict[str, int]) -> dict[str, int]:
    return {name: weight * score for name, score in scores.items()}


def balance(used: dict[str, int], node: Node) -> int:
    shares = [min(1.0, used[name] / node.allocatable[name]) for name in ("cpu", "memory") if node.allocatable.get(name, 0)]
    deviation = abs((shares[0] - shares[1]) / 2) if len(shares) == 2 else 0.0
    return int((1 - deviation) * 100)


def nonzero(pod: Pod, pod_level: bool) -> tuple[int, int]:
    """Charge a container that names no request 100m and 200Mi; where the pod has its own, only of what it lacks as a whole."""
    default = {"cpu": 100, "memory": 200 * 2**20}
    if pod_level and pod.requests:
        whole = noderesources.requests(pod)
        default = {name: amount for name, amount in default.items() if whole.get(name, 0) == 0}

    def filled(container: Container) -> Container:
        request = {**default, **container.requests}
        return Container(requests=type(pod.labels)(request), restartable=container.restartable)

    requests = pod.requests if pod_level else type(pod.requests)()
    made = Pod(
        containers=tuple(map(filled, pod.containers)),
        init_containers=tuple(map(filled, pod.init_containers)),
        requests=requests,
        overhead=pod.overhead,
    )
    found = noderesources.requests(made)
    return found.get("cpu", 0), found.get("memory", 0)
