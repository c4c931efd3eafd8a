"""Names in a plan lead somewhere: every workload, node, ring and shape that one part speaks of is there in another."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Set
from typing import Any

from models.answer.plan import IsolationPlan
from models.kubernetes.node import bought_name

Found = Iterator[tuple[str, str]]
"""(path, reason)."""


def dangling_names(plan: IsolationPlan) -> Found:
    """Yield (path, reason) for every name that leads nowhere, and for every thing that is there twice."""
    nodes, rings = {node.name for node in plan.cluster.nodes}, {ring.name for ring in plan.rings}
    yield from _check_twice(plan)
    yield from _shapes(plan)
    yield from _check_purchases(plan, nodes)
    yield from _check_members(plan, rings)
    yield from _check_placements(plan, nodes)
    yield from _check_names(plan, nodes, rings)


def _check_twice(plan: IsolationPlan) -> Found:
    cluster = plan.cluster
    lists: tuple[tuple[str, list[object]], ...] = (
        ("inputs.cluster.nodes", [node.name for node in cluster.nodes]),
        ("inputs.cluster.shapes", [shape.name for shape in cluster.shapes]),
        ("inputs.cluster.workloads", [workload.id for workload in cluster.workloads]),
        ("rings", [ring.name for ring in plan.rings]),
        ("losses", [(loss.ring, loss.of) for loss in plan.losses]),
    )
    for path, names in lists:
        seen = set()
        for index, name in enumerate(names):
            if name in seen:
                yield f"{path}[{index}]", "is there a second time"
            seen.add(name)


def _shapes(plan: IsolationPlan) -> Found:
    shapes = {shape.name for shape in plan.cluster.shapes}
    for index, node in enumerate(plan.cluster.nodes):
        if node.shape and node.shape not in shapes:
            yield f"inputs.cluster.nodes[{index}].shape", f"there is no NodeShape {node.shape}"


def _check_purchases(plan: IsolationPlan, nodes: Container[str]) -> Found:
    """Count what is bought only as far as there are such nodes: a number alone would be any number of them."""
    last: Counter[tuple[str, str]] = Counter()
    for index, ring in enumerate(plan.rings):
        for place, buy in enumerate(ring.buy):
            kind = buy.shape, buy.zone
            most = last[kind] + buy.count
            while last[kind] < most:
                last[kind] += 1
                if bought_name(*kind, last[kind]) not in nodes:
                    reason = f"{buy.count} are bought, but there is no node {bought_name(*kind, last[kind])}"
                    yield f"rings[{index}].buy[{place}].count", reason
                    return


def _check_members(plan: IsolationPlan, rings: Container[str]) -> Found:
    members = plan.trust.members
    for workload in plan.cluster.workloads:
        if str(workload.id) not in members:
            yield "inputs.trust.members", f"{workload.id} is not among them"
    for name, member in members.items():
        if member.ring and member.ring not in rings:
            yield f"inputs.trust.members[{name}].ring", f"there is no ring {member.ring}"


def _check_placements(plan: IsolationPlan, nodes: Container[str]) -> Found:
    for index, placement in enumerate(plan.placements):
        for name in placement.on:
            if name not in nodes:
                yield f"placements[{index}].on[{name}]", "there is no such node"
    for index, ring in enumerate(plan.rings):
        for place, name in enumerate(ring.nodes):
            if name not in nodes:
                yield f"rings[{index}].nodes[{place}]", f"there is no node {name}"


def _check_names(plan: IsolationPlan, nodes: Set[str], rings: Set[str]) -> Found:
    workloads = {workload.id for workload in plan.cluster.workloads}
    lists: tuple[tuple[str, str, Container[Any], Iterable[Any]], ...] = (
        ("placements[{}].workload", "workload", workloads, (placement.workload for placement in plan.placements)),
        ("placements[{}].ring", "ring", rings, (placement.ring for placement in plan.placements)),
        ("unplaced[{}].workload", "workload", workloads, (waiting.workload for waiting in plan.unplaced)),
        ("shared[{}].workload", "workload", workloads, (waiting.workload for waiting in plan.shared)),
        ("guides[{}].workload", "workload", workloads, (guide.workload for guide in plan.guides)),
        ("reserves[{}].workload", "workload", workloads, (reserve.workload for reserve in plan.reserves)),
        ("reserves[{}].ring", "ring", rings, (reserve.ring for reserve in plan.reserves)),
        ("conflict[{}]", "workload", workloads, plan.conflict),
        ("losses[{}].ring", "ring", rings, (loss.ring for loss in plan.losses)),
        ("shortages[{}].ring", "ring", rings, (shortage.ring for shortage in plan.shortages)),
        ("remedies[{}].ring", "ring", rings, (remedy.ring for remedy in plan.remedies)),
        ("remedies[{}].node", "node", {"", *nodes}, (remedy.node for remedy in plan.remedies)),
        ("repairs[{}].node", "node", nodes, (repair.node for repair in plan.repairs)),
        ("repairs[{}].ring", "ring", {"", *rings}, (repair.ring for repair in plan.repairs)),
        ("newGroups[{}].ring", "ring", rings, (new.ring for new in plan.new_groups)),
        ("growth[{}].group", "shape", {shape.name for shape in plan.cluster.shapes}, (growth.group for growth in plan.growth)),
        ("growth[{}].ring", "ring", rings, (growth.ring for growth in plan.growth)),
        ("newGroups[{}].nodes", "node", nodes, (name for new in plan.new_groups for name in new.nodes)),
    )
    yield from _check_grades(plan, {str(name) for name in workloads})
    for path, what, known, names in lists:
        for index, name in enumerate(names):
            if name not in known:
                yield path.format(index), f"there is no {what} {name}"


def _check_grades(plan: IsolationPlan, workloads: Set[str]) -> Found:
    grades = [("grade", plan.grade), *((f"rings[{index}].grade", ring.grade) for index, ring in enumerate(plan.rings))]
    for path, grade in grades:
        for name in grade.workloads if grade else ():
            if name not in workloads:
                yield f"{path}.workloads[{name}]", f"there is no workload {name}"
