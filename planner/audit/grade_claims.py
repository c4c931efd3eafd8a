"""What a plan says of how sure it is, held against the same scenarios, played through once more."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.forecast import Forecast
from models.answer.plan import IsolationPlan
from planner.refine.oracle import report, tie_breaks
from planner.refine.oracle.orders import orders_for_ties, ties_of
from planner.refine.tuning import TUNING, Tuning

Progress = Callable[[str], None]


def replayed(plan: IsolationPlan, calm: Forecast, progress: Progress, tuning: Tuning = TUNING) -> Forecast:
    """Return the forecast of the scenarios that the plan says were simulated: the usual orders alone, or all that there are.

    `calm` is that of all orders, with ties broken in one way. A plan that was ended early knows the usual orders.
    """
    said, usual = plan.grade.scenarios if plan.grade else 0, _usual(plan, tuning)
    ties = ties_of(plan, tuning)
    if said == usual or not ties:
        # The usual orders are the first of all.
        return replace(calm, runs=calm.runs[:usual])
    return tie_breaks.with_other_ties(plan, calm, orders_for_ties(plan, tuning), ties, progress, tuning)


def _usual(plan: IsolationPlan, tuning: Tuning) -> int:
    """Count the usual orders that are of use to a plan."""
    from planner import simulate
    from planner.refine.oracle.orders import orders
    from planner.simulate.scheduler.arrival_orders import usual
    from planner.simulate.scheduler.pods import cast_of

    return len(usual(orders(plan, tuning)[: len(simulate.ORDERS)], cast_of(plan)))


def claims(plan: IsolationPlan, forecast: Forecast, progress: Progress, tuning: Tuning = TUNING) -> Iterator[Finding]:
    """Yield an error for each grade that is not what `replayed` scenarios give, and for each remedy that was not found so."""
    from planner.refine.oracle.remedies import remedies
    from planner.simulate.grades import with_grades

    if plan.grade is None:
        return
    number = _scenarios(plan, forecast, tuning)
    due = with_grades(plan, forecast, number)
    rings = ((said.name, said.grade, true.grade) for said, true in zip(plan.rings, due.rings, strict=True))
    for subject, said, true in ((plan.name, plan.grade, due.grade), *rings):
        if said != true:
            yield Finding.of(FindingCode.GRADE_UNTRUE, ERROR, subject, case="foreseen", said=said, true=true)
    helpful = remedies(due, forecast, progress, tuning) if plan.remedies and due.is_at_risk else ()
    for remedy in plan.remedies:
        if remedy not in helpful or plan.remedies.count(remedy) > 1:
            yield Finding.of(FindingCode.REMEDY_UNTRUE, ERROR, remedy.ring, case="foreseen", remedy=remedy)


def _scenarios(plan: IsolationPlan, forecast: Forecast, tuning: Tuning) -> int:
    ties = ties_of(plan, tuning)
    is_usual = plan.grade is not None and plan.grade.scenarios == _usual(plan, tuning)
    return report.scenarios(plan, forecast, 1 if is_usual else ties + 1, tuning)
