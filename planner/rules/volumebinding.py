"""A pod goes only to nodes from which every volume its claims are bound to can be reached.

Source: pkg/scheduler/framework/plugins/volumebinding/binder.go, staging/src/k8s.io/component-helpers/storage/volume/helpers.go.

A claim that is unbound, or not among the inputs, binds the pod to no node here. One that is bound to a volume which is not among
the inputs is judged as kube-scheduler judges a volume that does not exist.
"""

from collections.abc import Iterator

from models.cluster import Claim, Cluster, Volume
from models.node import Node
from models.pod import Pod
from planner.rules import nodeaffinity

REASON = "node(s) didn't match PersistentVolume's node affinity"
MISSING = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"


def bound_claims(pod: Pod, cluster: Cluster) -> Iterator[Claim]:
    """Yield the pod's claims that are bound to a volume."""
    for name in pod.claims:
        claim = cluster.claims.get(f"{pod.namespace}/{name}")
        if claim is not None and claim.volume:
            yield claim


def reaches(volume: Volume, node: Node) -> bool:
    """Say whether the volume's node affinity, which sees the node's labels but not its name, allows the node."""
    if volume.node_affinity is None:
        return True
    nameless = Node("", node.labels)
    return any(nodeaffinity.term_matches(term, nameless) for term in volume.node_affinity)


def rejects(pod: Pod, node: Node, cluster: Cluster) -> str | None:
    """Say why the pod's bound volumes keep it off the node."""
    volumes = [cluster.volumes.get(claim.volume) for claim in bound_claims(pod, cluster)]
    if any(volume is None for volume in volumes):
        return MISSING
    return REASON if any(volume and not reaches(volume, node) for volume in volumes) else None
