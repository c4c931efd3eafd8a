"""The curve of cost against sharing: as a table, as Markdown, and as data."""

from typing import Any

from models.answer.tradeoff import Point, Tradeoff
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, Goal, written_gap
from planner.view.format import clean, count
from planner.view.summary import cost
from planner.view.summary.sections import Grid, Section

HEADS = {
    COST: ("Rings", "Pairs that share", "Per hour", "Per month", "At least, per hour", "Gap", "Who shares"),
    "nodes": ("Rings", "Pairs that share", "Nodes", "At least", "Gap", "Who shares"),
}
NOBODY = "nobody"


def opening(curve: Tradeoff) -> str:
    """Say what sharing saves in all."""
    fit = [point for point in curve.points if point.goal]
    if not fit:
        return "However levels and tenants share, no way was found to place all pods."
    first, last = curve.points[0], min(fit, key=lambda point: point.goal.value if point.goal else 0.0)
    best = f"{_amount(curve, last)} with {count(len(last.rings), 'ring')}"
    if not first.goal:
        return f"Where nobody shares not all pods were placed; the least is {best}."
    if first is last or first.goal.value <= (last.goal.value if last.goal else 0.0):
        return f"{_amount(curve, first)} where nobody shares; {_nothing(curve, first.goal)}."
    return f"{_amount(curve, first)} where nobody shares, {best}."


def _nothing(curve: Tradeoff, alone: Goal) -> str:
    """Say that sharing saves nothing, or that no way was found to save by it, and what all come to at least."""
    bounds = [point.goal.bound if point.goal else 0.0 for point in curve.points[1:] if point.verdict != INFEASIBLE]
    least = min(bounds, default=alone.value)
    if least >= alone.value:
        return "sharing saves nothing"
    return f"no way to share was found that needs less, and none needs less than {_written(curve, least)}"


def _amount(curve: Tradeoff, point: Point) -> str:
    return _written(curve, point.goal.value if point.goal else 0.0)


def _written(curve: Tradeoff, value: float) -> str:
    return f"{cost.money(cost.micro(value))} per hour" if curve.unit == COST else count(round(value), "node")


def section(curve: Tradeoff) -> Section:
    """Return the points as rows, from the most rings to the fewest."""
    rows = tuple(tuple(map(clean, _row(curve, point))) for point in curve.points)
    heads = HEADS[curve.unit]
    lines = [
        "Of each number of rings the cheapest way that was found; what is needed at least holds for every way to have so many."
    ]
    lines.append("These are packings: room for what kube-scheduler wastes comes on top where the plan is made.")
    if curve.max_rings is not None:
        lines.append(f"The policy allows {count(curve.max_rings, 'ring')}; points with more are marked *.")
    return Section("Cost against sharing", tuple(lines), Grid(heads, rows, frozenset(range(len(heads) - 1))))


def _row(curve: Tradeoff, point: Point) -> tuple[str, ...]:
    rings = f"{len(point.rings)}{'' if point.allowed else ' *'}"
    shared = [" + ".join(ring.groups) for ring in point.rings if len(ring.groups) > 1]
    who = "; ".join(shared) or NOBODY
    return (rings, f"{point.pairs:,}", *_numbers(curve, point), who)


def _numbers(curve: Tradeoff, point: Point) -> tuple[str, ...]:
    goal = point.goal
    if goal is None:
        known = "does not fit" if point.verdict == INFEASIBLE else "not found"
        return (known, *([""] * (len(HEADS[curve.unit]) - 4)))
    gap = cost.share(goal.gap)
    if curve.unit != COST:
        return f"{goal.value:,.0f}", f"{goal.bound:,.0f}", gap
    value, bound = cost.micro(goal.value), cost.micro(goal.bound)
    return cost.money(value), cost.money(value * cost.HOURS_A_MONTH), cost.money(bound), gap


def data(curve: Tradeoff) -> dict[str, Any]:
    """Return the curve as dictionaries and lists; costs are per hour, in whole units of the currency."""
    return {
        "apiVersion": "ringfence.dev/v1alpha1",
        "kind": "Tradeoff",
        "metadata": {"name": curve.name},
        "unit": curve.unit,
        **({"maxRings": curve.max_rings} if curve.max_rings is not None else {}),
        "points": [_point(point) for point in curve.points],
    }


def _point(point: Point) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "rings": [{"name": ring.name, "groups": list(ring.groups)} for ring in point.rings],
        "pairs": point.pairs,
        "verdict": point.verdict,
    }
    goal = point.goal
    if goal is not None and point.verdict == FEASIBLE:
        fields |= {"value": goal.value, "bound": goal.bound, "gap": written_gap(goal.gap)}
    return fields | ({} if point.allowed else {"allowed": False})
