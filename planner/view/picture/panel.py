"""What stands around the rings: the verdict, what found no place, the shared residents, the nodes outside, the legend."""

from collections.abc import Iterator

from models.answer.plan import IsolationPlan
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.view.format import clean, count
from planner.view.picture.nodes import node_tiles
from planner.view.picture.palette import STEPS, look
from planner.view.picture.ring_card import PAD
from planner.view.picture.scene import Scene, swatch
from planner.view.picture.svg import Block, Style, dashed, group, rect, text, title
from planner.view.picture.text_width import fit, width, wrapped
from planner.view.summary import cost as market
from planner.view.summary import phrases, separation

_BIG = Style(22, bold=True)
_LINE = Style(13, "mute")
_BAD = Style(13, "red", bold=True)
_TITLE = Style(13, bold=True)
_SMALL = Style(11.5)
_TINY = Style(11, "mute")
_PLAIN = Style(12, "mute")
_ROWS = 6
_PILLS = {FEASIBLE: ("yes", "feasible", "M8 13l4 4l7 -8"), INFEASIBLE: ("no", "infeasible", "M9 8l9 9M18 8l-9 9")}
_AT_RISK = ("maybe", "feasible at risk", _PILLS[FEASIBLE][2])
_OPEN = ("maybe", "undecided", "M9 12.5h9")


def header(plan: IsolationPlan, scene: Scene, wide: float) -> Block:
    """Write the verdict, the plan's name and what matters most."""
    kind, word, tick = _AT_RISK if plan.is_at_risk else _PILLS.get(plan.verdict, _OPEN)
    pill = width(word, 14, bold=True) + 40
    parts = [
        rect(0, 0, pill, 25, kind, 12),
        f'<path class="tick" d="{tick}"/>',
        text(27, 17.5, word, pill - 30, Style(14, "onpill", bold=True)),
        text(pill + 12, 20, plan.name, wide - pill - 12, _BIG),
    ]
    first = _LINE if plan.is_kept else _BAD
    lines = [
        phrases.verdict(plan, scene.load),
        _hidden(plan),
        market.sentence(plan),
        phrases.repairs(plan),
        phrases.tightest(scene.load),
    ]
    if plan.separation:
        cost = separation.in_short(plan.separation, plan.policy.survive)
        lines.append(cost[:1].upper() + cost[1:])
    y = 30.0
    for index, words in enumerate(line for line in lines if line):
        style = first if index == 0 else _BAD if words == _hidden(plan) else _LINE
        for line in wrapped(clean(words), style.size, wide, style.bold):
            y += 19
            parts.append(text(0, y, line, wide, style))
    return Block(wide, y + 4, tuple(parts))


def _hidden(plan: IsolationPlan) -> str:
    return f"But {phrases.hidden(plan)}." if plan.hidden else ""


def unplaced(plan: IsolationPlan, wide: float) -> Block:
    """List in red what found no place, each with kube-scheduler's message."""
    rows = sorted(plan.unplaced, key=lambda u: (-u.pods, str(u.workload)))
    total = sum(u.pods for u in rows)
    parts = [text(PAD, 22, f"No place for {count(total, 'pod')}", wide - 2 * PAD, Style(13, "red", bold=True))]
    names = [f"{row.workload.namespace}/{row.workload.name} \u00d7{row.pods}" for row in rows[:_ROWS]]
    inner, named = wide - 2 * PAD, min(0.36 * wide, max(width(clean(name), _SMALL.size) for name in names) + 24)
    y = 24.0
    for leftover, name in zip(rows, names, strict=False):
        y += 19
        parts.append(text(PAD, y, name, named - 10, _SMALL))
        parts.append(text(PAD + named, y, leftover.message, inner - named, _TINY))
    if len(rows) > _ROWS:
        y += 19
        left = sum(u.pods for u in rows[_ROWS:])
        words = f"and {count(len(rows) - _ROWS, 'workload')} more with {count(left, 'pod')}"
        parts.append(text(PAD, y, words, inner, _TINY))
    return Block(wide, y + 12, (rect(0, 0, wide, y + 12, "alarm box", 10), *parts))


