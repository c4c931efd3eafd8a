"""How many volumes a pod has attached to its node, driver by driver, as a resource that nodes have so much of.

Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.

kube-scheduler counts a volume once on a node, whoever uses it there; here it counts for each pod that does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from models.frozen import FrozenMap
from models.node import Node, NodeShape
from models.pod import Pod
from models.resources import ATTACHED, NOTHING, PODS, Resources
from models.storage import Claim, StorageClass, Volume, class_of

MIGRATED = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/azure-file": "file.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
    "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
}
"""The drivers that stand behind the provisioners that Kubernetes once had built in (csi-translation-lib)."""


@dataclass(slots=True)
class Storage:
    """The volumes, claims and classes of a cluster, and how many volumes its nodes take: node -> driver -> number."""

    claims: dict[str, Claim] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)
    classes: dict[str, StorageClass] = field(default_factory=dict)
    limits: dict[str, dict[str, int]] = field(default_factory=dict)
    limited: frozenset[str] = frozenset()

    def learn(self, nodes: Iterable[Node], shapes: Iterable[NodeShape]) -> None:
        """Remember of which drivers any node or shape says how many volumes it takes; of others pods are not counted."""
        rooms = (*(node.allocatable for node in nodes), *(shape.allocatable for shape in shapes))
        said = {name for room in rooms for name in room if name.startswith(ATTACHED)}
        self.limited = frozenset(said | {ATTACHED + driver for limits in self.limits.values() for driver in limits})

    def room(self, one: Node | NodeShape, most: Resources) -> Resources:
        """Return the allocatable of a node or shape with what it takes of the drivers, never more than its pods could use.

        `most` is what one pod of the cluster has attached at most. Who does not say takes any number, so that much.
        """
        mine = self.limits.get(one.name, {}) if isinstance(one, Node) else {}
        said = {**one.allocatable, **{ATTACHED + driver: count for driver, count in mine.items()}}
        for name in sorted(self.limited & most.keys()):
            all_pods = one.allocatable.get(PODS, 0) * most[name]
            said[name] = min(said.get(name, all_pods), all_pods)
        return FrozenMap(said)

    def attached(self, pod: Pod, first: str, templates: Iterable[str]) -> Resources:
        """Return what a pod takes of the drivers; of a StatefulSet, whose first pod is `first`, each of `templates` is one."""
        if not self.limited or not (pod.claims or pod.new_claims):
            return NOTHING
        found = Counter(ATTACHED + self._driver(claim) for claim in self._claims(pod, first, frozenset(templates)))
        return FrozenMap({name: count for name, count in sorted(found.items()) if name in self.limited})

    def _claims(self, pod: Pod, first: str, templates: frozenset[str]) -> Iterator[Claim]:
        for name in dict.fromkeys(pod.claims):
            if (claim := self.claims.get(f"{pod.namespace}/{name}")) is not None:
                yield claim
        for claim in pod.new_claims:
            there = self.claims.get(f"{pod.namespace}/{claim.name}-{first}") if claim.name in templates else None
            yield there or claim

    def _driver(self, claim: Claim) -> str:
        """Return whose volumes serve the claim; nothing where that is not known."""
        volume = self.volumes.get(claim.volume)
        if volume is not None:
            return volume.driver
        given = class_of(claim, self.classes)
        return MIGRATED.get(given.provisioner, given.provisioner) if given else ""
