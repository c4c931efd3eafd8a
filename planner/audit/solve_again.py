"""Small plans are solved once more: what is said to be proven must not be refuted, and what is said to help must help.

A plan may have been made in a hurry and say less than is true; and more may have been proven with more work than is done here. So
an error is what is refuted: by a better placement, a proof of the contrary, a count. What is neither shown nor refuted is named.
Part of the pipeline, which is why it may call every room.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, INFO, Finding, FindingCode
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, Goal, Outcome
from planner.audit.rebuild import FIX, Remade
from planner.refine import purchase

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, Repair, Separation
    from models.kubernetes.workload import WorkloadId
    from models.solver.indexed_problem import Batch
    from models.solver.problem import PodClass, Problem
    from planner.solve import Limits

SMALL = 1_500
"""Up to so many pairs of class and node are solved once more, which takes a second or so."""
FEW = 400
"""Up to so many workloads: of thousands that are few classes a contradiction is looked for workload by workload."""
MEMBERS = 12
"""Of up to so many demands that contradict each other it is looked at whether each is needed."""
WORK = 1.0
"""The solver's budget for each goal: what is small is solved with less."""
TOLERANCE = 1e-6
WHY = "Who reads that something is proven, or would help, acts on it; so small plans are solved once more here."


def again(made: Remade) -> Iterator[Finding]:
    """Yield what is refuted of what a plan says to be proven or to help, and say what was not looked at."""
    pairs = len(made.formulation.problem.classes) * len(made.formulation.nodes)
    if pairs > SMALL or len(made.plan.cluster.workloads) > FEW:
        yield from _unchecked(made.plan)
        return
    from planner.settle import goals_of
    from planner.solve import solve

    found = solve(made.formulation.problem, _limits())
    found = replace(found, goals=goals_of(made.formulation, found, made.plan.policy))
    yield from _bounds(made.plan, found)
    if not purchase.is_wanted(made.plan.cluster):
        yield from _verdict(made.plan, found)
        yield from _repairs(made, found)
        yield from _conflict(made)
    yield from _separation(made)


def _limits() -> "Limits":
    from planner.solve import Limits

    return Limits(work=WORK, conflict=WORK)


def _unchecked(plan: "IsolationPlan") -> Iterator[Finding]:
    """Say what of a large plan is taken from it."""
    said = {
        "bounds of goals": any(goal.name != COST and goal.gap < 1 for goal in plan.goals),
        "that not all pods fit": plan.verdict == INFEASIBLE,
        "the contradiction": bool(plan.conflict),
        "repairs": bool(plan.repairs),
        "what separation costs": plan.separation is not None,
    }
    if names := [name for name, is_said in said.items() if is_said]:
        message = f"too large to be solved once more: {', '.join(names)} held against sums only"
        yield Finding(FindingCode.NOT_SOLVED_AGAIN, INFO, plan.name, message, WHY)


def _bounds(plan: "IsolationPlan", found: Outcome) -> Iterator[Finding]:
    """Hold bounds against what a placement comes to that does as well in all goals before.

    The packing beside a plan that buys is one on other nodes, of which nobody knows any more.
    """
    priced = purchase.is_wanted(plan.cluster)
    mine, packed = {goal.name: goal for goal in found.goals}, plan.goals if priced else plan.packing_goals or plan.goals
    for goal in packed:
        known = mine.get(goal.name)
        if known is None:
            continue
        if _beyond(goal, goal.bound, known.value):
            message = f"says that {goal.bound:g} is proven, and there is a placement with {known.value:g}"
            yield Finding(FindingCode.BOUND_UNPROVEN, ERROR, goal.name, message, WHY, FIX)
        elif _beyond(goal, goal.bound, known.bound):
            yield _unshown(goal.name, f"that {goal.bound:g} is proven: here no more is than {known.bound:g}")
        if abs(goal.value - known.value) > TOLERANCE:
            return  # goals that come after count only where all before are the same
    bounds = {goal.name: goal.bound for goal in packed}
    for goal in plan.goals:
        if goal.name != COST and abs(goal.bound - bounds.get(goal.name, goal.bound)) > TOLERANCE:
            message = f"says that {goal.bound:g} is proven, and of the packing {bounds[goal.name]:g}, which is the same bound"
            yield Finding(FindingCode.BOUND_UNPROVEN, ERROR, goal.name, message, WHY, FIX)


def _beyond(goal: Goal, said: float, other: float) -> bool:
    return (said - other if goal.sense == "min" else other - said) > TOLERANCE


def _verdict(plan: "IsolationPlan", found: Outcome) -> Iterator[Finding]:
    """Look whether there is no packing where the plan says so of pods that are the solver's to place."""
    daemons = {workload.id for workload in plan.cluster.workloads if workload.is_daemon}
    short = any(left.workload not in daemons for left in plan.unplaced)
    refused = plan.choice is not None and plan.choice.reason
    if plan.verdict == INFEASIBLE and short and not refused:
        if found.verdict == FEASIBLE:
            yield Finding(FindingCode.VERDICT, ERROR, plan.name, "is called infeasible, but all pods can be packed", WHY, FIX)
        elif found.verdict != INFEASIBLE:
            yield _unshown(plan.name, "that not all pods fit")


def _unshown(subject: str, message: str) -> Finding:
    return Finding(FindingCode.NOT_SOLVED_AGAIN, INFO, subject, f"not shown once more: {message}", WHY)


