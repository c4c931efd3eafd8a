"""Volumes, claims and storage classes as written -> nouns."""

from collections.abc import Mapping
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.labels import NodeSelectorTerm, Requirement
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume
from planner.read.documents.field import Spot
from planner.read.schema import cluster_schema, pod_schema
from planner.read.storage.attach_limits import MIGRATED
from planner.read.values import quantity
from planner.read.values.resource_amounts import read_amounts
from planner.read.values.selectors import read_label_selector, read_node_terms

STORAGE = "storage"
CLASS = "volume.beta.kubernetes.io/storage-class"
"""The annotation that goes before storageClassName, of claims and of volumes."""
SELECTED_NODE = "volume.kubernetes.io/selected-node"
BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
DEFAULT_CLASS = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
BUILT_IN = {
    "aws_elastic_block_store": "kubernetes.io/aws-ebs",
    "azure_disk": "kubernetes.io/azure-disk",
    "cinder": "kubernetes.io/cinder",
    "gce_persistent_disk": "kubernetes.io/gce-pd",
    "portworx_volume": "kubernetes.io/portworx-volume",
}
"""Volumes of kinds that Kubernetes once had built in and CSI drivers now attach, and their provisioners."""
FILESYSTEM = "Filesystem"
IMMEDIATE, WAITS = "Immediate", "WaitForFirstConsumer"
LOST, BOUND = "Lost", "Bound"
AVAILABLE = ("", "Pending", "Available")
"""Phases of a volume that nobody has claimed; one that has just been made, or is only written yet, will be Available."""


def read_claim(spot: Spot, namespace: str, name: str, meta: pod_schema.Meta | None, given: pod_schema.ClaimSpec | None) -> Claim:
    """Read a claim, or what claims are made from."""
    spec, annotations = given or pod_schema.ClaimSpec(), (meta.annotations if meta else None) or {}
    return Claim(
        namespace=namespace,
        name=name,
        volume=spec.volume_name or "",
        access_modes=tuple(spec.access_modes or ()),
        storage_class=annotations.get(CLASS, spec.storage_class_name),
        size=_size(spot.at("spec.resources.requests"), spec.resources.requests if spec.resources else None),
        volume_mode=spec.volume_mode or FILESYSTEM,
        selector=read_label_selector(spot.at("spec.selector"), spec.selector),
        selected_node=annotations.get(SELECTED_NODE, ""),
        attributes_class=spec.volume_attributes_class_name or "",
    )


def read_existing_claim(spot: Spot, namespace: str, given: cluster_schema.PersistentVolumeClaim) -> Claim:
    """Read a claim with what the cluster, if it was read from one, has made of it."""
    meta = given.metadata or pod_schema.Meta()
    written = read_claim(spot, namespace, meta.name or "", meta, given.spec)
    return replace(
        written,
        uid=meta.uid or "",
        # A claim may ask for a volume by name; it has it only once the controller has written this annotation.
        bound=bool(written.volume) and BIND_COMPLETED in (meta.annotations or {}),
        lost=given.status is not None and given.status.phase == LOST,
        deleting=meta.deletion_timestamp is not None,
    )


def as_in_manifest(given: Claim) -> Claim:
    """Return the claim as its manifest has it, which a cluster then gives a uid and binds."""
    return replace(given, uid="", bound=False, lost=False, deleting=False)


def read_volume(spot: Spot, given: cluster_schema.PersistentVolume) -> Volume:
    """Read a PersistentVolume."""
    meta, spec = given.metadata or pod_schema.Meta(), given.spec or cluster_schema.VolumeSpec()
    required = spec.node_affinity.required if spec.node_affinity else None
    kept_for, phase = spec.claim_ref, (given.status.phase if given.status else None) or ""
    return Volume(
        name=meta.name or "",
        labels=FrozenMap(meta.labels),
        node_affinity=None if required is None else read_node_terms(spot.at("spec.nodeAffinity.required"), required),
        access_modes=tuple(spec.access_modes or ()),
        storage_class=(meta.annotations or {}).get(CLASS, spec.storage_class_name) or "",
        size=_size(spot.at("spec.capacity"), spec.capacity),
        volume_mode=spec.volume_mode or FILESYSTEM,
        claim=f"{kept_for.namespace or ''}/{kept_for.name or ''}" if kept_for else "",
        driver=_driver(spec),
        available=phase in AVAILABLE,
        attributes_class=spec.volume_attributes_class_name or "",
        claim_uid=(kept_for.uid if kept_for else None) or "",
        bound=phase == BOUND,
        deleting=meta.deletion_timestamp is not None,
        **_on_node(spec),
    )


