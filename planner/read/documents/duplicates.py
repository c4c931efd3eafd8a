"""What was read already: the same object twice is no fault unless the two differ."""

from typing import Any

from models.source import Source
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.inventory_only import in_manifests, is_foreign
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import Kind, group_of


class Register:
    """Objects by kind, namespace and name."""

    def __init__(self, notebook: Notebook) -> None:
        """Write faults and statements into the notebook."""
        self._notebook = notebook
        self._seen: dict[tuple[Kind, str, str], tuple[Any, Source]] = {}

    def spot(self, kind: Kind, name: str, namespace: str = "") -> Spot:
        """Return where an object was read."""
        return Spot(self._notebook, self._seen[kind, namespace, name][1])

    def is_new(
        self, spot: Spot, document: Document, meta: pod_schema.Meta | None, content: Any, namespaced: bool = False
    ) -> bool:
        """Say whether this object was not there before; one that contradicts an earlier one is a fault.

        So is one among the manifests that only the inventory may hold, unless that says the same. It is read all the same, lest
        all who name it are said to name what is not there.
        """
        name = (meta.name if meta else None) or ""
        namespace = ((meta.namespace if meta else None) or DEFAULT_NAMESPACE) if namespaced else ""
        if not name:
            spot.at("metadata.name").fault("is missing", "give the object its name")
            return False
        key = (group_of(document.api_version), document.kind), namespace, name
        is_first = key not in self._seen
        first = self._seen.setdefault(key, (content, document.where))
        if is_foreign(document):
            if is_first or first[0] != content:
                in_manifests(spot, document.kind, meta)
            return is_first
        if first[0] is not content and first[0] != content:
            reason = f"a second {document.kind} {name}, which differs from the one in {first[1]}"
            spot.fault(reason, "keep one of the two")
        # By identity: an equal object that comes later is not new.
        return first[0] is content
