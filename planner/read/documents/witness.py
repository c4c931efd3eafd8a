"""Who says what a document says: a cluster that has stored it, or whoever wrote the file.

Manifests are written by the very people who are kept apart, so that a status, a uid or an owner in them proves nothing. What
--nodes names is the operator's own. Beside it the items of a List are taken for what `kubectl get -o yaml` wrote if they have a
uid, but not in a folder that is searched, where any team may have put one, nor beside manifests in one input, as a chart may
render a List, too. Pods that have all that a cluster gives them and stand elsewhere are refused, once for the input: nobody
writes them by hand, and as manifests they would each be planned.
"""

from typing import Any, Protocol

import msgspec

from models.kubernetes.cluster import Statement
from models.source import Source
from planner.errors import Fault
from planner.read.documents.files import Input
from planner.read.documents.remarks import remark, statement

_TOLD, _WRITTEN = "an object that a cluster told (in a List, with a uid)", "a manifest (in no List, or without a uid)"
_BESIDE = "{} in one input with {} in {}: who says what here cannot be known"
_APART = "keep what kubectl get wrote in a file of its own, or name it with --nodes"
_EXPORTED = (
    "{} among the manifests with uid, nodeName and status, which only a cluster gives: this looks like what kubectl get wrote"
)
_NAME_IT = "name the file with --nodes, or save the List that kubectl get -o yaml writes in a file of its own"


class Testimony(Protocol):
    """An object that was read, and who says what it says."""

    where: Source
    api_version: str
    kind: str
    is_stored: bool
    is_inventory: bool

    @property
    def body(self) -> Any:
        """Return the object: a dictionary from YAML, raw bytes from JSON."""


class Witness:
    """Listens to the documents of one input; afterwards `faults` and `statements` have what is to be said of it."""

    def __init__(self, source: Input) -> None:
        """Start with nothing heard."""
        self.faults: list[Fault] = []
        self.statements: list[Statement] = []
        self._source = source
        self._told: Source | None = None
        self._written: Source | None = None
        self._count = 0
        self._exported: Source | None = None
        self._exports = 0

    def hear(self, document: Testimony) -> bool:
        """Find out whether a document is to be believed; so far `is_stored` says whether it is an item of a List.

        The answer is whether it can be read: as what it looks like, or at least as a manifest.
        """
        document.is_inventory = self._source.is_inventory
        if document.is_inventory:
            document.is_stored = True
            return True
        document.is_stored = document.is_stored and not self._source.found_in and is_marked(document.body)
        if document.is_stored:
            self._count += 1
            if self._told is None and self._written:
                self._refuse(document, _BESIDE.format(_TOLD, _WRITTEN, self._written))
            self._told = self._told or document.where
        elif _is_exported(document):
            self._exports += 1
            self._exported = self._exported or document.where
            return False
        else:
            if self._written is None and self._told:
                self._refuse(document, _BESIDE.format(_WRITTEN, _TOLD, self._told))
            self._written = self._written or document.where
        return True

    def _refuse(self, document: Testimony, reason: str) -> None:
        self.faults.append(Fault(document.where, "", reason, _APART))

    def close(self) -> None:
        """Say at the end of the input whose List is believed, and what is no List though it looks like an export."""
        if self._exported:
            pods = "a Pod" if self._exports == 1 else f"{self._exports:,} Pods"
            self.faults.append(Fault(self._exported, "", _EXPORTED.format(pods), _NAME_IT))
        if self._told and not self._written:
            self.statements.append(statement(self._source.name, self._told, remark("believed", count=self._count)))


class _Meta(msgspec.Struct):
    uid: Any = None
    deletion_timestamp: Any = msgspec.field(default=None, name="deletionTimestamp")


class _Named(msgspec.Struct):
    metadata: _Meta | None = None


class _Spec(msgspec.Struct):
    node_name: Any = msgspec.field(default=None, name="nodeName")


class _Pod(_Named):
    spec: _Spec | None = None
    status: Any = None


_NAMED, _POD = msgspec.json.Decoder(_Named), msgspec.json.Decoder(_Pod)


def _is_exported(document: Testimony) -> bool:
    """Say whether it is a Pod that has what API server, scheduler and kubelet give it."""
    if (document.api_version, document.kind) != ("v1", "Pod"):
        return False
    try:
        body = document.body
        pod = msgspec.convert(body, _Pod) if isinstance(body, dict) else _POD.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return bool(pod.metadata and pod.metadata.uid and pod.spec and pod.spec.node_name and pod.status)


def is_marked(body: Any) -> bool:
    """Say whether an object has what API servers alone give: a uid, or the time from which it is being deleted."""
    if isinstance(body, dict):
        meta = body.get("metadata")
        return isinstance(meta, dict) and bool(meta.get("uid") or meta.get("deletionTimestamp"))
    try:
        metadata = _NAMED.decode(body).metadata
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return metadata is not None and bool(metadata.uid or metadata.deletion_timestamp)
