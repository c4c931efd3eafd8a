"""What a plan was made from, as it was before the plan bought anything, and who is no part of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster
from models.source import NOWHERE
from models.trust import TrustPolicy
from planner.errors import BadInput, Fault


@dataclass(frozen=True, slots=True)
class PlannedFrom:
    """The cluster and the policy that a plan is made from."""

    cluster: Cluster
    policy: TrustPolicy


def planned_from(plan: IsolationPlan) -> PlannedFrom:
    """Return the inputs of a plan: without the nodes that it buys, and as if no pod may be moved by hand."""
    owned = tuple(node for node in plan.cluster.nodes if not node.shape)
    return PlannedFrom(replace(plan.cluster, nodes=owned, may_move_by_hand=False), plan.policy)


def refused(option: str, reason: str, fix: str) -> BadInput:
    """Make the error that says why a change cannot be asked about, and what to write instead."""
    return BadInput([Fault(NOWHERE, option, reason, fix)])


def check_groups(option: str, named: Iterable[str], plan: IsolationPlan) -> None:
    """Refuse names that are no level and no group of a plan."""
    known = {name for group in plan.trust.groups for name in (group.name, group.level)}
    for name in named:
        if name not in known:
            raise refused(option, f"no level or trust group is called {name!r}", f"name one of {', '.join(sorted(known))}")
