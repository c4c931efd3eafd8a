"""A rule of `ringfence check`: one trap, the question that finds it, and its story."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from planner.check.estate.estate import Estate
from planner.check.sighting import Sighting

SECURITY, AVAILABILITY, OUTPUT = "security", "availability", "output"
"""What a trap breaks: isolation, running pods, or what is generated from the manifests."""


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
    question: Callable[[Estate], Iterable[Sighting]]
