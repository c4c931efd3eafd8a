"""What isolation costs as a waterfall: from the least without isolation, over what the rings add, to a ring for each group."""

from typing import NamedTuple

from models.answer.review import Review
from models.answer.tax import Cause, Tax
from planner.review.money.tax import NODES
from planner.review.report import words
from planner.review.report.page.curve import curve
from planner.review.report.page.elements import section
from planner.review.report.page.scale import ticks, written
from planner.view.format import clean
from planner.view.page.table import Cell, heads, table
from planner.view.picture.svg import dot, safe

WIDE, LEFT, RIGHT, HIGH, BELOW = 780, 190, 170, 34, 34
"""The drawing, the room for names on its left and for numbers on its right, the height of a row, and the room for the axis."""


class _Bar(NamedTuple):
    """A bar from `start`, what is said of it, and up to where it is proven (None: it is a difference)."""

    name: str
    start: int
    length: int
    bound: int | None
    kind: str
    said: str


def isolation(review: Review) -> str:
    """Write the section: the waterfall, the curve of cost against sharing, and who causes what."""
    cost = review.tax
    if cost is None:
        return ""
    return section(
        "isolation",
        "What isolation costs",
        _drawing(cost) + curve(review) + _causes(cost),
        f"{_note(cost)} {words.prices(review)}".strip(),
    )


def _note(cost: Tax) -> str:
    extra = f" With a ring for each trust group it would be {words.measured(cost, cost.alone)}." if cost.alone else ""
    proof = "Both are proven." if cost.apart.is_proven and cost.together.is_proven else "Thin bars begin at the proven bound."
    least = "The fewest nodes that hold" if cost.unit == NODES else "The least cost per hour of nodes that hold"
    return f"{least} the pods, by packing{words.counted(cost)}.{extra} {proof}"


def _bars(cost: Tax) -> list[_Bar]:
    apart, together = cost.apart, cost.together
    added = max(0, apart.value - together.value)
    bars = [
        _Bar("Without isolation", 0, together.value, together.bound, "base", words.measured(cost, together)),
        _Bar("Isolation adds", together.value, added, None, "adds", words.tax(cost)),
        _Bar("With the plan's rings", 0, apart.value, apart.bound, "sum", words.measured(cost, apart)),
    ]
    if cost.alone:
        saved = max(0, cost.alone.value - apart.value)
        bars.append(_Bar("Sharing saves", apart.value, saved, None, "saves", words.priced(cost, saved)))
        said = words.measured(cost, cost.alone)
        bars.append(_Bar("Each trust group alone", 0, cost.alone.value, cost.alone.bound, "base", said))
    return bars


def _drawing(cost: Tax) -> str:
    bars = _bars(cost)
    marks = ticks(max(1, *(bar.start + bar.length for bar in bars)))
    scale = (WIDE - LEFT - RIGHT) / marks[-1]
    foot = HIGH * len(bars) + 6
    parts = []
    for mark in marks:
        x = dot(LEFT + mark * scale)
        parts.append(f'<path class="{"grid" if mark else "axis"}" d="M{x} 4V{foot}"/>')
        parts.append(
            f'<text class="small" x="{x}" y="{foot + 15}" text-anchor="middle">{written(mark, cost.unit != NODES)}</text>'
        )
    parts.append(f'<text class="small" x="{WIDE - RIGHT + 34}" y="{foot + 15}">{safe(cost.unit)}</text>')
    for number, bar in enumerate(bars):
        parts += _drawn(bar, number * HIGH + 8, scale)
    label = safe(clean("; ".join(f"{bar.name}: {bar.said}" for bar in bars)))
    return (
        f'<div class="scroll"><svg class="fall" viewBox="0 0 {WIDE} {foot + BELOW - 12}" width="{WIDE}" '
        f'height="{foot + BELOW - 12}" role="img" aria-label="{label}">{"".join(parts)}</svg></div>'
    )


def _drawn(bar: _Bar, y: int, scale: float) -> list[str]:
    x, wide = LEFT + bar.start * scale, bar.length * scale
    parts = [
        f'<text class="ink" x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{safe(bar.name)}</text>',
        f'<rect class="{bar.kind}" x="{dot(x)}" y="{y}" width="{dot(wide)}" height="22"/>',
    ]
    if bar.bound is not None and bar.bound < bar.length:
        open_part = (bar.length - bar.bound) * scale
        parts.append(f'<rect class="bound" x="{dot(LEFT + bar.bound * scale)}" y="{y + 9}" width="{dot(open_part)}" height="4"/>')
    parts.append(f'<text class="ink" x="{dot(x + wide + 8)}" y="{y + 16}">{safe(bar.said)}</text>')
    return parts


def _causes(cost: Tax) -> str:
    if not cost.causes:
        return ""
    rows = [
        ("", (Cell(cause.group), *(Cell(words.priced(cost, value), number=True) for value in _values(cause))))
        for cause in cost.causes
    ]
    columns = heads("Trust group", "Adds with the plan's rings#", "Adds if all shared nodes#", "Its isolation costs#")
    return f'<h3>Who causes it</h3>{table("causes", columns, rows)}<p class="note">{safe(words.PARTS)}</p>'


def _values(cause: Cause) -> tuple[int, int, int]:
    return cause.apart, cause.together, cause.tax
