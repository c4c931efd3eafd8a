"""Finds what is asked about: a workload, a node, a node group or a ring of the plan, or names that may have been meant."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from models.source import NOWHERE
from planner.errors import BadInput, Fault

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, RingPlan
    from models.kubernetes.node import Node
    from models.kubernetes.node_group import NodeGroup
    from models.kubernetes.workload import Workload

MOST = 3
"""So many names are offered where none is the one that was asked for."""


def find(plan: "IsolationPlan", name: str) -> "Workload | Node | NodeGroup | RingPlan":
    """Find a node, a ring, a node group, or a workload by KIND/NAMESPACE/NAME; kinds as kubectl takes them, in whatever case.

    Where a ring is called like a node group, NodeGroup/NAME is the group. BadInput where there is none, with those that may be
    meant.
    """
    asked = next(_called(plan, name), None)
    if asked is None:
        reason = "is no workload (KIND/NAMESPACE/NAME), node, node group or ring of the plan"
        raise BadInput((Fault(NOWHERE, repr(name), reason, _offer(plan, name)),))
    return asked


def _called(plan: "IsolationPlan", name: str) -> "Iterator[Workload | Node | NodeGroup | RingPlan]":
    """Yield all that is called so."""
    yield from (node for node in plan.cluster.nodes if node.name == name)
    yield from (ring for ring in plan.rings if ring.name == name)
    yield from (group for group in _groups(plan) if name in (group.name, f"NodeGroup/{group.name}"))
    kind, _, rest = name.partition("/")
    for workload in plan.cluster.workloads:
        mine, _, same = str(workload.id).partition("/")
        if rest == same and kind.lower() in (mine.lower(), workload.id.kind.lower()):
            yield workload


def _groups(plan: "IsolationPlan") -> "Iterable[NodeGroup]":
    from models.kubernetes.node_group import NodeGroup, grouped

    grown = (NodeGroup(growth.group, growth.key) for growth in plan.growth)
    return dict.fromkeys((*grouped(plan.cluster.nodes, plan.policy.nodes.groups.by), *grown))


def _offer(plan: "IsolationPlan", name: str) -> str:
    known = {_folded(choice): choice for choice in _names(plan)}
    alike = get_close_matches(_folded(name), known, MOST)
    last = [
        choice for folded, choice in known.items() if _last(_folded(name)) in (_last(folded), _last(folded).partition(":")[0])
    ]
    offered = list(dict.fromkeys([*last, *(known[folded_name] for folded_name in alike)]))[:MOST]
    return f"is it {' or '.join(offered)}?" if offered else "ringfence explain PLAN lists them all"


def _last(name: str) -> str:
    """Return the name of an object, or of a pod template in it, without kind and namespace."""
    return name.rsplit("/", 1)[-1]


def _names(plan: "IsolationPlan") -> "Iterable[str]":
    yield from (str(workload.id) for workload in plan.cluster.workloads)
    yield from (node.name for node in plan.cluster.nodes)
    yield from (group.name for group in _groups(plan))
    yield from (ring.name for ring in plan.rings)


def _folded(name: str) -> str:
    return name.lower()
