"""Amounts of resources, in the units kube-scheduler compares: cpu in milli-cores, all else in whole units."""

from collections.abc import Iterable

from models.frozen_map import EMPTY_RESOURCES, FrozenMap

Resources = FrozenMap[int]
"""Resource name -> amount; cpu in milli-cores, memory and storage in bytes, all else counted."""

CPU = "cpu"
MEMORY = "memory"
PODS = "pods"
EPHEMERAL_STORAGE = "ephemeral-storage"

ATTACHED = "attachable-volumes-csi-"
"""How the names of resources begin that are volumes of a CSI driver, attached to a node."""

DEVICES = "devices.resource.k8s.io/"
"""How the names of resources begin that are devices of a DeviceClass, allocated to a pod's ResourceClaims (DRA)."""

DISKS = "disks.kubernetes.io/"
"""How the names of resources begin that are disks which pods attach without a claim: who writes takes all of one, who reads 1."""

FEATURES = "features.kubernetes.io/"
"""How the names of resources begin that are features which kubelets declare and pods need: each pod takes 1."""

DRIVERS = "drivers.storage.k8s.io/"
"""How the names of resources begin that are CSI drivers which a node must have for pods with their volumes: each pod takes 1."""

MIGRATED_TO = DRIVERS + "migrated/"
"""How they begin for volumes of a kind that was built in once, which ask nothing of nodes that have no CSINode."""

WHOLE = 1_000_000
"""What a node has of each such disk, of each feature that it declares and each such driver: more than there are pods on it."""

NOTHING: Resources = EMPTY_RESOURCES


def is_amount(name: str) -> bool:
    """Say whether there is more or less of a resource, and not only who may have it."""
    return not name.startswith((DISKS, DRIVERS, FEATURES))


def driver_of(name: str) -> str:
    """Return the CSI driver that a resource is; the name itself where it is none."""
    return name.removeprefix(MIGRATED_TO).removeprefix(DRIVERS)


def add(amounts: Iterable[Resources]) -> Resources:
    """Add amounts name by name; a name that is nowhere stays absent."""
    total: dict[str, int] = {}
    for amount in amounts:
        for name, value in amount.items():
            total[name] = total.get(name, 0) + value
    return FrozenMap(total)


def largest(first: Resources, second: Resources) -> Resources:
    """Take the larger amount name by name."""
    names = {*first, *second}
    return FrozenMap({name: max(first.get(name, 0), second.get(name, 0)) for name in names})


def subtract(first: Resources, second: Resources) -> Resources:
    """Take `second` from `first` name by name; the result may be negative."""
    names = {*first, *second}
    return FrozenMap({name: first.get(name, 0) - second.get(name, 0) for name in names})


def times(amount: Resources, count: int) -> Resources:
    """Multiply every amount by `count`."""
    return FrozenMap({name: value * count for name, value in amount.items()})
