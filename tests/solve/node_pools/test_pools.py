"""Pools of nodes that are alike: every type of pod is led to some of them, and no more nodes of a shape than there are."""

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from models.frozen_map import FrozenMap
from models.solver.problem import Affinity, AntiAffinity, NodeSlot, Offer, PodClass, Problem, TopologySpread
from planner.solve import with_bought_nodes
from planner.solve.instance.validate import breaches
from planner.solve.node_pools import (
    NODE,
    ZONE,
    PoolCandidate,
    adjust,
    affinity_hints,
    fill_nodes,
    purchase_of,
    search,
    with_more_nodes,
    with_required_hints,
)
from planner.solve.node_pools.instance.ring import instance_of
from planner.solve.node_pools.local_search.greedy_scheduler import Case, orders
from planner.solve.node_pools.local_search.search import NEVER, LocalSearch, PoolDivision
from planner.solve.runtime import workers
from tests.goods import left_out
from tests.soak import later, soak_after
from tests.solve.node_pools.small_stock import BRIEF, SHAPES, SHORT, UNTRIED, pool_candidates, problem, purchased, stock

pytestmark = pytest.mark.usefixtures("one_process")
HOST = (-1, -1, -1)
SEEDS = soak_after(1, range(4))


@cache
def _ways_of(given, tuning, places):
    return pool_candidates(stock(given, **dict(places)), tuning=tuning)


def ways_of(given, tuning=SHORT, **places):
    """Return the candidates that are found; many tests look at the same ones, which are searched for once."""
    return _ways_of(given, tuning, tuple(places.items()))


def cheapest(given, tuning=SHORT, **places):
    """Return the ways that were found, and a purchase of the cheapest of each ring."""
    ways = ways_of(given, tuning, **places)
    return ways, purchase_of(stock(given, **places), purchased(given), {ring: found[0] for ring, found in ways.items()})


@pytest.mark.parametrize("seed", SEEDS)
def test_every_pod_is_placed_no_rule_is_broken_and_the_cost_is_what_the_nodes_cost(seed):
    given = problem(seed)
    ways, made = cheapest(given)
    assert set(ways) == {0, 1}
    assert all(one.cost <= other.cost for found in ways.values() for one, other in pairwise(found))
    assert list(breaches(with_bought_nodes(given, made), made.ring_of, [dict(here) for here in made.counts])) == []
    assert [sum(pods for _, pods in here) for here in made.counts] == [one.count for one in given.classes]
    assert made.cost == sum(found[0].cost for found in ways.values()) == sum(given.offers[o].price for o in made.bought)
    assert made.cost >= made.bound > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_each_workload_is_on_nodes_of_one_shape_where_pools_are_not_tried(seed):
    ways, made = cheapest(problem(seed), UNTRIED)
    assert all(way.firm for found in ways.values() for way in found)
    assert {len({made.bought[n] for n, _ in here}) for here in made.counts} == {1}


def test_only_pods_that_may_be_kept_firm_are_in_pools_that_are_not_tried():
    ways = ways_of(problem(0))
    assert set(ways) == {0, 1}
    assert not any(way.firm for found in ways.values() for way in found)
    assert pool_candidates(stock(problem(0)), firm=False, tuning=UNTRIED) == {}


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
    there = stock(given)
    number = {kind.offers[0]: j for j, kind in enumerate(there.market.kinds)}
    type_of = {there.market.members[t][0]: t for t in range(len(there.market.counts))}
    way = PoolCandidate(
        0,
        0,
        tuple((at, count) for at, count in enumerate(nodes) if count),
        tuple((type_of[c], (number[home],)) for c, home in enumerate(homes)),
        firm,
    )
    made = fill_nodes(there, way)
    assert (made and [[node.counts.get(c, 0) for node in made] for c in range(2)]) == where


