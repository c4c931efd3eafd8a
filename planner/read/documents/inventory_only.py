"""What only --nodes and a live cluster may say: which machines there are, and what bears on everybody's pods.

Any team may write manifests. A Node among them would be room that is not there, a Namespace's labels would give its pods a level,
a RuntimeClass adds tolerations to pods, and of two that have a PriorityClass one puts out the other.
"""

from planner.read.documents.document import Document
from planner.read.documents.field import Spot
from planner.read.documents.files import STDIN
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import NODE, SHAPE, group_of

KINDS = frozenset(
    (
        NODE,
        SHAPE,
        ("node.k8s.io", "RuntimeClass"),
        ("resource.k8s.io", "ResourceSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "CSIStorageCapacity"),
    )
)
"""Kinds that are refused in manifests; of Namespaces those that say anything."""
_REFUSED = "{} among the manifests, which any team may write: only --nodes says which there are"
_SAYS = "{} says this among the manifests, which any team may write: only --nodes says what is to be known of namespaces"
_NAME_IT = "if the file is the platform's own, name it there as well: --nodes {}"


def is_foreign(document: Document) -> bool:
    """Say whether it is of a kind that only the inventory may hold, and not from there."""
    return not document.is_inventory and (group_of(document.api_version), document.kind) in KINDS


def in_manifests(spot: Spot, kind: str, meta: pod_schema.Meta | None) -> None:
    """Refuse an object that is among the manifests; `spot` is where it says what it may not, or where it begins."""
    name = f"{kind} {meta.name}" if meta and meta.name else f"a {kind}"
    file = "-" if spot.where.file == STDIN else spot.where.file
    reason = _SAYS if spot.path else _REFUSED
    (spot if spot.path else spot.at("kind")).fault(reason.format(name), _NAME_IT.format(file))
