"""The plan as GraphML: groups, rings, nodes and workloads with their numbers, for other programs to read."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping

from models.answer.plan import IsolationPlan
from models.answer.usage import Usage
from planner.view.format import clean
from planner.view.usage import PLANNED, SHARED, Load
from planner.view.utilisation import load

Value = str | int | float | bool
_KINDS: dict[type, str] = {str: "string", int: "long", float: "double", bool: "boolean"}
_Item = tuple[str, dict[str, Value]]
_Edge = tuple[str, str, dict[str, Value]]


def graphml(plan: IsolationPlan) -> str:
    """Write a directed graph: workload -> node it runs on, workload -> its group, group -> its ring, ring -> its nodes."""
    numbers = load(plan)
    items = [*_groups(plan), *_rings(numbers), *_nodes(numbers), *_workloads(plan, numbers)]
    edges = [*_sharing(plan), *_membership(plan, numbers), *_running(numbers)]
    root = ET.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    keys = _keys(root, items, edges)
    graph = ET.SubElement(root, "graph", id=clean(plan.name), edgedefault="directed")
    for name, values in items:
        _data(ET.SubElement(graph, "node", id=clean(name)), "node", values, keys)
    for source, target, values in edges:
        _data(ET.SubElement(graph, "edge", source=clean(source), target=clean(target)), "edge", values, keys)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _keys(root: ET.Element, items: list[_Item], edges: list[_Edge]) -> dict[tuple[str, str], str]:
    kinds: dict[tuple[str, str], type] = {}
    for values in (values for _, values in items):
        kinds |= {("node", name): type(value) for name, value in values.items()}
    for values in (values for *_, values in edges):
        kinds |= {("edge", name): type(value) for name, value in values.items()}
    keys: dict[tuple[str, str], str] = {}
    for index, (key, kind) in enumerate(sorted(kinds.items(), key=lambda pair: pair[0])):
        keys[key] = f"d{index}"
        ET.SubElement(root, "key", {"id": f"d{index}", "for": key[0], "attr.name": clean(key[1]), "attr.type": _KINDS[kind]})
    return keys


def _data(parent: ET.Element, kind: str, values: dict[str, Value], keys: Mapping[tuple[str, str], str]) -> None:
    for name, value in values.items():
        written = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(parent, "data", key=keys[kind, name]).text = clean(written)


def _usage(usage: Mapping[str, Usage]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, use in usage.items():
        values[f"{name} requested"] = use.requested
        values[f"{name} allocatable"] = use.allocatable
    return values


def _groups(plan: IsolationPlan) -> Iterator[_Item]:
    for group in sorted(plan.trust.groups, key=lambda g: g.name):
        yield f"group:{group.name}", {"kind": "group", "name": group.name, "level": group.level, "tenant": group.tenant}


def _rings(numbers: Load) -> Iterator[_Item]:
    for ring in numbers.rings:
        values: dict[str, Value] = {"kind": "ring", "name": ring.name, "scarcest": ring.scarcest, "pods": ring.pods}
        yield f"ring:{ring.name}", values | {"unplaced": ring.unplaced} | _usage(ring.usage)


def _nodes(numbers: Load) -> Iterator[_Item]:
    for node in numbers.all_nodes:
        values: dict[str, Value] = {"kind": "node", "name": node.name, "ring": node.ring, "zone": node.zone}
        values |= {"scarcest": node.scarcest, "fill": round(node.fill, 6), "standing": node.standing}
        if node.is_bought:
            values["bought"] = True
        yield f"node:{node.name}", values | _usage(node.usage)


def _workloads(plan: IsolationPlan, numbers: Load) -> Iterator[_Item]:
    shared = {resident.name for resident in numbers.exposure}
    left = Counter[str]()
    for left_out in plan.unplaced:
        left[str(left_out.workload)] += left_out.pods
    names = {*(str(w.id) for w in plan.cluster.workloads), *left, *shared}
    names |= {o.name for node in numbers.nodes for o in node.occupants if o.kind == PLANNED}
    for name in sorted(names):
        yield f"workload:{name}", {"kind": "workload", "name": name, "shared": name in shared, "unplaced": left[name]}


def _sharing(plan: IsolationPlan) -> Iterator[_Edge]:
    for first, second in plan.trust.sharing:
        yield f"group:{first}", f"group:{second}", {"relation": "may share"}


def _membership(plan: IsolationPlan, numbers: Load) -> Iterator[_Edge]:
    known = {group.name for group in plan.trust.groups}
    for ring in numbers.rings:
        for name in ring.groups:
            if name in known:
                yield f"group:{name}", f"ring:{ring.name}", {"relation": "in ring"}
        for node in ring.nodes:
            yield f"ring:{ring.name}", f"node:{node.name}", {"relation": "has node"}
    for name, member in plan.trust.members.items():
        if member.group in known:
            yield f"workload:{name}", f"group:{member.group}", {"relation": "in group"}


def _running(numbers: Load) -> Iterator[_Edge]:
    for node in numbers.all_nodes:
        for occupant in node.occupants:
            if occupant.kind in (PLANNED, SHARED):
                yield f"workload:{occupant.name}", f"node:{node.name}", {"relation": "runs on", "pods": occupant.pods}
