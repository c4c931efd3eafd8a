"""A rule of `ringfence check`: one trap, the question that finds it, and its story."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.source import NOWHERE, Source

if TYPE_CHECKING:
    from planner.check.estate.estate import Estate

SECURITY, AVAILABILITY, OUTPUT = "security", "availability", "output"
"""What a trap breaks: isolation, running pods, or what is generated from the manifests."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One answer to a rule's question: who is in the trap, how, and in which file and line.

    The annotations are those of the object, which may accept the finding. An empty severity or fix is the rule's own.
    """

    subject: str
    message: str
    where: Source = NOWHERE
    fix: str = ""
    severity: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A trap: `sentence` says what it is, `why` what it does, `how` how it is used, `fix` what to do about it.

    `source` is where Kubernetes, or who else knows, says so. The `question` is asked of all that was read.
    """

    id: str
    breaks: str
    severity: str
    sentence: str
    why: str
    how: str
    fix: str
    source: str
    question: "Callable[[Estate], Iterable[Sighting]]"
