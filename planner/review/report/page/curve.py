"""The curve of cost against sharing: from a ring for each group to as few rings as there can be."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.answer.review import Review
from models.answer.tax import Range, Sharing, SharingPoint, Tax
from planner.review.money.tax import NODES
from planner.review.report import sharing, words
from planner.review.report.page.elements import folded
from planner.review.report.page.scale import ticks, written
from planner.view.format import clean, count
from planner.view.page.table import Cell, heads, table
from planner.view.picture.svg import dot, safe

WIDE, LEFT, RIGHT, TOP, HIGH, BELOW = 780, 80, 200, 28, 200, 44
"""The drawing, the room around the plane, and the height of that."""
INSET = 50
"""The room between the sides of the plane and the first and the last point."""
ABOVE, BELOW_IT = -15, 24
"""How far from its point a number stands."""
KEY = (
    '<p class="note legend"><i class="may"></i> the policy permits it; <i class="could"></i> it would take more trust; '
    '<i class="here"></i> this plan. A thin line goes down to the proven bound.</p>'
)


def curve(review: Review) -> str:
    """Draw the curve, with a table of its points; nothing where there are fewer than two."""
    known, cost = review.sharing, review.tax
    if known is None or cost is None or len(known.points) < 2:
        return ""
    named = heads(*(f"{head}#" if column < 4 else head for column, head in enumerate(sharing.heads(known))))
    rows = [("", tuple(Cell(cell, column < 4) for column, cell in enumerate(sharing.row(known, p)))) for p in known.points]
    note = f'<p class="note">{safe(sharing.note(review))}</p>'
    drawing = _Drawing.of(known, cost, len(review.rings)).svg()
    points = folded("Each way, and who shares", table("sharing", named, rows))
    return f"<h3>Cost against sharing</h3>{note}{drawing}{KEY}{points}"


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn: of each number of rings what the policy permits, and the cheapest way at all."""

    known: Sharing
    cost: Tax
    planned: int
    may: tuple[SharingPoint, ...]
    cheapest: tuple[SharingPoint, ...]
    marks: tuple[int, ...]

    @classmethod
    def of(cls, known: Sharing, cost: Tax, planned: int) -> "_Drawing":
        placed = [point for point in known.points if point.comes_to]
        lowest: dict[int, SharingPoint] = {}
        for point in sorted(placed, key=lambda point: (-point.rings, _value(point), not point.permitted)):
            lowest.setdefault(point.rings, point)
        may = tuple(point for point in placed if point.permitted)
        most = max(1, cost.apart.value, cost.together.value, *map(_value, placed))
        return cls(known, cost, planned, may, tuple(lowest.values()), ticks(most))

    def svg(self) -> str:
        said = "; ".join(sharing.sentence(self.known, point) for point in self.known.points)
        dearer = [point for point in self.may if point not in self.cheapest]
        parts = [
            *self._axes(),
            *self._floor(),
            self._line(self.cheapest, "could"),
            self._line(self.may, "may"),
            *(self._point(point, ABOVE) for point in dearer),
            *(
                self._point(point, BELOW_IT if point.rings in {other.rings for other in dearer} else ABOVE)
                for point in self.cheapest
            ),
            f'<circle class="here" cx="{dot(self._x(self.planned))}" cy="{dot(self._y(self.cost.apart.value))}" r="10"/>',
        ]
        high = TOP + HIGH + BELOW
        return (
            f'<div class="scroll"><svg class="fall" viewBox="0 0 {WIDE} {high}" width="{WIDE}" height="{high}" role="img" '
            f'aria-label="{safe(clean(said))}">{"".join(parts)}</svg></div>'
        )

    def _counts(self) -> tuple[int, int]:
        counts = [self.planned, *(point.rings for point in self.known.points)]
        return min(counts), max(counts)

    def _x(self, rings: int) -> float:
        fewest, most = self._counts()
        return LEFT + INSET + (WIDE - LEFT - RIGHT - 2 * INSET) * (most - rings) / max(1, most - fewest)

    def _y(self, value: int) -> float:
        return TOP + HIGH * (1 - value / self.marks[-1])

    def _axes(self) -> list[str]:
        priced, foot = self.known.unit != NODES, TOP + HIGH
        parts = [_small(LEFT - 8, 14, self.known.unit, "end")]
        for mark in self.marks:
            parts.append(f'<path class="{"grid" if mark else "axis"}" d="M{LEFT} {dot(self._y(mark))}H{WIDE - RIGHT}"/>')
            parts.append(_small(LEFT - 8, self._y(mark) + 4, written(mark, priced), "end"))
        fewest, most = self._counts()
        parts += [_small(self._x(rings), foot + 18, count(rings, "ring"), "middle") for rings in range(fewest, most + 1)]
        parts.append(_small(LEFT, foot + 36, "more apart", "start"))
        parts.append(_small(WIDE - RIGHT, foot + 36, "more shared", "end"))
        return parts

    def _floor(self) -> list[str]:
        """Draw what all comes to without isolation."""
        y = self._y(self.cost.together.value)
        line = f'<path class="floor" d="M{LEFT} {dot(y)}H{WIDE - RIGHT}"/>'
        told = words.measured(self.cost, self.cost.together)
        return [
            line,
            _small(WIDE - RIGHT + 8, y - 3, "without isolation", "start"),
            _small(WIDE - RIGHT + 8, y + 13, told, "start"),
        ]

    def _line(self, points: Sequence[SharingPoint], look: str) -> str:
        places = [f"{dot(self._x(point.rings))} {dot(self._y(_value(point)))}" for point in points]
        return f'<path class="{look}" d="M{"L".join(places)}"/>' if len(places) > 1 else ""

    def _point(self, point: SharingPoint, label: int) -> str:
        """Draw a point, and a thin line down to its bound where that is less."""
        comes_to = point.comes_to or Range(0, 0)
        x, y, low = self._x(point.rings), self._y(comes_to.value), self._y(comes_to.bound)
        whisker = f"M{dot(x)} {dot(y)}V{dot(low)}M{dot(x - 6)} {dot(low)}h12" if comes_to.bound < comes_to.value else ""
        drawn = f'<path class="whisker" d="{whisker}"/>' if whisker else ""
        value = sharing.written(self.known, comes_to.value)
        said = f"<title>{safe(sharing.sentence(self.known, point))}</title>"
        dotted = f'<circle class="{"may" if point.permitted else "could"}" cx="{dot(x)}" cy="{dot(y)}" r="5.5">{said}</circle>'
        return drawn + dotted + f'<text class="ink" x="{dot(x)}" y="{dot(y + label)}" text-anchor="middle">{safe(value)}</text>'


def _value(point: SharingPoint) -> int:
    return point.comes_to.value if point.comes_to else 0


def _small(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text class="small" x="{dot(x)}" y="{dot(y)}" text-anchor="{anchor}">{safe(said)}</text>'
