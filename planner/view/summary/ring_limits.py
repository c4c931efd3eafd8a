"""Which rings have fewer nodes, or more, than the policy lets them have."""

from collections import Counter

from models.answer.plan import IsolationPlan
from models.solver.outcome import INFEASIBLE
from planner.rules.ring_membership import is_excluded
from planner.trust.sizes import size_of
from planner.view.format import count


def unmet(plan: IsolationPlan) -> list[str]:
    """Say of each such ring what it has and what it should have."""
    sentences = []
    for ring in plan.rings:
        size, have = size_of(ring.groups, plan.policy), len(ring.nodes)
        if have < size.least:
            sentences.append(f"ring {ring.name} has {count(have, 'node')} and must have {size.least:,} at least")
        if have > size.most:
            sentences.append(f"ring {ring.name} has {count(have, 'node')} and may have {size.most:,} at most")
    return sentences


def full(plan: IsolationPlan) -> dict[str, int]:
    """Return the rings that may have no more nodes than they have, and how many these are."""
    return {ring.name: len(ring.nodes) for ring in plan.rings if len(ring.nodes) >= size_of(ring.groups, plan.policy).most}


def bought_up(plan: IsolationPlan) -> dict[str, int]:
    """Return the shapes of which all nodes are bought that there are, and how many these are."""
    bought = Counter[str]()
    for ring in plan.rings:
        for buy in ring.buy:
            bought[buy.shape] += buy.count
    return {shape.name: shape.max for shape in plan.cluster.shapes if shape.max and bought[shape.name] >= shape.max}


def left_alone(plan: IsolationPlan) -> int:
    """Count the nodes that the policy keeps out of all rings."""
    return sum(is_excluded(node, plan.policy.nodes) for node in plan.cluster.nodes)


def verdict(plan: IsolationPlan, pods: int) -> str:
    """Say that all pods have a place and yet a ring is too small or too large; empty where none is."""
    wrong = unmet(plan)
    if not wrong:
        return ""
    known = "no plan was found that changes that" if plan.verdict != INFEASIBLE else "no plan can change that"
    return f"All {count(pods, 'pod')} have a place, but by ringNodes {'; '.join(wrong)}: {known}."
