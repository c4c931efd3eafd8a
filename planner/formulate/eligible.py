"""Which pods the static filters allow on which nodes, judged as the patches will leave both."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import NodeSelectorTerm
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.storage import label_keys
from models.trust import TrustPolicy
from planner.rules import FILTERS, ring_membership


@dataclass(slots=True)
class Eligibility:
    """Answers for pairs of pod and node, remembered per kind of pod and kind of node."""

    cluster: Cluster
    policy: TrustPolicy
    nodes: Sequence[Node]
    _kinds: list[int] = field(default_factory=list)
    _examples: dict[int, int] = field(default_factory=dict)
    _answers: dict[tuple[object, ...], tuple[int, ...]] = field(default_factory=dict)
    _ringed: dict[tuple[str, int], Node] = field(default_factory=dict)
    _bearing: dict[tuple[tuple[str, ...], tuple[int, ...]], tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Merge nodes that no filter can tell apart."""
        keys, by_name = _told_apart_by(self.cluster)
        kinds: dict[object, int] = {}
        for number, node in enumerate(self.nodes):
            labels = tuple((key, node.labels[key]) for key in keys if key in node.labels)
            # a node that is still to be bought is judged otherwise: no driver has said how much storage it has
            looks = (labels, node.taints, node.unschedulable, bool(node.shape), node.name if by_name else "")
            kind = kinds.setdefault(looks, len(kinds))
            self._kinds.append(kind)
            self._examples.setdefault(kind, number)

    def nodes_for(self, pod: Pod, ring_name: str) -> tuple[int, ...]:
        """Return the indices of the nodes that would take `pod`, were they in the ring; "" for a pod of every ring."""
        key = (ring_name, *_static(pod))
        if key not in self._answers:
            good = {kind for kind, number in self._examples.items() if self._takes(pod, number, ring_name)}
            self._answers[key] = tuple(number for number, kind in enumerate(self._kinds) if kind in good)
        return self._answers[key]

    def nodes_bearing(self, keys: Sequence[str], pod: Pod, ring_name: str) -> tuple[int, ...]:
        """Return those of the nodes that would take `pod` which have every one of the labels."""
        nodes = self.nodes_for(pod, ring_name)
        if not keys:
            return nodes
        asked = (tuple(keys), nodes)
        if asked not in self._bearing:
            self._bearing[asked] = tuple(node for node in nodes if bear(keys, self.nodes[node]))
        return self._bearing[asked]

    def ringed(self, number: int, ring_name: str) -> Node:
        """Return the node as it will be in the ring; "" leaves it as it is."""
        if not ring_name:
            return self.nodes[number]
        if (ring_name, number) not in self._ringed:
            self._ringed[ring_name, number] = ring_membership.ring_node(self.nodes[number], ring_name, self.policy.nodes)
        return self._ringed[ring_name, number]

    def _takes(self, pod: Pod, number: int, ring_name: str) -> bool:
        node = self.ringed(number, ring_name)
        return not any(rejects(pod, node, self.cluster) for rejects in FILTERS.values())


def bear(keys: Iterable[str], node: Node) -> bool:
    """Say whether the node has every one of the labels."""
    return all(key in node.labels for key in keys)


def _static(pod: Pod) -> tuple[object, ...]:
    return pod.namespace, pod.node_selector, pod.node_affinity, pod.tolerations, pod.claims, pod.new_claims, pod.node_name


def _told_apart_by(cluster: Cluster) -> tuple[list[str], bool]:
    """Return the label keys that any filter reads, and whether one reads the node's name."""
    keys = {"topology.kubernetes.io/zone", "topology.kubernetes.io/region"}
    keys |= {"failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"}
    by_name = False
    for pod in _distinct(workload.template for workload in cluster.workloads):
        keys |= set(pod.node_selector)
        by_name = by_name or bool(pod.node_name)
    by_name = by_name or any(claim.selected_node for claim in cluster.claims.values() if not claim.volume)
    for storage_class in cluster.storage_classes.values():
        keys |= set(label_keys(storage_class.capacities))
    for term in _terms(cluster):
        keys |= {requirement.key for requirement in term.match_expressions}
        by_name = by_name or bool(term.match_fields)
    return sorted(keys), by_name


def _distinct(pods: Iterable[Pod]) -> Iterator[Pod]:
    # by identity: two that are equal would only be asked twice, and to compare them takes longer
    return iter({id(pod): pod for pod in pods}.values())


def _terms(cluster: Cluster) -> Iterator[NodeSelectorTerm]:
    for workload in cluster.workloads:
        yield from workload.template.node_affinity or ()
    for volume in cluster.volumes.values():
        yield from volume.node_affinity or ()
    for storage_class in cluster.storage_classes.values():
        yield from storage_class.topologies
