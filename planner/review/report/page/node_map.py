"""The node map: a square for each node, by ring, node group and zone, the darker the fuller; the script shows what is on it."""

from collections import defaultdict
from collections.abc import Sequence

from models.answer.review import NodeReview, Review
from planner.review.report.page.elements import anchor, section
from planner.view.format import natural
from planner.view.picture.palette import STEPS, look, step
from planner.view.picture.svg import safe

FEW = 400
"""Up to so many nodes have large squares."""
GAP, PER_ROW = 4, 50
"""The room between two squares, and how many stand in a row."""


def node_map(review: Review, levels: dict[str, int]) -> str:
    """Draw all nodes, ring by ring."""
    numbers = {node.name: number for number, node in enumerate(review.nodes)}
    rows = []
    for ring in review.rings:
        level = levels.get(ring.levels[0], len(levels)) if ring.levels else 0
        mine = [node for node in review.nodes if node.ring == ring.name]
        link = f'<a href="#{anchor("ring", ring.name)}">{safe(ring.name)}</a>'
        rows.append(_area(link, ring.name, _groups(mine, numbers, look(level))))
    outside = [node for node in review.nodes if not node.ring]
    if outside:
        rows.append(_area("outside every ring", "", _groups(outside, numbers, "out")))
    grouped = ", node group" if any(node.group for node in review.nodes) else ""
    note = f"By ring{grouped} and zone. The stronger the colour, the fuller in the scarcest resource. A dashed edge: could go."
    help_ = '<p class="note js">Hover, tap or walk with the arrow keys to see what is on a node; Enter keeps it open.</p>'
    return section("map", "Nodes", f'{_key()}{help_}<div id="nodes-map">{"".join(rows)}</div>', note)


def _key() -> str:
    """Show what a square of each step of fullness looks like."""
    words = ("empty", *(f"from {share * 100:.0f}&nbsp;% on" for share in STEPS[1:]))
    squares = (
        f'<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><rect class="key L0 s{number}" x="1" y="1" '
        f'width="12" height="12"/></svg> {said} '
        for number, said in enumerate(words)
    )
    return f'<p class="note legend">{"".join(squares)}</p>'


def _area(name: str, ring: str, groups: str) -> str:
    return f'<div class="area" data-ring="{safe(ring)}"><h3>{name}</h3><div>{groups}</div></div>'


def _groups(nodes: Sequence[NodeReview], numbers: dict[str, int], colour: str) -> str:
    """Draw node group by node group, those nodes last that are of none."""
    by_group: dict[str, list[NodeReview]] = defaultdict(list)
    for node in nodes:
        by_group[node.group].append(node)
    written = []
    for name in sorted(by_group, key=lambda name: (not name, natural(name))):
        label = f"<h4>{safe(name or 'no group')}</h4>" if len(by_group) > 1 or name else ""
        zones = _zones(by_group[name], numbers, colour)
        written.append(f'<div class="{"pool" if label else "whole"}">{label}<div class="zones">{zones}</div></div>')
    return "".join(written)


def _zones(nodes: Sequence[NodeReview], numbers: dict[str, int], colour: str) -> str:
    size = 20 if len(numbers) <= FEW else 14
    by_zone: dict[str, list[NodeReview]] = defaultdict(list)
    for node in nodes:
        by_zone[node.zone].append(node)
    return "".join(
        f'<div class="zone"><p>{safe(zone or "no zone")}</p>{_squares(by_zone[zone], numbers, colour, size)}</div>'
        for zone in sorted(by_zone)
    )


def _squares(nodes: Sequence[NodeReview], numbers: dict[str, int], colour: str, size: int) -> str:
    pitch = size + GAP
    per_row = min(PER_ROW, max(6, round(len(nodes) ** 0.5 * 1.6)))
    rows = -(-len(nodes) // per_row)
    marks = []
    for place, node in enumerate(nodes):
        x, y = place % per_row * pitch + 2, place // per_row * pitch + 2
        fill = max((amount.share for amount in node.amounts.values()), default=0.0)
        going = " going" if node.could_go else ""
        looks = f"sq {colour} s{step(fill)}{going}"
        spot = f'x="{x}" y="{y}" width="{size}" height="{size}"'
        marks.append(f'<rect class="{looks}" data-n="{numbers[node.name]}" {spot}/>')
    wide, high = min(per_row, len(nodes)) * pitch + 2, rows * pitch + 2
    return f'<svg class="squares" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">{"".join(marks)}</svg>'
