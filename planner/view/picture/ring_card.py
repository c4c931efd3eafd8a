"""A ring as a card: its groups, how full it is, its nodes, and the shared residents that join it to others."""

from models.answer.usage import Usage
from models.kubernetes.resources import ATTACHED
from planner.view.format import brief, clean, count, listed, percent, unit
from planner.view.picture.nodes import node_rows, node_tiles
from planner.view.picture.palette import look
from planner.view.picture.scene import Scene, swatch
from planner.view.picture.svg import Block, Style, group, line, rect, text, title
from planner.view.picture.text_width import fit, width
from planner.view.usage import RingLoad, coming, rank

PAD = 14
_TITLE = Style(15, bold=True)
_SIDE = Style(12, "mute", anchor="end")
_MUTE = Style(12, "mute")
_ALARM = Style(12, "red", bold=True, anchor="end")
_CHIP = Style(11.5)
_TINY = Style(10.5, "mute")


def ring_card(scene: Scene, ring: RingLoad, wide: float) -> Block:
    """Draw one ring."""
    inner = wide - 2 * PAD
    parts = _head(scene, ring, inner)
    y = 56.0
    for block in _body(scene, ring, inner):
        parts.append(group(PAD, y, block.parts))
        y += block.height + 10
    port = None
    if ring.guests:
        strip = _strip(ring, wide)
        parts.append(group(0, y, strip.parts))
        port = y + strip.height / 2
        y += strip.height
    return Block(wide, y, (rect(0, 0, wide, y, "card box", 10), *parts), port)


def _head(scene: Scene, ring: RingLoad, inner: float) -> list[str]:
    levels = [scene.levels.get(level, len(scene.levels)) for level in ring.levels] or [0]
    tall = 36 / len(levels)
    parts = [swatch(PAD, 12 + index * tall, 8, tall, level) for index, level in enumerate(levels)]
    side = count(len(ring.nodes), "node")
    new = coming(ring.nodes)
    side += f", {new}" if new else ""
    side_room = width(side, 12)
    name = text(PAD + 16, 26, ring.name, inner - 16 - side_room - 10, _TITLE)
    parts.append(f"<g>{title(f'ring {ring.name}: {listed(ring.groups)}')}{name}</g>")
    parts.append(text(PAD + inner, 26, side, side_room + 2, _SIDE))
    below = f"{count(ring.workloads, 'workload')}, {count(ring.pods, 'pod')}"
    alarm = f"{ring.unplaced:,} unplaced" if ring.unplaced else ""
    taken = width(alarm, 12, bold=True) + 10 if alarm else 0
    parts.append(text(PAD + 16, 44, below, inner - 16 - taken, _MUTE))
    if alarm:
        parts.append(text(PAD + inner, 44, alarm, taken, _ALARM))
    return parts


def _body(scene: Scene, ring: RingLoad, inner: float) -> list[Block]:
    blocks = []
    if len(ring.groups) > 1:
        blocks.append(_chips(scene, ring, inner))
    for member, partners in ring.partners:
        words = f"{f'{member} ' if len(ring.groups) > 1 else ''}also trusts {listed(partners)}"
        blocks.append(Block(inner, 12, (text(0, 10, words, inner, _TINY),)))
    if not ring.nodes:
        return [*blocks, Block(inner, 14, (text(0, 11, "no nodes", inner, _MUTE),))]
    blocks.append(_meters(scene, ring, inner))
    return [*blocks, _nodes(scene, ring, inner)]


def _chips(scene: Scene, ring: RingLoad, inner: float) -> Block:
    """Draw the groups as chips, joined by a bond because they share nodes."""
    parts: list[str] = []
    x = y = 0.0
    for index, name in enumerate(ring.groups):
        shown = fit(clean(name), _CHIP.size, inner - 34)
        chip = width(shown, _CHIP.size) + 32
        if x and x + chip > inner:
            x, y = 0.0, y + 28
        elif index:
            parts.append(line([(x - 10, y + 11), (x, y + 11)], "bond"))
        parts.append(rect(x, y, chip, 22, "calm", 11))
        parts.append(swatch(x + 8, y + 6, 10, 10, scene.level(name)))
        parts.append(text(x + 23, y + 15, name, chip - 31, _CHIP))
        x += chip + 10
    return Block(inner, y + 22, tuple(parts))


