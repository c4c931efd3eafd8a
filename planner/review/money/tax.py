"""What isolation costs: the least with the plan's rings, with a ring for each group, and without any; and who causes it.

Costs are in money where anything has a price, and in nodes elsewhere. All are of packings, as the plan's own answer to
"what separation costs" is: how kube-scheduler fills nodes is not asked.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from models.answer.tax import Cause, Range, Tax
from models.solver.outcome import COST, FEASIBLE, MILLION
from models.trust import TrustPolicy
from planner.review.tuning import TaxTuning

if TYPE_CHECKING:
    from models.solver.indexed_problem import Batch, IndexedProblem
    from models.solver.problem import PodClass, Problem

    Problems = tuple[IndexedProblem, IndexedProblem]

Progress = Callable[[str], None]
NODES, PER_HOUR = "nodes", "per hour"


def tax(plan: IsolationPlan, progress: Progress, tuning: TaxTuning) -> Tax | None:
    """Return what isolation costs; None where the plan does not hold, or no packing was found."""
    from planner.formulate import formulate, without_rings
    from planner.refine.prices import is_wanted
    from planner.review.what_if.base import planned_from

    if plan.verdict != FEASIBLE:
        return None
    cluster = planned_from(plan).cluster
    measure = Measure(is_wanted(cluster), tuning)
    formulation = formulate(cluster, plan.policy, plan.trust)
    settled = formulate(cluster, plan.policy, plan.trust, _rings_of_node_groups(plan, formulation))
    progress("what isolation costs")
    apart = measure.least(settled.problem, tuning.whole_work)
    together = measure.least(without_rings(formulation.problem), tuning.whole_work)
    apart, together = _with_what_the_plan_says(plan, measure.priced, bool(formulation.problem.blocks), apart, together)
    if apart is None or together is None:
        return None
    if not formulation.problem.spreads and apart.value < together.value:
        together = Range(apart.value, together.bound)
    shared = any(len(ring.groups) > 1 for ring in plan.rings)
    alone = measure.divided(plan, plan.policy, [(group.name,) for group in plan.trust.groups]) if shared else None
    causes = _causes(plan, (settled, formulation), measure, (apart, together), progress)
    spare = bool(plan.policy.survive.nodes or plan.policy.survive.zones)
    return Tax(PER_HOUR if measure.priced else NODES, apart, together, alone, causes, bool(formulation.problem.blocks), spare)


def least_with_rings(plan: IsolationPlan, tuning: TaxTuning) -> tuple[str, Range] | None:
    """Return the unit that is counted in, and the least that holds the pods with the plan's rings; None where none was found."""
    from planner.formulate import formulate
    from planner.refine.prices import is_wanted
    from planner.review.what_if.base import planned_from

    cluster = planned_from(plan).cluster
    measure = Measure(is_wanted(cluster), tuning)
    formulation = formulate(cluster, plan.policy, plan.trust)
    settled = formulate(cluster, plan.policy, plan.trust, _rings_of_node_groups(plan, formulation))
    apart = measure.least(settled.problem, tuning.whole_work)
    apart, _ = _with_what_the_plan_says(plan, measure.priced, bool(formulation.problem.blocks), apart, None)
    return (PER_HOUR if measure.priced else NODES, apart) if apart else None


def _rings_of_node_groups(plan: IsolationPlan, formulation: "IndexedProblem") -> dict[str, str]:
    """Return the ring of each node that is of a node group: a group is of the ring that it has, whole."""
    inside = {name: ring.name for ring in plan.rings for name in ring.nodes}
    grouped = (formulation.nodes[number].name for block in formulation.problem.blocks for number in block)
    return {name: inside.get(name, "") for name in grouped}


