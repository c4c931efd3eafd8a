"""Writes into a plan what was foreseen of it: of each ring, of kube-scheduler as a whole, and of failures."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.order_reports import OrdersSimulated
from models.answer.order_result import LeftPending, OrderResult, Reason, left_pending
from models.answer.plan import IsolationPlan, RingPlan
from models.kubernetes import version
from models.solver.outcome import UNDECIDED
from planner.refine.oracle.orders import is_further
from planner.refine.tuning import TUNING, Tuning
from planner.wording.order_reports import SCHEDULER, orders_said

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, RingForecast
    from planner.refine.oracle.evaluation import Evaluation


def report_on(evaluation: "Evaluation", any_order: bool, foretells: bool = True, tuning: Tuning = TUNING) -> IsolationPlan:
    """Return the plan with what was foreseen of each ring, of kube-scheduler, and, where it `foretells`, of failures.

    Pods that stay pending are a risk, and no doubt that there is a plan; a proof that was asked for and is missing is one.
    """
    from planner.refine.oracle import failures
    from planner.simulate.grades import with_grades

    plan, forecast = evaluation.plan, evaluation.forecast
    known = {ring.ring: ring for ring in forecast.rings}
    rings = tuple(_with_result(plan, ring, known[ring.name], forecast, any_order) for ring in plan.rings)
    orders = tuple(dict.fromkeys(run.order for run in forecast.runs))
    mine = orders_said(orders_simulated(plan, orders, evaluation.ways, evaluation.pending.total()))
    others = (statement for statement in plan.not_modelled if statement.subject != SCHEDULER)
    losses = failures.simulate_failures(plan, tuning=tuning).losses if foretells else plan.losses
    late = (failures.unsimulated(),) if losses and not foretells else ()
    statements = (mine, *others, *failures.statement(replace(plan, losses=losses)), *late)
    is_open = any_order and not all(ring.any_order.is_proven for ring in forecast.rings)
    verdict = UNDECIDED if is_open else plan.verdict
    told = replace(plan, verdict=verdict, rings=rings, losses=losses, not_modelled=statements)
    return with_grades(told, forecast, scenarios(plan, forecast, evaluation.ways, tuning))


def scenarios(plan: IsolationPlan, forecast: "Forecast", ways: int, tuning: Tuning = TUNING) -> int:
    """Count the scenarios that were simulated: every order once, and those with ties broken in so many ways in each of these."""
    from planner.refine.oracle import tie_breaks
    from planner.refine.oracle.orders import orders_for_ties

    once = sum(not run.luck for run in forecast.runs)
    return once + tie_breaks.scenarios(plan, orders_for_ties(plan, tuning), ways - 1, tuning)


def _with_result(plan: IsolationPlan, ring: RingPlan, known: "RingForecast", forecast: "Forecast", any_order: bool) -> RingPlan:
    reason = known.because
    if any_order and reason and not known.any_order.is_proven and is_hopeless(plan, ring.name):
        reason = replace(reason, hopeless=True)
    because = who_is_left(plan, forecast, ring.name, known.any_order) or reason
    return replace(ring, any_order=known.any_order, because=because)


def is_hopeless(plan: IsolationPlan, ring: str) -> bool:
    """Say whether no number of nodes like the ring's own proves it."""
    from planner.simulate.any_order_proof import nodes_to_prove

    inside = frozenset(name for plan_ring in plan.rings if plan_ring.name == ring for name in plan_ring.nodes)
    kinds = {(node.allocatable, node.taints): node.name for node in plan.cluster.nodes if node.name in inside}
    return bool(kinds) and all(nodes_to_prove(plan, ring, name) is None for name in kinds.values())


def who_is_left(plan: IsolationPlan, forecast: "Forecast", ring: str, result: OrderResult) -> Reason | None:
    """Say whose pods are left pending in a ring, in the order in which it is stuck; nothing where it is not, or none are."""
    members = plan.trust.members
    ring_of = {node: plan_ring.name for plan_ring in plan.rings for node in plan_ring.nodes}
    runs = (run for run in forecast.runs if result.is_stuck and run.order == result.order)
    return left_pending(
        [
            LeftPending(str(left.workload), left.pods, left.message.removesuffix("."))
            for run in runs
            for left in run.pending
            if ring in ({ring_of.get(node) for node in left.on} or {members[str(left.workload)].ring})
        ]
    )


def orders_simulated(plan: IsolationPlan, orders: Sequence[str], ways: int, left: int) -> OrdersSimulated:
    """Return for which orders kube-scheduler was simulated, in how many ways ties were broken, and how many pods it left."""
    from planner import simulate

    named = tuple(order for order in orders if not is_further(order))
    rolled = any(order in simulate.ROLLOUTS for order in orders)
    return OrdersSimulated(profile(plan.cluster.kubernetes), named, len(orders) - len(named), ways, rolled, left)


def profile(kubernetes: str) -> str:
    """Name the profile and the version that is simulated, and why that version if nobody said it."""
    followed = version.known(kubernetes)
    if not kubernetes:
        return (
            f"its default profile of Kubernetes {version.shown(followed)} (no node says its version: --kubernetes-version does)"
        )
    nearest = "" if version.parsed(kubernetes) == followed else f", the nearest known to {kubernetes},"
    return f"its default profile of Kubernetes {version.shown(followed)}{nearest}"
