"""What the YAML and the JSON reader hand over: values with the place where they were met."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.source import Source
from planner.errors import Fault
from planner.read.documents.files import Input

DEEPEST = 150
"""Nesting beyond this is refused; the CustomResourceDefinitions of Argo CD, among the deepest there are, nest 36 levels."""

LARGEST_VALUE = 4 << 20
"""Bytes of one scalar; etcd refuses whole objects beyond 1.5 MiB."""

LARGEST_OBJECT = 4 << 20
"""Bytes of one object as it is written, with its blanks."""

LARGEST_PLAN = 1 << 30
"""Bytes of a plan, which no etcd holds: that of a million pods on 65,000 nodes is a tenth of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value starts: `line` counts from 1; the text from byte `offset` on begins in line `first_line`."""

    source: Input
    line: int
    offset: int = 0
    first_line: int = 1
    column: int = 0

    @property
    def where(self) -> Source:
        """Name file and line."""
        return Source(self.source.name, self.line)


@dataclass(slots=True)
class Part:
    """A document, or an item of the list that is being read: the items of a list come first, then the list without its body.

    `api_version` and `kind` are whatever the text has there; `inside` is the path from `place` to the value. `repeats` are
    the keys that a map has twice, which count only if it is an object that is read.
    """

    place: Place
    body: Any
    api_version: Any = None
    kind: Any = None
    is_list: bool = False
    of: "Part | None" = None
    inside: str = ""
    repeats: Sequence[Fault] = ()


class Unreadable(Exception):  # noqa: N818  never leaves the room
    """A stream cannot be read on; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        """Keep the fault."""
        self.fault = fault
        super().__init__(str(fault))


def repeated(where: Source, key: str) -> Fault:
    """Refuse a key that its map has already, of which readers take one or the other, and kustomize neither."""
    return Fault(where, key, "is a second time in the same map", "keep one of the two")


def merged_late(where: Source, key: str) -> Fault:
    """Refuse a merge key behind a key that it brings along."""
    reason = "is merged into a map that has it already: kubectl takes the merged value, kustomize the other"
    return Fault(where, key, reason, "write << before all other keys of its map, or keep one of the two")


def not_plain(where: Source) -> Fault:
    """Refuse a key that one reader merges and the other does not."""
    reason = "is a key with a tag or in quotes, or an alias: kubectl and kustomize do not read it alike"
    return Fault(where, "<<", reason, "write << plainly to merge a map, or leave the key out")


def crowded_marker(where: Source) -> Fault:
    """Refuse a line that begins with `---`, and has more in it than a comment: YAML and kubectl do not read it alike."""
    reason = "a line that begins with --- has something else than a comment behind it: kubectl cuts the text there, or refuses it"
    return Fault(where, "", reason, "write --- alone, or indent the line where it belongs to a text")


def too_deep(where: Source) -> Unreadable:
    """Refuse a value that nests deeper than any Kubernetes object."""
    return Unreadable(Fault(where, "", f"nested more than {DEEPEST} levels deep", "no Kubernetes object is; remove the document"))


def too_large(where: Source, limit: int, what: str = "value") -> Unreadable:
    """Refuse a value, or an object, that is larger than any Kubernetes object, without reading on."""
    reason = f"a single {what} is larger than {limit >> 20} MiB"
    return Unreadable(Fault(where, "", reason, "no Kubernetes object may be; remove the document"))
