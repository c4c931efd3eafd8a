"""Nodes tried on a crude kube-scheduler."""

from dataclasses import replace

import numpy as np
import pytest

from planner.solve.node_pools.local_search.greedy_scheduler import Case, orders
from tests.goods import BOTH, TWO, goods, left_out, liking


def case(given, counts, *homes):
    """Return so many nodes of each kind, and the kind that each type prefers."""
    liked = liking(*(homes or [None] * len(given.pods)), width=len(given.price))
    return Case(*given.lay_out(tuple(enumerate(counts))), liked)


def left(given, counts, flow, *homes):
    return int(left_out(given, [case(given, counts, *homes)], [np.array(flow)], BOTH).sum())


@pytest.mark.parametrize(
    ("types", "nodes", "flow", "pods"),
    [
        pytest.param([(4, 5, 5)], 2, [0] * 4, 0, id="pods that halve a node fill two of them"),
        pytest.param([(5, 5, 5)], 2, [0] * 5, 1, id="one more finds no room"),
        pytest.param([(2, 6, 1), (2, 4, 1)], 2, [0, 0, 1, 1], 0, id="large ones first leave room for the small ones"),
        pytest.param(
            [(1, 10, 1), (4, 2, 1)], 2, [1, 1, 1, 1, 0], 1, id="small ones are spread and leave no node for a large one"
        ),
        pytest.param([(1, 10, 1), (4, 2, 1)], 2, [0, 1, 1, 1, 1], 0, id="the large one first has its node"),
        pytest.param(
            [(2, 1, 9), (2, 9, 1)], 2, [0, 1, 0, 1], 0, id="a node is used evenly, if that is better than to be used little"
        ),
        pytest.param([(41, 0, 0)], 2, [0] * 41, 1, id="a node has so many pods and no more"),
    ],
)
def test_pods_go_where_kube_scheduler_would_put_them_and_some_find_no_room(types, nodes, flow, pods):
    assert left(goods(*types), [nodes], flow) == pods


def test_pods_rather_use_a_node_evenly_where_it_is_as_little_used_as_another():
    assert left(goods((1, 1, 5), (1, 3, 3), (1, 5, 1), (1, 7, 7)), [2], [0, 1, 2, 3]) == 0


def test_a_node_holds_no_more_of_a_type_than_it_may_however_much_room_it_has():
    given = goods((3, 1, 1))
    assert left(given, [2], [0, 0, 0]) == 0
    assert left(replace(given, fit=np.array([[1]])), [2], [0, 0, 0]) == 1


@pytest.mark.parametrize(
    ("homes", "flow", "pods"),
    [
        pytest.param((0, 0), [0, 1], 1, id="a small one that prefers the large node takes room from a large one that comes last"),
        pytest.param((1, 0), [0, 1], 0, id="one that prefers the small node leaves it alone"),
        pytest.param((1, 0), [1, 0], 0, id="whoever comes first"),
        pytest.param((1, 1), [0, 0, 0, 0], 0, id="who finds no room where it would rather go takes any node that is there"),
        pytest.param((1, 1), [0, 0, 0, 1], 1, id="and may then be in the way"),
    ],
)
def test_pods_go_first_where_they_are_led_to(homes, flow, pods):
    assert left(goods((4, 3, 3), (1, 9, 9), **TWO), [1, 1], flow, *homes) == pods


def test_what_a_node_is_liked_for_counts_more_than_how_empty_it_is():
    given = goods((2, 4, 4), (1, 9, 9), **TWO)
    assert left(given, [1, 1], [0, 0, 1], 1, None) == 0
    assert left(given, [1, 1], [0, 0, 1]) == 1


def test_cases_of_different_sizes_are_tried_beside_each_other_as_alone():
    given = goods((6, 4, 4), (9, 3, 1), (5, 1, 6), capacity=((10, 10, 20), (16, 12, 20)), price=(100, 150))
    flows = orders(given, 3, 2)
    cases = [case(given, *one) for one in CASES]
    alone = [left_out(given, [one], flows, BOTH)[0].tolist() for one in cases]
    assert left_out(given, cases, flows, BOTH).tolist() == alone
    assert len({sum(one) for one in alone}) > 2


@pytest.mark.parametrize("seed", range(20))
def test_what_a_case_leaves_out_does_not_hang_on_what_is_tried_beside_it(seed):
    rng = np.random.default_rng(seed)
    given = goods(*[(int(rng.integers(4, 12)), *map(int, rng.integers(1, 6, 2))) for _ in range(4)])
    flows = orders(given, 3, 2)
    narrow, wide = case(given, [4]), case(given, [9])
    assert left_out(given, [narrow, wide], flows, BOTH)[0].tolist() == left_out(given, [narrow], flows, BOTH)[0].tolist()


CASES = [
    ((2, 0), 0, 0, 0),
    ((5, 1), 0, 1, 0),
    ((0, 3), 1, 1, 1),
    ((1, 4), None, 1, 0),
    ((3, 0), None, None, None),
]


def test_luck_decides_only_among_nodes_that_are_liked_equally():
    given = goods((40, 3, 3), (9, 7, 2), (30, 2, 5))
    flows = orders(given, 3, 2)
    found = {tuple(left_out(given, [case(given, [25])], flows, BOTH, luck)[0].tolist()) for luck in range(9)}
    assert len(found) > 1
    assert left(goods((1, 10, 1), (4, 2, 1)), [2], [1, 1, 1, 1, 0]) == 1


