"""Small plans are solved once more: what is said to be proven must not be refuted, and what is said to help must help.

A plan may have been made in a hurry and say less than is true; and more may have been proven with more work than is done here. So
an error is what is refuted: by a better placement, a proof of the contrary, a count. What is neither shown nor refuted is named.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, INFO, Finding, FindingCode
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, Goal, Outcome
from planner.audit.rebuild import FIX, Remade
from planner.audit.tuning import AUDITING, AuditTuning
from planner.refine import prices

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, Repair, Separation
    from models.kubernetes.workload import WorkloadId
    from models.solver.indexed_problem import Batch
    from models.solver.problem import PodClass, Problem
    from planner.solve import SearchContext

WHY = "Who reads that something is proven, or would help, acts on it; so small plans are solved once more here."


def again(anew: Remade, tuning: AuditTuning = AUDITING) -> Iterator[Finding]:
    """Yield what is refuted of what a plan says to be proven or to help, and say what was not looked at."""
    pairs = len(anew.formulation.problem.classes) * len(anew.formulation.nodes)
    if pairs > tuning.pairs or len(anew.plan.cluster.workloads) > tuning.workloads:
        yield from _note_unchecked(anew.plan)
        return
    from planner.settle import goals_of
    from planner.solve import solve

    context = _context(tuning)
    outcome = solve(anew.formulation.problem, context)
    outcome = replace(outcome, goals=goals_of(anew.formulation, outcome, anew.plan.policy))
    yield from _bounds(anew.plan, outcome, tuning.tolerance)
    if not prices.is_wanted(anew.plan.cluster):
        yield from _verdict(anew.plan, outcome)
        yield from _new_groups(anew, context) if anew.plan.new_groups else _repairs(anew, outcome, context)
        yield from _conflict(anew, context, tuning.members)
    yield from _separation(anew, context)


def _context(tuning: AuditTuning) -> "SearchContext":
    from planner.solve import Budget, SearchContext

    return SearchContext(Budget(work=tuning.work, conflict=tuning.work))


def _note_unchecked(plan: "IsolationPlan") -> Iterator[Finding]:
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


def _bounds(plan: "IsolationPlan", outcome: Outcome, tolerance: float) -> Iterator[Finding]:
    """Hold bounds against what a placement comes to that does as well in all goals before.

    The packing beside a plan that buys is one on other nodes, of which nobody knows any more.
    """
    priced = prices.is_wanted(plan.cluster)
    mine, packed = {goal.name: goal for goal in outcome.goals}, plan.goals if priced else plan.packing_goals or plan.goals
    for goal in packed:
        known = mine.get(goal.name)
        if known is None:
            continue
        if _beyond(goal, goal.bound, known.value, tolerance):
            message = f"says that {goal.bound:g} is proven, and there is a placement with {known.value:g}"
            yield Finding(FindingCode.BOUND_UNPROVEN, ERROR, goal.name, message, WHY, FIX)
        elif _beyond(goal, goal.bound, known.bound, tolerance):
            yield _not_shown(goal.name, f"that {goal.bound:g} is proven: here no more is than {known.bound:g}")
        if abs(goal.value - known.value) > tolerance:
            return  # goals that come after count only where all before are the same
    bounds = {goal.name: goal.bound for goal in packed}
    for goal in plan.goals:
        if goal.name != COST and abs(goal.bound - bounds.get(goal.name, goal.bound)) > tolerance:
            message = f"says that {goal.bound:g} is proven, and of the packing {bounds[goal.name]:g}, which is the same bound"
            yield Finding(FindingCode.BOUND_UNPROVEN, ERROR, goal.name, message, WHY, FIX)


def _beyond(goal: Goal, said: float, other: float, tolerance: float) -> bool:
    return (said - other if goal.sense == "min" else other - said) > tolerance


def _verdict(plan: "IsolationPlan", outcome: Outcome) -> Iterator[Finding]:
    """Look whether there is no packing where the plan says so of pods that are the solver's to place."""
    daemons = {workload.id for workload in plan.cluster.workloads if workload.is_daemon}
    short = any(left.workload not in daemons for left in plan.unplaced)
    refused = plan.choice is not None and plan.choice.reason
    if plan.verdict == INFEASIBLE and short and not refused:
        if outcome.verdict == FEASIBLE:
            yield Finding(FindingCode.VERDICT, ERROR, plan.name, "is called infeasible, but all pods can be packed", WHY, FIX)
        elif outcome.verdict != INFEASIBLE:
            yield _not_shown(plan.name, "that not all pods fit")