def exposure(scene: Scene, wide: float) -> Block:
    """Draw the band of shared residents that the lines into the rings start from."""
    parts: list[str] = []
    everywhere = all(len(resident.rings) == len(scene.load.rings) for resident in scene.load.exposure)
    heading = "On nodes of every ring" if everywhere else "On nodes of several rings"
    x, y = PAD + width(heading, 13, bold=True) + 16, 9.0
    start = x
    rows = 0
    for index, resident in enumerate(scene.load.exposure):
        name = resident.name.rsplit("/", 1)[-1]
        words = f"{name}, {count(len(resident.nodes), 'node')}"
        chip = min(width(words, 11.5) + 20, wide - start - PAD)
        if x + chip > wide - PAD:
            x, y, rows = start, y + 28, rows + 1
        if rows == 2:
            left = len(scene.load.exposure) - index
            parts.append(rect(start, y, width(f"and {left} more", 11.5) + 20, 22, "card", 11))
            parts.append(text(start + 10, y + 15, f"and {left} more", wide - start - PAD, _SMALL))
            break
        words_in = fit(clean(words), 11.5, chip - 18)
        host = ", in the host's network" if resident.host_network else ""
        tip = f"{resident.name}: {count(len(resident.nodes), 'node')} of {count(len(resident.rings), 'ring')}{host}"
        parts.append(f"<g>{title(tip)}{rect(x, y, chip, 22, 'card', 11)}{text(x + 10, y + 15, words_in, chip, _SMALL)}</g>")
        x += chip + 8
    tall = y + 31
    back = (rect(0, 0, wide, tall, "guest box", 10), rect(8, 8, start - 20, 24, "card", 8))
    return Block(wide, tall, (*back, text(PAD, 25, heading, start, _TITLE), *parts))


def outside(scene: Scene, wide: float) -> Block:
    """Draw the nodes that are in no ring as a strip, by why they are not."""
    parts = [text(PAD, 25, "Outside every ring", wide - 2 * PAD, Style(13, "mute", bold=True))]
    left = PAD + width("Outside every ring", 13, bold=True) + 24
    y = 12.0
    for standing in ("unused", "cordoned", "excluded"):
        nodes = [node for node in scene.load.outside if node.standing == standing]
        if not nodes:
            continue
        words = count(len(nodes), f"{standing} node")
        room = wide - left - PAD
        said = width(words, 12) + 14
        if len(nodes) <= _ROWS:
            parts.append(text(left, y + 13, f"{words}: {', '.join(scene.nick[node.name] for node in nodes)}", room, _PLAIN))
            y += 22
            continue
        block = node_tiles(scene, nodes, room - said)
        parts.append(text(left, y + 13, words, said, _PLAIN))
        parts.append(group(left + said, y + 2, block.parts))
        y += max(22.0, block.height + 8)
    return Block(wide, y + 8, (rect(0, 0, wide, y + 8, "calm box", 10), *parts))


def _explained(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield what is drawn somewhere, and what it means."""
    for level, place in sorted(scene.levels.items(), key=lambda pair: pair[1]):
        yield swatch(0, 0, 14, 12, place), f"level {level}"
    load = scene.load
    if any(scene.draws_tiles(len(ring.nodes)) for ring in load.rings):
        steps = "".join(rect(index * 15, 0, 13, 12, f"{look(0)} s{index}", 2) for index in range(len(STEPS)))
        upto = ", ".join(f"{share:.0%}".rstrip("%") for share in (*STEPS[1:], 1.0))
        yield steps, f"node up to {upto} % full"
    if load.exposure:
        yield rect(0, 0, 14, 12, "guest", 2), "shared residents"
    if any(not scene.draws_tiles(len(ring.nodes)) for ring in load.rings):
        bar = "".join(rect(x, 2, tall, 8, f"{look(0)}", 1) for x, tall in ((0, 8), (9, 12), (22, 6)))
        yield bar, "a node's workloads, each as long as what it asks for"
    if ways := sorted({node.coming for node in load.nodes if node.coming}):
        yield dashed(1, 1, 12, 10), f"node {', or '.join(ways)}"
    if any(o.kind == "fixed" for node in load.nodes for o in node.occupants):
        yield rect(0, 0, 14, 12, "fixed", 2), "pods that stay where they are"


def legend(scene: Scene, wide: float) -> Block:
    """Explain colours, patterns, squares and bars."""
    parts: list[str] = []
    x, y = 0.0, 4.0
    for drawing, words in _explained(scene):
        # How wide a drawing is, its rectangles tell: three are a bar, five the steps of fullness.
        room = {3: 36, 5: 82}.get(drawing.count("<rect"), 20)
        step = room + width(clean(words), 11) + 20
        if x and x + step - 20 > wide:
            x, y = 0.0, y + 20
        parts.append(group(x, y, (drawing,)))
        parts.append(text(x + room, y + 10, words, wide - x - room, _TINY))
        x += step
    return Block(wide, y + 14, tuple(parts))
