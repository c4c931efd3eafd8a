"""What the API server's validation refuses in claims, volumes and storage classes.

Source: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec and ValidatePersistentVolumeSpec,
pkg/apis/storage/validation/validation.go.
"""

from typing import Any

from planner.read.documents.field import Spot
from planner.read.validation.object_rules import Table, below, dns_name, empty_or, key, needs, one_of, within
from planner.read.values import quantity

_STORAGE, _ALONE = "storage", "ReadWriteOncePod"
_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", _ALONE)
_SIZE = "write resources.requests.storage, such as 1Gi"
_IN_ORDER = (
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath iscsi "
    "local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume"
)
_SOURCES = _IN_ORDER.split()
"""Where a volume may come from."""


def _check_modes(spot: Spot, spec: Any) -> None:
    """Refuse access modes that are none, or that exclude each other."""
    modes, there = within(spec, "accessModes") or (), spot.at("accessModes")
    if not modes:
        there.fault("is missing", "write how it is to be mounted, such as ReadWriteOnce")
    for index, mode in enumerate(modes):
        one_of(*_MODES)(there.at(f"[{index}]"), mode)
    if _ALONE in modes and any(mode in _MODES and mode != _ALONE for mode in modes):
        there.fault(f"has others beside {_ALONE}", f"write {_ALONE} alone, or leave it out")


def _check_claim(spot: Spot, spec: Any) -> None:
    _check_modes(spot, spec)
    _check_size(spot.at("resources.storage"), within(spec, "resources.requests"), "is not requested", _SIZE)


def _check_size(spot: Spot, given: Any, missing: str, fix: str) -> None:
    """Refuse no storage, or 0 of it; what is no amount at all was noted before."""
    if within(given, _STORAGE) is None:
        spot.fault(missing, fix)
        return
    try:
        size = quantity.parse(given[_STORAGE])
    except quantity.NotAQuantity:
        return
    if size == 0:
        spot.fault("is a request for nothing", "write an amount greater than 0")


def _check_volume(spot: Spot, spec: Any) -> None:
    _check_modes(spot, spec)
    capacity = within(spec, "capacity")
    _check_size(spot.at("capacity.storage"), capacity, "is missing", "write capacity.storage, such as 1Gi")
    for name in capacity or ():
        if name != _STORAGE:
            spot.at("capacity").key(name).fault("is nothing that a volume has", f"write {_STORAGE} only")
    sources = [name for name in _SOURCES if within(spec, name) is not None]
    if not sources:
        spot.fault("does not say where the volume is", "write csi, nfs, local or the like")
    for name in sources[1:]:
        spot.at(name).fault(f"is given beside {sources[0]}", "a volume is of one kind: keep one of them")
    if "local" in sources and within(spec, "nodeAffinity.required") is None:
        spot.at("nodeAffinity").fault("is missing: a local volume is on a node", "write which (nodeAffinity.required)")


_MODE = one_of("Block", "Filesystem")
CLAIM: Table = {
    "": _check_claim,
    "storageClassName": empty_or(dns_name),
    "volumeAttributesClassName": empty_or(dns_name),
    "volumeMode": _MODE,
}
"""For the spec of a claim."""
_VOLUME: Table = {
    "": _check_volume,
    "storageClassName": empty_or(dns_name),
    "volumeMode": _MODE,
    "csi": needs("driver"),
    "hostPath": needs("path"),
    "local": needs("path"),
}
_TOPOLOGY = "allowedTopologies[].matchLabelExpressions[]"
STORAGE: dict[str, Table] = {
    "PersistentVolume": {"": needs("spec"), **below("spec", _VOLUME)},
    "PersistentVolumeClaim": {"": needs("spec"), **below("spec", CLAIM)},
    "StorageClass": {
        "": needs("provisioner"),
        "provisioner": empty_or(key),
        _TOPOLOGY: needs("key", "values"),
        f"{_TOPOLOGY}.key": empty_or(key),
    },
}
