"""Bad input, and nothing else: "no" is an Outcome or a Finding, never an exception."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.cluster import Cluster
from models.source import NOWHERE, Source


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with the input: where, which field, why, and what to do about it."""

    where: Source
    field: str
    reason: str
    fix: str = ""

    def __str__(self) -> str:
        """Write it on one line: file:line: field: reason; what to do."""
        place = f"{self.where}: " if self.where != NOWHERE else ""
        field = f"{self.field}: " if self.field else ""
        return f"{place}{field}{self.reason}" + (f"; {self.fix}" if self.fix else "")


class BadInput(Exception):  # noqa: N818  it is what it says
    """The input cannot be used; carries every fault that was found, sorted by place, and what could be read all the same."""

    def __init__(self, faults: Iterable[Fault], rest: Cluster | None = None) -> None:
        """Keep the faults, sorted and without repeats."""
        self.faults = tuple(sorted(set(faults)))
        self.rest = rest
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type["BadInput"], tuple[tuple[Fault, ...]]]:
        """Pickle by the faults."""
        return BadInput, (self.faults,)
