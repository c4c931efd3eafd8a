"""The plan as a Mermaid flowchart, small enough for what GitHub and GitLab draw."""

from collections.abc import Iterator, Sequence

from models.answer.plan import IsolationPlan
from planner.view.format import clean, count, listed, percent
from planner.view.picture.palette import LEVELS
from planner.view.summary import phrases
from planner.view.usage import Load, RingLoad, coming
from planner.view.utilisation import load

MOST = 46
FEW = 24
_LONG = 80
_PLAIN = frozenset(" _-.,:/%+()@\u2026\u00d7")
# The light ones of the levels' colours, on which nobody could read white.
_BLACK_INK = frozenset({2, 4, 5, 6})


def mermaid(plan: IsolationPlan) -> str:
    """Write rings as frames of nodes; where there are too many, one box per ring, and then the fullest rings only."""
    numbers = load(plan)
    levels = {level: place for place, level in enumerate(plan.policy.levels)}
    whole = len(numbers.nodes) + sum(len(ring.groups) for ring in numbers.rings) <= FEW
    shown = _fullest(numbers, MOST)
    lines = [f"%% {_line(plan.name)}: {_headed(plan, numbers)}", "flowchart LR" if whole else "flowchart TB"]
    lines += _frames(numbers, shown) if whole else _boxes(numbers, shown)
    return "\n".join([*lines, *_colours(numbers, shown, levels, whole)]) + "\n"


def _headed(plan: IsolationPlan, numbers: Load) -> str:
    """Write the verdict, and before it what it says nothing of."""
    hidden = f"{phrases.hidden(plan)}; " if plan.hidden else ""
    return _line(hidden + phrases.verdict(plan, numbers))


def _frames(numbers: Load, shown: list[RingLoad]) -> Iterator[str]:
    for index, ring in enumerate(shown):
        yield from _open_ring(index, ring)
    if numbers.exposure:
        yield f'  shared[/"{_residents(numbers)}"/]'
        yield from (f"  shared -.- r{index}" for index, ring in enumerate(shown) if ring.guests)


def _boxes(numbers: Load, shown: list[RingLoad]) -> Iterator[str]:
    """Lay boxes out in rows with invisible links, inside a frame that names the shared residents."""
    yield f'  subgraph all["{_residents(numbers)}"]' if numbers.exposure else '  subgraph all[" "]'
    yield "    direction LR"
    for index, ring in enumerate(shown):
        yield from _closed_ring(index, ring)
    lines = max(1, round((len(shown) / 1.6) ** 0.5))
    columns = -(-max(1, len(shown)) // lines)
    for first in range(0, len(shown), columns):
        yield "    " + " ~~~ ".join(f"r{index}" for index in range(first, min(first + columns, len(shown))))
    yield "  end"
    if len(shown) < len(numbers.rings):
        yield f'  more(["{count(len(numbers.rings) - len(shown), "ring")} more"])'


def _residents(numbers: Load) -> str:
    return _text(f"shared residents: {listed([resident.name.rsplit('/', 1)[-1] for resident in numbers.exposure], 6)}")


def _fullest(numbers: Load, most: int) -> list[RingLoad]:
    if len(numbers.rings) <= most:
        return list(numbers.rings)
    order = sorted(numbers.rings, key=lambda r: (-r.usage[r.scarcest].share if r.usage else 0.0, r.name))
    kept = {ring.name for ring in order[:most]}
    return [ring for ring in numbers.rings if ring.name in kept]


def _open_ring(index: int, ring: RingLoad) -> Iterator[str]:
    """Write a ring as a frame around its groups and nodes; groups that share are joined."""
    yield f'  subgraph r{index}["{_text(f"ring {ring.name}")}"]'
    yield "    direction TB"
    for number, name in enumerate(ring.groups):
        yield f'    g{index}_{number}(["{_text(name)}"])'
    for number in range(1, len(ring.groups)):
        yield f"    g{index}_{number - 1} --- g{index}_{number}"
    for number, node in enumerate(ring.nodes):
        fill = f"{node.scarcest} {percent(node.fill)}" if node.usage else "empty"
        fill += f", {node.coming}" if node.coming else ""
        yield f'    n{index}_{number}["{_text(node.name)}<br/>{_text(fill)}"]'
        yield f"    g{index}_0 --> n{index}_{number}"
    yield "  end"


def _closed_ring(index: int, ring: RingLoad) -> Iterator[str]:
    lines = [_text(ring.name)]
    if len(ring.groups) > 1:
        lines.append(_text(listed(ring.groups, 3)))
    lines.append(_text(f"{count(len(ring.nodes), 'node')}, {count(ring.pods, 'pod')}"))
    if new := coming(ring.nodes):
        lines.append(_text(new))
    if ring.usage:
        lines.append(_text(f"{ring.scarcest} {percent(ring.usage[ring.scarcest].share)}"))
    if ring.unplaced:
        lines.append(_text(f"{ring.unplaced} unplaced"))
    yield f'    r{index}["{"<br/>".join(lines)}"]'


def _colours(numbers: Load, shown: list[RingLoad], levels: dict[str, int], whole: bool) -> Iterator[str]:
    used: dict[int, list[str]] = {}
    for index, ring in enumerate(shown):
        if not whole:
            used.setdefault(_colour(levels, ring.levels[:1]), []).append(f"r{index}")
            continue
        for number, name in enumerate(ring.groups):
            used.setdefault(_colour(levels, [numbers.level_of.get(name, name)]), []).append(f"g{index}_{number}")
    for colour, names in sorted(used.items()):
        ink = "#000" if colour in _BLACK_INK else "#fff"
        yield f"  classDef level{colour} fill:{LEVELS[colour]},color:{ink},stroke:#333"
        yield f"  class {','.join(names)} level{colour}"


def _colour(levels: dict[str, int], here: Sequence[str]) -> int:
    return levels.get(here[0], 0) % len(LEVELS) if here else 0


def _text(words: str) -> str:
    """Write words so that Mermaid shows them and reads no mark-up in them."""
    short = clean(words)
    short = short if len(short) <= _LONG else short[: _LONG - 1] + "\u2026"
    # Mermaid spells characters like HTML, but without the &: #NUMBER;
    return "".join(char if char.isalnum() or char in _PLAIN else f"#{ord(char)};" for char in short)


def _line(words: str) -> str:
    # %%{ begins a directive of Mermaid, in a comment as well.
    return clean(words).replace("%%", "% %").replace("{", "(").replace("}", ")")[:200]
