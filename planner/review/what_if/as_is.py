"""What a changed plan asks of the rings as they are: which nodes get another one, and whether they would hold if none did."""

from collections import Counter
from dataclasses import replace

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.review.capacity.node_facts import group_of


def relabelled(plan: IsolationPlan, changed: IsolationPlan) -> FrozenMap[int]:
    """Count the nodes of another ring than before; one that their groups have come to share with others is none."""
    now, names = _homes(changed), _names_of_today(plan, changed)
    groups = {node.name: group_of(node, plan.policy.nodes) for node in plan.cluster.nodes}
    moved: Counter[str] = Counter()
    for ring in plan.rings:
        for node in ring.nodes:
            if now.get(node, "") not in ("", names.get(ring.name, ring.name)):
                moved[f"{groups.get(node) or 'nodes'} from {ring.name} to {now[node]}"] += 1
    inside = _homes(plan)
    for node, home in now.items():
        if node in groups and node not in inside:
            moved[f"{groups[node] or 'nodes'} of no ring to {home}"] += 1
    return FrozenMap(dict(sorted(moved.items())))


def holds_as_is(plan: IsolationPlan, changed: IsolationPlan, work: float) -> bool | None:
    """Say whether the rings hold their pods if no node gets another; None where that is not known.

    Each goal of a packing takes so much `work`.
    """
    if changed.verdict != FEASIBLE:
        return False if changed.verdict == INFEASIBLE else None
    if not relabelled(plan, changed):
        return changed.is_kept
    names = _names_of_today(plan, changed)
    if changed.cluster.shapes or len(names) < len(plan.rings):
        return None
    return _packed(changed, {node: names[ring] for node, ring in _homes(plan).items()}, work)


def _packed(changed: IsolationPlan, homes: dict[str, str], work: float) -> bool | None:
    """Pack the pods with every node in its home, and in no ring where it has none."""
    from planner.formulate import formulate
    from planner.solve import Budget, SearchContext, solve

    every = {node.name: homes.get(node.name, "") for node in changed.cluster.nodes}
    problem = formulate(replace(changed.cluster, shapes=()), changed.policy, changed.trust, every).problem
    verdict = solve(problem, SearchContext(Budget(work=work, conflict=0.0))).verdict
    return {FEASIBLE: True, INFEASIBLE: False}.get(verdict)


def _homes(plan: IsolationPlan) -> dict[str, str]:
    return {node: ring.name for ring in plan.rings for node in ring.nodes}


def _names_of_today(plan: IsolationPlan, changed: IsolationPlan) -> dict[str, str]:
    """Name for each ring the one that has all of its groups in the changed plan, where there is one."""
    pairs = ((old, new) for old in plan.rings for new in changed.rings if set(old.groups) <= set(new.groups))
    return {old.name: new.name for old, new in pairs}
