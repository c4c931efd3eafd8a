"""Finds what is asked about: a workload or a node of the plan, or names that may have been meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from models.source import NOWHERE
from planner.errors import BadInput, Fault

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.node import Node
    from models.kubernetes.workload import Workload

MOST = 3
"""So many names are offered where none is the one that was asked for."""


def find(plan: "IsolationPlan", name: str) -> "Workload | Node":
    """Find a node, or a workload by KIND/NAMESPACE/NAME; kinds as kubectl takes them, in whatever case.

    BadInput where there is none, with those that may be meant.
    """
    for node in plan.cluster.nodes:
        if node.name == name:
            return node
    kind, _, rest = name.partition("/")
    for workload in plan.cluster.workloads:
        mine, _, same = str(workload.id).partition("/")
        if rest == same and kind.lower() in (mine.lower(), workload.id.kind.lower()):
            return workload
    raise BadInput(
        (Fault(NOWHERE, repr(name), "is no workload (KIND/NAMESPACE/NAME) and no node of the plan", _offer(plan, name)),)
    )


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


def _folded(name: str) -> str:
    return name.lower()
