"""The tables of the page: rings, who shares nodes with whom, shared residents, workloads, nodes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from models.answer.plan import IsolationPlan
from planner.view.format import amount, listed, percent
from planner.view.picture.svg import safe
from planner.view.summary import cost as buying
from planner.view.usage import FIXED, PLANNED, SHARED, Load, NodeLoad, RingLoad, rank

_NEIGHBOURS = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text; numbers stand on the right, and the first cell of a row heads it."""

    words: str
    number: bool = False
    alarm: bool = False


Row = tuple[Cell, ...]


def table(identity: str, heads: tuple[Cell, ...], rows: Iterable[tuple[str, Row]]) -> str:
    """Write a table; every row may carry a mark by which the script finds it."""
    body = "".join(f"<tr{mark}>{''.join(_cell(cell, column) for column, cell in enumerate(row))}</tr>" for mark, row in rows)
    top = "".join(f'<th scope="col"{_look(cell)}>{safe(cell.words)}</th>' for cell in heads)
    return f'<div class="scroll"><table id="{identity}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(cell: Cell, column: int) -> str:
    kind, scope = ("th", ' scope="row"') if column == 0 else ("td", "")
    return f"<{kind}{scope}{_look(cell)}>{safe(cell.words)}</{kind}>"


def _look(cell: Cell) -> str:
    looks = " ".join(name for name, worn in (("n", cell.number), ("alarm", cell.alarm)) if worn)
    return f' class="{looks}"' if looks else ""


def heads(*words: str) -> tuple[Cell, ...]:
    """Write column headings; those that end in # stand over numbers."""
    return tuple(Cell(word.rstrip("#"), word.endswith("#")) for word in words)


def number(value: int) -> Cell:
    """Write a whole number."""
    return Cell(f"{value:,}", number=True)


def rings(load: Load) -> str:
    """Say of each ring who is in it and how full it is."""
    names = ("cpu", "memory")
    rows = []
    for ring in load.rings:
        fullness = [Cell(_fullness(ring, name), number=True, alarm=False) for name in names]
        unplaced = Cell(f"{ring.unplaced:,}", number=True, alarm=bool(ring.unplaced))
        counts = (number(len(ring.nodes)), number(ring.workloads), number(ring.pods), unplaced)
        rows.append(("", (Cell(ring.name), Cell(listed(ring.groups)), *counts, *fullness, Cell(_scarcest(ring)))))
    columns = heads("Ring", "Groups", "Nodes#", "Workloads#", "Pods#", "Unplaced#", "cpu taken#", "memory taken#", "Scarcest")
    return table("rings", columns, rows)


def _fullness(ring: RingLoad, name: str) -> str:
    if name not in ring.usage:
        return ""
    use = ring.usage[name]
    return f"{percent(use.share)} of {amount(name, use.allocatable)}"


def _scarcest(ring: RingLoad) -> str:
    if not ring.scarcest:
        return ""
    use = ring.usage[ring.scarcest]
    return f"{ring.scarcest}: {percent(use.share)} taken, {amount(ring.scarcest, use.free)} free"


def sharing(load: Load) -> str:
    """Say which two groups have pods on the same nodes; empty where no two do."""
    pairs: Counter[tuple[str, str]] = Counter()
    for node in load.nodes:
        pairs.update(combinations(node.groups, 2))
    if not pairs:
        return ""
    ring_of = {group: ring.name for ring in load.rings for group in ring.groups}
    rows = [
        ("", (Cell(first), Cell(second), Cell(ring_of.get(first, "")), number(nodes)))
        for (first, second), nodes in sorted(pairs.items())
    ]
    return table("sharing", heads("Group", "shares with", "in ring", "on nodes#"), rows)


def exposure(load: Load) -> str:
    """Say which shared residents join the rings."""
    rows = []
    for resident in load.exposure:
        per_node = ", ".join(
            f"{name} {amount(name, resident.each[name])}" for name in sorted(resident.each, key=rank) if name != "pods"
        )
        where = listed(resident.rings, 6)
        network = "host network" if resident.host_network else ""
        rows.append(("", (Cell(resident.name), number(len(resident.nodes)), Cell(where), Cell(per_node), Cell(network))))
    return table("exposure", heads("Shared resident", "Nodes#", "Rings", "takes of each node", "Reach"), rows)


def unplaced(plan: IsolationPlan) -> str:
    """Say what found no place and why, in kube-scheduler's words."""
    rows = [
        ("", (Cell(str(left.workload)), number(left.pods), Cell(left.message)))
        for left in sorted(plan.unplaced, key=lambda u: (-u.pods, str(u.workload)))
    ]
    return table("unplaced", heads("Workload", "Pods#", "Why"), rows)


def workloads(load: Load) -> str:
    """Say of each workload where it is and with whom it shares nodes."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    home: dict[str, tuple[str, str]] = {}
    pods: Counter[str] = Counter()
    nodes: Counter[str] = Counter()
    for node in load.nodes:
        here = [o for o in node.occupants if o.kind == PLANNED]
        names = {o.name for o in here}
        for occupant in here:
            near[occupant.name] |= names
            home[occupant.name] = occupant.group, node.ring
            pods[occupant.name] += occupant.pods
            nodes[occupant.name] += 1
    rows = []
    for name in sorted(near):
        others = sorted(near[name] - {name})
        words = f"{len(others):,}: {listed([_plain(other) for other in others], _NEIGHBOURS)}" if others else "nobody"
        group, ring = home[name]
        cells = (Cell(name), Cell(group), Cell(ring), number(pods[name]), number(nodes[name]), Cell(words))
        rows.append(("", cells))
    return table("workloads", heads("Workload", "Group", "Ring", "Pods#", "Nodes#", "Shares nodes with"), rows)


def _plain(name: str) -> str:
    return name.partition("/")[2] or name


def nodes(load: Load) -> str:
    """Say of each node how full it is and who is on it."""
    rows = [(f' data-r="{index}"', tuple(_node_cells(node))) for index, node in enumerate(load.all_nodes)]
    return table("nodes", heads("Node", "Ring", "Zone", "Taken", "Workloads", "Shared residents", "Fixed pods"), rows)


def _node_cells(node: NodeLoad) -> Iterator[Cell]:
    yield Cell(node.name + (f" ({node.coming})" if node.coming else ""))
    yield Cell(node.ring + (f" ({node.standing})" if node.ring and node.standing else "") or f"none: {node.standing}")
    yield Cell(node.zone)
    yield Cell(", ".join(f"{name} {percent(node.usage[name].share)}" for name in sorted(node.usage, key=rank)))
    for kind in (PLANNED, SHARED, FIXED):
        here = [o for o in node.occupants if o.kind == kind]
        yield Cell(", ".join(f"{_plain(o.name)} \u00d7{o.pods}" if o.pods > 1 else _plain(o.name) for o in here))


def market(plan: IsolationPlan) -> str:
    """Say what each ring buys and what that costs."""
    columns = [Cell(head, number=column > 2) for column, head in enumerate(buying.HEADS)]
    rows = [("", tuple(Cell(word, number=column > 2) for column, word in enumerate(row))) for row in buying.rows(plan)]
    return table("market", tuple(columns), rows)
