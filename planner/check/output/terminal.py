"""Findings for people: each rule once, with all that it was seen at."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from models.answer.finding import ERROR, INFO, WARNING
from planner.check.finding import Finding
from planner.check.reachability import EVERYWHERE, MEANINGS, OWN
from planner.check.report import Blast, Reach, Report
from planner.check.story import sentence_of
from planner.paper import Paper
from planner.view.format import count
from planner.words import visible

_SHOWN = 20
"""So many of one rule are shown; JSON and the others have all."""
_COLOURS = {ERROR: "\x1b[1;31m", WARNING: "\x1b[1;33m", INFO: "\x1b[1;36m"}
_EXPECTED = {OWN, EVERYWHERE, ""}
_OFF = "\x1b[0m"


def write(report: Report, paper: Paper) -> str:
    """Write all findings, the matrix of who reaches what, and how many there are."""
    lines = [line for _, group in groupby(report.findings, _kind) for line in _rule(list(group), paper)]
    lines += _matrix(report.reach)
    lines += _blast(report.blast)
    lines += _stages(report)
    return "".join(f"{line}\n" for line in (*lines, *_end(report)))


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.severity, finding.id


def _rule(findings: Sequence[Finding], paper: Paper) -> Iterator[str]:
    first = findings[0]
    many = f" ({len(findings)})" if len(findings) > 1 else ""
    head = visible(f"{first.severity}: {first.id}: {sentence_of(first.id)}{many}")
    yield f"{_COLOURS[first.severity]}{head}{_OFF}" if paper.colour else head
    yield visible(f"  why: {first.why}")
    fixes = {finding.fix for finding in findings}
    if len(fixes) == 1 and first.fix:
        yield visible(f"  fix: {first.fix}")
    for finding in findings[:_SHOWN]:
        place = f" ({finding.where})" if finding.where.file else ""
        yield visible(f"    {finding.subject}: {finding.message}{place}")
        if len(fixes) > 1 and finding.fix:
            yield visible(f"      fix: {finding.fix}")
    if len(findings) > _SHOWN:
        yield f"    … and {len(findings) - _SHOWN:,} more: -O json has all"
    yield ""


def _matrix(reach: Sequence[Reach]) -> Iterator[str]:
    """Write the rows of those that reach another ring than their own."""
    rows = [row for row in reach if not set(row.ways.values()) <= _EXPECTED]
    if not rows:
        return
    rings = sorted(rows[0].ways)
    table = [["could get to", *rings], *([row.workload, *(row.ways[ring] or "-" for ring in rings)] for row in rows[:_SHOWN])]
    yield from _aligned(table)
    if len(rows) > _SHOWN:
        yield f"… and {len(rows) - _SHOWN:,} more: -O json has all"
    ways = sorted({way for row in rows[:_SHOWN] for way in row.ways.values() if way})
    yield "; ".join(f"{way}: {MEANINGS[way]}" for way in ways)
    yield ""


def _blast(blasts: Sequence[Blast]) -> Iterator[str]:
    """Write what is within reach of the worst nodes, today and by the plan."""
    head = ["within reach of", "rings", "workloads", "other nodes", "secrets", "accounts", "through"]
    for planned, group in groupby(blasts, key=lambda blast: blast.planned):
        rows = list(group)
        table = [[f"{head[0]} ({'plan' if planned else 'today'})", *head[1:]]]
        for blast in rows[:_SHOWN]:
            numbers = (blast.workloads, blast.nodes, blast.secrets, blast.accounts)
            table.append([blast.node, str(len(blast.rings)), *map(str, numbers), blast.through or "-"])
        yield from _aligned(table)
        if len(rows) > _SHOWN:
            yield f"… and {len(rows) - _SHOWN:,} more: -O json has all"
        yield ""


def _stages(report: Report) -> Iterator[str]:
    """Say which stage of the plan is reached, and what the next one lacks."""
    following = next((stage for stage in report.stages if stage.lacks), None)
    yield from [f"reached: {report.reached}"] if report.stages and not following else []
    if following is None:
        return
    yield f"reached: {report.reached}; next: {following.name}, which lacks {len(following.lacks):,}"
    yield from (visible(f"  {lack}") for lack in following.lacks[:_SHOWN])
    if len(following.lacks) > _SHOWN:
        yield f"  … and {len(following.lacks) - _SHOWN:,} more: -O json has all"
    yield ""


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(visible(cells[column])) for cells in table) for column in range(len(table[0]))]
    for cells in table:
        yield "  ".join(visible(cell).ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _end(report: Report) -> Iterator[str]:
    for note in report.notes:
        yield visible(f"not read: {note}")
    counts = ", ".join(
        count(number, severity, severity if severity == INFO else "") for severity, number in report.counts.items()
    )
    accepted = f"; {len(report.accepted)} accepted" if report.accepted else ""
    yield f"{report.looked_at}: {counts}{accepted}"
