"""Tie breaks: among nodes of equal score kube-scheduler takes any, so an order is tried with ties broken in several ways.

Where workload comes after workload, each way has other times as well, as chance decides when controllers come to them; and before
DaemonSets that come last the other pods come mixed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.order_result import stuck_in
from models.answer.plan import IsolationPlan
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, RingForecast, Run
    from planner.simulate.scheduler.rulebook import Rulebook


def ties(pods: int, orders: int, tuning: Tuning = TUNING) -> int:
    """Return in how many more ways ties are broken where so many pods come in so many orders."""
    return min(tuning.ties, tuning.ties_work // max(1, pods * orders))


def times(pods: int, ways: int, tuning: Tuning = TUNING) -> int:
    """Return how often an order is drawn in each of so many ways, where so many pods come."""
    return max(1, min(tuning.draws, tuning.draws_work // max(1, pods * ways)))


def with_other_ties(
    plan: IsolationPlan,
    calm: "Forecast",
    orders: Sequence[str],
    ways: int = TUNING.ties,
    progress: Callable[[str], None] = lambda _: None,
    tuning: Tuning = TUNING,
) -> "Forecast":
    """Return the forecast with a run for each of so many ways to break ties in which pods stay pending."""
    runs = [run for run in _simulated(plan, orders, range(ways), progress, tuning) if run.pending]
    stuck = {ring: run.order for run in reversed(runs) for ring in _rings(plan, run)}
    return replace(calm, runs=(*calm.runs, *runs), rings=tuple(_ring(ring, stuck.get(ring.ring)) for ring in calm.rings))


def further_rollouts(
    plan: IsolationPlan, progress: Callable[[str], None] = lambda _: None, tuning: Tuning = TUNING
) -> "list[Run]":
    """Return more rollouts than `with_other_ties` tries, also while autoscalers have fewer pods."""
    from planner.simulate import ROLLOUTS, SCALED

    return _simulated(plan, (*ROLLOUTS, *SCALED), range(tuning.ties, tuning.rollout_ties), progress, tuning)


def again(plan: IsolationPlan, progress: Callable[[str], None] = lambda _: None) -> "Callable[[Run], Run]":
    """Return what says what a run, which was of another plan, is with this one; `progress` may end it all."""
    from planner.simulate.scheduler.pods import cast_of
    from planner.simulate.scheduler.rulebook import Rulebook

    book = Rulebook(cast_of(plan))

    def once_more(run: "Run") -> "Run":
        progress("foreseeing arrival as others were stuck")
        return _run(book, run.order, run.luck)

    return once_more


def _simulated(
    plan: IsolationPlan, orders: Sequence[str], ways: range, progress: Callable[[str], None], tuning: Tuning
) -> "list[Run]":
    from planner.simulate.scheduler.arrival_orders import usual
    from planner.simulate.scheduler.pods import cast_of
    from planner.solve.runtime import workers

    def over() -> bool:
        progress("foreseeing arrival with other luck")  # which ends it all where it is too late
        return False

    pods = sum(workload.pods for workload in plan.cluster.workloads)
    names = usual(orders, cast_of(plan))
    apart = ways.stop * pods * len(names) >= tuning.apart
    parts = [(name,) for name in names] if apart else [tuple(names)]
    runs = workers.each(_runs, [(plan, part, ways, tuning) for part in parts], over, apart=apart)
    return [run for some in runs for run in some]


def scenarios(plan: IsolationPlan, orders: Sequence[str], ways: int, tuning: Tuning = TUNING) -> int:
    """Count the runs of these orders where ties are broken in so many ways."""
    from planner.simulate.scheduler.arrival_orders import is_drawn, usual
    from planner.simulate.scheduler.pods import cast_of

    if not ways:
        return 0
    draws = times(sum(workload.pods for workload in plan.cluster.workloads), ways, tuning)
    return sum(ways * draws if is_drawn(order) else ways for order in usual(orders, cast_of(plan)))


def _runs(asked: tuple[IsolationPlan, Sequence[str], range, Tuning], over: Callable[[], bool]) -> "list[Run]":
    from planner.simulate.scheduler.arrival_orders import is_drawn
    from planner.simulate.scheduler.pods import cast_of
    from planner.simulate.scheduler.rulebook import Rulebook

    plan, orders, ways, tuning = asked
    book = Rulebook(cast_of(plan))
    runs = []
    draws = times(sum(workload.pods for workload in plan.cluster.workloads), ways.stop, tuning)
    for order in orders:
        for tie in range(ways.start, ways.stop * draws if is_drawn(order) else ways.stop):
            over()
            runs.append(_run(book, order, f"{order}, ties {tie}"))
    return runs


def _run(book: "Rulebook", order: str, luck: str) -> "Run":
    from planner.simulate import run_of
    from planner.simulate.scenarios.rolling_update import simulate_order
    from planner.simulate.scheduler.arrival_orders import is_drawn

    return replace(run_of(simulate_order(book, luck if luck and is_drawn(order) else order, luck)), order=order, luck=luck)


def _rings(plan: IsolationPlan, run: "Run") -> list[str]:
    from planner.simulate import pending_by_ring

    return [ring for ring in pending_by_ring(plan, run) if ring]


def _ring(ring: "RingForecast", order: str | None) -> "RingForecast":
    return replace(ring, any_order=stuck_in(order)) if order else ring
