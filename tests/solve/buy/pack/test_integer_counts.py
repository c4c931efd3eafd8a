"""Nodes that are chosen before a ring is packed are cheaper, hold all pods, and are never more than there may be."""

from dataclasses import replace

import numpy as np
import pytest

from models.solver.problem import ENDLESS, Offer, PortConflict, Problem, RingSize
from planner.solve import purchase
from planner.solve.buy.market.rule_classes import rules_of
from planner.solve.buy.market.types import market_of
from planner.solve.buy.pack.integer_counts import CountSearch, cost_of
from planner.solve.buy.pack.lp_guided import RingPacking, never
from planner.solve.tuning import SOLVING
from tests.benchmarks.buying_instances import RESOURCES, SHAPES, kubelet, price
from tests.benchmarks.four_levels import workloads
from tests.solve.buy.column_generation.test_master import can_hold
from tests.solve.buy.test_buy_scale import assert_holds

SPARE = SOLVING.buy.counting.spare


def packed(market, most=None):
    left, bins = market.most.copy() if most is None else most.copy(), []
    for r in range(len(market.problem.rings)):
        ring = RingPacking(market, r, np.where(market.ring_of == r, market.counts, 0), left, SOLVING.buy.packing)
        ring.pack()
        bins += ring.bins
    return bins


def inside(market, bins):
    found = np.zeros_like(market.counts)
    for one in bins:
        for t, pods in one.pods:
            found[t] += pods * one.times
    return found


def few_levels(pods=400, rings=2, seed=2):
    """Return a small problem of buying with eight shapes, in which every workload has requests of its own."""
    offers = [
        Offer(f"{cores}c{gib}g", (*kubelet(cores, gib), most), tuple(range(rings)), price(cores, gib), at)
        for at, (cores, gib, most) in enumerate(SHAPES)
    ]
    classes = [c for c in workloads(len(offers), seed, pods) if c.ring < rings]
    return Problem(RESOURCES, tuple(f"ring-{r}" for r in range(rings)), tuple(classes), (), offers=tuple(offers), most=(99,) * 8)


RULES = {
    "nothing but room": {},
    "pods that may not meet": {"clashes": tuple(PortConflict(c, c + 1) for c in range(0, 60, 6))},
    "pods that may not meet their like": {"clashes": tuple(PortConflict(c, c) for c in range(0, 60, 20))},
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_choosing_nodes_first_is_cheaper_where_pods_are_many_and_unlike(rules):
    problem = replace(few_levels(), **rules)
    market = market_of(problem, rules_of(problem))
    stocker = CountSearch(market, packed(market), (None,), never, SOLVING.buy)
    before = cost_of(market, stocker.bins)
    assert stocker.is_small()
    stocker.run(lambda: False, 0.0)
    assert cost_of(market, stocker.bins) < before
    assert (inside(market, stocker.bins) == market.counts).all()
    for one in stocker.bins:
        row = np.zeros(len(market.counts), dtype=np.int64)
        for t, pods in one.pods:
            row[t] = pods
        assert can_hold(market, one.ring, one.kind, row)


@pytest.mark.parametrize("spare", [*SPARE, 0.1])
def test_chosen_nodes_have_room_for_more_than_all_pods_and_cost_less_than_before(spare):
    problem = few_levels()
    market = market_of(problem, rules_of(problem))
    stocker = CountSearch(market, packed(market), (None,), never, SOLVING.buy)
    looked = 0
    for stock in stocker._stocks():
        below = 2 * cost_of(market, stock.bins)
        for have in stock._choices(spare, below):
            assert (have <= stock.left).all()
            kinds = [int(np.flatnonzero(market.pool == pool)[0]) for pool in np.flatnonzero(have)]
            counts = have[have > 0]
            assert sum(int(market.price[kind]) * count for kind, count in zip(kinds, counts, strict=True)) <= below
            room = sum(market.room[kind, stock.ring] * count for kind, count in zip(kinds, counts, strict=True))
            assert (room >= (1 + spare) * (market.requests.T @ stock.wanted) * (1 - 1e-6)).all()
            looked += 1
    assert looked


def used(market, bins):
    found = np.zeros_like(market.most)
    for one in bins:
        found[market.pool[one.kind]] += one.times
    return found


def test_no_more_nodes_are_taken_than_there_are_of_a_shape_in_all_its_zones_and_for_all_rings():
    problem = few_levels()
    zones = [replace(one, name=f"{one.name}@{zone}") for zone in "ab" for one in problem.offers]
    classes = [replace(c, offers=tuple(range(8 * (at % 4 // 2), 8 * (at % 4 // 2) + 8))) for at, c in enumerate(problem.classes)]
    problem = replace(problem, offers=tuple(zones), classes=tuple(classes))
    free = market_of(problem, rules_of(problem))
    bins = packed(free)
    market = replace(free, most=used(free, bins))
    stocker = CountSearch(market, bins, (None,), never, SOLVING.buy)
    looked = 0
    for stock in stocker._stocks():
        for have in stock._choices(0.0, 2 * cost_of(market, bins)):
            assert (have <= market.most - used(market, [one for one in bins if one.ring != stock.ring])).all()
            looked += 1
    assert looked
    stocker.run(lambda: False, 0.0)
    assert (used(market, stocker.bins) <= market.most).all()


def test_what_costs_the_same_is_left_as_it_is():
    problem = few_levels(800, 4, 3)
    market = market_of(problem, rules_of(problem))
    stocker = CountSearch(market, packed(market), (None,), never, SOLVING.buy)
    kept = 0
    for stock in stocker._stocks():
        for spare in SPARE:
            before = stock.bins
            stock.improve(spare)
            assert stock.bins is before or cost_of(market, stock.bins) < cost_of(market, before)
            kept += stock.bins is before
    assert kept


@pytest.mark.parametrize(("most", "nodes"), [(ENDLESS, 10), (9, 7)])
def test_a_ring_is_not_packed_into_more_nodes_than_it_may_have(most, nodes):
    free = few_levels(1_500, 4, 7)
    market = market_of(replace(free, sizes=(RingSize(0, most),) * 4), rules_of(free))
    stock = next(CountSearch(market, packed(market), (None,), never, SOLVING.buy)._stocks())
    assert sum(one.times for one in stock.bins) == 9
    for spare in SPARE[:3]:
        stock.improve(spare)
    assert sum(one.times for one in stock.bins) == nodes


def test_a_ring_gets_no_more_nodes_than_it_may_have():
    free = purchase(few_levels())
    nodes = [free.ring_of.count(r) for r in range(2)]
    problem = replace(few_levels(), sizes=tuple(RingSize(0, count - 1) for count in nodes))
    tight = purchase(problem)
    assert_holds(problem, tight)
    assert [tight.ring_of.count(r) for r in range(2)] <= [count - 1 for count in nodes]


def test_where_pods_are_left_out_nothing_is_chosen_anew():
    problem = replace(few_levels(), most=(1,) + (0,) * 7)
    market = market_of(problem, rules_of(problem))
    bins = packed(market)
    assert (inside(market, bins) < market.counts).any()
    assert not CountSearch(market, bins, (None,), never, SOLVING.buy).is_small()