def test_workloads_are_led_to_nodes_of_their_kinds_in_all_zones_unless_they_may_go_everywhere():
    shapes = (("a@1", 0, 1), ("a@2", 0, 1), ("c@1", 1, 2))
    offers = tuple(Offer(name, (8, 8, 40), (0,), price, shape) for name, shape, price in shapes)
    classes = tuple(PodClass(f"w{at}", 0, 2, (4, 4 - at, 1), (), offers=(0, 1, 2)) for at in range(2))
    there = stock(Problem(("cpu", "memory", "pods"), ("a",), classes, (), offers=offers, most=(9, 9)), zones=(0, 1, 0))
    a, c = there.kind_of[0], there.kind_of[2]
    types = {members: t for t, members in enumerate(there.market.members)}
    way = PoolCandidate(0, 4, ((0, 1), (1, 1), (2, 1)), ((types[0,], (a,)), (types[1,], (a, c))))
    assert affinity_hints(there, way) == {0: (0, 1)}


def nodes_of(way):
    """Count a way's nodes by offer, whatever pools they are in."""
    return Counter(offer for offer, count, _ in way.lots() for _ in range(count))


def preferred(there, way):
    """Return the offers that each type prefers of a way."""
    lots = [(offer, pool or there.kind_of[offer]) for offer, _, pool in way.lots()]
    return {t: {offer for offer, home in lots if home in homes} for t, homes in way.homes}


