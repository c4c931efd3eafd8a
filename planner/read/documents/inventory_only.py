"""What only --nodes and a live cluster may say: which machines there are, and what bears on everybody's pods.

Any team may write manifests. A Node among them would be room that is not there, a Namespace's labels would give its pods a level,
a RuntimeClass adds tolerations to pods, and of two that have a PriorityClass one puts out the other.
"""

from dataclasses import replace

from planner.read.documents.document import Document
from planner.read.documents.field import Alike, Spot
from planner.read.documents.files import STDIN
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import GROUP, NODE, SHAPE, group_of

KINDS = frozenset(
    (
        NODE,
        SHAPE,
        GROUP,
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
    """Refuse an object that is among the manifests; `spot` is where it says what it may not, or where it begins.

    Objects of a kind that begin in one file are refused together, where the first of them is: they have one remedy.
    """
    name = f"{kind} {meta.name}" if meta and meta.name else f"a {kind}"
    fix = _NAME_IT.format("-" if spot.where.file == STDIN else spot.where.file)
    if spot.path:
        spot.fault(_SAYS.format(name), fix)
        return
    alike = spot.notebook.alike.setdefault((spot.where.file, kind), Alike(meta.name if meta and meta.name else name))
    alike.number += 1
    if alike.number == 1:
        alike.index = len(spot.notebook.faults)
        spot.at("kind").fault(_REFUSED.format(name), fix)
    # A full notebook only counts, so the fault of the first need not be there.
    elif alike.index < len(spot.notebook.faults):
        told = f"{alike.number:,} objects of kind {kind} ({alike.first} and {alike.number - 1:,} more)"
        spot.notebook.faults[alike.index] = replace(spot.notebook.faults[alike.index], reason=_REFUSED.format(told))
