"""What manifests say of themselves that only a cluster can know: named, and not believed.

A Pod that says that it has succeeded would not be planned, a Job that says that it is complete neither, and nobody would look at
an object with a uid, as an API server has done that.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from models.source import Source
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.remarks import remark
from planner.read.schema.known_kinds import SERVED, Kind

_STATUS = frozenset(
    (
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
        ("", "Pod"),
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("batch", "Job"),
    )
)
"""Kinds whose status bears on a plan."""
_WITHOUT_NAMESPACE = (("", "Namespace"), ("", "PersistentVolume"))
_META = _STATUS.union(SERVED, _WITHOUT_NAMESPACE)
_IN_METADATA = ("uid", "deletionTimestamp")


class _Meta(msgspec.Struct):
    name: Any = None
    namespace: Any = None
    uid: Any = None
    deletion_timestamp: Any = msgspec.field(default=None, name="deletionTimestamp")


class _Claimed(msgspec.Struct):
    metadata: _Meta | None = None
    status: Any = None


_DECODER = msgspec.json.Decoder(_Claimed)


class UnbelievedFields:
    """What was said so far, claim by claim: by whom, and where."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._said: dict[str, dict[str, Source]] = {}

    def note(self, kind: Kind, document: Document) -> None:
        """Remember what a manifest says that is not believed."""
        if document.is_stored or kind not in _META:
            return
        said = _read_claims(document)
        if said is None:
            return
        for claim in _claims(kind, said):
            meta = said.metadata or _Meta()
            space = () if kind in _WITHOUT_NAMESPACE else (meta.namespace or DEFAULT_NAMESPACE,)
            name = "/".join(map(str, (document.kind, *space, meta.name)))
            self._said.setdefault(claim, {}).setdefault(f"{name} in {document.where}", document.where)

    def state(self, notebook: Notebook) -> None:
        """Say of each claim how many make it, and which are the first."""
        for claim, objects in sorted(self._said.items()):
            names = sorted(objects)
            case = "unbelieved" if len(names) == 1 else "unbelieved by several"
            Spot(notebook, objects[names[0]]).state(claim, remark(case, count=len(names), objects=tuple(names)))


def _read_claims(document: Document) -> _Claimed | None:
    try:
        if isinstance(document.body, dict):
            return msgspec.convert(document.body, _Claimed)
        return _DECODER.decode(document.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _claims(kind: Kind, said: _Claimed) -> Iterator[str]:
    """Yield what it claims; an empty status, as tools write it, claims nothing."""
    if said.metadata:
        yield from (
            f"metadata.{name}"
            for name, value in zip(_IN_METADATA, (said.metadata.uid, said.metadata.deletion_timestamp), strict=True)
            if value
        )
    if said.status and kind in _STATUS:
        yield "status"