@pytest.mark.parametrize("firm", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_way_that_was_too_small_gets_one_node_more_that_takes_who_came_short(seed, firm):
    given = problem(seed)
    there = stock(given)
    way = ways_of(given, UNTRIED if firm else SHORT)[0][0]
    assert way.firm == firm
    t, homes = way.homes[0]
    (short,) = there.market.members[t]
    more = with_more_nodes(there, way, {short})
    (extra,) = (nodes_of(more) - nodes_of(way)).elements()
    kinds = homes if firm else range(len(there.market.kinds))
    able = [there.market.kinds[j].offers[0] for j in kinds if there.market.allowed[t, j]]
    assert extra == min(able, key=lambda offer: given.offers[offer].price)
    assert more.cost - way.cost == given.offers[extra].price
    assert preferred(there, more) == preferred(there, way)
    assert firm or all(more.pools[-1] not in pools for _, pools in more.homes)
    assert with_more_nodes(there, way, set()) == way


@pytest.mark.parametrize("seed", SEEDS)
def test_pods_that_are_held_are_on_the_nodes_that_they_prefer_and_what_nobody_prefers_is_not_bought(seed):
    there = stock(problem(seed))
    found = []
    for way in ways_of(problem(seed))[0]:
        roomy = with_more_nodes(there, way, {there.market.members[way.homes[0][0]][0]})
        for one in (way, roomy):
            firm = with_required_hints(there, one)
            found.append(firm)
            if firm is None:
                continue
            assert nodes_of(firm) <= nodes_of(way), "the node to spare is nobody's"
            assert firm.cost == sum(there.problem.offers[offer].price * count for offer, count in firm.nodes) <= way.cost
            home = {c: homes for t, homes in firm.homes for c in there.market.members[t]}
            for node in fill_nodes(there, firm):
                assert all((node.pool or there.kind_of[node.offer]) in home[c] for c in node.counts)
    assert any(found), "of some way they fit"


def held_way(seed):
    """Return what nodes are chosen from, a way that holds pods on its pools with a node more, and what is on each node then."""
    there = stock(problem(seed))
    short = there.market.members[0]
    larger = (with_more_nodes(there, one, short) for one in ways_of(problem(seed))[0])
    way = next(firm for one in larger if (firm := with_required_hints(there, one)))
    return there, way, [node.counts for node in fill_nodes(there, way)]


@pytest.mark.parametrize("seed", SEEDS)
def test_where_pods_are_held_the_node_more_is_in_their_pool_and_is_filled_last(seed):
    there, way, before = held_way(seed)
    market = there.market
    for t, homes in way.homes:
        more = with_more_nodes(there, way, set(market.members[t]))
        (kind,) = {there.kind_of[offer] for offer in (nodes_of(more) - nodes_of(way)).elements()}
        able = [j for j in range(len(market.kinds)) if market.allowed[t, j] and market.kinds[j].offers]
        assert market.price[kind] == min(market.price[j] for j in able)
        assert set(more.pools) == set(way.pools)
        assert sum(count for _, count, pool in more.lots() if pool == min(homes)) == 1 + sum(
            count for _, count, pool in way.lots() if pool == min(homes)
        )
        made = fill_nodes(there, more)
        kinds = {there.kind_of[offer] for offer, _, pool in way.lots() if pool == min(homes)}
        if kind not in kinds:
            assert [node.counts for node in made if there.kind_of[node.offer] != kind or node.pool != min(homes)] == before


@pytest.mark.parametrize("seed", SEEDS)
def test_a_node_of_any_other_kind_in_a_pool_changes_nothing_where_all_fitted_without(seed):
    there, way, before = held_way(seed)
    market = there.market
    for pool in sorted(set(way.pools)):
        (own,) = {there.kind_of[offer] for offer, _, at in way.lots() if at == pool}
        for j in (j for j, kind in enumerate(market.kinds) if kind.offers and j != own):
            made = fill_nodes(there, adjust._add_nodes(way, [(market.kinds[j].offers[0], pool)]))
            main = [node.counts for node in made if (node.pool, there.kind_of[node.offer]) != (pool, j)]
            assert main == before


def test_who_prefers_nodes_that_are_not_bought_cannot_be_held():
    there = stock(problem(0))
    way = ways_of(problem(0))[0][0]
    bought_kinds = {there.kind_of[offer] for offer, _ in way.nodes}
    other = next(j for j, kind in enumerate(there.market.kinds) if kind.offers and j not in bought_kinds)
    (t, _), *homes = way.homes
    assert with_required_hints(there, replace(way, homes=((t, (other,)), *homes))) is None


def test_nodes_that_are_bought_in_addition_go_to_the_zone_that_has_fewest():
    given, zones = in_two_zones(problem(1))
    there = stock(given, zones=zones)
    way = ways_of(given, UNTRIED, zones=zones)[0][0]
    counts = [
        Counter(zones[offer] for offer, count in one.nodes for _ in range(count))
        for one in (way, with_more_nodes(there, way, {0}))
    ]
    least = min(counts[0], key=lambda zone: (counts[0][zone], zone))
    assert counts[1] - counts[0] == {least: 1}


def test_the_same_problem_gets_the_same_pools():
    assert pool_candidates(stock(problem(0))) == ways_of(problem(0))


def left_out_of_the_cheapest(given, without="", tuning=SHORT, **places):
    """Return how many pods the cheapest way of each ring leaves out on a crude kube-scheduler, in orders of its own.

    It is tried without one node, or one zone by then; `places` say what was known when the way was looked for.
    """
    missing, there = 0, stock(given, **places)
    for ring, ways in ways_of(given, tuning, **places).items():
        types = [t for t, _ in ways[0].homes]
        kinds = [j for j, kind in enumerate(there.market.kinds) if kind.offers or there.own(ring, j)]
        copies = max(ways[0].pools, default=0) + 1
        mine = replace(instance_of(there, ring, types, kinds).in_pools(copies), lost=without)
        counts = Counter()
        for offer, count, pool in ways[0].lots():
            kind = next(at for at, j in enumerate(kinds) if offer in there.market.kinds[j].offers)
            counts[pool * len(kinds) + kind] += count
        homes_of = [pool if ways[0].pools else kind for pool in range(copies) for kind in kinds]
        liked = np.array([[home in homes for home in homes_of] for _, homes in ways[0].homes])
        case = Case(*mine.left_after_loss(mine.with_own(counts.items())), liked)
        missing += int(left_out(mine, [case], orders(mine, 20, 10, seed=5), (0, 1)).sum())
    return missing


@pytest.mark.soak
def test_rings_of_many_pods_are_looked_at_side_by_side_and_get_the_same_pools(monkeypatch):
    there = stock(problem(0))
    here = pool_candidates(there)
    monkeypatch.setattr(workers, "processors", lambda: 2)
    monkeypatch.setattr(search, "OnePoolPerShape", None)
    assert pool_candidates(there, tuning=replace(SHORT, many_pods=int(there.market.counts.sum()))) == here


@pytest.mark.soak
def test_the_cheapest_way_leaves_no_pod_out_and_at_times_would_if_pools_were_not_tried():
    assert [left_out_of_the_cheapest(problem(seed)) for seed in range(6)] == [0] * 6
    assert sum(left_out_of_the_cheapest(problem(seed), tuning=UNTRIED) > 0 for seed in range(6)) >= 2


@pytest.mark.soak
def test_later_turns_look_with_other_luck_for_what_costs_less_and_for_several_pools_of_a_shape(monkeypatch):
    asked, began = [], []

    def repair(*given, **more):
        if "seed" in more:  # what is found in the end is steadied without one
            asked.append((more["seed"], more["most"]))
        return LocalSearch(*given, **more)

    def divisions(*given):
        began.append(given[4:6])
        return real(*given)

    real, three_turns = search._divisions, replace(SHORT, turns_of_pools=(False, True, True))
    monkeypatch.setattr(search, "LocalSearch", repair)
    monkeypatch.setattr(search, "_divisions", divisions)
    found = [ways[0].cost for _, ways in sorted(pool_candidates(stock(problem(0)), tuning=three_turns).items())]
    assert [seed for seed, _ in asked] == [1, 2, 3] * len(found)
    assert began == [*[(False, 0)] * 3, *[(True, 1)] * 3, *[(True, 2)] * 3] * len(found)
    for ring, cost in enumerate(found):
        costs = [most for _, most in asked[3 * ring : 3 * ring + 3]]
        assert costs == sorted(costs, reverse=True)
        assert (costs[0], costs[1] < NEVER) == (NEVER, True)
        assert cost <= costs[2]


def test_with_little_time_there_is_one_turn(monkeypatch):
    asked = []
    monkeypatch.setattr(search, "LocalSearch", lambda *given, **more: asked.append(more["seed"]) or LocalSearch(*given, **more))
    assert pool_candidates(stock(problem(0)), seconds=1e-9)
    assert set(asked) == {1}


def test_no_ring_is_looked_at_once_it_is_over():
    assert pool_candidates(stock(problem(1)), over=lambda: True) == {}


def test_no_more_nodes_of_a_shape_are_bought_than_there_are():
    found = ways_of(problem(1, most=5), BRIEF)
    assert found
    assert all(count <= 5 for ways in found.values() for way in ways for _, count in way.nodes)


ZONED = tuple((name, zone) for name in range(len(SHAPES)) for zone in range(2))


def in_two_zones(given, spreads=(), nodes=()):
    """Return the problem with every shape in two zones, and so many nodes that are there; spread are the classes named."""
    offers = tuple(replace(given.offers[shape], name=f"{SHAPES[shape][0]}@{zone}") for shape, zone in ZONED)
    own = tuple(at for at, _ in enumerate(nodes))
    classes = tuple(replace(one, offers=tuple(range(len(offers))), candidates=own) for one in given.classes)
    domains = tuple(tuple(at for at, zone in enumerate(nodes) if zone == here) for here in range(2))
    joins = tuple(zone for _, zone in ZONED)
    slots = tuple(NodeSlot(f"own{at}", (8, 32, 40), (0, 1)) for at in own)
    rules = tuple(TopologySpread(c, (c,), domains, 1, joins=joins) for c in spreads)
    return replace(given, offers=offers, classes=classes, spreads=rules, nodes=slots), (*nodes, *joins)


@pytest.mark.parametrize("nodes", [later(((),), id="all is bought"), pytest.param((0, 1, 1), id="some nodes are there")])
@pytest.mark.parametrize("seed", SEEDS)
def test_pods_are_spread_over_zones_beside_the_nodes_that_are_there(seed, nodes):
    given, zones = in_two_zones(problem(seed), spreads=(0, 1, 2), nodes=nodes)
    ways, made = cheapest(given, zones=zones)
    assert set(ways) == {0, 1}
    assert list(breaches(with_bought_nodes(given, made), made.ring_of, [dict(here) for here in made.counts])) == []
    assert [sum(pods for _, pods in here) for here in made.counts] == [one.count for one in given.classes]
    assert made.ring_of[: len(nodes)] == purchased(given).ring_of[: len(nodes)]
    assert made.cost == sum(given.offers[o].price for o in made.bought) == sum(found[0].cost for found in ways.values())
    assert left_out_of_the_cheapest(given, zones=zones) == 0


def test_nodes_that_are_there_are_made_use_of():
    given, zones = in_two_zones(problem(2), nodes=(0, 1, 1))
    bare, everywhere = in_two_zones(problem(2))
    assert cheapest(given, UNTRIED, zones=zones)[1].cost < cheapest(bare, UNTRIED, zones=everywhere)[1].cost


@pytest.mark.parametrize(("seed", "types"), soak_after(1, [(0, 4), *((seed, 8) for seed in range(4))]))
def test_pods_that_keep_away_from_each_other_meet_on_no_node(seed, types):
    given = replace(problem(seed, types=types), aparts=(AntiAffinity(0, (2,), (), HOST), AntiAffinity(1, (1,), (), HOST)))
    ways, made = cheapest(given)
    assert set(ways) == {0, 1}
    assert list(breaches(with_bought_nodes(given, made), made.ring_of, [dict(here) for here in made.counts])) == []
    assert left_out_of_the_cheapest(given) == 0


@pytest.mark.parametrize(
    ("change", "rings"),
    [
        pytest.param({}, {0, 1}, id="spread over zones is tried"),
        pytest.param({"max_skew": 2}, {0, 1}, id="whatever the skew"),
        pytest.param({"standing": (0,)}, {1}, id="but not where a zone counts that the ring may have no node in"),
        pytest.param({"joins": (0, 0, 0, 0, 1, 1)}, {1}, id="nor spread over what are not zones"),
        pytest.param({"matched": (0, 2)}, {1}, id="nor spread that others count for"),
    ],
)
def test_rings_whose_spread_is_not_tried_are_left_out(change, rings):
    given, zones = in_two_zones(problem(3), spreads=(0,))
    given = replace(given, spreads=tuple(replace(one, **change) for one in given.spreads))
    assert set(pool_candidates(stock(given, zones=zones), tuning=BRIEF)) == rings


def test_a_ring_of_which_pods_run_already_is_left_out():
    given, zones = in_two_zones(problem(3), nodes=(0, 1))
    classes = (replace(given.classes[0], running=FrozenMap({"1": 1})), *given.classes[1:])
    assert set(pool_candidates(stock(replace(given, classes=classes), zones=zones), tuning=BRIEF)) == {1}


def test_pods_that_must_be_near_others_are_left_out():
    given = replace(problem(3), togethers=(Affinity(0, (2,), ((),), (HOST,)),))
    assert set(pool_candidates(stock(given), tuning=BRIEF)) == {1}


@pytest.mark.parametrize(
    ("signs", "alike"),
    [
        pytest.param(("w", "x", "y", "z"), [], id="each kind has a label of its own"),
        pytest.param(("x", "x", "y", "z"), [(0, 1)], id="a node that is there has the label of one that is bought"),
        pytest.param(("", "", "y", "z"), [], id="nodes without a label are not alike for that"),
    ],
)
def test_a_node_that_is_there_is_alike_to_those_that_can_be_bought_and_bear_its_label(signs, alike):
    given = replace(problem(0), nodes=(NodeSlot("own", (8, 16, 40), (0,)),))
    classes = tuple(replace(one, candidates=(0,)) for one in given.classes)
    there = stock(replace(given, classes=classes), signs=signs)
    assert there.places.ring_of == (0,)
    kinds = sorted(range(len(there.market.kinds)), key=lambda j: there.market.kinds[j].offers)
    types = [t for t, ring in enumerate(there.market.ring_of) if ring == 0]
    found = instance_of(there, 0, types, kinds)
    assert found.own.tolist() == [True, False, False, False]
    assert found.price.tolist() == [0, 80, 200, 120]
    assert found.most.tolist() == [1, 100, 100, 100]
    assert [(j, k) for j in range(4) for k in range(j) if found.alike[j, k]] == [(k, j) for j, k in alike]


@pytest.mark.parametrize("lost", soak_after(1, [NODE, ZONE]))
@pytest.mark.parametrize(("seed", "types"), soak_after(1, [(0, 4), *((seed, 8) for seed in range(3))]))
def test_without_its_largest_node_or_zone_a_ring_still_has_room(seed, types, lost):
    given, zones = in_two_zones(problem(seed, types=types))
    careless = {ring: ways[0].cost for ring, ways in ways_of(given, zones=zones).items()}
    careful = {ring: ways[0].cost for ring, ways in ways_of(given, zones=zones, lost=lost).items()}
    assert set(careful) == {0, 1}
    assert all(careful[ring] > careless[ring] for ring in careful)
    few = left_out_of_the_cheapest(given, lost, zones=zones, lost=lost)
    assert few <= 1 < left_out_of_the_cheapest(given, lost, zones=zones)


def test_in_one_zone_no_ring_survives_its_loss():
    given = problem(1)
    assert set(pool_candidates(stock(given), tuning=BRIEF)) == {0, 1}
    assert pool_candidates(stock(given, lost=ZONE), tuning=BRIEF) == {}


def test_a_new_node_is_in_a_zone_where_the_ring_is_the_emptiest_with_what_it_owns():
    given, zones = in_two_zones(problem(1), nodes=(0, 0, 0, 0))
    there = stock(given, zones=zones)
    ring, there = 0, replace(there, places=replace(there.places, ring_of=(0, 0, 0, 0)))
    homes = tuple((t, (0,)) for t, of in enumerate(there.market.ring_of) if of == ring)
    classes = {c for t, _ in homes for c in there.market.members[t]}
    first = {zone: next(o for o, at in enumerate(zones[4:]) if at == zone) for zone in (0, 1)}
    one_there = with_more_nodes(there, PoolCandidate(ring, 0, ((first[1], 1),), homes), classes)
    assert {zones[4 + offer] for offer, count in one_there.nodes if count > (offer == first[1])} == {1}
    assert one_there.pools == ()
    none_there = with_more_nodes(there, PoolCandidate(ring, 0, ((first[0], 1),), homes), classes)
    assert {zones[4 + offer] for offer, _ in none_there.nodes} == {0}


def test_many_owned_nodes_of_a_kind_make_no_more_divisions():
    def made(count):
        given, zones = in_two_zones(problem(1), nodes=tuple(n % 2 for n in range(count)))
        there = stock(given, zones=zones)
        ring = 0
        kinds = [j for j in range(len(there.market.kinds)) if search._is_there(there, ring, j)]
        types = [t for t, of in enumerate(there.market.ring_of) if of == ring]
        mine = instance_of(there, ring, types, kinds)
        bare = mine.with_own([(int(np.flatnonzero(~mine.own)[0]), 3)])
        return len(list(search._other(mine, [PoolDivision(0, bare, mine.fit > 0)], search._even_over_zones)))

    assert made(1) == made(9) <= 2


@pytest.mark.parametrize(("count", "found"), [(1, None), (2, [{0: 1}, {1: 1}])])
def test_pods_that_keep_apart_are_placed_on_different_nodes(count, found):
    classes = tuple(PodClass(f"w{at}", 0, 1, (4 - at, 1, 1), (), offers=(0,)) for at in range(2))
    offer = Offer("a", (8, 8, 40), (0,), 10, 0)
    given = Problem(
        ("cpu", "memory", "pods"), ("a",), classes, (), aparts=(AntiAffinity(0, (1,), (), (-1,)),), offers=(offer,), most=(9,)
    )
    there = stock(given)
    (kind,) = (j for j, one in enumerate(there.market.kinds) if one.offers)
    made = fill_nodes(there, PoolCandidate(0, 0, ((0, count),), tuple((t, (kind,)) for t in range(2))))
    assert (made and [node.counts for node in made]) == found


@pytest.mark.parametrize(
    ("domains", "pods", "fits"),
    [
        pytest.param(2, 3, True, id="two zones hold two and one"),
        pytest.param(3, 2, True, id="with a zone too few each holds one"),
        pytest.param(3, 3, False, id="and no more"),
    ],
)
def test_with_fewer_zones_than_a_rule_wants_none_holds_more_than_it_may_hold_more_than_none(domains, pods, fits):
    given, zones = in_two_zones(problem(1), spreads=(0,))
    rules = tuple(replace(one, min_domains=domains) for one in given.spreads)
    first = replace(given.classes[0], count=pods, requests=(1, 1, 1))
    there = stock(replace(given, classes=(first, *given.classes[1:]), spreads=rules), zones=zones)
    (t,) = (t for t, members in enumerate(there.market.members) if members == (0,))
    way = PoolCandidate(0, 0, ((0, 1), (1, 1)), ((t, (there.kind_of[0],)),))
    assert (fill_nodes(there, way) is not None) == fits
