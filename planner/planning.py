"""Makes a plan for a cluster: rings first, then a placement or a purchase, then what kube-scheduler does with it."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models.solver.outcome import CHURN, FEASIBLE, INFEASIBLE
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.cluster import Cluster
    from models.solver.indexed_problem import IndexedProblem
    from models.solver.outcome import Outcome
    from models.trust import Trust, TrustPolicy
    from planner.refine.hints.reservations import Wanted
    from planner.settle import Extras
    from planner.solve import SearchContext


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a plan, as `plan` has it.

    Who is `thorough` has time for the last proof of what is said beside the plan, and so has who wants the `exact` packing.
    """

    exact: bool
    any_order: bool
    objective: str
    tuning: Tuning = TUNING
    thorough: bool = False


def without_writing(seconds: float | None, cluster: "Cluster", tuning: Tuning = TUNING) -> float | None:
    """Return the seconds of a limit in which a plan is sought; half of it at least."""
    if seconds is None:
        return None
    return max(seconds / 2, seconds - tuning.writing * (len(cluster.nodes) + len(cluster.workloads)))


def make_plan(cluster: "Cluster", policy: "TrustPolicy", context: "SearchContext", wishes: Wishes) -> "IsolationPlan":
    """Plan with the pods that nothing patches where they run; where that allows no plan, without that."""
    from planner.formulate.residents import rings_of_unpatched_pods
    from planner.refine.compare import standing

    answer = _plan_in_best_rings(cluster, policy, context, wishes)
    if answer.is_kept or not rings_of_unpatched_pods(cluster, answer.trust) or context.deadline.over():
        return answer
    context.progress("planning without the pods that nothing patches staying where they run")
    freed = _plan_in_best_rings(replace(cluster, may_move_by_hand=True), policy, context, wishes)
    return freed if answer.verdict == INFEASIBLE or standing(freed) < standing(answer) else answer


def _plan_in_best_rings(cluster: "Cluster", policy: "TrustPolicy", context: "SearchContext", wishes: Wishes) -> "IsolationPlan":
    """Find the rings, and plan for them."""
    from planner.group import search

    trusted, choice = search.choose_rings(cluster, policy, context, wishes.objective)
    return search.with_choice(_in_rings(cluster, policy, trusted, context, wishes), choice)


@dataclass(frozen=True, slots=True)
class _Case:
    """Rings that have been chosen, and what they ask of the solver."""

    formulation: "IndexedProblem"
    cluster: "Cluster"
    policy: "TrustPolicy"
    trusted: "Trust"
    context: "SearchContext"
    wishes: Wishes


def _in_rings(
    cluster: "Cluster", policy: "TrustPolicy", trusted: "Trust", context: "SearchContext", wishes: Wishes
) -> "IsolationPlan":
    """Plan for rings that have been chosen."""
    from planner.formulate import formulate
    from planner.refine import prices

    context.progress("writing the problem down")
    case = _Case(formulate(cluster, policy, trusted), cluster, policy, trusted, context, wishes)
    return _with_prices(case) if prices.is_wanted(cluster) else _free_of_charge(case)


def _with_prices(case: _Case) -> "IsolationPlan":
    """Plan where there is something to buy or to save; where owned nodes could do, they are planned as if they were free, too."""
    from planner.refine import compare, deadline, group_rings, loop, prices
    from planner.refine.moves import hints_and_room, node_pools
    from planner.refine.oracle.oracle import Oracle

    policy, trusted, context, wishes = case.policy, case.trusted, case.context, case.wishes
    is_limited = context.deadline.left_by_clock() is not None
    patient = context.with_budget(patient=wishes.exact and is_limited and not case.formulation.problem.losses)
    churn = wishes.objective == CHURN
    rings = group_rings.GroupRings(case.formulation, case.cluster, policy, trusted, context, wishes.tuning)
    buyer, packing = group_rings.cheapest(rings, patient, churn)
    if wishes.exact or packing.verdict != FEASIBLE:
        return loop.exact(packing) if wishes.exact else packing
    oracle = Oracle(deadline.until_asked(context), wishes.any_order, wishes.tuning)
    make_room = hints_and_room.MakeRoom(packing, buyer.more, wishes.any_order, wishes.tuning)
    by_pools = () if rings.may_grow else (partial(node_pools.buy_node_pools, buyer, wishes.tuning),)
    refined = loop.refine(packing, (hints_and_room.lead, *by_pools, make_room), oracle, context.deadline.left())
    if not prices.is_needless(refined, packing) or context.deadline.over():
        return refined
    free = prices.free_of_charge(case.cluster)
    alone = _in_rings(free, policy, trusted, context, wishes)
    return compare.cheaper(prices.with_prices(alone, packing, churn), refined)


def _free_of_charge(case: _Case) -> "IsolationPlan":
    """Plan on the nodes that there are."""
    from planner.refine import deadline, extras, hints, loop
    from planner.refine.moves import affinity_local_search, hints_and_room, one_shape_per_workload
    from planner.refine.oracle.oracle import Oracle
    from planner.settle import Extras
    from planner.solve import solve, with_blocks_settled, with_goal_values

    formulation, context, wishes, tuning = case.formulation, case.context, case.wishes, case.wishes.tuning
    brief = context.with_budget(work=tuning.room_work, conflict=0.0).with_work(tuning.rooms_work)
    beside = context if wishes.thorough or wishes.exact else extras.in_brief(context, tuning)
    outcome, said = solve(formulation.problem, context.part(tuning.packing_share)), Extras()
    if outcome.verdict == FEASIBLE:
        context.progress("counting what separation costs")
        said = Extras(separation=extras.separation(formulation, beside.part(tuning.counting_share), outcome, tuning))
    elif outcome.verdict == INFEASIBLE:
        context.progress("looking for the cheapest repair")
        parts = extras.new_groups(formulation, outcome, case.policy, brief)
        said = Extras(repairs=() if parts else extras.repairs(formulation, outcome, beside), new_groups=parts)
    settled = partial(_write, case, said)
    packing = settled(outcome)
    if wishes.exact:
        return loop.exact(packing)
    if packing.verdict != FEASIBLE:
        return packing

    def again(wanted: "Wanted") -> "IsolationPlan | None":
        more = hints.with_reservations(formulation, hints.anywhere(wanted))
        packed = hints.bare(formulation.problem, solve(more, brief))
        rating = packed and with_goal_values(formulation.problem, packed, outcome.goals)
        return settled(rating) if rating else None

    asked = deadline.until_asked(context)
    lead = replace(context.with_budget(work=tuning.lead_work), progress=asked)
    whole = replace(formulation, problem=with_blocks_settled(formulation.problem, outcome))
    owned = one_shape_per_workload.Owned(whole, outcome, packing, lead, settled)
    moves = (
        hints_and_room.lead,
        partial(one_shape_per_workload.lead_to_one_shape, owned, tuning),
        hints_and_room.MakeRoom(packing, again, wishes.any_order, tuning),
        partial(affinity_local_search.lead_one_by_one, owned, tuning),
    )
    return loop.refine(packing, moves, Oracle(asked, wishes.any_order, tuning), context.deadline.left())


def _write(case: _Case, extras: "Extras", outcome: "Outcome") -> "IsolationPlan":
    """Write the plan that the outcome stands for; where there is no time for all that is said of a plan, with what is at hand."""
    from planner.refine import deadline
    from planner.settle import settle

    write = partial(settle, case.formulation, outcome, case.cluster, case.policy, case.trusted)
    return deadline.settle_in_time(write, extras, case.context.deadline.left(), case.wishes.tuning)
