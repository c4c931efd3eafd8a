"""The goals' values are what counting gives, and their bounds lie on the right side."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.kubernetes.workload import Workload
from models.solver.outcome import COST, DATA, MOVES, Goal
from planner.rules import data_on_node, may_stay, ring_membership
from planner.verify.finding import error
from planner.verify.numbers.headroom import headroom
from planner.verify.state import Scene, variants

SENSE = {"unplaced": "min", DATA: "min", "moves": "min", "relabels": "min", "headroom": "max", "cost": "min"}
MUST = SENSE.keys() - {DATA, "cost"}
TOLERANCE = 1e-6
COUNTED = {
    "unplaced": FindingCode.GOAL_UNPLACED,
    DATA: FindingCode.GOAL_DATA,
    MOVES: FindingCode.GOAL_MOVES,
    "relabels": FindingCode.GOAL_RELABELS,
}
"""Goals whose values counting gives, by the first word of their names."""


def check(scene: Scene) -> Iterator[Finding]:
    """Yield the goals that do not hold."""
    plan = scene.plan
    tiers = _tiers(plan)
    counted = {"unplaced": (sum(tiers.values()), 0), **_moves(scene), "relabels": (_relabels(scene), 0)}
    by_priority = {f"unplaced (priority {priority})": (count, 0) for priority, count in tiers.items()}
    counted |= by_priority if len(tiers) > 1 else {}
    missing = sorted((MUST | counted.keys()) - {goal.name for goal in plan.goals})
    if missing:
        yield error(FindingCode.GOALS_MISSING, plan.name, case="some", goals=tuple(missing))
    yield from _order(plan, by_priority if len(tiers) > 1 else ())
    for goal in (*plan.goals, *plan.packing_goals):
        yield from _bound(goal)
        if goal.name not in (SENSE.keys() - {DATA}) | counted.keys():
            yield error(FindingCode.GOAL_UNKNOWN, goal.name)
    for goal in plan.goals:
        least, slack = counted.get(goal.name, (goal.value, 0))
        if not least <= goal.value <= least + slack:
            yield error(COUNTED[goal.name.split()[0]], goal.name, said=goal.value, true=least)
        if goal.name == "headroom" and goal.value > (most := headroom(scene)):
            yield error(FindingCode.GOAL_HEADROOM, goal.name, case="at most", said=goal.value, most=most)


def _order(plan: IsolationPlan, tiers: Iterable[str]) -> Iterator[Finding]:
    """Yield that goals are named otherwise than they are sought; a packing may have been made as if nothing had a price."""
    said, packed = ([goal.name for goal in goals] for goals in (plan.goals, plan.packing_goals))
    due = _ordered(said, tiers)
    if said != due or packed not in ([], due, [name for name in due if name != COST]):
        yield error(FindingCode.GOALS_ORDER, plan.name, goals=tuple(due))


def _ordered(names: Sequence[str], tiers: Iterable[str]) -> list[str]:
    """Return the names in the order in which goals are sought, each once; running pods stay before costs are saved, or after."""
    usual = [*sorted(tiers, key=_priority, reverse=True), "unplaced", DATA, MOVES, "relabels", "headroom"]
    if COST in names:
        after = MOVES if MOVES in names and names.index(COST) > names.index(MOVES) else "unplaced"
        usual.insert(usual.index(after) + 1, COST)
    return [name for name in usual if name in names] + sorted({*names} - {*usual})


def _priority(name: str) -> int:
    return int(name.removeprefix("unplaced (priority ").removesuffix(")"))


def _bound(goal: Goal) -> Iterator[Finding]:
    if not (math.isfinite(goal.value) and math.isfinite(goal.bound)) or goal.sense not in ("min", "max"):
        yield error(FindingCode.GOAL_BOUND, goal.name, case="no numbers")
        return
    wanted = SENSE.get(goal.name.split(" (")[0], goal.sense)
    if goal.sense != wanted:
        yield error(FindingCode.GOAL_SENSE, goal.name, sense=wanted)
    better = goal.bound - goal.value if goal.sense == "min" else goal.value - goal.bound
    if better > TOLERANCE:
        yield error(FindingCode.GOAL_BOUND, goal.name, case="counted", value=goal.value, bound=goal.bound)


def _tiers(plan: IsolationPlan) -> Counter[int]:
    """Count the unplaced pods of each priority that planned pods have.

    A daemon that is pending on its own node is not the solver's to place.
    """
    told = {*(placement.workload for placement in plan.placements), *(unplaced.workload for unplaced in plan.unplaced)}
    known = {
        workload.id: workload
        for workload in plan.cluster.workloads
        if not workload.is_daemon and workload.pods and workload.id in told
    }
    tiers = Counter({workload.template.priority: 0 for workload in known.values()})
    for left in plan.unplaced:
        if left.workload in known:
            tiers[known[left.workload].template.priority] += left.pods
    return tiers


def _moves(scene: Scene) -> dict[str, tuple[int, int]]:
    """Count the running pods that are still wanted but do not stay where they are, and how many more it may be.

    Those that leave data behind are a goal of their own, where any could. The plan does not say which ordinals of a StatefulSet
    are where: where their volumes differ, more may have to move than the numbers of pods show.
    """
    pairs = list(_moving(scene.plan))
    goals = {MOVES: [moving for _, moving in pairs], DATA: [moving for keeps, moving in pairs if keeps]}
    sums = {name: (sum(moving.pods for moving in some), sum(moving.slack for moving in some)) for name, some in goals.items()}
    return sums if any(goal.wanted for goal in goals[DATA]) else {MOVES: sums[MOVES]}


class _Moving(NamedTuple):
    """Of a workload's running pods, how many move, how many more may, and how many are still wanted."""

    pods: int
    slack: int
    wanted: int


def _moving(plan: IsolationPlan) -> Iterator[tuple[bool, _Moving]]:
    """Yield what moves of each workload, and whether its pods keep data where they run."""
    on = {placement.workload: dict(placement.on) for placement in plan.placements}
    planned = {node.name for node in plan.cluster.nodes if not ring_membership.is_excluded(node, plan.policy.nodes)}
    rings = {name: members.ring for name, members in plan.trust.members.items()}
    for workload in plan.cluster.workloads:
        home, there = rings.get(str(workload.id), ""), {} if workload.is_daemon else on.get(workload.id, {})
        moved = may_stay.moving(workload, home, there, plan.cluster, plan.policy.nodes, planned)
        slack = moved.running if _differ(workload, plan) else 0
        yield data_on_node.keeps(workload, plan.cluster), _Moving(moved.pods, slack, min(moved.running, workload.pods))


def _differ(workload: Workload, plan: IsolationPlan) -> bool:
    return bool(workload.claim_templates) and len(variants(workload, "", plan)) > 1


def _relabels(scene: Scene) -> int:
    """Count the nodes that carry a ring's label today and lose it."""
    nodes = scene.plan.policy.nodes
    carried = (
        (node.labels[nodes.label_key], scene.ring_of.get(node.name))
        for node in scene.plan.cluster.nodes
        if nodes.label_key in node.labels and not ring_membership.is_excluded(node, nodes)
    )
    return sum(today != then for today, then in carried)