def test_every_order_brings_every_pod_once():
    given = goods((3, 1, 1), (2, 5, 1), (4, 2, 2))
    found = orders(given, 3, 2)
    assert [np.bincount(flow).tolist() for flow in found] == [[3, 2, 4]] * 8
    assert found[1].tolist() == [1, 1, 2, 2, 2, 2, 0, 0, 0]
    assert found[2].tolist() == [0, 0, 0, 2, 2, 2, 2, 1, 1]


@pytest.mark.parametrize(
    ("skew", "nodes", "flow", "pods"),
    [
        pytest.param(0, ((0, 1), (1, 2)), [0] * 6, 0, id="without a rule each node takes what fits"),
        pytest.param(1, ((0, 1), (1, 2)), [0] * 6, 1, id="a full zone keeps pods out of another that has room"),
        pytest.param(2, ((0, 1), (1, 2)), [0] * 6, 0, id="a rule that allows more does not"),
        pytest.param(1, ((0, 1),), [0] * 2, 0, id="a zone without nodes does not count"),
        pytest.param(1, ((0, 2), (1, 1)), [1, 0, 0, 0], 0, id="pods of others do not count"),
    ],
)
def test_zones_hold_hardly_more_pods_of_a_type_than_others_where_a_rule_says_so(skew, nodes, flow, pods):
    given = goods((6, 5, 5), (1, 5, 5), capacity=((10, 10, 20),) * 2, price=(100, 100), zones=((0,), (1,)), skew=[skew, 0])
    liked = np.ones((2, 2), dtype=bool)
    assert left_out(given, [Case(*given.lay_out(nodes), liked)], [np.array(flow)], BOTH).sum() == pods


def test_pods_that_no_rule_spreads_are_spread_over_zones_rather_than_nodes_that_have_some():
    """Two nodes in one zone, one in another: the third pod goes to the emptier of the two, since its zone counts like a node."""
    given = goods((3, 1, 1), (1, 10, 10), capacity=((10, 10, 20),) * 2, price=(100, 100), zones=((0,), (1,)))
    near = [Case(*given.lay_out(((0, 2), (1, 1))), np.array([[True, False], [True, True]]))]
    assert left_out(given, near, [np.array([0, 0, 1])], BOTH).sum() == 0
    assert left_out(given, near, [np.array([0, 0, 0, 1])], BOTH).sum() == 0


@pytest.mark.parametrize(
    ("apart", "flow", "pods"),
    [
        pytest.param([[False, False], [False, False]], [0, 1], 0, id="pods meet on a node"),
        pytest.param([[False, True], [True, False]], [0, 1], 1, id="unless they keep away from each other"),
        pytest.param([[False, True], [True, False]], [0, 0], 0, id="which says nothing of their like"),
    ],
)
def test_pods_that_keep_away_from_each_other_meet_on_no_node(apart, flow, pods):
    assert left(goods((2, 1, 1), (2, 1, 1), apart=apart), [1], flow) == pods


@pytest.mark.parametrize(
    ("nodes", "zones"),
    [
        pytest.param(((0, 3),), [0, 1, 2], id="nodes are dealt zone by zone"),
        pytest.param(
            ((0, 2), (1, 2)),
            [2, 0, 0, 1],
            id="large ones first, the others where there is least, but in each zone before there is a second",
        ),
        pytest.param(((1, 1), (2, 2), (0, 1)), [1, 0, 0, 2], id="beside those that are where they are"),
    ],
)
def test_nodes_are_dealt_so_that_zones_have_equal_shares(nodes, zones):
    given = goods(
        (1, 1, 1),
        capacity=((4, 4, 20), (8, 8, 20), (6, 6, 20)),
        price=(50, 100, 0),
        zones=((0, 1, 2), (0, 1), (0, 0)),
        own=[False, False, True],
    )
    assert given.lay_out(nodes)[1].tolist() == zones


def test_orders_tell_large_pods_by_their_size_and_nothing_else():
    given = goods((2, 1, 1), (2, 9, 9), size=[0.5, 0.1])
    _, largest, smallest, *_ = orders(given, 0, 0)
    assert largest.tolist() == [0, 0, 1, 1]
    assert smallest.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("skew", "pods"), [(0, 1), (9, 0)], ids=["by default the second goes elsewhere", "with a rule it need not"]
)
def test_pods_that_have_a_rule_of_their_own_are_not_spread_by_default(skew, pods):
    given = goods((2, 1, 1), (1, 10, 100), capacity=((100, 50, 20), (10, 100, 20)), price=(1, 1), skew=[skew, 0])
    assert left(given, [1, 1], [0, 0, 1]) == pods


def test_by_default_pods_are_spread_over_zones_too():
    """The second small one goes to the other zone, although a node that has none is emptier, and leaves that to the large one."""
    given = goods((2, 2, 2), (1, 99, 99), capacity=((90, 90, 20), (100, 100, 20), (1000, 1000, 20)), price=(1, 1, 1))
    given = replace(given, fit=np.array([[9, 9, 9], [0, 1, 0]]), zones=((0,), (1,), (1,)))
    assert left(given, [1, 1, 1], [0, 0, 1]) == 0
    assert left(replace(given, zones=((1,), (1,), (1,))), [1, 1, 1], [0, 0, 1]) == 1
