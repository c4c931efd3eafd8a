"""What every part of the picture needs to know: the numbers, the colours of levels, and how much detail there is room for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.view.format import listed, percent
from planner.view.picture.palette import look, pattern
from planner.view.picture.svg import rect
from planner.view.picture.text_width import short_names
from planner.view.usage import PLANNED, SHARED, Load, NodeLoad, Occupant

ROOMY = 16
CROWDED = 120
LONG_RING = 24
_NAMED = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """The numbers of a plan; `number` gives every node its place in the document, `nick` its short name."""

    load: Load
    levels: Mapping[str, int]
    number: Mapping[str, int]
    nick: Mapping[str, str]
    detail: bool = field(default=False)
    tiles: bool = field(default=False)

    def level(self, group: str) -> int:
        """Return the place of a group's level in the policy."""
        return self.levels.get(self.load.level_of.get(group, group), len(self.levels))

    def draws_tiles(self, nodes: int) -> bool:
        """Say whether so many nodes are drawn as squares instead of named bars."""
        return self.tiles or nodes > LONG_RING


def scene(load: Load, levels: tuple[str, ...]) -> Scene:
    """Choose the level of detail by what there is to draw."""
    nodes = load.nodes
    everyone = [*nodes, *load.outside]
    return Scene(
        load=load,
        levels={level: place for place, level in enumerate(levels)},
        number={node.name: place for place, node in enumerate(everyone)},
        nick=short_names(node.name for node in everyone),
        detail=len(nodes) <= ROOMY,
        tiles=len(nodes) > CROWDED,
    )


def swatch(x: float, y: float, width: float, height: float, level: int) -> str:
    """Draw a level's colour with its pattern over it."""
    base = rect(x, y, width, height, look(level), 3)
    marks = pattern(level)
    if not marks:
        return base
    return base + rect(x, y, width, height, f"m{marks}", 3)


def occupant_look(scene: Scene, occupant: Occupant, groups: tuple[str, ...]) -> str:
    """Name the CSS classes of the pods of one workload: its level's colour, paler for the next group of the same level."""
    if occupant.kind == SHARED:
        return "guest"
    if occupant.kind != PLANNED:
        return "fixed"
    level = scene.level(occupant.group)
    same = [group for group in groups if scene.level(group) == level]
    paler = same.index(occupant.group) % 3 if occupant.group in same else 0
    return look(level) + (f" s{4 - paler}" if paler else "")


def hint(node: NodeLoad) -> str:
    """Say in one line how full a node is and who is on it."""
    fill = ", ".join(f"{name} {percent(use.share)}" for name, use in node.usage.items())
    who = listed((f"{o.short} \u00d7{o.pods}" if o.pods > 1 else o.short for o in node.occupants), _NAMED)
    zone = f" ({node.zone})" if node.zone else ""
    zone += f", {node.coming}" if node.coming else ""
    return f"{node.name}{zone}: {fill}" + (f" \u2013 {who}" if who else "")
