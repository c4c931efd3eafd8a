"""A pod as kube-scheduler sees it: after the API server's defaults, before binding."""

from dataclasses import dataclass

from models.frozen_map import EMPTY
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Toleration
from models.kubernetes.resources import NOTHING, Resources
from models.kubernetes.storage import Claim

SYSTEM_CRITICAL = 2_000_000_000
"""From here on a priority is of one of the two system classes, whose pods always preempt."""


@dataclass(frozen=True, slots=True)
class HostPort:
    """A port taken on the node itself."""

    port: int
    protocol: str = "TCP"
    host_ip: str = "0.0.0.0"  # noqa: S104  the API's own spelling of "every address"


@dataclass(frozen=True, slots=True)
class Container:
    """What placement needs to know of a container; `restartable` marks a sidecar among the init containers."""

    name: str = ""
    image: str = ""
    requests: Resources = NOTHING
    host_ports: tuple[HostPort, ...] = ()
    restartable: bool = False


@dataclass(frozen=True, slots=True)
class PodAffinityTerm:
    """Pods to be near to, or away from, in one topology domain.

    `label_selector` None matches no pod. `namespaces` empty and `namespace_selector` None mean the pod's own namespace.
    """

    topology_key: str
    label_selector: LabelSelector | None = None
    namespaces: tuple[str, ...] = ()
    namespace_selector: LabelSelector | None = None


@dataclass(frozen=True, slots=True)
class TopologySpreadConstraint:
    """How unevenly pods may lie over the domains of a topology key."""

    max_skew: int
    topology_key: str
    when_unsatisfiable: str = "DoNotSchedule"
    label_selector: LabelSelector | None = None
    min_domains: int = 1
    node_affinity_policy: str = "Honor"
    node_taints_policy: str = "Ignore"


@dataclass(frozen=True, slots=True)
class PreferredNodeTerm:
    """Nodes that the pod would rather go to; the heavier (1 to 100), the more it counts."""

    weight: int
    term: NodeSelectorTerm


@dataclass(frozen=True, slots=True)
class PreferredPodTerm:
    """Pods that the pod would rather be near to, or away from; the heavier (1 to 100), the more it counts."""

    weight: int
    term: PodAffinityTerm


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod, or the template that every pod of a workload is made from.

    Affinity and anti-affinity hold the required terms only, `node_affinity` None means that none is required (an empty
    tuple would match no node); what is preferred stands apart, for it only ranks nodes. `requests` are the pod-level ones.
    `claims` name PersistentVolumeClaims in the pod's namespace, `new_claims` are made for the pod and have the names of what they
    are made from; `attached` is what the pod takes of its node beside what its containers ask for: volumes, disks that have no
    claim, devices, and features that the node must declare. `charged` is what its node is charged for a pod that is bound and was
    resized in place, where that is not what the rest of it asks for. `preempts` says whether others are put out for it.
    `host_paths` are the folders of its node in which it may keep data, `empty_dirs` the names of volumes that are made on its
    node and go with it.
    `other_images` are those that it brings beside those of its containers: of ephemeral containers, and image volumes.
    """

    namespace: str = "default"
    labels: Labels = EMPTY
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    requests: Resources = NOTHING
    overhead: Resources = NOTHING
    node_selector: Labels = EMPTY
    node_affinity: tuple[NodeSelectorTerm, ...] | None = None
    tolerations: tuple[Toleration, ...] = ()
    pod_affinity: tuple[PodAffinityTerm, ...] = ()
    pod_anti_affinity: tuple[PodAffinityTerm, ...] = ()
    topology_spread_constraints: tuple[TopologySpreadConstraint, ...] = ()
    claims: tuple[str, ...] = ()
    node_name: str = ""
    scheduler_name: str = "default-scheduler"
    scheduling_gates: tuple[str, ...] = ()
    priority: int = 0
    host_network: bool = False
    preferred_node_affinity: tuple[PreferredNodeTerm, ...] = ()
    preferred_pod_affinity: tuple[PreferredPodTerm, ...] = ()
    preferred_pod_anti_affinity: tuple[PreferredPodTerm, ...] = ()
    charged: Resources | None = None
    preempts: bool = True
    new_claims: tuple[Claim, ...] = ()
    attached: Resources = NOTHING
    host_paths: tuple[str, ...] = ()
    empty_dirs: tuple[str, ...] = ()
    other_images: tuple[str, ...] = ()
