"""What isolation costs as a waterfall: from the least without isolation, up to the least with the plan's rings."""

from models.answer.review import Cause, Tax
from planner.review.money.tax import NODES
from planner.review.report import words
from planner.review.report.page.elements import section
from planner.view.format import clean
from planner.view.page.table import Cell, heads, table
from planner.view.picture.svg import dot, safe

WIDE, LEFT, RIGHT, HIGH = 780, 190, 170, 34
"""The drawing, the room for names on its left and for numbers on its right, and the height of a row."""


def isolation(cost: Tax | None) -> str:
    """Write the section: the drawing, and who causes what."""
    if cost is None:
        return ""
    return section("isolation", "What isolation costs", _drawing(cost) + _causes(cost), _note(cost))


def _note(cost: Tax) -> str:
    extra = f" With a ring for each group it would be {words.measured(cost, cost.alone)}." if cost.alone else ""
    proof = "Both are proven." if cost.apart.is_proven and cost.together.is_proven else "Thin bars begin at the proven bound."
    least = "The fewest nodes that hold" if cost.unit == NODES else "The least cost per hour of nodes that hold"
    return f"{least} the pods, by packing{words.counted(cost)}.{extra} {proof}"


def _drawing(cost: Tax) -> str:
    """Draw three bars from a common zero: without isolation, what it adds, and with the rings."""
    most = max(cost.apart.value, cost.together.value, 1)
    scale = (WIDE - LEFT - RIGHT) / most
    added = max(0, cost.apart.value - cost.together.value)
    rows = (
        ("Without isolation", 0, cost.together.value, cost.together.bound, "base", words.measured(cost, cost.together)),
        ("Isolation adds", cost.together.value, added, None, "adds", words.tax(cost)),
        ("With the plan's rings", 0, cost.apart.value, cost.apart.bound, "sum", words.measured(cost, cost.apart)),
    )
    parts = [f'<line class="axis" x1="{LEFT}" y1="4" x2="{LEFT}" y2="{HIGH * len(rows) + 4}"/>']
    for number, (name, start, length, bound, kind, said) in enumerate(rows):
        y, x = number * HIGH + 8, LEFT + start * scale
        parts.append(f'<text class="ink" x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{safe(name)}</text>')
        parts.append(f'<rect class="{kind}" x="{dot(x)}" y="{y}" width="{dot(length * scale)}" height="22"/>')
        if bound is not None and bound < length:
            x_bound = LEFT + bound * scale
            parts.append(
                f'<rect class="bound" x="{dot(x_bound)}" y="{y + 9}" width="{dot((length - bound) * scale)}" height="4"/>'
            )
        parts.append(f'<text class="ink" x="{dot(x + length * scale + 8)}" y="{y + 16}">{safe(said)}</text>')
    label = safe(clean("; ".join(f"{row[0]}: {row[5]}" for row in rows)))
    height = HIGH * len(rows) + 8
    return (
        f'<div class="scroll"><svg class="fall" viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg></div>'
    )


def _causes(cost: Tax) -> str:
    if not cost.causes:
        return ""
    rows = [
        ("", (Cell(cause.group), *(Cell(words.priced(cost, value), number=True) for value in _values(cause))))
        for cause in cost.causes
    ]
    columns = heads("Group", "takes by itself#", "would add without isolation#", "its isolation costs#")
    return f'{table("causes", columns, rows)}<p class="note">{safe(words.PARTS)}</p>'


def _values(cause: Cause) -> tuple[int, int, int]:
    return cause.apart, cause.together, cause.tax
