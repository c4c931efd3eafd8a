"""What a plan was made from, as it was before the plan bought anything."""

from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster
from models.trust import TrustPolicy


@dataclass(frozen=True, slots=True)
class PlannedFrom:
    """The cluster and the policy that a plan is made from."""

    cluster: Cluster
    policy: TrustPolicy


def planned_from(plan: IsolationPlan) -> PlannedFrom:
    """Return the inputs of a plan: without the nodes that it buys, and as if no pod may be moved by hand."""
    owned = tuple(node for node in plan.cluster.nodes if not node.shape)
    return PlannedFrom(replace(plan.cluster, nodes=owned, may_move_by_hand=False), plan.policy)
