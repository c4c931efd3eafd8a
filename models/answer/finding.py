"""Something wrong, or worth knowing, about a plan."""

from dataclasses import dataclass

from models.source import NOWHERE, Source

ERROR = "error"
WARNING = "warning"
INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation: `id` names the check, `subject` whom it is about, `why` and `fix` say what to make of it."""

    id: str
    severity: str
    subject: str
    message: str
    why: str = ""
    fix: str = ""
    where: Source = NOWHERE