def _on_node(spec: cluster_schema.VolumeSpec) -> dict[str, str]:
    """Say where on a node a volume is, for one that is."""
    for source, there in (("hostPath", spec.host_path), ("local", spec.local)):
        if there:
            return {"source": source, "path": there.path or ""}
    return {}


def without_claim(given: Volume) -> Volume:
    """Return the volume as its manifest has it: a cluster that makes it says of it what it will."""
    return replace(given, available=True, bound=False, deleting=False)


def read_storage_class(spot: Spot, given: cluster_schema.StorageClass) -> StorageClass:
    """Read a StorageClass."""
    meta, mode = given.metadata or pod_schema.Meta(), given.volume_binding_mode or IMMEDIATE
    if mode not in (IMMEDIATE, WAITS):
        spot.at("volumeBindingMode").fault(f"{mode!r} is no volume binding mode", f"write {IMMEDIATE} or {WAITS}")
    terms = (term.match_label_expressions or () for term in given.allowed_topologies or ())
    return StorageClass(
        name=meta.name or "",
        provisioner=given.provisioner or "",
        waits=mode == WAITS,
        topologies=tuple(
            NodeSelectorTerm(
                tuple(Requirement(expression.key or "", "In", tuple(expression.values or ())) for expression in term)
            )
            for term in terms
        ),
        is_default=any((meta.annotations or {}).get(key) == "true" for key in DEFAULT_CLASS),
    )


def read_attach_limits(spot: Spot, given: cluster_schema.CSINode) -> dict[str, int]:
    """Return how many volumes of each driver a node takes; a driver that does not say takes any number."""
    counts = {}
    for index, driver in enumerate((given.spec.drivers if given.spec else None) or ()):
        count = driver.allocatable.count if driver.allocatable else None
        if count is not None and count < 0:
            here = spot.at(f"spec.drivers[{index}].allocatable.count")
            here.fault(f"a node cannot take {count} volumes", "write how many it takes, or leave allocatable out")
        elif count is not None:
            counts[driver.name or ""] = count
    return counts


def drivers_of(given: cluster_schema.CSINode) -> frozenset[str]:
    """Return the drivers that are on a node."""
    return frozenset(driver.name or "" for driver in (given.spec.drivers if given.spec else None) or ())


def read_capacity(spot: Spot, given: cluster_schema.CSIStorageCapacity) -> tuple[str, Capacity]:
    """Read a CSIStorageCapacity: of which class it is, and what there is of it where.

    API servers let a maximumVolumeSize below 0 pass, which no claim asks for (validation.go ValidateCSIStorageCapacity).
    """
    if not given.storage_class_name:
        spot.at("storageClassName").fault("is missing", "name the class whose volumes there is storage for")
    free = _amount(spot.at("capacity"), given.capacity)
    if free < 0:
        spot.at("capacity").fault(f"{given.capacity} is negative", "write an amount of 0 or more")
    size = given.maximum_volume_size
    largest = free if size is None else _amount(spot.at("maximumVolumeSize"), size)
    return given.storage_class_name or "", Capacity(
        read_label_selector(spot.at("nodeTopology"), given.node_topology), largest, free
    )


def _amount(spot: Spot, given: pod_schema.Quantity | None) -> int:
    try:
        return 0 if given is None else quantity.whole(given)
    except quantity.NotAQuantity as error:
        spot.fault(error.reason, error.fix)
    return 0


def built_in(given: cluster_schema.VolumeSpec | pod_schema.Volume) -> str:
    """Return the provisioner that once attached such a volume; nothing where there never was one."""
    return next((provisioner for kind, provisioner in BUILT_IN.items() if getattr(given, kind)), "")


def _driver(spec: cluster_schema.VolumeSpec) -> str:
    return (spec.csi.driver or "") if spec.csi else MIGRATED.get(built_in(spec), "")


def _size(spot: Spot, given: Mapping[str, pod_schema.Quantity] | None) -> int:
    """Return the bytes that are asked for, or there."""
    asked = {name: amount for name, amount in (given or {}).items() if name == STORAGE}
    return read_amounts(spot, asked).get(STORAGE, 0)
