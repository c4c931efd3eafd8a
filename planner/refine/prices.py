"""Whether anything is bought, and what a plan that was made as if all were free costs all the same."""

from dataclasses import replace
from typing import TYPE_CHECKING

from models.solver.outcome import COST, MILLION, Goal
from planner.refine.purchase_result import with_cost

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.cluster import Cluster


def is_wanted(cluster: "Cluster") -> bool:
    """Say whether there is anything to buy, or to save."""
    return bool(cluster.shapes) or any(node.price for node in cluster.nodes)


def is_needless(plan: "IsolationPlan", packing: "IsolationPlan") -> bool:
    """Say whether owned nodes could do, as far as the packing shows, but nodes are bought or no plan is kept."""
    buys = any(ring.buy for ring in plan.rings)
    return not any(ring.buy for ring in packing.rings) and (buys or not plan.is_kept)


def free_of_charge(cluster: "Cluster") -> "Cluster":
    """Return the cluster with nothing to buy, and nothing to save."""
    return replace(cluster, shapes=(), nodes=tuple(replace(node, price=0) for node in cluster.nodes))


def with_prices(alone: "IsolationPlan", packing: "IsolationPlan", churn: bool) -> "IsolationPlan":
    """Return a plan that was made as if all were free of charge, with what it costs, and what the packing proves of that."""
    priced = {node.name: node for node in packing.cluster.nodes}
    used = {name for ring in alone.rings for name in ring.nodes}
    value = sum(node.price for node in priced.values() if node.name in used) / MILLION
    bound = next(goal.bound for goal in packing.goals if goal.name == COST)
    nodes = tuple(replace(node, price=priced[node.name].price) for node in alone.cluster.nodes)
    return replace(
        alone,
        cluster=replace(alone.cluster, shapes=packing.cluster.shapes, nodes=nodes),
        goals=with_cost(alone.goals, Goal(COST, value, min(bound, value)), churn),
        certificate=packing.certificate,
    )
