"""How many volumes a pod has attached to its node, driver by driver, as a resource that nodes have so much of.

Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.

kube-scheduler counts a volume once on a node, whoever uses it there; here it counts for each pod that does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from models.frozen_map import FrozenMap
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.pod import Pod
from models.kubernetes.resources import ATTACHED, DRIVERS, MIGRATED_TO, NOTHING, PODS, WHOLE, Resources, driver_of
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume, by_label, class_of
from models.kubernetes.version import DRIVERS_REQUIRED, NEWEST, Version

MIGRATED = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
}
"""The drivers that attach volumes in place of provisioners which Kubernetes once had built in (utils.go isCSIMigrationOn).

vSphere's and Azure's file shares have such drivers too, but kube-scheduler does not count their volumes.
"""


@dataclass(slots=True)
class Storage:
    """The volumes, claims and classes of a cluster, and how many volumes its nodes take: node -> driver -> number.

    `built_in` are the volumes of kinds that Kubernetes once had built in. `installed` are the drivers of each node that has a
    CSINode; of those that are `required` there, pods that need them are kept off other nodes. Drivers that are `counting` say how
    much storage there is for volumes of which class: `capacities`, by "namespace/name". `owners` are the Pods for which claims
    were made.
    """

    claims: dict[str, Claim] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)
    classes: dict[str, StorageClass] = field(default_factory=dict)
    limits: dict[str, dict[str, int]] = field(default_factory=dict)
    built_in: set[str] = field(default_factory=set)
    installed: dict[str, frozenset[str]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    counting: set[str] = field(default_factory=set)
    capacities: dict[str, tuple[str, Capacity]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    limited: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()

    def learn(self, nodes: Iterable[Node], shapes: Iterable[NodeShape], version: Version = NEWEST) -> None:
        """Remember of which drivers any node or shape says how many volumes it takes, and which this version looks for on nodes.

        Of other drivers pods are not counted, and need none.
        """
        rooms = (*(node.allocatable for node in nodes), *(shape.allocatable for shape in shapes))
        said = {name for room in rooms for name in room if name.startswith(ATTACHED)}
        self.limited = frozenset(said | {ATTACHED + driver for limits in self.limits.values() for driver in limits})
        required = self.required if version >= DRIVERS_REQUIRED else ()
        self.wanted = frozenset(begin + driver for driver in required for begin in (DRIVERS, MIGRATED_TO))

    def measure(self) -> None:
        """Tell the classes of drivers that count it how much storage there is; nobody knows where none is said of any class.

        Source: pkg/scheduler/framework/plugins/volumebinding/binder.go hasEnoughCapacity, which asks by the provisioner's name.
        """
        by_class: dict[str, list[Capacity]] = {}
        for _, (name, capacity) in sorted(self.capacities.items(), key=lambda item: item[0]):
            by_class.setdefault(name, []).append(capacity)
        for name, given in self.classes.items():
            if given.provisioner in self.counting:
                known = by_label(by_class.get(name, ())) if self.capacities else None
                self.classes[name] = replace(given, counted=True, capacities=known)

    def unmeasured(self) -> Iterator[str]:
        """Yield the drivers of whose storage, which volumes that wait for their pods need, the input does not tell."""
        wanting = {storage_class.provisioner for storage_class in self.classes.values() if storage_class.waits}
        return iter(() if self.capacities else sorted(self.counting & wanting))

    def room(self, machine: Node | NodeShape, most: Resources) -> Resources:
        """Return the allocatable of a node or shape with what it takes of the drivers, never more than its pods could use.

        `most` is what one pod of the cluster has attached at most. Who does not say takes any number, so that much. Nodes that
        are bought will have every driver.
        """
        mine = self.limits.get(machine.name, {}) if isinstance(machine, Node) else {}
        said = {**machine.allocatable, **{ATTACHED + driver: count for driver, count in mine.items()}}
        for name in sorted(self.limited & most.keys()):
            all_pods = machine.allocatable.get(PODS, 0) * most[name]
            said[name] = min(said.get(name, all_pods), all_pods)
        for name in sorted(self.wanted & most.keys()):
            if not isinstance(machine, Node) or self._lets_in(machine.name, name):
                said[name] = WHOLE
        return FrozenMap(said)

    def _lets_in(self, node: str, wanted: str) -> bool:
        """Say whether a node has the driver; for volumes of kinds once built in nobody looks where there is no CSINode."""
        there = self.installed.get(node)
        return wanted.startswith(MIGRATED_TO) if there is None else driver_of(wanted) in there

    def attached(self, pod: Pod, first: str, templates: Iterable[str], disks: Sequence[str] = ()) -> Resources:
        """Return what a pod takes of the drivers; of a StatefulSet, whose first pod is `first`, each of `templates` is one.

        `disks` are the provisioners of disks that it has without a claim: these are not counted, but need their drivers.
        """
        if not (self.limited or self.wanted) or not (pod.claims or pod.new_claims or disks):
            return NOTHING
        needs = [self._need(claim) for claim in self._claims(pod, first, frozenset(templates))]
        counts = Counter(ATTACHED + driver_of(need) for need in needs)
        # A driver is needed once, for however many volumes: only what is attached is counted.
        counts.update(dict.fromkeys((*needs, *(MIGRATED_TO + MIGRATED[disk] for disk in disks)), 1))
        return FrozenMap({name: count for name, count in sorted(counts.items()) if name in self.limited or name in self.wanted})

    def _claims(self, pod: Pod, first: str, templates: frozenset[str]) -> Iterator[Claim]:
        for name in dict.fromkeys(pod.claims):
            if (claim := self.claims.get(f"{pod.namespace}/{name}")) is not None:
                yield claim
        for claim in pod.new_claims:
            there = self.claims.get(f"{pod.namespace}/{claim.name}-{first}") if claim.name in templates else None
            yield there or claim

    def _need(self, claim: Claim) -> str:
        """Return the driver whose volumes serve the claim, as a resource; one without a name where that is not known."""
        volume = self.volumes.get(claim.volume)
        if volume is not None:
            return (MIGRATED_TO if volume.name in self.built_in else DRIVERS) + volume.driver
        given = class_of(claim, self.classes)
        provisioner = given.provisioner if given else ""
        return MIGRATED_TO + MIGRATED[provisioner] if provisioner in MIGRATED else DRIVERS + provisioner