def _with_what_the_plan_says(
    plan: IsolationPlan, priced: bool, grouped: bool, apart: Range | None, together: Range | None
) -> tuple[Range | None, Range | None]:
    """Put what was found beside what the plan found and proved of the same questions, which took more time.

    What the plan says of nodes divides node groups, so that it is no more than a bound where there are any.
    """
    cost = next((goal for goal in plan.packing_goals or plan.goals if goal.name == COST), None)
    if priced and cost:
        return _closer(apart, Range(round(cost.value * MILLION), floor(cost.bound * MILLION))), together
    said = plan.separation
    if priced or not said:
        return apart, together
    without = Range(said.nodes_without, said.nodes_without_bound)
    if grouped:
        return apart and Range(apart.value, max(apart.bound, said.nodes_with_bound)), _closer(together, without)
    return _closer(apart, Range(said.nodes_with, said.nodes_with_bound)), _closer(together, without)


def _closer(first: Range | None, second: Range) -> Range:
    """Put what two searches have found together."""
    return Range(min(first.value, second.value), max(first.bound, second.bound)) if first else second


@dataclass(frozen=True, slots=True)
class Measure:
    """Asks the solver for the least cost, or the fewest nodes, that hold all pods of a problem."""

    priced: bool
    tuning: TaxTuning

    def least(self, problem: "Problem", work: float) -> Range | None:
        """Return it, with a proven bound; None where no way was found to place all pods."""
        from planner.solve import Budget, SearchContext, fewest_nodes, purchase

        context = SearchContext(Budget(work=work))
        if not self.priced:
            nodes, bound = fewest_nodes(problem, context.with_work(work))
            return Range(nodes, bound) if nodes >= 0 else None
        bought = purchase(replace(problem, losses=()), context)
        return None if any(bought.unplaced) else Range(bought.cost, min(bought.cost, bought.bound))

    def divided(self, plan: IsolationPlan, policy: TrustPolicy, rings: Sequence[tuple[str, ...]]) -> Range | None:
        """Ask about these rings; node groups are then of the rings that hold the pods in a packing, whole."""
        from planner.formulate import formulate
        from planner.review.what_if.base import planned_from
        from planner.solve import Budget, SearchContext, solve, with_blocks_settled
        from planner.trust import arranged, trust

        cluster = planned_from(plan).cluster
        problem, work = formulate(cluster, policy, arranged(trust(policy, cluster), rings)).problem, self.tuning.whole_work
        if not problem.blocks:
            return self.least(problem, work)
        outcome = solve(problem, SearchContext(Budget(work=work, conflict=0.0)))
        if outcome.verdict != FEASIBLE:
            return None
        whole, divided = self.least(with_blocks_settled(problem, outcome), work), self.least(problem, work)
        return whole and Range(whole.value, min(whole.value, divided.bound) if divided else 0)


def _causes(
    plan: IsolationPlan, problems: "Problems", measure: Measure, whole: tuple[Range, Range], progress: Progress
) -> tuple[Cause, ...]:
    """Leave one group out after the other, of the problem with the rings of node groups and of the one without them."""
    from planner.formulate import without_rings

    groups = sorted({group for ring in plan.rings for group in ring.groups})
    causes: list[Cause] = []
    for group in groups if 1 < len(groups) <= measure.tuning.most_groups else ():
        progress(f"what isolation costs without {group}")
        settled, free = (_without_group(plan, problem, group) for problem in problems)
        work = measure.tuning.part_work
        apart, together = measure.least(settled, work), measure.least(without_rings(free), work)
        if apart and together:
            causes.append(Cause(group, max(0, whole[0].value - apart.value), max(0, whole[1].value - together.value)))
    return tuple(sorted(causes, key=lambda cause: (-cause.tax, cause.group)))


def _without_group(plan: IsolationPlan, formulation: "IndexedProblem", group: str) -> "Problem":
    members = {name for name, member in plan.trust.members.items() if member.group == group}
    pairs = zip(formulation.problem.classes, formulation.batches, strict=True)
    classes = tuple(_less(pod_class, batches, members) for pod_class, batches in pairs)
    return replace(formulation.problem, classes=classes)


def _less(pod_class: "PodClass", batches: "Collection[Batch]", members: Collection[str]) -> "PodClass":
    if pod_class.daemon:
        return pod_class
    parts = tuple(0 if str(batch.workload.id) in members else batch.count for batch in batches)
    return replace(pod_class, count=min(pod_class.count, sum(parts)), parts=parts if len(parts) > 1 else ())
