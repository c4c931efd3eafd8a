"""The plan as DOT, the language of Graphviz: a cluster per ring, laid out in rows by its osage engine."""

from collections.abc import Iterator, Sequence

from models.answer.plan import IsolationPlan
from planner.view.format import clean, count, percent
from planner.view.picture.palette import LEVELS
from planner.view.picture.text_width import short_names
from planner.view.usage import Load, NodeLoad, RingLoad
from planner.view.utilisation import load

_MANY = 120
_GREY = "#59636e"


def dot(plan: IsolationPlan) -> str:
    """Write rings as clusters of nodes shaded by fullness, groups that trust each other as joined by a dotted line."""
    numbers = load(plan)
    levels = {level: place for place, level in enumerate(plan.policy.levels)}
    lines = [f"graph {_quote(plan.name)} {{", *_settings(numbers)]
    for index, ring in enumerate(numbers.rings):
        colour = LEVELS[levels.get(ring.levels[0], 0) % len(LEVELS)] if ring.levels else _GREY
        lines += _cluster(f"ring_{index}", f"ring {ring.name}", colour, [*_groups(ring, colour), *_nodes(numbers, ring.nodes)])
    if numbers.outside:
        lines += _cluster("outside", "outside every ring", _GREY, list(_nodes(numbers, numbers.outside)))
    if numbers.exposure:
        lines += _cluster("shared", "on nodes of several rings", _GREY, list(_shared(numbers)))
    lines += _sharing(plan)
    return "\n".join([*lines, "}"]) + "\n"


def _settings(numbers: Load) -> list[str]:
    size = 'label="" width=0.22 height=0.22 fixedsize=true' if len(numbers.nodes) > _MANY else "margin=0.08"
    return [
        # The u lets sortv say the order: osage would begin with the largest.
        '  graph [layout=osage pack=10 packmode="array_u" fontname="Helvetica" fontsize=12 style=rounded penwidth=2];',
        f'  node [shape=box fontname="Helvetica" fontsize=10 style=filled fillcolor=white color="{_GREY}" {size}];',
        '  edge [fontname="Helvetica" fontsize=9];',
    ]


def _cluster(identity: str, label: str, colour: str, inside: Sequence[str]) -> Iterator[str]:
    yield f"  subgraph cluster_{identity} {{"
    yield f'    label={_quote(label)}; color="{colour}";'
    yield from (f"    {line}" for line in inside)
    yield "  }"


def _groups(ring: RingLoad, colour: str) -> Iterator[str]:
    for index, name in enumerate(ring.groups):
        look = f'shape=oval color="{colour}" penwidth=2 fixedsize=false sortv={index}'
        yield f"{_quote(f'group {name}')} [label={_quote(name)} {look}];"


def _nodes(numbers: Load, nodes: Sequence[NodeLoad]) -> Iterator[str]:
    nick = short_names(node.name for node in numbers.all_nodes)
    many = len(numbers.nodes) > _MANY
    for index, node in enumerate(nodes):
        fill = f"{node.scarcest} {percent(node.fill)}" if node.usage else "nothing known"
        standing = "".join(f", {said}" for said in (node.standing, node.coming) if said)
        look = ' style="filled,dashed"' if node.is_bought else ""
        tooltip = _quote(f"{node.name}: {fill}{standing}")
        label = "" if many else f" label={_quote(f'{nick[node.name]}{chr(10)}{fill}{standing}')}"
        # No darker than grey45, on which black letters can still be read.
        grey = 100 - round(min(1.0, node.fill) * 55)
        rest = f'{look} fillcolor="grey{grey}" sortv={index + len(numbers.rings)}'
        yield f"{_quote(f'node {node.name}')} [tooltip={tooltip}{label}{rest}];"


def _shared(numbers: Load) -> Iterator[str]:
    for resident in numbers.exposure:
        reach = f"{count(len(resident.nodes), 'node')}, {count(len(resident.rings), 'ring')}"
        label = _quote(f"{resident.name}\n{reach}")
        yield f"{_quote(f'shared {resident.name}')} [label={label} shape=hexagon style=dashed fixedsize=false];"


def _sharing(plan: IsolationPlan) -> Iterator[str]:
    for first, second in plan.trust.sharing:
        yield f"  {_quote(f'group {first}')} -- {_quote(f'group {second}')} [style=dotted penwidth=2];"


def _quote(words: str) -> str:
    """Quote words for DOT; a newline becomes a line break of the label."""
    parts = (clean(part).replace("\\", "\\\\").replace('"', '\\"') for part in words.split("\n"))
    return '"' + "\\n".join(parts) + '"'
