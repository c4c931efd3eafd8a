"""How a cluster came to be as the last of several plans has it: a row for each plan, and what changed since the one before."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from models.answer.plan import IsolationPlan
from models.answer.review import Difference, Past
from models.frozen_map import FrozenMap
from models.solver.outcome import COST, MILLION
from planner.view.utilisation import load

Named = tuple[str, IsolationPlan]
"""A plan, and what it is called: the file that it is in."""


def trend(plans: Sequence[Named]) -> tuple[Past, ...]:
    """Return what each plan comes to, in the order in which they are given; nothing of a plan alone."""
    return tuple(_past(name, plan) for name, plan in plans) if len(plans) > 1 else ()


def _past(name: str, plan: IsolationPlan) -> Past:
    numbers = load(plan)
    full = max((ring for ring in numbers.rings if ring.usage), key=lambda ring: ring.usage[ring.scarcest].share, default=None)
    return Past(
        name=name,
        verdict=plan.verdict,
        rings=len(plan.rings),
        nodes=sum(len(ring.nodes) for ring in plan.rings),
        pods=sum(ring.pods for ring in numbers.rings),
        unplaced=sum(left.pods for left in plan.unplaced),
        fullest=full.name if full else "",
        fill=round(1000 * full.usage[full.scarcest].share) if full else 0,
        cost=_cost(plan),
    )


def _cost(plan: IsolationPlan) -> int | None:
    goal = next((goal for goal in plan.goals if goal.name == COST), None)
    return round(goal.value * MILLION) if goal else None


def difference(plans: Sequence[Named]) -> Difference | None:
    """Return what changed between the last two plans; None where there is one alone."""
    if len(plans) < 2:
        return None
    (name, old), (_, new) = plans[-2:]
    workloads = [{str(workload.id) for workload in plan.cluster.workloads} for plan in (old, new)]
    rings = [{node: ring.name for ring in plan.rings for node in ring.nodes} for plan in (old, new)]
    moved = Counter(f"{rings[0][node]} to {rings[1][node]}" for node in _in_both(*rings) if rings[0][node] != rings[1][node])
    together = [set(_sharing(plan)) for plan in (old, new)]
    costs = _cost(old), _cost(new)
    return Difference(
        since=name,
        came=tuple(sorted(workloads[1] - workloads[0])),
        went=tuple(sorted(workloads[0] - workloads[1])),
        nodes_came=tuple(sorted(rings[1].keys() - rings[0].keys())),
        nodes_went=tuple(sorted(rings[0].keys() - rings[1].keys())),
        nodes_moved=FrozenMap(dict(moved)),
        pods_moved=_pods_moved(old, new),
        now_together=tuple(sorted(together[1] - together[0])),
        now_apart=tuple(sorted(together[0] - together[1])),
        cost=None if costs[0] is None or costs[1] is None else costs[1] - costs[0],
    )


def _in_both(old: dict[str, str], new: dict[str, str]) -> list[str]:
    return sorted(old.keys() & new.keys())


def _sharing(plan: IsolationPlan) -> Iterator[str]:
    """Yield the pairs of groups that share a ring."""
    for ring in plan.rings:
        yield from (f"{first} and {second}" for first, second in combinations(sorted(ring.groups), 2))


def _pods_moved(old: IsolationPlan, new: IsolationPlan) -> int:
    """Count the pods that both plans have and that are on another node in the new one."""
    before = {placement.workload: placement.on for placement in old.placements}
    moved = 0
    for placement in new.placements:
        there = before.get(placement.workload, FrozenMap[int]())
        stays = sum(min(pods, there.get(node, 0)) for node, pods in placement.on.items())
        moved += min(sum(there.values()), sum(placement.on.values())) - stays
    return moved
