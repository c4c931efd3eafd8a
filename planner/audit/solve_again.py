"""Small plans are solved once more: what is said to be proven must not be refuted, and what is said to help must help.

A plan may have been made in a hurry and say less than is true; and more may have been proven with more work than is done here. So
an error is what is refuted: by a better placement, a proof of the contrary, a count. What is neither shown nor refuted is named.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, INFO, Finding, FindingCode
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, Goal, Outcome
from planner.audit.rebuild import Remade
from planner.audit.tuning import AUDITING, AuditTuning
from planner.refine import prices

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, Repair, Separation
    from models.kubernetes.workload import WorkloadId
    from models.solver.indexed_problem import Batch
    from models.solver.problem import PodClass, Problem
    from planner.solve import SearchContext


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
        "bounds": any(goal.name != COST and goal.gap < 1 for goal in plan.goals),
        "verdict": plan.verdict == INFEASIBLE,
        "conflict": bool(plan.conflict),
        "repairs": bool(plan.repairs),
        "separation": plan.separation is not None,
    }
    if parts := tuple(part for part, is_said in said.items() if is_said):
        yield Finding.of(FindingCode.NOT_SOLVED_AGAIN, INFO, plan.name, case="large", parts=parts)


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
            facts = {"bound": goal.bound, "value": known.value}
            yield Finding.of(FindingCode.BOUND_UNPROVEN, ERROR, goal.name, case="refuted", **facts)
        elif _beyond(goal, goal.bound, known.bound, tolerance):
            yield _not_shown(goal.name, "bound", bound=goal.bound, here=known.bound)
        if abs(goal.value - known.value) > tolerance:
            return  # goals that come after count only where all before are the same
    bounds = {goal.name: goal.bound for goal in packed}
    for goal in plan.goals:
        if goal.name != COST and abs(goal.bound - bounds.get(goal.name, goal.bound)) > tolerance:
            facts = {"bound": goal.bound, "packing": bounds[goal.name]}
            yield Finding.of(FindingCode.BOUND_UNPROVEN, ERROR, goal.name, case="packing", **facts)


def _beyond(goal: Goal, said: float, other: float, tolerance: float) -> bool:
    return (said - other if goal.sense == "min" else other - said) > tolerance


def _verdict(plan: "IsolationPlan", outcome: Outcome) -> Iterator[Finding]:
    """Look whether there is no packing where the plan says so of pods that are the solver's to place."""
    daemons = {workload.id for workload in plan.cluster.workloads if workload.is_daemon}
    short = any(left.workload not in daemons for left in plan.unplaced)
    refused = plan.choice is not None and plan.choice.reason
    if plan.verdict == INFEASIBLE and short and not refused:
        if outcome.verdict == FEASIBLE:
            yield Finding.of(FindingCode.VERDICT, ERROR, plan.name, case="packable")
        elif outcome.verdict != INFEASIBLE:
            yield _not_shown(plan.name, "verdict")


def _not_shown(subject: str, case: str, **facts: object) -> Finding:
    return Finding.of(FindingCode.NOT_SOLVED_AGAIN, INFO, subject, case=case, **facts)


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
        yield Finding.of(FindingCode.REPAIR_UNTRUE, ERROR, anew.plan.name, case="others", due=due)


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
        yield Finding.of(FindingCode.NEW_GROUP_UNTRUE, ERROR, anew.plan.name, case="useless")
    elif outcome.verdict != FEASIBLE:
        yield _not_shown(anew.plan.name, "new groups")


def _check_helpful(anew: Remade, context: "SearchContext") -> Iterator[Finding]:
    """Add the nodes that are named, all that repair everything together, and look whether something is left without a place."""
    said = anew.plan.repairs
    if len({(repair.node, repair.ring) for repair in said}) < len(said) or len({bool(repair.ring) for repair in said}) > 1:
        yield Finding.of(FindingCode.REPAIR_UNTRUE, ERROR, anew.plan.name, case="twice")
    for some in [[repair] for repair in said if repair.ring] or [list(said)] * bool(said):
        if _verdict_with(anew, some, context) == INFEASIBLE:
            yield Finding.of(FindingCode.REPAIR_UNTRUE, ERROR, anew.plan.name, case="useless", repairs=tuple(some))


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


def _conflict(anew: Remade, context: "SearchContext", most_members: int) -> Iterator[Finding]:
    """Look whether the demands contradict each other, and whether any of them can be left out, if that is said."""
    names = anew.plan.conflict
    if names and _verdict_of(anew, names, context) == FEASIBLE:
        yield Finding.of(FindingCode.CONFLICT_UNTRUE, ERROR, anew.plan.name, case="packable")
    if anew.plan.conflict_smallest and len(names) > most_members:
        yield _not_shown(anew.plan.name, "conflict", demands=len(names))
    for out in names if anew.plan.conflict_smallest and 1 < len(names) <= most_members else ():
        if _verdict_of(anew, [name for name in names if name != out], context) == INFEASIBLE:
            yield Finding.of(FindingCode.CONFLICT_UNTRUE, ERROR, out, case="needless")


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
        yield Finding.of(FindingCode.SEPARATION_UNTRUE, ERROR, "separation", case="bought")
    elif due is None:
        yield _not_shown("separation", "separation")
    else:
        yield from _counts("with", (said.nodes_with, said.nodes_with_bound), (due.nodes_with, due.nodes_with_bound))
        yield from _counts("without", _without(said), _without(due))


def _without(costs: "Separation") -> tuple[int, int]:
    return costs.nodes_without, costs.nodes_without_bound


def _counts(how: str, said: tuple[int, int], due: tuple[int, int]) -> Iterator[Finding]:
    facts = {"how": how, "said": said, "true": due}
    if said[0] < due[1] or said[1] > due[0]:
        yield Finding.of(FindingCode.SEPARATION_UNTRUE, ERROR, "separation", case="nodes", **facts)
    elif said[0] < due[0] or said[1] > due[1]:
        yield _not_shown("separation", "nodes", **facts)