def _repairs(made: Remade, found: Outcome) -> Iterator[Finding]:
    """Find repairs anew; where losses must be survived, which takes long, look only whether those that are named do."""
    from planner.refine.extras import repairs

    said = made.plan.repairs
    due: tuple[Repair, ...] = ()
    if made.formulation.problem.losses:
        yield from _unhelpful(made)
        return
    if found.verdict == INFEASIBLE and made.plan.verdict != FEASIBLE:
        due = repairs(made.formulation, made.outcome, _limits())
    if set(said) != set(due) or len(said) != len(due):
        named = ", ".join(f"{one.count} like {one.node}{f' for ring {one.ring}' if one.ring else ''}" for one in due)
        yield _repair(made, f"names other repairs than those that are found: {named or 'none'}")


def _unhelpful(made: Remade) -> Iterator[Finding]:
    """Add the nodes that are named, all that repair everything together, and look whether something is left without a place."""
    said = made.plan.repairs
    if len({(one.node, one.ring) for one in said}) < len(said) or len({bool(one.ring) for one in said}) > 1:
        yield _repair(made, "names a node twice, or repairs of all beside repairs of a ring")
    for some in [[one] for one in said if one.ring] or [list(said)] * bool(said):
        if _repaired(made, some) == INFEASIBLE:
            named = " and ".join(f"{one.count} more nodes like {one.node}" for one in some)
            yield _repair(made, f"says that {named} repair {some[0].ring or 'all'}, and they do not")


def _repaired(made: Remade, some: "Iterable[Repair]") -> str:
    from planner.solve import solve
    from planner.solve.instance.variants import with_copies

    problem, number = made.formulation.problem, {node.name: at for at, node in enumerate(made.formulation.nodes)}
    for one in some:
        if one.ring:
            pairs = zip(problem.classes, made.outcome.unplaced, strict=True)
            mine = problem.rings.index(one.ring)
            classes = tuple(c if c.ring == mine else replace(c, count=c.count - left) for c, left in pairs)
            problem = replace(problem, classes=classes)
        problem = with_copies(problem, number[one.node], one.count)
    return solve(problem, _limits()).verdict


def _repair(made: Remade, message: str) -> Finding:
    return Finding(FindingCode.REPAIR_UNTRUE, ERROR, made.plan.name, message, WHY, FIX)


def _conflict(made: Remade) -> Iterator[Finding]:
    """Look whether the demands contradict each other, and whether any of them can be left out, if that is said."""
    names = made.plan.conflict
    if names and _placed(made, names) == FEASIBLE:
        message = "names demands that contradict each other, and all of them can be packed"
        yield Finding(FindingCode.CONFLICT_UNTRUE, ERROR, made.plan.name, message, WHY, FIX)
    if made.plan.conflict_smallest and len(names) > MEMBERS:
        yield _unshown(made.plan.name, f"that each of {len(names)} demands is needed for the contradiction")
    for out in names if made.plan.conflict_smallest and 1 < len(names) <= MEMBERS else ():
        if _placed(made, [name for name in names if name != out]) == INFEASIBLE:
            message = "is said to be needed for the contradiction, and the others contradict each other without it"
            yield Finding(FindingCode.CONFLICT_UNTRUE, ERROR, str(out), message, WHY, FIX)


def _placed(made: Remade, names: "Collection[WorkloadId]") -> str:
    """Say whether the pods of these workloads alone can be packed; DaemonSets stay."""
    from planner.solve import solve

    pairs = zip(made.formulation.problem.classes, made.formulation.batches, strict=True)
    classes = tuple(_of(pod_class, group, names) for pod_class, group in pairs)
    problem: Problem = replace(made.formulation.problem, classes=classes)
    return solve(problem, _limits()).verdict


def _of(pod_class: "PodClass", group: "Sequence[Batch]", names: "Collection[WorkloadId]") -> "PodClass":
    if pod_class.daemon or any(batch.fixed_to for batch in group):
        return pod_class
    parts = tuple(batch.count if batch.workload.id in names else 0 for batch in group)
    return replace(pod_class, count=sum(parts), parts=parts if len(parts) > 1 else ())


def _separation(made: Remade) -> Iterator[Finding]:
    """Count nodes anew, as if nothing had a price; nodes that are bought were not counted."""
    from planner.formulate import formulate
    from planner.refine.extras import separation

    said, cluster = made.plan.separation, made.plan.cluster
    if said is None:
        return
    free = purchase.free_of_charge(cluster)
    due = separation(formulate(free, made.plan.policy, made.trust) if free != cluster else made.formulation, _limits())
    if any(node.shape for node in cluster.nodes):
        yield _separated("says what separation costs, where nodes are bought, which were not there to be counted")
    elif due is None:
        yield _unshown("separation", "what it costs")
    else:
        yield from _counts("with", (said.nodes_with, said.nodes_with_bound), (due.nodes_with, due.nodes_with_bound))
        yield from _counts("without", _without(said), _without(due))


def _without(costs: "Separation") -> tuple[int, int]:
    return costs.nodes_without, costs.nodes_without_bound


def _counts(how: str, said: tuple[int, int], due: tuple[int, int]) -> Iterator[Finding]:
    if said[0] < due[1] or said[1] > due[0]:
        yield _separated(f"says that {said[1]} to {said[0]} nodes hold the pods {how} rings: it is {due[1]} to {due[0]}")
    elif said[0] < due[0] or said[1] > due[1]:
        yield _unshown(
            "separation", f"that {said[1]} to {said[0]} nodes hold the pods {how} rings: here it is {due[1]} to {due[0]}"
        )


def _separated(message: str) -> Finding:
    return Finding(FindingCode.SEPARATION_UNTRUE, ERROR, "separation", message, WHY, FIX)