def shown_resources(ring: RingLoad) -> tuple[str, ...]:
    """Return the two resources of which the largest parts are taken, the scarcest first."""
    return tuple(sorted(ring.usage, key=lambda name: (-ring.usage[name].share, rank(name)))[:2])


def _meters(scene: Scene, ring: RingLoad, inner: float) -> Block:
    """Draw how full the ring is as a whole, the scarcest resource in bold."""
    scarce = ring.scarcest
    names = sorted((name for name in ring.usage if name in ("cpu", "memory") or name == scarce), key=rank)
    words = {name: _of(name, ring.usage[name]) for name in names}
    label = {name: _short(name) for name in names}
    left = min(max(110.0, inner * 0.45), max(width(said, 12, bold=True) for said in label.values()) + 10)
    right = max(width(said, 10.5) for said in words.values()) + 52
    bar = max(20.0, inner - left - right)
    parts = []
    colour = look(scene.levels.get(ring.levels[0], 0)) if ring.levels else "fixed"
    for index, name in enumerate(names):
        use, y, bold = ring.usage[name], index * 19, name == scarce
        parts.append(text(0, y + 11, label[name], left - 8, Style(12, bold=bold)))
        parts.append(rect(left, y + 3, bar, 9, "rail", 4))
        parts.append(rect(left, y + 3, bar * min(1.0, use.share), 9, colour, 4))
        parts.append(text(inner - 44, y + 11, words[name], inner - left - bar - 48, Style(10.5, "mute", anchor="end")))
        parts.append(text(inner, y + 11, percent(use.share), 40, Style(11.5, bold=bold, anchor="end")))
    return Block(inner, len(names) * 19 - 5, tuple(parts))


def _short(name: str) -> str:
    """Name a resource in the room that there is; of long names, what tells them from others."""
    plain = _plain(name)
    return plain if width(plain, 12, bold=True) <= 100 else plain.rpartition("/")[2]


def _plain(name: str) -> str:
    driver = name.removeprefix(ATTACHED)
    return name if driver == name else f"{driver} volumes"


def _of(name: str, use: Usage) -> str:
    return f"{brief(name, use.requested)} / {brief(name, use.allocatable)} {unit(name)}".rstrip()


def _nodes(scene: Scene, ring: RingLoad, inner: float) -> Block:
    shown = shown_resources(ring)
    if scene.draws_tiles(len(ring.nodes)):
        block = node_tiles(scene, ring.nodes, inner)
        least, most = min(n.fill for n in ring.nodes), max(n.fill for n in ring.nodes)
        words = f"each node, fullest first: {percent(most)} to {percent(least)}"
        if len(ring.nodes) == 1:
            words = f"its node: {percent(most)}"
    else:
        block = node_rows(scene, ring, shown, inner)
        words = f"each node: {', below it '.join(map(_plain, shown))}"
    heading = (line([(0, 0), (inner, 0)], "rule"), text(0, 15, words, inner, _TINY))
    return Block(inner, block.height + 22, (*heading, group(0, 22, block.parts)))


def _strip(ring: RingLoad, wide: float) -> Block:
    """Draw the shared residents of a ring as a hatched strip along the bottom of its card."""
    total = len(ring.nodes)
    names = [g.name.rsplit("/", 1)[-1] + ("" if g.nodes == total else f" ({g.nodes}/{total})") for g in ring.guests]
    words = f"shared: {listed(names)}"
    label = width(fit(clean(words), 11, wide - 40), 11) + 12
    return Block(
        wide,
        26,
        (
            rect(1, 0, wide - 2, 25, "guest", 9),
            rect(PAD - 6, 4, label, 17, "card", 8),
            text(PAD, 16.5, words, wide - 40, Style(11)),
        ),
    )
