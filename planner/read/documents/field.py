"""A place in the input, and the notebook into which everything wrong or not understood there is written."""

from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import msgspec

from models.disclosure import Disclosure
from models.kubernetes.cluster import Statement
from models.source import NOWHERE, Source
from planner.errors import Fault, Faults
from planner.read.documents.document import Document
from planner.read.documents.remarks import statement
from planner.read.documents.syntax.type_errors import TypeMismatch, decode

T = TypeVar("T")


@dataclass(slots=True)
class Alike:
    """Objects of one kind in one file that are refused together: the first, how many, and the index of their fault."""

    first: str
    number: int = 0
    index: int = 0


@dataclass(slots=True)
class Notebook:
    """What was found while reading: faults that make the input unusable, and statements about what is not modelled.

    `alike` has what is refused together, by file and kind.
    """

    faults: Faults = field(default_factory=Faults)
    statements: list[Statement] = field(default_factory=list)
    alike: dict[tuple[str, str], Alike] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Spot:
    """A field of a document, not to be changed; without a document only `where` is known, as for pods like an earlier one."""

    notebook: Notebook
    where: Source = NOWHERE
    document: Document | None = None
    path: str = ""

    def at(self, path: str) -> "Spot":
        """Go to a field below this one: "spec.containers", "[3]"."""
        joined = f"{self.path}.{path}" if self.path and path and path[0] != "[" else self.path + path
        return Spot(self.notebook, self.where, self.document, joined)

    def key(self, key: str) -> "Spot":
        """Go to an entry of a map below this one; a key with dots is put in brackets."""
        return self.at(f"[{key}]" if "." in key or "/" in key else key)

    def fault(self, reason: str, fix: str = "") -> None:
        """Note that the field makes the input unusable, unless its value is but a stand-in for one that was noted before."""
        faults = self.notebook.faults
        if faults.is_full:
            faults.more += 1
        elif not (self.document and self.document.is_stand_in(self.path)):
            faults.append(Fault(self.source(), self.path, reason, fix))

    def state(self, subject: str, told: Disclosure) -> None:
        """Note what a plan will not guarantee about `subject`; names the line where the document starts."""
        self.notebook.statements.append(statement(subject, self.where, told))

    def source(self) -> Source:
        """Name file and line of the field."""
        return self.document.where_of(self.path) if self.document and self.path else self.where

    def convert(self, data: Any, kind: type[T]) -> T | None:
        """Read untyped data as a msgspec Struct; what does not fit is noted as a fault at the exact field."""
        try:
            return msgspec.convert(data, kind)
        except msgspec.ValidationError:
            pass
        try:
            return decode(cast("Document", _Below(self, data)), kind)
        except TypeMismatch as bad:
            self.notebook.faults.extend(replace(fault, field=self.at(fault.field).path) for fault in bad.faults)
            if bad.mended is None or self.document is None:
                return None
            self.document.stand_ins += tuple(self.at(field).path for field in bad.fields)
            return msgspec.convert(bad.mended, kind)


@dataclass(frozen=True, slots=True)
class _Below:
    """A part of a document, for the explanation of mismatches."""

    spot: Spot
    data: Any

    def tree(self) -> Any:
        return self.data

    def where_of(self, path: str) -> Source:
        return self.spot.at(path).source()


def spot_of(document: Document, notebook: Notebook) -> Spot:
    """Start at the top of a document."""
    return Spot(notebook, document.where, document)
