"""From the boxes of a search, which are floating point, to a walk through them in whole numbers that holds exactly."""

from operator import mul

import numpy as np

from models.solver.certificate import Group, Whole
from planner.solve.buy.bound.branch_and_bound import Box, BranchAndBound
from planner.solve.buy.bound.lp_relaxation import MILLION
from planner.solve.buy.bound.ring_lp import RingGroups, units_of
from planner.solve.buy.market.types import Market
from planner.solve.runtime.lp import Floats, Ints

DIGITS = 20
"""A fact of the certificate's form: the binary digits of a price in a walk."""
LOSS = 1e-6
"""A tolerance of the proof, which the search for it reckons with: how much of the bound may be given up for fewer rates."""

Rates = tuple[tuple[int, ...], ...]


def whole_of(market: Market, tree: BranchAndBound, scale: int) -> tuple[Whole, int]:
    """Return the walk, and what the ring costs at least by it, in 1/`scale` of a price's unit."""
    group = tree.group
    boxes = sorted(tree.open, key=lambda box: box.number)
    units = units_of(group, DIGITS)
    chosen = _choose_few(np.array([tree.charging.costs(box.low, box.high) for box in boxes]))
    order = sorted(set(chosen), key=chosen.index)
    rates = [_round_down(group, tree.charging.rates[rate], units, scale) for rate in order]
    terms = [_terms(group, rate, units) for rate in rates]
    ends = {box.number: order.index(rate) for box, rate in zip(boxes, chosen, strict=True)}
    # counted again in whole numbers, as the bounds of the boxes are floating point
    worth = min(_value(group, box, *terms[ends[box.number]]) for box in boxes)
    groups = tuple(_group_of(market, members) for members in group.kinds)
    flat = tuple(tuple(price for prices in rate for price in prices) for rate in rates)
    return Whole(group.ring, units, groups, flat, _walk(tree, ends)), worth


def _group_of(market: Market, kinds: tuple[int, ...]) -> Group:
    nodes = sorted(n for j in kinds for n in market.kinds[j].nodes)
    return Group(tuple(nodes), tuple(sorted(o for j in kinds for o in market.kinds[j].offers)))


def _walk(tree: BranchAndBound, ends: dict[int, int]) -> tuple[tuple[int, ...], ...]:
    """Write the walk from its end to its beginning; what two parts cost by the same rates they cost together."""
    walks: dict[int, tuple[tuple[int, ...], ...]] = {number: ((end,),) for number, end in ends.items()}
    # a part has a higher number than the whole it comes from, so that both its walks are written by then
    for number in sorted(tree.parts, reverse=True):
        g, most, few, many = tree.parts[number]
        below, above = walks[few], walks[many]
        walks[number] = below if below == above and len(below) == 1 else ((g, most), *below, *above)
    return walks[min(walks)]


def _round_down(group: RingGroups, rates: Floats, units: tuple[int, ...], scale: int) -> Rates:
    """Round down, and further where all the room of a node would be charged more than it costs by a rounding's difference."""
    result: list[tuple[int, ...]] = []
    for g, price in enumerate(group.price):
        prices = [int(rate * MILLION * (scale / unit)) for rate, unit in zip(rates[g].tolist(), units, strict=True)]
        total = sum(map(mul, map(mul, prices, units), group.room[g].tolist()))
        if price < total <= price * (1 + LOSS):
            prices = [charge * price // total for charge in prices]
        result.append(tuple(prices))
    return tuple(result)


def _terms(group: RingGroups, rates: Rates, units: tuple[int, ...]) -> tuple[int, list[int]]:
    """Return what the pods are worth at the rates, and what a node of each group costs beyond the charge for its room."""
    charges = [[price * unit for price, unit in zip(prices, units, strict=True)] for prices in rates]
    worth = 0
    for request, count, allowed in zip(group.requests.tolist(), group.counts.tolist(), group.allowed, strict=True):
        worth += count * min(sum(map(mul, charges[g], request)) for g in np.flatnonzero(allowed).tolist())
    beyond = [price - sum(map(mul, charges[g], group.room[g].tolist())) for g, price in enumerate(group.price)]
    return worth, beyond


def _value(group: RingGroups, box: Box, worth: int, beyond: list[int]) -> int:
    """Return what the ring costs at least with counts of the box."""
    for g, more in enumerate(beyond):
        # where there is no limit `high` is infinite, which no whole number is: `most` is, and is never reached
        worth += more * (int(box.low[g]) if more >= 0 else int(min(box.high[g], group.most[g])))
    return worth


def _choose_few(values: Floats) -> list[int]:
    """Choose rates for each box, few different ones, by which no box costs less than by the best ones for the worst."""
    target = float(values.max(axis=1).min())
    good = values >= target - LOSS * abs(target)
    chosen: Ints = np.full(len(values), -1, dtype=np.int64)
    # greedy set cover: those rates first that do for most of the boxes still open
    while (chosen < 0).any():
        best = int(np.argmax(good[chosen < 0].sum(axis=0)))
        chosen[(chosen < 0) & good[:, best]] = best
    return [int(rate) for rate in chosen]
