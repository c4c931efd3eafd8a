"""What a rule sees: who is in a trap, how, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.source import NOWHERE, Source


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