def _not_shown(subject: str, message: str) -> Finding:
    return Finding(FindingCode.NOT_SOLVED_AGAIN, INFO, subject, f"not shown once more: {message}", WHY)


def _repairs(anew: Remade, outcome: Outcome, context: "SearchContext") -> Iterator[Finding]:
    """Find repairs anew; where losses must be survived, which takes long, look only whether those that are named do."""
    from planner.refine.extras import in_brief, repairs
    from planner.solve import SearchContext

    said = anew.plan.repairs
    due: tuple[Repair, ...] = ()
    if anew.formulation.problem.losses:
        yield from _check_helpful(anew, context)
        return
    if outcome.verdict == INFEASIBLE and anew.plan.verdict != FEASIBLE:
        due = repairs(anew.formulation, anew.outcome, in_brief(SearchContext()))
        if set(said) != set(due):  # unless the plan was made by who takes the time
            due = repairs(anew.formulation, anew.outcome, SearchContext())
    if set(said) != set(due) or len(said) != len(due):
        named = ", ".join(
            f"{repair.count} like {repair.node}{f' for ring {repair.ring}' if repair.ring else ''}" for repair in due
        )
        yield _repair_untrue(anew, f"names other repairs than those that are found: {named or 'none'}")


def _new_groups(anew: Remade, context: "SearchContext") -> Iterator[Finding]:
    """Make the new groups that are named of parts of others, and look whether all pods have a place then."""
    from planner.solve import solve

    problem, nodes = anew.formulation.problem, anew.formulation.nodes
    if anew.plan.verdict == FEASIBLE:
        return
    number = {node.name: position for position, node in enumerate(nodes)}
    rings = {number[name]: problem.rings.index(new.ring) for new in anew.plan.new_groups for name in new.nodes if name in number}
    blocks = (tuple(node for node in block if node not in rings) for block in problem.blocks)
    slots = tuple(replace(slot, rings=(rings[n],)) if n in rings else slot for n, slot in enumerate(problem.nodes))
    parted = replace(problem, nodes=slots, blocks=tuple(block for block in blocks if len(block) > 1))
    outcome = solve(parted, context)
    if outcome.verdict == INFEASIBLE:
        message = "says that new groups would do, and pods have no place then either"
        yield Finding(FindingCode.NEW_GROUP_UNTRUE, ERROR, anew.plan.name, message, WHY, FIX)
    elif outcome.verdict != FEASIBLE:
        yield _not_shown(anew.plan.name, "that the new groups would do")


def _check_helpful(anew: Remade, context: "SearchContext") -> Iterator[Finding]:
    """Add the nodes that are named, all that repair everything together, and look whether something is left without a place."""
    said = anew.plan.repairs
    if len({(repair.node, repair.ring) for repair in said}) < len(said) or len({bool(repair.ring) for repair in said}) > 1:
        yield _repair_untrue(anew, "names a node twice, or repairs of all beside repairs of a ring")
    for some in [[repair] for repair in said if repair.ring] or [list(said)] * bool(said):
        if _verdict_with(anew, some, context) == INFEASIBLE:
            named = " and ".join(f"{repair.count} more nodes like {repair.node}" for repair in some)
            yield _repair_untrue(anew, f"says that {named} repair {some[0].ring or 'all'}, and they do not")


def _verdict_with(anew: Remade, some: "Iterable[Repair]", context: "SearchContext") -> str:
    from planner.solve import solve
    from planner.solve.instance.variants import with_copies

    problem, number = anew.formulation.problem, {node.name: position for position, node in enumerate(anew.formulation.nodes)}
    for repair in some:
        if repair.ring:
            pairs = zip(problem.classes, anew.outcome.unplaced, strict=True)
            mine = problem.rings.index(repair.ring)
            classes = tuple(c if c.ring == mine else replace(c, count=c.count - left) for c, left in pairs)
            problem = replace(problem, classes=classes)
        problem = with_copies(problem, number[repair.node], repair.count)
    return solve(problem, context).verdict


