"""Pods that are equal are one kind, and what the rules want to know of it is worked out once.

What kube-scheduler keeps beside a pod and a node (staging/src/k8s.io/kube-scheduler/framework/types.go PodInfo, NodeInfo).
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from models.kubernetes.labels import LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from planner.rules.placement.topology_counts import Tally

Trait = tuple[str, str | PodAffinityTerm]
"""By what pods are found: a label and its value, or a namespace and an anti-affinity term."""
ANY: Trait = ("", "")


@dataclass(slots=True, eq=False)
class Kind:
    """Pods that are equal: what they ask, on which nodes they are (`on`), and the tallies they meet; None where nobody asked yet.

    `static` tells kinds apart that the node filters may. `repelled_by` is up to date as of the `repelling_known`th term.
    """

    pod: Pod
    request: Resources
    ports: tuple[HostPort, ...]
    exclusive: tuple[str, ...]
    spread: tuple[TopologySpreadConstraint, ...]
    static: Hashable
    on: Counter[str] = field(default_factory=Counter)
    counted_by: list[Tally] = field(default_factory=list)
    repelling_known: int = -1
    repelled_by: list[tuple[PodAffinityTerm, Tally]] = field(default_factory=list)
    spread_over: list[tuple[TopologySpreadConstraint, Tally]] | None = None
    repulsion: list[tuple[PodAffinityTerm, Tally]] | None = None
    attraction: Tally | None = None


@dataclass(slots=True, eq=False)
class Site:
    """A node and what is on it; `free` is what is left of its allocatable, "pods" the slots."""

    node: Node
    free: dict[str, int]
    kinds: dict[Kind, int] = field(default_factory=dict)
    residents: Counter[Kind] = field(default_factory=Counter)
    ports: Counter[HostPort] = field(default_factory=Counter)


def needed(selector: LabelSelector | None) -> Trait:
    """Return a label that whatever the selector matches must carry."""
    return next(iter(selector.match_labels.items()), ANY) if selector else ANY


def traits(pod: Pod) -> Iterator[Trait]:
    """Yield everything by which the pod may be found."""
    yield ANY
    yield from pod.labels.items()
    for term in dict.fromkeys(pod.pod_anti_affinity):
        yield (pod.namespace, term)
