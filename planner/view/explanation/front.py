"""Why a workload, or a node, is where the plan has it: sentences and grids, for a person; plain data for programs."""

from typing import Any

from models.answer.explanation import NodeExplained, WorkloadExplained
from models.answer.plan import IsolationPlan
from planner.view import node_label
from planner.view.explanation import node, workload
from planner.view.format import count
from planner.view.summary import phrases
from planner.view.summary.sections import Grid, Section
from planner.view.usage import Load

Explained = WorkloadExplained | NodeExplained
EVERY_RING = "every ring"


def name(explained: Explained) -> str:
    """Name what is explained."""
    return str(explained.workload.id) if isinstance(explained, WorkloadExplained) else explained.node.name


def opening(plan: IsolationPlan, numbers: Load, explained: Explained) -> str:
    """Say in one sentence where it is."""
    return workload.opening(plan, explained) if isinstance(explained, WorkloadExplained) else node.opening(numbers, explained)


def sections(plan: IsolationPlan, numbers: Load, explained: Explained) -> tuple[Section, ...]:
    """Say why, who else would take it, and what would change it."""
    if isinstance(explained, WorkloadExplained):
        parts = workload.sections(plan, numbers, explained)
    else:
        parts = node.sections(plan, numbers, explained)
    return tuple(section for section in parts if section.lines or section.grid)


def data(plan: IsolationPlan, numbers: Load, explained: Explained) -> dict[str, Any]:
    """Return the same as plain data."""
    known = workload.data(plan, explained) if isinstance(explained, WorkloadExplained) else node.data(explained)
    said = [line.removeprefix("- ") for section in sections(plan, numbers, explained) for line in section.lines]
    return known | {"sentences": said}


def contents_opening(plan: IsolationPlan) -> str:
    """Say what can be explained."""
    number, hidden = count(len(plan.cluster.workloads), "workload"), f" {phrases.hidden(plan)}." if plan.hidden else ""
    return (
        f"{number} and {count(len(plan.cluster.nodes), 'node')}; ringfence explain PLAN NAME says why one is where it is.{hidden}"
    )


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
