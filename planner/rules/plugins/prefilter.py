"""Some answers kube-scheduler gives for all nodes at once, before it looks at any of them, and in other words.

Source: the PreFilter methods of pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go, volumebinding/volume_binding.go
and volumezone/volume_zone.go, pkg/scheduler/schedule_one.go findNodesThatFitPod.
"""

from collections.abc import Iterator

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import NodeSelectorTerm
from models.kubernetes.pod import Pod
from planner.rules.plugins import volumebinding
from planner.rules.plugins.nodeaffinity import NAME_FIELD

LEFT_OUT = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
CONFLICT = "pod affinity terms conflict"


def named(pod: Pod) -> frozenset[str] | None:
    """Return the names of the only nodes that are looked at, where each term of the affinity names some; else None."""
    if not pod.node_affinity:
        return None
    names: set[str] = set()
    for term in pod.node_affinity:
        term_names = _named_by(term)
        if term_names is None:
            return None
        names |= term_names
    return frozenset(names)


def _named_by(term: NodeSelectorTerm) -> set[str] | None:
    names: set[str] | None = None
    for field in term.match_fields:
        if field.key == NAME_FIELD and field.operator == "In":
            names = set(field.values) if names is None else names & set(field.values)
    return names


def refusal(pod: Pod, cluster: Cluster) -> str:
    """Return why no node is looked at; empty where they are."""
    names = named(pod)
    if names is not None and not names:
        return CONFLICT
    return volumebinding.refusal(pod, cluster) or next(_lost(pod, cluster), "")


def _lost(pod: Pod, cluster: Cluster) -> Iterator[str]:
    for claim in volumebinding.bound_claims(pod, cluster):
        if claim.volume not in cluster.volumes:
            yield f'persistentvolume "{claim.volume}" not found'
