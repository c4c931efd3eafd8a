"""The sentences of findings: for each code, and each case of one, its message, why it matters and what to do."""

from typing import NamedTuple

from models.answer.finding import Finding
from planner.wording.findings import audited, compared, counted, foreseen, inputs, placed, pods
from planner.wording.findings.wording import Table, Wording
from planner.wording.template import filled

TABLE: Table = {
    code: wording for room in (audited, foreseen, placed, compared, inputs, counted, pods) for code, wording in room.TABLE.items()
}


class Notice(NamedTuple):
    """A finding as people read it."""

    message: str
    why: str
    fix: str


def notice(finding: Finding) -> Notice:
    """Return the sentences of a finding."""
    wording = _wording(finding)
    return Notice(*(filled(sentence, finding.parameters) for sentence in wording))


def order(finding: Finding) -> tuple[str, str, str]:
    """Sort findings as they are read: by code, subject and message."""
    return finding.code, finding.subject, filled(_wording(finding).message, finding.parameters)


def _wording(finding: Finding) -> Wording:
    wording = TABLE[finding.code]
    return wording if isinstance(wording, Wording) else wording[finding.case]
