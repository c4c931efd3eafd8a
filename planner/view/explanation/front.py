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


def name(found: Explained) -> str:
    """Name what is explained."""
    return str(found.workload.id) if isinstance(found, WorkloadExplained) else found.node.name


def opening(plan: IsolationPlan, numbers: Load, found: Explained) -> str:
    """Say in one sentence where it is."""
    return workload.opening(plan, found) if isinstance(found, WorkloadExplained) else node.opening(numbers, found)


def sections(plan: IsolationPlan, numbers: Load, found: Explained) -> tuple[Section, ...]:
    """Say why, who else would take it, and what would change it."""
    if isinstance(found, WorkloadExplained):
        made = workload.sections(plan, numbers, found)
    else:
        made = node.sections(plan, numbers, found)
    return tuple(section for section in made if section.lines or section.grid)


def data(plan: IsolationPlan, numbers: Load, found: Explained) -> dict[str, Any]:
    """Return the same as plain data."""
    known = workload.data(plan, found) if isinstance(found, WorkloadExplained) else node.data(found)
    said = [line.removeprefix("- ") for section in sections(plan, numbers, found) for line in section.lines]
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
    for one in plan.cluster.workloads:
        member = members[str(one.id)]
        pods = f"{sum(placed[one.id].on.values()):,}" if one.id in placed else ""
        workloads.append((str(one.id), EVERY_RING if member.everywhere else node_label.ring(member.ring), pods, member.because))
    known = {one.name: one for one in plan.cluster.nodes}
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
    workloads = [(str(one.id), members[str(one.id)]) for one in plan.cluster.workloads]
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
        "nodes": [{"node": one.name, "ring": ring_of.get(one.name, ""), "shape": one.shape} for one in plan.cluster.nodes],
    }
