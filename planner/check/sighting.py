"""What a rule sees: who is in a trap, how, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.source import NOWHERE, Source


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an object: the field at a path as messages write it; what it `was`, and what it is to be (None: gone)."""

    path: str
    was: Any
    value: Any = None


@dataclass(frozen=True, slots=True)
class Target:
    """The object that a fix changes."""

    api_version: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """One answer to a rule's question: who is in the trap, how, and in which file and line.

    The annotations are those of the object, which may accept the finding. An empty severity or fix is the rule's own.
    Where a machine can mend it, `changes` of the `target` do.
    """

    subject: str
    message: str
    where: Source = NOWHERE
    fix: str = ""
    severity: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    target: Target | None = None
    changes: tuple[Change, ...] = ()
