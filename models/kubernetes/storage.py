"""Volumes, what claims them, and the classes by which they are provisioned."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.frozen_map import EMPTY, FrozenMap
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm


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
    it. One whose data is on a node names the `path` there, and its `source`: "hostPath" or "local".
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
    source: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """A CSIStorageCapacity: for the nodes that it selects volumes can be made, as their driver last said.

    `nodes` None selects none. `free` is how many bytes there are, `largest` how many one volume may have; 0 where there are none.
    """

    nodes: LabelSelector | None
    largest: int
    free: int = 0


Capacities = FrozenMap[FrozenMap[tuple[Capacity, ...]]]
"""The capacities of a class by a label that their nodes must have, its key and its value, both "" where they need none."""


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A StorageClass: whether its claims wait for their pod to be scheduled, and on which nodes it then makes volumes.

    `topologies` are its allowedTopologies; without any, volumes can be made for every node. Where it is `counted` its driver
    says how much storage there is for them: `capacities`, None where that is not known.
    """

    name: str
    provisioner: str = ""
    waits: bool = False
    topologies: tuple[NodeSelectorTerm, ...] = ()
    is_default: bool = False
    counted: bool = False
    capacities: Capacities | None = None


def by_label(given: Iterable[Capacity]) -> Capacities:
    """Arrange capacities so that a node is held against few of them: drivers of local storage have one for each node."""
    by_key: dict[str, dict[str, list[Capacity]]] = {}
    for capacity in given:
        key, value = next(iter(capacity.nodes.match_labels.items()), ("", "")) if capacity.nodes else ("", "")
        by_key.setdefault(key, {}).setdefault(value, []).append(capacity)
    return FrozenMap({key: FrozenMap({value: tuple(some) for value, some in own.items()}) for key, own in by_key.items()})


def label_keys(given: Capacities | None) -> Iterator[str]:
    """Yield the keys of the labels by which capacities, if they are known, select nodes."""
    for own in () if given is None else given.values():
        for some in own.values():
            for capacity in some:
                if capacity.nodes is not None:
                    yield from capacity.nodes.match_labels
                    yield from (requirement.key for requirement in capacity.nodes.match_expressions)


def class_of(claim: Claim, classes: Mapping[str, StorageClass]) -> StorageClass | None:
    """Return the class of a claim among these, by default the default one; None where it is not there."""
    if claim.storage_class is not None:
        return classes.get(claim.storage_class)
    return min(
        # Of several the API server takes the newest, which nothing here tells, and of equally old ones the first by name.
        (storage_class for storage_class in classes.values() if storage_class.is_default),
        key=lambda storage_class: storage_class.name,
        default=None,
    )
