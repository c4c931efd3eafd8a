"""Volumes, what claims them, and the classes by which they are provisioned."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.frozen import EMPTY
from models.labels import Labels, LabelSelector, NodeSelectorTerm


@dataclass(frozen=True, slots=True)
class Claim:
    """A PersistentVolumeClaim; `volume` is the one that it has, if it is `bound`, or asks for.

    `uid` is known of claims that exist. One that is `lost` has lost its volume for good. What a claim that is unbound waits for
    is a volume of so many bytes (`size`) of its storage class; None means the default one, "" a volume without any.
    `selected_node` is where kube-scheduler has already sent a pod that uses it.
    """

    namespace: str = ""
    name: str = ""
    volume: str = ""
    access_modes: tuple[str, ...] = ()
    storage_class: str | None = None
    size: int = 0
    volume_mode: str = "Filesystem"
    selector: LabelSelector | None = None
    selected_node: str = ""
    attributes_class: str = ""
    uid: str = ""
    bound: bool = False
    lost: bool = False
    deleting: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """A PersistentVolume and the nodes that can reach it; `node_affinity` None means all.

    `claim` is the "namespace/name" of the claim that it is kept for, `claim_uid` which of that name, if that is said, and `bound`
    that this one exists. Only volumes that are `available` find claims by themselves. `driver` is the CSI driver that attaches
    it.
    """

    name: str
    labels: Labels = EMPTY
    node_affinity: tuple[NodeSelectorTerm, ...] | None = None
    access_modes: tuple[str, ...] = ()
    storage_class: str = ""
    size: int = 0
    volume_mode: str = "Filesystem"
    claim: str = ""
    available: bool = True
    driver: str = ""
    attributes_class: str = ""
    claim_uid: str = ""
    bound: bool = False
    deleting: bool = False


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A StorageClass: whether its claims wait for their pod to be scheduled, and on which nodes it then makes volumes.

    `topologies` are its allowedTopologies; without any, volumes can be made for every node.
    """

    name: str
    provisioner: str = ""
    waits: bool = False
    topologies: tuple[NodeSelectorTerm, ...] = ()
    is_default: bool = False


def class_of(claim: Claim, classes: Mapping[str, StorageClass]) -> StorageClass | None:
    """Return the class of a claim among these, by default the default one; None where it is not there."""
    if claim.storage_class is not None:
        return classes.get(claim.storage_class)
    return min((one for one in classes.values() if one.is_default), key=lambda one: one.name, default=None)
