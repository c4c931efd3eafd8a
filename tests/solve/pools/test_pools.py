"""Pools of nodes that are alike: every type of pod is led to some of them, and no more nodes of a shape than there are."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models.problem import Apart, NodeSlot, Offer, PodClass, Problem
from planner.solve import expanded, purchase
from planner.solve.buy.market import market_of
from planner.solve.buy.rules import rules_of
from planner.solve.check import breaches
from planner.solve.pools import Pooling, bought, grown, led, poolings, repair, search
from planner.solve.pools.anneal import NO_WAY, Goods
from planner.solve.pools.choice import filled
from planner.solve.pools.trial import Case, left_out, orders

SHAPES = (("c", 8, 16, 80), ("m", 16, 64, 200), ("r", 8, 64, 120))
HOST = (-1, -1, -1)


@pytest.fixture(autouse=True)
def _short_search(monkeypatch):
    monkeypatch.setattr(search, "STEPS", 300)
    monkeypatch.setattr(repair, "WORK_PER_POD", 6_000)


def problem(seed, most=100):
    rng = random.Random(seed)
    offers = tuple(Offer(name, (cpu, memory, 40), (0, 1), price, at) for at, (name, cpu, memory, price) in enumerate(SHAPES))
    sizes = [(rng.randint(1, 9), (rng.randint(1, 4), rng.randint(1, 16), 1)) for _ in range(8)]
    classes = tuple(PodClass(f"w{at}", at % 2, count, size, (), offers=(0, 1, 2)) for at, (count, size) in enumerate(sizes))
    return Problem(("cpu", "memory", "pods"), ("a", "b"), classes, (), offers=offers, most=(most,) * len(SHAPES))


def cheapest(given):
    """Return the ways that were found, and a purchase of the cheapest of each ring."""
    ways = poolings(given)
    return ways, bought(given, purchase(given), {ring: found[0] for ring, found in ways.items()})


@pytest.mark.parametrize("seed", range(4))
def test_every_pod_is_placed_no_rule_is_broken_and_the_cost_is_what_the_nodes_cost(seed):
    given = problem(seed)
    ways, made = cheapest(given)
    assert set(ways) == {0, 1}
    assert all(one.cost <= other.cost for found in ways.values() for one, other in pairwise(found))
    assert list(breaches(expanded(given, made), made.ring_of, [dict(here) for here in made.counts])) == []
    assert [sum(pods for _, pods in here) for here in made.counts] == [one.count for one in given.classes]
    assert made.cost == sum(found[0].cost for found in ways.values()) == sum(given.offers[o].price for o in made.bought)
    assert made.cost >= made.bound > 0


@pytest.mark.parametrize("seed", range(4))
def test_each_workload_is_on_nodes_of_one_shape_where_pools_are_not_tried(seed, monkeypatch):
    monkeypatch.setattr(search, "MOST_PODS", 0)
    ways, made = cheapest(problem(seed))
    assert all(way.firm for found in ways.values() for way in found)
    assert {len({made.bought[n] for n, _ in here}) for here in made.counts} == {1}


def test_only_pods_that_may_be_kept_firm_are_in_pools_that_are_not_tried(monkeypatch):
    ways = poolings(problem(0))
    assert set(ways) == {0, 1}
    assert not any(way.firm for found in ways.values() for way in found)
    monkeypatch.setattr(search, "MOST_PODS", 0)
    assert poolings(problem(0), firm=False) == {}


@pytest.mark.parametrize(
    ("nodes", "homes", "firm", "where"),
    [
        pytest.param((1, 1), (0, 1), False, [[2, 0], [0, 2]], id="pods are where they would rather be"),
        pytest.param((1, 1), (0, 0), False, [[2, 0], [0, 2]], id="who finds no room there goes elsewhere"),
        pytest.param((1, 1), (0, 0), True, None, id="who is firm does not"),
        pytest.param((2, 0), (0, 0), True, [[1, 1], [1, 1]], id="unless there are more such nodes"),
    ],
)
def test_pods_are_placed_where_they_are_led_to_and_elsewhere_if_they_may(nodes, homes, firm, where):
    offers = tuple(Offer(name, (8, 8, 40), (0,), price, at) for at, (name, price) in enumerate((("a", 10), ("b", 11))))
    classes = tuple(PodClass(f"w{at}", 0, 2, (4, 4 - at, 1), (), offers=(0, 1)) for at in range(2))
    given = Problem(("cpu", "memory", "pods"), ("a",), classes, (), offers=offers, most=(9, 9))
    market = market_of(given, rules_of(given))
    number = {kind.offers[0]: j for j, kind in enumerate(market.kinds)}
    type_of = {market.members[t][0]: t for t in range(len(market.counts))}
    way = Pooling(
        0,
        0,
        tuple((number[at], count) for at, count in enumerate(nodes) if count),
        tuple((type_of[c], (number[home],)) for c, home in enumerate(homes)),
        firm,
    )
    made = filled(market, way)
    assert (made and [[node.counts.get(c, 0) for node in made] for c in range(2)]) == where


@pytest.mark.parametrize("seed", range(4))
def test_a_pool_that_was_too_small_gets_one_node_more_and_no_other_does(seed):
    given = problem(seed)
    way = poolings(given)[0][0]
    short = next(c for c, one in enumerate(given.classes) if one.ring == 0)
    before = bought(given, purchase(given), {0: way})
    more = grown(given, way, {short})
    after = bought(given, purchase(given), {0: more})
    extra = Counter(after.bought) - Counter(before.bought)
    there = {offer for offer, ring in zip(before.bought, before.ring_of, strict=True) if ring == 0}
    homes = led(given, way).get(short, tuple(there))
    assert list(extra.elements()) == [min(there.intersection(homes), key=lambda offer: given.offers[offer].price)]
    assert more.cost - way.cost == after.cost - before.cost == given.offers[min(extra)].price
    assert grown(given, way, set()) == way


def test_the_same_problem_gets_the_same_pools():
    assert poolings(problem(1)) == poolings(problem(1))


def left_out_of_the_cheapest(given):
    """Return how many pods the cheapest way of each ring leaves out on a crude kube-scheduler, in orders of its own."""
    market, missing = market_of(given, rules_of(given)), 0
    for ring, ways in poolings(given).items():
        types = [t for t, _ in ways[0].homes]
        kinds = [kind for kind, _ in ways[0].nodes]
        goods = search._goods(market, types, kinds, ring)
        nodes = np.repeat(np.arange(len(kinds)), [count for _, count in ways[0].nodes])
        liked = np.array([[kind in homes for kind in kinds] for _, homes in ways[0].homes])
        missing += int(left_out(goods, [Case(nodes, liked)], orders(goods, 20, 10, seed=5), (0, 1)).sum())
    return missing


def test_the_cheapest_way_leaves_no_pod_out_and_would_if_pools_were_not_tried(monkeypatch):
    assert [left_out_of_the_cheapest(problem(seed)) for seed in range(6)] == [0] * 6
    monkeypatch.setattr(search, "MOST_PODS", 0)
    assert sum(left_out_of_the_cheapest(problem(seed)) > 0 for seed in range(6)) >= 3


def test_no_ring_is_looked_at_once_it_is_over():
    assert poolings(problem(1), over=lambda: True) == {}


def test_no_more_nodes_of_a_shape_are_bought_than_there_are():
    found = poolings(problem(1, most=5))
    assert found
    assert all(count <= 5 for ways in found.values() for way in ways for _, count in way.nodes)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"nodes": (NodeSlot("own", (8, 16, 40), (0, 1)),)}, id="a ring that could use a node which is there is left out"
        ),
        pytest.param({"aparts": (Apart(0, (2,), (), HOST),)}, id="a ring whose pods keep away from each other is left out"),
    ],
)
def test_rings_whose_pods_need_more_than_room_are_left_out(change):
    given = problem(3)
    if "nodes" in change:
        first = replace(given.classes[0], candidates=(0,))
        change |= {"classes": (first, *given.classes[1:])}
    assert set(poolings(replace(given, **change))) == {1}


GOODS = Goods(*(np.array(one) for one in ([[10]], [1], [9], [[3]], [5], [[3]])))


@pytest.mark.parametrize(
    ("load", "largest", "slack", "nodes"),
    [
        pytest.param(10, 3, 1000, 1, id="one node is filled to the brim"),
        pytest.param(17, 3, 1000, 2, id="of two nodes one may be short by what the largest asks for: 7 and 10"),
        pytest.param(18, 3, 1000, 3, id="a little more needs a third"),
        pytest.param(20, 3, 0, 2, id="without slack all are filled"),
        pytest.param(11, 10, 1000, NO_WAY, id="pods as large as a node are never sure to fit beside others"),
    ],
)
def test_a_pool_has_room_for_the_largest_pod_when_it_comes_last(load, largest, slack, nodes):
    found = GOODS.nodes(np.array([0]), np.array([[load]]), np.array([[largest]]), np.array([0]), slack)
    assert found.tolist() == [nodes]
