"""Small parts of the page: names that cannot be markup, bars, gauges and links; no style stands in an attribute."""

from collections.abc import Mapping
from dataclasses import replace

from models.answer.review import Amount
from models.kubernetes.resources import PODS
from planner.view.format import amount, figure, percent, unit
from planner.view.picture.palette import look
from planner.view.picture.svg import dot, safe
from planner.view.usage import rank

WIDE = 1000
RADIUS = 26
ROUND = 163.36
"""The circumference of a gauge."""


def anchor(kind: str, name: str) -> str:
    """Return the permalink of a ring or a node."""
    return safe(f"{kind}-{''.join('_' if char.isspace() else char for char in name)}")


def section(identity: str, heading: str, body: str, note: str = "") -> str:
    """Write a section with a permalink; nothing where it is empty."""
    if not body:
        return ""
    return f'<section id="{identity}"><h2><a href="#{identity}">{safe(heading)}</a></h2>{noted(note, body)}</section>'


def noted(note: str, body: str) -> str:
    """Put a sentence above a part of the page; nothing where that is empty."""
    return f'<p class="note">{safe(note)}</p>{body}' if note and body else body


def folded(summary: str, body: str, is_open: bool = False) -> str:
    """Write what a reader has to unfold."""
    return f"<details{' open' if is_open else ''}><summary>{safe(summary)}</summary>{body}</details>" if body else ""


def gauge(share: float, status: str) -> str:
    """Draw a share as a ring of its own, with the number in it."""
    drawn = dot(ROUND * min(1.0, max(0.0, share)))
    return (
        f'<svg class="gauge {status}" viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">'
        f'<circle class="rail" cx="32" cy="32" r="{RADIUS}"/>'
        f'<circle class="arc" cx="32" cy="32" r="{RADIUS}" stroke-dasharray="{drawn} {ROUND}" transform="rotate(-90 32 32)"/>'
        f'<text x="32" y="38" text-anchor="middle">{min(999, round(share * 100))}</text></svg>'
    )


def bar(known: Amount, level: int) -> str:
    """Draw what workloads and daemons take, and what is stranded, from zero to all that there is; a tick is at 80 %."""
    whole = max(known.allocatable, known.requested, 1)
    x, parts = 0.0, ['<rect class="rail" width="1000" height="12"/>']
    taken = known.requested - known.daemons
    for value, name in ((taken, look(level)), (known.daemons, "daemon"), (known.stranded, "lost")):
        wide = WIDE * max(0, value) / whole
        parts.append(f'<rect class="{name}" x="{dot(x)}" width="{dot(wide)}" height="12"/>' if wide else "")
        x += wide
    tick = dot(WIDE * 0.8 * known.allocatable / whole)
    parts.append(f'<rect class="tick" x="{tick}" width="2" height="12"/>')
    return f'<svg class="bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'


def bars(amounts: Mapping[str, Amount], level: int) -> str:
    """Write a bar for each resource, with its numbers."""
    rows = []
    for name in sorted(amounts, key=rank):
        known = amounts[name]
        of = f"{figure(name, known.requested)} of {figure(name, known.allocatable)} {unit(name)}".strip()
        hint = f"daemons {amount(name, known.daemons)}, stranded {amount(name, known.stranded)}"
        known = known if name != PODS else replace(known, stranded=0)
        value = f'<span class="of" title="{safe(hint)}">{safe(of)} <b>{percent(known.share)}</b></span>'
        rows.append(f'<div class="use"><span class="what">{safe(name)}</span>{value}{bar(known, level)}</div>')
    return "".join(rows)


def facts(pairs: Mapping[str, str]) -> str:
    """Write names and values side by side."""
    return "<dl>" + "".join(f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>" for name, value in pairs.items()) + "</dl>"
