"""What a change saves, or costs: the least that holds all pods with the rings of two plans."""

from models.answer.plan import IsolationPlan
from models.answer.tax import Range
from models.solver.outcome import FEASIBLE
from planner.review.money.tax import NODES, least_with_rings
from planner.review.tuning import TaxTuning
from planner.view.format import count
from planner.view.summary.cost import money


def saving(before: IsolationPlan, after: IsolationPlan, tuning: TaxTuning) -> str:
    """Say what is needed by packing, and what was before; nothing where one of the plans does not hold."""
    if before.verdict != FEASIBLE or after.verdict != FEASIBLE:
        return ""
    told, now = least_with_rings(before, tuning), least_with_rings(after, tuning)
    if told is None or now is None or told[0] != now[0]:
        return "What is saved is not known."
    needed, was = _span(*now), _span(*told)
    verb = "is" if now[0] != NODES or now[1].value == 1 else "are"
    if needed == was:
        return f"Nothing is saved: by packing {needed} {verb} needed, as before."
    return f"By packing {needed} {verb} needed, {was} before."


def _span(unit: str, least: Range) -> str:
    if unit != NODES:
        low, high = money(least.bound), money(least.value)
        return f"{high} per hour" if low == high else f"{low} to {high} per hour"
    return count(least.value, "node") if least.is_proven else f"{least.bound:,} to {count(least.value, 'node')}"
