"""Tie breaks: among nodes of equal score kube-scheduler takes any, so an order is tried with ties broken in several ways.

Where workload comes after workload, each way has other times as well, as chance decides when controllers come to them; and before
DaemonSets that come last the other pods come mixed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.order_result import stuck_in
from models.answer.plan import IsolationPlan
from planner.refine.oracle.orders import pods_of
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, RingForecast, Run
    from planner.simulate.scheduler.pods import Cast

Scenario = tuple[str, str]
"""An order of arrival, and what breaks ties and draws what is drawn."""


def ties(pods: int, orders: int, tuning: Tuning = TUNING) -> int:
    """Return in how many more ways ties are broken where so many pods come in so many orders."""
    return min(tuning.ties, max(tuning.ties_least, tuning.ties_work // max(1, pods * orders)))


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
    runs = [run for run in _simulate(plan, orders, range(ways), progress, tuning) if run.pending]
    stuck = {ring: run.order for run in reversed(runs) for ring in _rings(plan, run)}
    return replace(calm, runs=(*calm.runs, *runs), rings=tuple(_ring(ring, stuck.get(ring.ring)) for ring in calm.rings))


def further_rollouts(
    plan: IsolationPlan, progress: Callable[[str], None] = lambda _: None, tuning: Tuning = TUNING
) -> "list[Run]":
    """Return more rollouts than `with_other_ties` tries, also while autoscalers have fewer pods."""
    from planner.simulate import ROLLOUTS, SCALED

    return _simulate(plan, (*ROLLOUTS, *SCALED), range(tuning.ties, tuning.rollout_ties), progress, tuning)


def again(plan: IsolationPlan, progress: Callable[[str], None] = lambda _: None) -> "Callable[[Run], Run]":
    """Return what says what a run, which was of another plan, is with this one; `progress` may end it all."""
    from planner.simulate.memory import simulate_run
    from planner.simulate.scheduler.pods import cast_of
    from planner.simulate.scheduler.rulebook import Rulebook

    book = Rulebook(cast_of(plan))

    def once_more(run: "Run") -> "Run":
        progress("foreseeing arrival as others were stuck")
        return simulate_run(book, run.order, run.luck)

    return once_more


def _simulate(
    plan: IsolationPlan, orders: Sequence[str], ways: range, progress: Callable[[str], None], tuning: Tuning
) -> "list[Run]":
    """Simulate all scenarios, side by side where that is worth a process; which of them is whose changes nothing."""
    from planner.simulate.scheduler.pods import cast_of
    from planner.solve.runtime import workers

    asked = list(_scenarios(cast_of(plan), orders, ways, tuning))
    apart = len(asked) * pods_of(plan) >= tuning.apart
    count = max(1, workers.side_by_side(len(asked))) if apart else 1
    done = 0

    def over() -> bool:
        nonlocal done
        progress(f"foreseeing arrival with other luck, {done:,} of {len(asked):,} runs")  # ends it all where it is too late
        done += count == 1
        return False

    # Dealt out in turn, so that each process has runs of all orders. One that had no time for its part gives none at all.
    parts = [asked[part::count] for part in range(count)]
    runs = workers.run_each(_runs, [(plan, part) for part in parts], over, apart=count > 1)
    known = {
        scenario: run for part, part_runs in zip(parts, runs, strict=True) for scenario, run in zip(part, part_runs, strict=False)
    }
    return [known[scenario] for scenario in asked if scenario in known]


def scenarios(plan: IsolationPlan, orders: Sequence[str], ways: int, tuning: Tuning = TUNING) -> int:
    """Count the runs of these orders where ties are broken in so many ways."""
    from planner.simulate.scheduler.pods import cast_of

    return len(list(_scenarios(cast_of(plan), orders, range(ways), tuning))) if ways else 0


def _scenarios(cast: "Cast", orders: Sequence[str], ways: range, tuning: Tuning) -> "Iterator[Scenario]":
    """Yield each order with each way to break ties; those that are drawn are drawn anew several times in each."""
    from planner.simulate.scheduler.arrival_orders import is_drawn, usual

    draws = times(pods_of(cast.plan), ways.stop, tuning)
    for order in usual(orders, cast):
        for tie in range(ways.start, ways.stop * draws if is_drawn(order) else ways.stop):
            yield order, f"{order}, ties {tie}"


def _runs(asked: "tuple[IsolationPlan, Sequence[Scenario]]", over: Callable[[], bool]) -> "list[Run]":
    from planner.simulate.memory import simulate_run
    from planner.simulate.scheduler.pods import cast_of
    from planner.simulate.scheduler.rulebook import Rulebook

    plan, scenarios = asked
    book, runs = Rulebook(cast_of(plan)), []
    for order, luck in scenarios:
        over()
        runs.append(simulate_run(book, order, luck))
    return runs


def _rings(plan: IsolationPlan, run: "Run") -> list[str]:
    from planner.simulate import pending_by_ring

    return [ring for ring in pending_by_ring(plan, run) if ring]


def _ring(ring: "RingForecast", order: str | None) -> "RingForecast":
    return replace(ring, any_order=stuck_in(order)) if order else ring
