"""The node map: a square for each node, by ring and zone, the darker the fuller; the script shows what is on it."""

from collections import defaultdict
from collections.abc import Sequence

from models.answer.review import NodeReview, Review
from planner.review.report.page.elements import anchor, section
from planner.view.picture.palette import look, step
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
        rows.append(_area(link, _zones(mine, numbers, look(level))))
    outside = [node for node in review.nodes if not node.ring]
    if outside:
        rows.append(
            f'<div class="area"><h3>outside every ring</h3><div class="zones">{_zones(outside, numbers, "out")}</div></div>'
        )
    note = "The darker, the fuller in its scarcest resource. A dashed edge: could go. Arrow keys walk from node to node."
    return section("map", "Nodes", f'<div id="nodes-map">{"".join(rows)}</div>', note)


def _area(name: str, zones: str) -> str:
    return f'<div class="area"><h3>{name}</h3><div class="zones">{zones}</div></div>'


def _zones(nodes: Sequence[NodeReview], numbers: dict[str, int], colour: str) -> str:
    size = 20 if len(numbers) <= FEW else 14
    by_zone: dict[str, list[NodeReview]] = defaultdict(list)
    for node in nodes:
        by_zone[node.zone].append(node)
    return "".join(
        f'<div class="zone"><h4>{safe(zone or "no zone")}</h4>{_squares(by_zone[zone], numbers, colour, size)}</div>'
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
