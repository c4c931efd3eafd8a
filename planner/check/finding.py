"""What a rule of `ringfence check` saw, as people and machines read it."""

from dataclasses import dataclass

from models.source import NOWHERE, Source


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation: `id` is that of the rule, which names its `source` in Kubernetes' own documents.

    `subject` is whom it is about, `why` and `fix` say what to make of it.
    """

    id: str
    severity: str
    subject: str
    message: str
    why: str = ""
    fix: str = ""
    where: Source = NOWHERE
    source: str = ""
