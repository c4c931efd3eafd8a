"""Documents that say where volumes are and can be made: volumes, claims, classes, CSI drivers and what these tell of nodes."""

from collections.abc import Callable

from planner.read.documents.document import Document
from planner.read.documents.duplicates import Register
from planner.read.documents.field import Spot
from planner.read.documents.identity import DEFAULT_NAMESPACE, owner_of
from planner.read.documents.remarks import remark
from planner.read.schema import cluster_schema, pod_schema
from planner.read.schema.known_kinds import Kind
from planner.read.storage import volumes
from planner.read.storage.attach_limits import Storage

_GROUP = "storage.k8s.io"


class StorageObjects:
    """Reads them into a `Storage`."""

    def __init__(self, register: Register) -> None:
        """Start with nothing."""
        self._register = register
        self.storage = Storage()
        self.readers: dict[Kind, Callable[[Spot, Document], None]] = {
            ("", "PersistentVolume"): self._volume,
            ("", "PersistentVolumeClaim"): self._claim,
            (_GROUP, "CSIDriver"): self._csi_driver,
            (_GROUP, "CSINode"): self._csi_node,
            (_GROUP, "CSIStorageCapacity"): self._capacity,
            (_GROUP, "StorageClass"): self._storage_class,
        }

    def state_drivers(self, are_owned: bool) -> None:
        """Say that nobody is kept off owned nodes for want of a CSI driver or its storage where the input does not tell of it."""
        for name in self.storage.unmeasured() if are_owned else ():
            self._state_driver(name, "storage unknown")
        if not (are_owned and self.storage.wanted) or self.storage.installed:
            return
        # Without any CSINode every node would seem to lack every driver.
        self.storage.wanted = frozenset()
        for name in sorted(self.storage.required):
            self._state_driver(name, "driver missing")

    def _state_driver(self, name: str, case: str) -> None:
        self._register.spot((_GROUP, "CSIDriver"), name).state(f"CSIDriver/{name}", remark(case))

    def _volume(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.PersistentVolume)
        volume = volumes.read_volume(spot, given)
        if not document.is_stored:
            volume = volumes.without_claim(volume)
        if self._register.is_new(spot, document, given.metadata, volume):
            self.storage.volumes[volume.name] = volume
            if given.spec and not given.spec.csi and volume.driver:
                self.storage.built_in.add(volume.name)

    def _claim(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.PersistentVolumeClaim)
        meta = given.metadata or pod_schema.Meta()
        claim = volumes.read_existing_claim(spot, meta.namespace or DEFAULT_NAMESPACE, given)
        if not document.is_stored:
            claim = volumes.as_in_manifest(claim)
        # The same claim may be here as a manifest and as the cluster has it: what the cluster says counts, whichever came first.
        if self._register.is_new(spot, document, meta, volumes.as_in_manifest(claim), namespaced=True) or claim.uid:
            self.storage.claims[f"{claim.namespace}/{claim.name}"] = claim
        owner = owner_of(meta, claim.namespace) if document.is_stored else None
        if owner and owner[:2] == ("", "Pod"):
            self.storage.owners[f"{claim.namespace}/{claim.name}"] = owner[3]

    def _storage_class(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.StorageClass)
        storage_class = volumes.read_storage_class(spot, given)
        if self._register.is_new(spot, document, given.metadata, storage_class):
            self.storage.classes[storage_class.name] = storage_class

    def _csi_node(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.CSINode)
        limits, installed = volumes.read_attach_limits(spot, given), volumes.drivers_of(given)
        if self._register.is_new(spot, document, given.metadata, [limits, installed]) and given.metadata:
            name = given.metadata.name or ""
            self.storage.limits[name], self.storage.installed[name] = limits, installed

    def _csi_driver(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.CSIDriver)
        spec = given.spec or cluster_schema.CSIDriverSpec()
        said = bool(spec.prevent_pod_scheduling_if_missing), bool(spec.storage_capacity)
        if self._register.is_new(spot, document, given.metadata, said) and given.metadata:
            name = given.metadata.name or ""
            self.storage.required |= {name} if said[0] else set()
            self.storage.counting |= {name} if said[1] else set()

    def _capacity(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.CSIStorageCapacity)
        meta, capacity = given.metadata or pod_schema.Meta(), volumes.read_capacity(spot, given)
        if self._register.is_new(spot, document, meta, capacity, namespaced=True):
            name = f"{meta.namespace or DEFAULT_NAMESPACE}/{meta.name}"
            self.storage.capacities[name] = capacity
            if given.capacity is None and given.maximum_volume_size is not None:
                spot.state(f"CSIStorageCapacity/{name}", remark("capacity missing"))
