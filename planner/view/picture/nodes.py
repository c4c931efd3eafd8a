"""The nodes of a ring: named bars made of the workloads on them, or a field of squares where there are many."""

from collections.abc import Iterator, Sequence

from planner.view.format import percent
from planner.view.picture.palette import look, pattern, step
from planner.view.picture.scene import Scene, hint, occupant_look
from planner.view.picture.svg import Block, Style, dashed, dot, group, rect, text, title
from planner.view.picture.text_width import width
from planner.view.usage import PLANNED, SHARED, NodeLoad, Occupant, RingLoad

_NAME = Style(11.5, middle=True)
_SMALL = Style(10.5, "mute")
_RIGHT = Style(11, "ink", anchor="end")
_PERCENT = 42
_ROW = 236
_BETWEEN = 24


def node_rows(scene: Scene, ring: RingLoad, shown: tuple[str, ...], wide: float) -> Block:
    """Draw each node as a bar of its workloads, with their names below it where there is room, in one column or more."""
    tall = 38 if scene.detail else 20
    columns = max(1, min(len(ring.nodes), int((wide + _BETWEEN) // (_ROW + _BETWEEN))))
    span = (wide - (columns - 1) * _BETWEEN) / columns
    lines = -(-len(ring.nodes) // columns)
    parts = [
        group(
            index // lines * (span + _BETWEEN), index % lines * tall, _row(scene, node, ring, shown, span), _marked(scene, node)
        )
        for index, node in enumerate(ring.nodes)
    ]
    return Block(wide, lines * tall, tuple(parts))


def _row(scene: Scene, node: NodeLoad, ring: RingLoad, shown: tuple[str, ...], wide: float) -> list[str]:
    longest = max(width(scene.nick[node.name], _NAME.size) for node in ring.nodes)
    named = min(150.0, 0.4 * wide, longest + 14)
    share = node.usage[shown[0]].share if shown[0] in node.usage else 0.0
    row = [
        title(hint(node)),
        rect(0, 0, wide, 32 if scene.detail else 17, "area"),
        text(0, 12, scene.nick[node.name], named - 8, _NAME),
        *_bar(scene, node, ring, shown, named, wide - named - _PERCENT),
        text(wide, 12, percent(share), _PERCENT - 4, _RIGHT),
    ]
    if node.is_bought:
        row.append(dashed(named, 1, wide - named - _PERCENT, 15))
    if scene.detail:
        row.append(text(0, 27, _who(node), wide, _SMALL))
    return row


def _marked(scene: Scene, node: NodeLoad) -> str:
    return f'class="node" data-n="{scene.number[node.name]}"'


def _who(node: NodeLoad) -> str:
    here = [o for o in node.occupants if o.kind != SHARED]
    return ", ".join(f"{o.short} \u00d7{o.pods}" if o.pods > 1 else o.short for o in here) or "empty"


def _bar(scene: Scene, node: NodeLoad, ring: RingLoad, shown: tuple[str, ...], left: float, wide: float) -> list[str]:
    """Draw the scarcest resource as a bar and the next one as a thin one below it, a segment per workload."""
    parts = []
    for resource, top, tall in zip(shown, (2, 12), (8, 3), strict=False):
        parts.append(rect(left, top, wide, tall, "rail", 2))
        total = node.usage[resource].allocatable if resource in node.usage else 0
        x = left
        for occupant in node.occupants:
            part = occupant.each.get(resource, 0) * occupant.pods / total * wide if total else 0.0
            part = min(part, left + wide - x)
            if part >= 0.5:
                # A pixel parts it from the next one, where it is wide enough to lose that.
                parts += _segment(scene, occupant, ring, (x, top, part - (1 if part > 3 else 0), tall))
            x += part
    return parts


def _segment(scene: Scene, occupant: Occupant, ring: RingLoad, box: tuple[float, float, float, float]) -> Iterator[str]:
    """Draw the part of one workload; where several groups share nodes its level's pattern tells them apart."""
    yield rect(*box, occupant_look(scene, occupant, ring.groups), 1)
    marks = pattern(scene.level(occupant.group)) if occupant.kind == PLANNED and len(ring.groups) > 1 else 0
    if marks and box[3] > 4:
        yield rect(*box, f"m{marks}", 1)


def node_tiles(scene: Scene, nodes: Sequence[NodeLoad], wide: float) -> Block:
    """Draw each node as a square, the fullest first, darker the fuller; two colours where two levels share it."""
    size, gap = _tile_size(len(nodes))
    span = size + gap
    columns = max(1, int((wide + gap) // span))
    ordered = sorted(nodes, key=lambda node: (-node.fill, node.name))
    parts = [_tile(scene, node, index % columns * span, index // columns * span, size) for index, node in enumerate(ordered)]
    lines = -(-len(ordered) // columns)
    return Block(wide, max(0, lines * span - gap), tuple(parts))


def _tile_size(nodes: int) -> tuple[int, int]:
    for most, size, gap in ((60, 14, 2), (150, 12, 2), (500, 10, 2)):
        if nodes <= most:
            return size, gap
    return 7, 1


def _tile(scene: Scene, node: NodeLoad, x: float, y: float, size: float) -> str:
    levels = sorted({scene.level(name) for name in node.groups})
    fullness = f"s{step(node.fill)}"
    extra = _marked(scene, node).replace('"node"', f'"node {look(levels[0])} {fullness}"' if levels else '"node rail"')
    box = f'x="{dot(x)}" y="{dot(y)}" width="{dot(size)}" height="{dot(size)}" rx="2"'
    frame = dashed(x + 1, y + 1, size - 2, size - 2) if node.is_bought else ""
    if len(levels) < 2:
        return f"<rect {extra} {box}>{title(hint(node))}</rect>" + frame
    half = f'<path class="{look(levels[1])} {fullness}" d="M{dot(x + size)} {dot(y)}v{dot(size)}h{dot(-size)}z"/>'
    corner = f'<path class="{look(levels[0])} {fullness}" d="M{dot(x)} {dot(y)}h{dot(size)}l{dot(-size)} {dot(size)}z"/>'
    return f"<g {_marked(scene, node)}>{title(hint(node))}{corner}{half}{frame}</g>"
