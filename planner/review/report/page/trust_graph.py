"""Who trusts whom as a graph: groups in the rings that they are in, lines between those that may share, and what joins rings."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.answer.review import GroupReview, Review, RingReview
from planner.review.report import sharing
from planner.review.report.page.elements import anchor, folded, section
from planner.view.format import clean, count, listed
from planner.view.page.table import Cell, heads, number, table
from planner.view.picture.palette import definitions
from planner.view.picture.scene import swatch
from planner.view.picture.svg import PLAIN, Style, dot, group, rect, safe, text

BOX, GAP, COLUMNS, PAD = 232, 52, 4, 12
"""The width of a ring, the room for lines between two, how many stand side by side, and the room inside."""
HEAD, CHIP, FOOT = 50, 34, 28
"""The heights of a ring's name, of a group, and of the strip of what is shared."""
MOST_GROUPS = 60
"""A graph of more tells nobody anything: there the table stands alone."""
NAMED = 2
_TITLE, _SMALL, _RIGHT = Style(14, bold=True), Style(11.5, "mute"), Style(11.5, "mute", anchor="end")


def trust(review: Review) -> str:
    """Write the section: the graph, its table, and what runs on nodes of several rings."""
    if not review.groups:
        return ""
    is_drawn = bool(review.rings) and len(review.groups) <= MOST_GROUPS
    drawing = _Graph.of(review).svg() if is_drawn else ""
    every = folded(count(len(review.groups), "group"), _groups(review), is_open=not is_drawn)
    joined = folded(f"{count(len(review.residents), 'workload')} on nodes of several rings", _residents(review))
    note = "Groups in one box share nodes. A dashed line: they may, and do not. A hatched strip: what runs there too."
    return section("trust", "Who trusts whom", drawing + every + joined, note)


def _groups(review: Review) -> str:
    rows = []
    for known in review.groups:
        *names, workloads, pods = sharing.trust_row(known)
        cells = (*map(Cell, names), Cell(workloads, number=True), Cell(pods, number=True))
        rows.append((f' data-g="{safe(known.name)}"', cells))
    columns = heads(*sharing.TRUST_HEADS[:5], *(f"{head}#" for head in sharing.TRUST_HEADS[5:]))
    return table("groups", columns, rows)


def _residents(review: Review) -> str:
    rows = [
        ("", (Cell(known.name), Cell(listed(known.rings)), number(known.nodes), Cell("yes" if known.host_network else "")))
        for known in review.residents
    ]
    return table("residents", heads("Workload", "Rings", "Nodes#", "In the host's network"), rows) if rows else ""


@dataclass(frozen=True, slots=True)
class _Graph:
    """The rings in rows and columns; `top` is where a ring begins, by name, and `high` how high it is."""

    review: Review
    members: dict[str, list[GroupReview]]
    corner: dict[str, tuple[int, int]]
    height: dict[str, int]
    size: tuple[int, int]

    @classmethod
    def of(cls, review: Review) -> "_Graph":
        members = {ring.name: [known for known in review.groups if known.ring == ring.name] for ring in review.rings}
        guests = {name for resident in review.residents for name in resident.rings}
        height = {name: HEAD + CHIP * len(some) + (FOOT if name in guests else 6) for name, some in members.items()}
        corner, top, names = dict[str, tuple[int, int]](), 4, list(members)
        for start in range(0, len(names), COLUMNS):
            row = names[start : start + COLUMNS]
            corner.update({name: (GAP // 2 + column * (BOX + GAP), top) for column, name in enumerate(row)})
            top += max(height[name] for name in row) + 24
        wide = GAP + min(COLUMNS, len(names)) * (BOX + GAP) - GAP
        return cls(review, members, corner, height, (wide, top - 16))

    def svg(self) -> str:
        wide, high = self.size
        said = "; ".join(f"ring {name}: {listed(known.name for known in some)}" for name, some in self.members.items())
        parts = [*self._lines(), *(self._ring(ring) for ring in self.review.rings)]
        return (
            f'<div class="scroll"><svg class="trust" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="group" '
            f'aria-label="{safe(clean(said))}">{definitions()}{"".join(parts)}</svg></div>'
        )

    def _ring(self, ring: RingReview) -> str:
        inner, high = BOX - 2 * PAD, self.height[ring.name]
        below = f"{count(ring.whole.nodes, 'node')}, {count(ring.whole.pods, 'pod')}"
        parts = [rect(0, 0, BOX, high, "box", 10), f'<a href="#{anchor("ring", ring.name)}">']
        parts += [text(PAD, 22, ring.name, inner, _TITLE), "</a>", text(PAD, 38, below, inner, _SMALL)]
        some = self.members[ring.name]
        for place, known in enumerate(some):
            if place:
                parts.append(f'<path class="bond" d="M{PAD + 14} {HEAD + place * CHIP - 6}v6"/>')
            parts.append(group(PAD, HEAD + place * CHIP, self._chip(known, inner), f'class="chip" data-g="{safe(known.name)}"'))
        guests = [resident.name.rsplit("/", 1)[-1] for resident in self.review.residents if ring.name in resident.rings]
        if guests:
            y = HEAD + CHIP * len(some)
            parts += [rect(1, y, BOX - 2, FOOT - 2, "guest", 9), rect(PAD - 4, y + 4, inner + 8, FOOT - 11, "veil", 6)]
            parts.append(text(PAD, y + 17, f"shared: {listed(guests, NAMED)}", inner, _SMALL))
        return group(*self.corner[ring.name], parts)

    def _chip(self, known: GroupReview, inner: int) -> list[str]:
        level = self.review.levels.index(known.level) if known.level in self.review.levels else len(self.review.levels)
        pods = f"{known.pods:,}"
        return [
            rect(0, 0, inner, CHIP - 6, "calm", 8),
            swatch(8, 8, 12, 12, level),
            text(28, 18.5, known.name, inner - 76, PLAIN),
            text(inner - 8, 18.5, pods, 40, _RIGHT),
        ]

    def _lines(self) -> Iterator[str]:
        """Draw a line for each pair of groups that may share nodes and are in two rings."""
        place = {known.name: (name, row) for name, some in self.members.items() for row, known in enumerate(some)}
        for known in self.review.groups:
            for friend in known.may_share:
                if known.name < friend and friend in place and place[known.name][0] != place[friend][0]:
                    yield self._line(known.name, friend, place)

    def _line(self, first: str, second: str, place: dict[str, tuple[str, int]]) -> str:
        (x1, y1), (x2, y2) = sorted(self._middle(*place[name]) for name in (first, second))
        start, end = (x1 + BOX, x2) if x1 < x2 else (x1, x2)
        bend = max(30, (end - start) / 2) if x1 < x2 else -24
        far = end - bend if x1 < x2 else end - 24
        path = f"M{start} {y1}C{dot(start + bend)} {y1} {dot(far)} {y2} {end} {y2}"
        return f'<path class="friends" d="{path}"><title>{safe(f"{first} and {second} may share nodes")}</title></path>'

    def _middle(self, ring: str, row: int) -> tuple[int, int]:
        x, y = self.corner[ring]
        return x, y + HEAD + row * CHIP + (CHIP - 6) // 2
