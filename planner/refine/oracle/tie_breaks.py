"""Luck: among nodes of equal score kube-scheduler takes any, so an order of arrival is tried with ties broken in several ways.

Where workload comes after workload, each way has other times as well, as chance decides when controllers come to them; and before
DaemonSets that come last the other pods come mixed.

Part of the pipeline, like promise.py, for which it works.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, RingForecast, Run
    from planner.simulate.scheduler.rulebook import Rulebook

TIES = 8
"""In so many more ways ties are broken, at most."""
WORK = 400_000
"""In fewer ways where pods are so many that more of them than this would come in all orders together."""
TIMES, FEW = 4, 3_200
"""An order that is drawn is drawn so often in each way; less often where more pods than this would come in all of them."""
ROLLED = 32
"""Each order in which workloads roll out is tried in so many ways of breaking ties where a plan is to go through many."""
APART = 20_000
"""With fewer pods in all ways together they have come sooner than a process has begun."""


def ties(pods: int, orders: int) -> int:
    """Return in how many more ways ties are broken where so many pods come in so many orders."""
    return min(TIES, WORK // max(1, pods * orders))


def times(pods: int, ways: int) -> int:
    """Return how often an order is drawn in each of so many ways, where so many pods come."""
    return max(1, min(TIMES, FEW // max(1, pods * ways)))


def tempted(
    plan: IsolationPlan,
    found: "Forecast",
    orders: Sequence[str],
    ways: int = TIES,
    progress: Callable[[str], None] = lambda _: None,
) -> "Forecast":
    """Return the forecast with a run for each of so many ways in which bad luck leaves pods pending that the forecast did not."""
    runs = [run for run in _lucky_or_not(plan, orders, ways, progress) if run.pending]
    stuck = {ring: run.order for run in reversed(runs) for ring in _rings(plan, run)}
    return replace(found, runs=(*found.runs, *runs), rings=tuple(_ring(one, stuck.get(one.ring)) for one in found.rings))


def rolled(plan: IsolationPlan, progress: Callable[[str], None] = lambda _: None) -> "list[Run]":
    """Return more rollouts than `tempted` tries, also while autoscalers have fewer pods."""
    from planner.simulate import ROLLOUTS, SCALED

    return _lucky_or_not(plan, (*ROLLOUTS, *SCALED), ROLLED, progress, TIES)


def again(plan: IsolationPlan, progress: Callable[[str], None] = lambda _: None) -> "Callable[[Run], Run]":
    """Return what says what a run, which was of another plan, is with this one; `progress` may end it all."""
    from planner.simulate.scheduler.pods import cast_of
    from planner.simulate.scheduler.rulebook import Rulebook

    book = Rulebook(cast_of(plan))

    def once_more(run: "Run") -> "Run":
        progress("foreseeing arrival as others were stuck")
        return _run(book, run.order, run.luck)

    return once_more


def _lucky_or_not(
    plan: IsolationPlan, orders: Sequence[str], ways: int, progress: Callable[[str], None], first: int = 0
) -> "list[Run]":
    from planner.simulate.scheduler.arrival_orders import usual
    from planner.simulate.scheduler.pods import cast_of
    from planner.solve.runtime import workers

    def over() -> bool:
        progress("foreseeing arrival with other luck")  # which ends it all where it is too late
        return False

    pods = sum(workload.pods for workload in plan.cluster.workloads)
    names = usual(orders, cast_of(plan))
    apart = ways * pods * len(names) >= APART
    parts = [(name,) for name in names] if apart else [tuple(names)]
    found = workers.each(_runs, [(plan, part, first, ways) for part in parts], over, apart=apart)
    return [run for runs in found for run in runs]


def _runs(asked: tuple[IsolationPlan, Sequence[str], int, int], over: Callable[[], bool]) -> "list[Run]":
    from planner.simulate.scheduler.arrival_orders import is_drawn
    from planner.simulate.scheduler.pods import cast_of
    from planner.simulate.scheduler.rulebook import Rulebook

    plan, orders, first, ways = asked
    book = Rulebook(cast_of(plan))
    found = []
    more = times(sum(workload.pods for workload in plan.cluster.workloads), ways)
    for order in orders:
        for tie in range(first, ways * more if is_drawn(order) else ways):
            over()
            found.append(_run(book, order, f"{order}, ties {tie}"))
    return found


def _run(book: "Rulebook", order: str, luck: str) -> "Run":
    from planner.simulate import run_of
    from planner.simulate.scenarios.rolling_update import simulated
    from planner.simulate.scheduler.arrival_orders import is_drawn

    return replace(run_of(simulated(book, luck if luck and is_drawn(order) else order, luck)), order=order, luck=luck)


def _rings(plan: IsolationPlan, run: "Run") -> list[str]:
    from planner.simulate import pending_by_ring

    return [ring for ring in pending_by_ring(plan, run) if ring]


def _ring(one: "RingForecast", order: str | None) -> "RingForecast":
    return replace(one, any_order=f"stuck in {order}") if order else one
