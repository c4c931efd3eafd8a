"""What the API server's validation refuses in the volumes of a pod, as far as they say where its data and its disks are.

Source: pkg/apis/core/validation/validation.go ValidateVolumes. What else is in a pod bears on no placement, and is left to
`kubectl apply --dry-run=server`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from planner.read.documents.field import Spot
from planner.read.validation.object_rules import Table, hold, needs, one_of
from planner.read.validation.storage import CLAIM

_ORDER = (
    "emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker persistentVolumeClaim "
    "rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume photonPersistentDisk portworxVolume "
    "azureDisk storageos projected scaleIO csi ephemeral image"
)
_KINDS = _ORDER.split()
"""In the order of the API server, which names the later of two."""
_VOLUME: Table = {
    "awsElasticBlockStore": needs("volumeID"),
    "gcePersistentDisk": needs("pdName"),
    "hostPath": needs("path"),
    "hostPath.type": one_of("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice", ""),
    "iscsi": needs("iqn"),
    "persistentVolumeClaim": needs("claimName"),
    "rbd": needs("monitors", "image"),
    "ephemeral": needs("volumeClaimTemplate"),
}
"""What tells one disk, folder or claim from another."""


def check_volumes(spot: Spot, spec: Mapping[str, Any], replaced: Collection[str | None]) -> None:
    """Refuse volumes of a pod's spec, as it is written; `replaced` are those that its StatefulSet puts claims in the place of."""
    for position, volume in enumerate(spec.get("volumes") or ()):
        if not isinstance(volume, dict):
            continue
        here = spot.at(f"volumes[{position}]")
        _check_kinds(here, volume)
        hold(here, volume, _VOLUME)
        if volume.get("ephemeral") and volume.get("name") not in replaced:
            template = volume["ephemeral"].get("volumeClaimTemplate") or {}
            hold(here.at("ephemeral.volumeClaimTemplate.spec"), template.get("spec") or {}, CLAIM)


def _check_kinds(spot: Spot, volume: Mapping[str, Any]) -> None:
    """Refuse a volume of two kinds; one of none is an emptyDir."""
    kinds = [kind for kind in _KINDS if volume.get(kind) is not None]
    for kind in kinds[1:]:
        spot.at(kind).fault(f"is given beside {kinds[0]}", "keep one of the two")
