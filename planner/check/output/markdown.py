"""Findings as Markdown, for a comment on a change."""

import re
from collections.abc import Iterator
from itertools import groupby

from planner.check.finding import Finding
from planner.check.report import Report
from planner.check.story import sentence_of
from planner.words import visible

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!@])")


def write(report: Report) -> str:
    """Write a table for each rule, the worst first."""
    counts = ", ".join(f"{number} {severity}" for severity, number in report.counts.items())
    lines = ["# ringfence check", "", f"{report.looked_at}: {counts}, {len(report.accepted)} accepted.", ""]
    for (severity, name), group in groupby(report.findings, key=lambda finding: (finding.severity, finding.id)):
        lines += _section(severity, name, list(group))
    return "\n".join(lines)


def _section(severity: str, name: str, findings: list[Finding]) -> Iterator[str]:
    yield f"## {severity}: {name}"
    yield ""
    yield f"{sentence_of(name)}. {_cell(findings[0].why)}"
    yield ""
    yield "| object | finding | where | fix |"
    yield "|---|---|---|---|"
    for finding in findings:
        yield f"| {' | '.join(map(_cell, (finding.subject, finding.message, str(finding.where), finding.fix)))} |"
    yield ""


def _cell(text: str) -> str:
    return _MARKS.sub(r"\\\1", visible(text))