def _repair_untrue(anew: Remade, message: str) -> Finding:
    return Finding(FindingCode.REPAIR_UNTRUE, ERROR, anew.plan.name, message, WHY, FIX)


def _conflict(anew: Remade, context: "SearchContext", most_members: int) -> Iterator[Finding]:
    """Look whether the demands contradict each other, and whether any of them can be left out, if that is said."""
    names = anew.plan.conflict
    if names and _verdict_of(anew, names, context) == FEASIBLE:
        message = "names demands that contradict each other, and all of them can be packed"
        yield Finding(FindingCode.CONFLICT_UNTRUE, ERROR, anew.plan.name, message, WHY, FIX)
    if anew.plan.conflict_smallest and len(names) > most_members:
        yield _not_shown(anew.plan.name, f"that each of {len(names)} demands is needed for the contradiction")
    for out in names if anew.plan.conflict_smallest and 1 < len(names) <= most_members else ():
        if _verdict_of(anew, [name for name in names if name != out], context) == INFEASIBLE:
            message = "is said to be needed for the contradiction, and the others contradict each other without it"
            yield Finding(FindingCode.CONFLICT_UNTRUE, ERROR, str(out), message, WHY, FIX)


def _verdict_of(anew: Remade, names: "Collection[WorkloadId]", context: "SearchContext") -> str:
    """Say whether the pods of these workloads alone can be packed; DaemonSets stay."""
    from planner.solve import solve

    pairs = zip(anew.formulation.problem.classes, anew.formulation.batches, strict=True)
    classes = tuple(_of(pod_class, group, names) for pod_class, group in pairs)
    problem: Problem = replace(anew.formulation.problem, classes=classes)
    return solve(problem, context).verdict


def _of(pod_class: "PodClass", group: "Sequence[Batch]", names: "Collection[WorkloadId]") -> "PodClass":
    if pod_class.daemon or any(batch.fixed_to for batch in group):
        return pod_class
    parts = tuple(batch.count if batch.workload.id in names else 0 for batch in group)
    return replace(pod_class, count=sum(parts), parts=parts if len(parts) > 1 else ())


def _separation(anew: Remade, context: "SearchContext") -> Iterator[Finding]:
    """Count nodes anew, as if nothing had a price; nodes that are bought were not counted."""
    from planner.formulate import formulate
    from planner.refine.extras import separation

    said, cluster = anew.plan.separation, anew.plan.cluster
    if said is None:
        return
    free = prices.free_of_charge(cluster)
    due = separation(formulate(free, anew.plan.policy, anew.trust) if free != cluster else anew.formulation, context)
    if any(node.shape for node in cluster.nodes):
        yield _separation_untrue("says what separation costs, where nodes are bought, which were not there to be counted")
    elif due is None:
        yield _not_shown("separation", "what it costs")
    else:
        yield from _counts("with", (said.nodes_with, said.nodes_with_bound), (due.nodes_with, due.nodes_with_bound))
        yield from _counts("without", _without(said), _without(due))


def _without(costs: "Separation") -> tuple[int, int]:
    return costs.nodes_without, costs.nodes_without_bound


def _counts(how: str, said: tuple[int, int], due: tuple[int, int]) -> Iterator[Finding]:
    if said[0] < due[1] or said[1] > due[0]:
        yield _separation_untrue(f"says that {said[1]} to {said[0]} nodes hold the pods {how} rings: it is {due[1]} to {due[0]}")
    elif said[0] < due[0] or said[1] > due[1]:
        yield _not_shown(
            "separation", f"that {said[1]} to {said[0]} nodes hold the pods {how} rings: here it is {due[1]} to {due[0]}"
        )


def _separation_untrue(message: str) -> Finding:
    return Finding(FindingCode.SEPARATION_UNTRUE, ERROR, "separation", message, WHY, FIX)
