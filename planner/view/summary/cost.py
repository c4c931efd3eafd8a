"""What a plan buys and what that costs, by the hour and by the month."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from models.answer.plan import Buy, IsolationPlan, RingPlan
from models.kubernetes.node import UNPRICED
from models.solver.outcome import COST, FEASIBLE, MILLION, Goal
from planner.view.format import count

HOURS_A_MONTH = 730
_NOISE = 1e-6
"""A gap in hundredths of a per cent is off by less than this as a float."""
Row = tuple[str, str, str, str, str, str, str]
HEADS = ("Ring", "Shape", "Zone", "Nodes", "Each, per hour", "Per hour", "Per month")


def cost(plan: IsolationPlan) -> Goal | None:
    """Return the goal that is the cost; None where nothing is to be had for money."""
    return next((goal for goal in plan.goals if goal.name == COST), None)


def bought(plan: IsolationPlan) -> int:
    """Count the nodes that the plan buys."""
    return coming(plan) - grown(plan)


def coming(plan: IsolationPlan) -> int:
    """Count the nodes that are not there yet."""
    return sum(buy.count for ring in plan.rings for buy in ring.buy)


def grown(plan: IsolationPlan) -> int:
    """Count the nodes that come by growth of node groups."""
    groups = {growth.group for growth in plan.growth}
    return sum(buy.count for ring in plan.rings for buy in ring.buy if buy.shape in groups)


def unpriced(plan: IsolationPlan) -> int:
    """Count those of which nobody knows a price; each is a millionth of the cost, so that few come."""
    shapes = {shape.name for shape in plan.cluster.shapes if shape.group and shape.price == UNPRICED}
    return sum(buy.count * UNPRICED for ring in plan.rings for buy in ring.buy if buy.shape in shapes)


def rows(plan: IsolationPlan) -> Iterator[Row]:
    """Write for each ring what to buy, then the owned nodes that have a price; only its first row names the ring."""
    prices = {shape.name: shape.price for shape in plan.cluster.shapes}
    for ring in plan.rings:
        for index, buy in enumerate(_by_shape(ring)):
            yield (ring.name if index == 0 else "", *_row(buy, prices[buy.shape]))
        if owned := _owned(plan, ring):
            yield (ring.name if not ring.buy else "", "owned, with a price", "", f"{owned[0]:,}", "", *_costs(owned[1]))


def _by_shape(ring: RingPlan) -> Iterator[Buy]:
    """Yield what the ring buys, whatever pools it is in."""
    for (shape, zone), some in groupby(ring.buy, key=lambda buy: (buy.shape, buy.zone)):
        yield Buy(shape, zone, sum(buy.count for buy in some))


def _row(buy: Buy, price: int) -> tuple[str, str, str, str, str, str]:
    costs = ("", "", "") if price == UNPRICED else (money(price), *_costs(buy.count * price))
    return buy.shape, buy.zone, f"{buy.count:,}", *costs


def _owned(plan: IsolationPlan, ring: RingPlan) -> tuple[int, int] | None:
    prices = [node.price for node in plan.cluster.nodes if node.price and not node.shape and node.name in ring.nodes]
    return (len(prices), sum(prices)) if prices else None


def _costs(millionths: int) -> tuple[str, str]:
    return money(millionths), money(millionths * HOURS_A_MONTH)


def total(plan: IsolationPlan, value: Goal) -> Row:
    """Write the row below all others, which counts what they do."""
    nodes = coming(plan) + sum(owned[0] for ring in plan.rings if (owned := _owned(plan, ring)))
    return ("all rings", "", "", f"{nodes:,}", "", *_costs(micro(value.value) - unpriced(plan)))


def micro(value: float) -> int:
    """Return an amount of money in millionths."""
    return round(value * MILLION)


def money(millionths: int) -> str:
    """Write an amount of money exactly, with at least two decimals."""
    whole, part = divmod(abs(millionths), MILLION)
    decimals = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if millionths < 0 else ''}{whole:,}.{decimals}"


def sentence(plan: IsolationPlan, tells_gap: bool = True) -> str:
    """Say what the plan costs, and how far that may be from the least."""
    value = cost(plan)
    if value is None:
        return ""
    free = unpriced(plan)
    hourly, monthly = _costs(micro(value.value) - free)
    what = _what(plan)
    if not value.value:
        return f"{what}: free of charge." if coming(plan) else _nothing(plan)
    if micro(value.value) == free:
        return f"{what}; nothing says what they cost. {_fewest(value)}."
    owned = sum(has[1] for ring in plan.rings if (has := _owned(plan, ring)))
    if owned:
        new = f"{what}: {money(micro(value.value) - free - owned)} per hour" if coming(plan) else what
        what = f"{new}; with owned nodes that have a price"
    known = replace(value, value=value.value - free / MILLION, bound=max(0.0, value.bound - free / MILLION)) if free else value
    return f"{what}: {hourly} per hour, {monthly} per month of {HOURS_A_MONTH} hours; {proof(known, _of(plan), tells_gap)}."


def _what(plan: IsolationPlan) -> str:
    """Count what is bought, and what comes by growth."""
    nothing = "Nothing to buy" if plan.verdict == FEASIBLE else "Nothing is bought"
    by_growth = f"{count(grown(plan), 'node')} more in node groups" if grown(plan) else ""
    if bought(plan):
        return f"{count(bought(plan), 'node')} to buy{f', {by_growth}' if by_growth else ''}"
    return by_growth or nothing


def _fewest(value: Goal) -> str:
    """Say what is proven of how few nodes could do."""
    if value.gap == 0:
        return "Proven to be the fewest"
    least = math.ceil(value.bound * MILLION - _NOISE)
    return (
        f"At least {count(least, 'node')} {'is' if least == 1 else 'are'} needed"
        if least
        else "How many fewer could do is not known"
    )


def _of(plan: IsolationPlan) -> str:
    """Say that a proof is for the rings of the plan, where other rings might cost less."""
    return "" if plan.choice is None or plan.choice.whole else " for these rings"


def _nothing(plan: IsolationPlan) -> str:
    """Say why nothing is bought, as far as that is known: pods may have no place because no shape would take them."""
    if plan.verdict == FEASIBLE:
        return f"Nothing to buy: {'the owned nodes do' if any(ring.nodes for ring in plan.rings) else 'no pod needs a node'}."
    if plan.cluster.shapes and all(shape.max == 0 for shape in plan.cluster.shapes):
        return "Nothing can be bought: the max of every shape is 0."
    return "Nothing is bought."


def proof(value: Goal, of: str = "", tells_gap: bool = True) -> str:
    """Say what is proven of the cost, and of what; how far apart cost and bound are is for those who ask for more."""
    if value.gap == 0:
        return f"proven to be the least{of}"
    if value.bound <= 0:
        return "how much less could do is not known"
    gap = f" (gap {share(value.gap)})" if tells_gap else ""
    return f"at least {money(micro(value.bound))} per hour is needed{of}{gap}"


def share(gap: float) -> str:
    """Write a gap in per cent, rounded up: it is never more than what is said."""
    return f"{math.ceil(gap * 10_000 - _NOISE) / 100:.2f} %" if gap > 0 else "0 %"
