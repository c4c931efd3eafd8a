"""The whole picture: header, alarms, shared residents, the rings as cards in columns, and the legend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.answer.plan import IsolationPlan
from planner.view.picture import panel
from planner.view.picture.palette import FONT, definitions, stylesheet
from planner.view.picture.ring_card import ring_card
from planner.view.picture.scene import Scene, scene
from planner.view.picture.svg import Block, dot, group, line, rect, safe
from planner.view.usage import Load
from planner.view.utilisation import load

MARGIN = 24
GUTTER = 28
GAP = 18
WIDTHS = (340, 540)
NARROW = (290,)
LEAST = 720
BROAD = 1500
SHAPE = 1.6
_AROUND = 240


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cards in columns: where each goes, and how wide and tall all are, and the part of it left empty."""

    cards: tuple[tuple[float, float, Block], ...]
    wide: float
    tall: float
    holes: float


def svg(plan: IsolationPlan, theme: str = "auto", known: Load | None = None) -> str:
    """Draw a plan as SVG; `theme` is light, dark, or auto, which follows the reader's preference."""
    drawn = scene(known or load(plan), plan.policy.levels)
    grid = _best_grid(drawn)
    wide = grid.wide
    parts: list[str] = []
    y = float(MARGIN)
    for block in _above(plan, drawn, wide):
        parts.append(group(MARGIN, y, block.parts))
        y += block.height + GAP
    parts += [group(MARGIN + x, y + down, block.parts, 'class="item"') for x, down, block in grid.cards]
    parts += _lines(grid, y)
    y += grid.tall + GAP
    if drawn.load.outside:
        rest = panel.outside(drawn, wide)
        parts.append(group(MARGIN, y, rest.parts))
        y += rest.height + GAP
    key = panel.legend(drawn, wide)
    parts.append(group(MARGIN, y, key.parts))
    return _document(plan, drawn, parts, wide + 2 * MARGIN, y + key.height + MARGIN, theme)


def _above(plan: IsolationPlan, drawn: Scene, wide: float) -> list[Block]:
    blocks = [panel.header(plan, drawn, wide)]
    if plan.unplaced:
        blocks.append(panel.unplaced(plan, wide))
    if drawn.load.exposure:
        blocks.append(panel.exposure(drawn, wide))
    return blocks


def _best_grid(drawn: Scene) -> _Grid:
    """Try columns of two widths and keep the grid of the most pleasant shape with the fewest holes."""
    most = min(8, max(1, len(drawn.load.rings)))
    gutter = GUTTER if drawn.load.exposure else GAP
    grids: list[_Grid] = []
    cards: dict[float, list[Block]] = {}
    for least in NARROW if drawn.tiles else WIDTHS:
        for columns in range(1, most + 1):
            span = max(least, (LEAST - gutter * (columns - 1)) / columns)
            if span not in cards:
                cards[span] = [ring_card(drawn, ring, span) for ring in drawn.load.rings]
            grids.append(_masonry(cards[span], columns, span, gutter))
    return min(grids, key=_ugliness)


def _ugliness(grid: _Grid) -> float:
    # A logarithm, so that twice as wide and half as wide are equally far off.
    shape = math.log((grid.wide + 2 * MARGIN) / (grid.tall + _AROUND) / SHAPE)
    return (2 if shape < 0 else 1) * shape * shape + grid.holes + max(0.0, grid.wide / BROAD - 1)


def _masonry(blocks: Sequence[Block], columns: int, span: float, gutter: float) -> _Grid:
    """Put each card below the shortest column so far."""
    tall = [0.0] * columns
    cards = []
    for block in blocks:
        # Rounded, as columns that differ by a part of a pixel are even to the eye: the left one goes first.
        column = min(range(columns), key=lambda index: (round(tall[index]), index))
        cards.append((column * (span + gutter), tall[column], block))
        tall[column] += block.height + GAP
    holes = 1 - sum(tall) / (columns * max(tall)) if blocks else 0.0
    return _Grid(tuple(cards), columns * span + gutter * (columns - 1), max(tall) - GAP, holes)


def _lines(grid: _Grid, top: float) -> list[str]:
    """Draw a line down the side of each column and a plug into every card that shared residents reach."""
    parts = []
    for x in sorted({x for x, _, block in grid.cards if block.port is not None}):
        ports = [down + block.port for left, down, block in grid.cards if left == x and block.port is not None]
        side = MARGIN + x - 12
        parts.append(line([(side, top - GAP), (side, top + max(ports))], "bus"))
        for port in ports:
            parts.append(line([(side, top + port), (MARGIN + x, top + port)], "bus"))
            parts.append(f'<circle class="plug" cx="{dot(MARGIN + x)}" cy="{dot(top + port)}" r="4"/>')
    return parts


def _document(plan: IsolationPlan, drawn: Scene, parts: list[str], wide: float, tall: float, theme: str) -> str:
    size = f'width="{dot(wide)}" height="{dot(tall)}" viewBox="0 0 {dot(wide)} {dot(tall)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="plan-title plan-desc" '
        f'font-family="{FONT}"><title id="plan-title">{safe(f"Isolation plan {plan.name}: {_verdict(plan)}")}</title>'
        f'<desc id="plan-desc">{safe(describe(drawn.load))}</desc><style>{stylesheet(theme)}</style>{definitions()}'
        f"{rect(0, 0, wide, tall, 'page')}{''.join(parts)}</svg>\n"
    )


def _verdict(plan: IsolationPlan) -> str:
    return f"{plan.verdict} at risk" if plan.is_at_risk else plan.verdict


def describe(numbers: Load) -> str:
    """Say the picture in words, for those who do not see it."""
    rings = "; ".join(
        f"ring {ring.name} holds {', '.join(ring.groups)} on {len(ring.nodes)} nodes"
        + (f", {ring.scarcest} {ring.usage[ring.scarcest].share * 100:.0f} % taken" if ring.usage else "")
        for ring in numbers.rings
    )
    shared = ", ".join(resident.name for resident in numbers.exposure)
    return f"{rings}." + (f" Shared residents: {shared}." if shared else "")
