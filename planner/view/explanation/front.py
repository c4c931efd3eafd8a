"""Why a workload, or a node, is where the plan has it: sentences and grids, for a person; plain data for programs."""

from collections.abc import Iterable
from typing import Any

from models.answer.explanation import Explained, GroupExplained, NodeExplained, RingExplained, WorkloadExplained
from models.answer.plan import IsolationPlan
from planner.view import node_label
from planner.view.explanation import node, ring, workload
from planner.view.format import count
from planner.view.summary import phrases
from planner.view.summary.sections import Grid, Section
from planner.view.usage import Load

EVERY_RING = "every ring"


def name(explained: Explained) -> str:
    """Name what is explained."""
    match explained:
        case WorkloadExplained():
            return str(explained.workload.id)
        case NodeExplained():
            return explained.node.name
        case GroupExplained():
            return f"Node group {explained.group.name}"
    return f"Ring {explained.ring}"


def opening(plan: IsolationPlan, numbers: Load, explained: Explained) -> str:
    """Say in one sentence where it is."""
    match explained:
        case WorkloadExplained():
            return workload.opening(plan, explained)
        case NodeExplained():
            return node.opening(numbers, explained)
        case GroupExplained():
            return ring.group_opening(numbers, explained)
    return ring.ring_opening(numbers, explained)


def sections(plan: IsolationPlan, numbers: Load, explained: Explained) -> tuple[Section, ...]:
    """Say why, who else would take it, and what would change it."""
    parts: Iterable[Section]
    match explained:
        case WorkloadExplained():
            parts = workload.sections(plan, numbers, explained)
        case NodeExplained():
            parts = node.sections(plan, numbers, explained)
        case GroupExplained():
            parts = ring.group_sections(plan, explained)
        case RingExplained():
            parts = ring.ring_sections(plan, explained)
    return tuple(section for section in parts if section.lines or section.grid)


def data(plan: IsolationPlan, numbers: Load, explained: Explained) -> dict[str, Any]:
    """Return the same as plain data."""
    said = [line.removeprefix("- ") for section in sections(plan, numbers, explained) for line in section.lines]
    return _known(plan, explained) | {"sentences": said}


def _known(plan: IsolationPlan, explained: Explained) -> dict[str, Any]:
    match explained:
        case WorkloadExplained():
            return workload.data(plan, explained)
        case NodeExplained():
            return node.data(explained)
        case GroupExplained():
            return ring.group_data(explained)
    return ring.ring_data(plan, explained)


def contents_opening(plan: IsolationPlan) -> str:
    """Say what can be explained."""
    how = "ringfence explain PLAN NAME says why one is where it is; NAME may be a node group or a ring, too"
    number, hidden = count(len(plan.cluster.workloads), "workload"), f" {phrases.hidden(plan)}." if plan.hidden else ""
    return f"{number} and {count(len(plan.cluster.nodes), 'node')}; {how}.{hidden}"


def contents(plan: IsolationPlan, numbers: Load) -> tuple[Section, Section]:
    """List what can be explained: every workload with its ring and why, every node."""
    members, placed = plan.trust.members, {placement.workload: placement for placement in plan.placements}
    workloads = []
    for listed_workload in plan.cluster.workloads:
        member = members[str(listed_workload.id)]
        pods = f"{sum(placed[listed_workload.id].on.values()):,}" if listed_workload.id in placed else ""
        workloads.append(
            (str(listed_workload.id), EVERY_RING if member.everywhere else node_label.ring(member.ring), pods, member.because)
        )
    known = {listed_node.name: listed_node for listed_node in plan.cluster.nodes}
    nodes = [
        (
            all_node.name,
            node_label.ring(all_node.ring),
            node_label.thing(known[all_node.name], all_node),
            node_label.fill(all_node),
        )
        for all_node in numbers.all_nodes
    ]
    return (
        Section("Workloads", (), Grid(("Workload", "Ring", "Pods", "Because of"), tuple(workloads), frozenset({2}))),
        Section("Nodes", (), Grid(("Node", "Ring", "What it is", "Taken of its scarcest"), tuple(nodes))),
    )


def contents_data(plan: IsolationPlan) -> dict[str, Any]:
    """Return what can be explained as plain data."""
    members = plan.trust.members
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    workloads = [(str(listed_workload.id), members[str(listed_workload.id)]) for listed_workload in plan.cluster.workloads]
    return {
        "workloads": [
            {
                "workload": name,
                "ring": member.ring,
                "group": member.group,
                "everywhere": member.everywhere,
                "because": member.because,
            }
            for name, member in workloads
        ],
        "nodes": [
            {"node": listed_node.name, "ring": ring_of.get(listed_node.name, ""), "shape": listed_node.shape}
            for listed_node in plan.cluster.nodes
        ],
    }
