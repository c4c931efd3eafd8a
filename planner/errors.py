"""Bad input, and nothing else: "no" is an Outcome or a Finding, never an exception."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from models.kubernetes.cluster import Cluster
from models.source import NOWHERE, Source

MOST_FAULTS = 1_000
"""So many faults of an input are kept: five times as many as are shown, as those in front are shown, and not those met first."""
ENOUGH_FAULTS = 20_000
"""Once so many more are counted reading ends."""


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


class Faults(list[Fault]):
    """Faults in the order in which they are met; of all beyond the first MOST_FAULTS only the number is known, `more`.

    Whoever has to search for the place of a fault asks first whether the list `is_full`.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        """Take some over."""
        super().__init__()
        self.more = 0
        self.extend(faults)

    @property
    def is_full(self) -> bool:
        """Say whether one more would only be counted."""
        return len(self) >= MOST_FAULTS

    @property
    def are_endless(self) -> bool:
        """Say whether there are so many that nobody need read on to know that the input is wrong."""
        return self.more >= ENOUGH_FAULTS

    def append(self, fault: Fault) -> None:
        """Keep one, or count it."""
        if self.is_full:
            self.more += 1
        else:
            super().append(fault)

    def extend(self, faults: Iterable[Fault]) -> None:
        """Keep or count these, and count those that were only counted before."""
        for fault in faults:
            self.append(fault)
        self.more += faults.more if isinstance(faults, Faults) else 0

    def __iadd__(self, faults: Iterable[Fault]) -> Self:  # type: ignore[misc, override]
        self.extend(faults)
        return self


class BadInput(Exception):  # noqa: N818  it is what it says
    """The input cannot be used; carries the faults that were found, sorted by place, and what could be read all the same.

    So many `more` were found and are not among them.
    """

    def __init__(self, faults: Iterable[Fault], rest: Cluster | None = None, more: int = 0) -> None:
        """Keep the faults, sorted and without repeats."""
        self.more = more + (faults.more if isinstance(faults, Faults) else 0)
        self.faults = tuple(sorted(set(faults)))
        self.rest = rest
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type["BadInput"], tuple[tuple[Fault, ...], None, int]]:
        """Pickle by the faults."""
        return BadInput, (self.faults, None, self.more)
