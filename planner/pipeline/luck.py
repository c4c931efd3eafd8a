"""Luck: among nodes of equal score kube-scheduler takes any, so an order of arrival is tried with ties broken in several ways.

Part of the pipeline, like promise.py, for which it works.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.plan import IsolationPlan

if TYPE_CHECKING:
    from models.forecast import Forecast, RingForecast, Run

TIES = 8
"""In so many more ways ties are broken."""


def tempted(plan: IsolationPlan, found: "Forecast", orders: Sequence[str]) -> "Forecast":
    """Return the forecast with a run for each way in which bad luck leaves pods pending that the forecast did not."""
    runs = [run for run in _lucky_or_not(plan, orders) if run.pending]
    stuck = {ring: run.order for run in reversed(runs) for ring in _rings(plan, run)}
    return replace(found, runs=(*found.runs, *runs), rings=tuple(_ring(one, stuck.get(one.ring)) for one in found.rings))


def _lucky_or_not(plan: IsolationPlan, orders: Sequence[str]) -> "list[Run]":
    from planner.foresee import run_of
    from planner.foresee.arrival import procession, usual
    from planner.foresee.group import cast_of
    from planner.foresee.rulebook import Rulebook
    from planner.foresee.simulation import Simulation

    cast = cast_of(plan)
    book = Rulebook(cast)
    found = []
    for order in usual(orders, cast):
        for tie in range(TIES):
            made = Simulation(book, f"{order}, ties {tie}").run(procession(cast, order))
            found.append(replace(run_of(made), order=order))
    return found


def _rings(plan: IsolationPlan, run: "Run") -> list[str]:
    counts = Counter(plan.trust.members[str(one.workload)].ring for one in run.pending)
    return [ring for ring in counts if ring]


def _ring(one: "RingForecast", order: str | None) -> "RingForecast":
    return replace(one, any_order=f"stuck in {order}") if order else one
