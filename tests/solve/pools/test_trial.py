"""Pools tried on a crude kube-scheduler, and divisions of types among pools that are changed until it leaves no pod out."""

from dataclasses import replace

import numpy as np
import pytest

from planner.solve.pools.anneal import Goods
from planner.solve.pools.repair import Division, Repair
from planner.solve.pools.trial import Case, left_out, orders

BOTH = (0, 1)


def goods(*types, capacity=((10, 10, 20),), price=(100,)):
    """Return types of (pods, cpu, memory) and kinds of nodes of (cpu, memory, pods)."""
    room = np.array(capacity, dtype=np.int64)
    requests = np.array([(cpu, memory, 1) for _, cpu, memory in types], dtype=np.int64)
    fit = np.where(requests[:, None] > 0, room[None] // np.maximum(requests[:, None], 1), 1000).min(axis=2)
    pods = np.array([pods for pods, _, _ in types], dtype=np.int64)
    return Goods(room, np.array(price, dtype=np.int64), np.full(len(price), 100), requests, pods, fit)


def left(given, nodes, flow, kind=0):
    everyone = np.ones(len(given.pods), dtype=np.bool_)
    return int(left_out(given, [Case(kind, nodes, everyone)], [np.array(flow)], BOTH)[0])


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
    assert left(goods(*types), nodes, flow) == pods


def test_pods_rather_use_a_node_evenly_where_it_is_as_little_used_as_another():
    assert left(goods((1, 1, 5), (1, 3, 3), (1, 5, 1), (1, 7, 7)), 2, [0, 1, 2, 3]) == 0


def test_a_node_holds_no_more_of_a_type_than_it_may_however_much_room_it_has():
    given = goods((3, 1, 1))
    assert left(given, 2, [0, 0, 0]) == 0
    assert left(replace(given, fit=np.array([[1]])), 2, [0, 0, 0]) == 1


def test_cases_of_different_sizes_are_tried_beside_each_other_as_alone():
    given = goods((6, 4, 4), (9, 3, 1), (5, 1, 6), capacity=((10, 10, 20), (16, 12, 20)), price=(100, 150))
    flows = orders(given, 3, 2)
    cases = [Case(kind, nodes, np.array(members)) for kind, nodes, members in CASES]
    alone = [int(left_out(given, [case], flows, BOTH)[0]) for case in cases]
    assert left_out(given, cases, flows, BOTH).tolist() == alone
    assert len(set(alone)) > 2


CASES = [
    (0, 2, [True, False, False]),
    (0, 5, [True, True, False]),
    (1, 3, [False, True, True]),
    (1, 4, [True, True, True]),
    (0, 3, [False, False, True]),
]


def test_every_order_brings_every_pod_once():
    given = goods((3, 1, 1), (2, 5, 1), (4, 2, 2))
    found = orders(given, 3, 2)
    assert [np.bincount(flow).tolist() for flow in found] == [[3, 2, 4]] * 8
    assert found[1].tolist() == [1, 1, 2, 2, 2, 2, 0, 0, 0]
    assert found[2].tolist() == [0, 0, 0, 2, 2, 2, 2, 1, 1]


LARGE, SMALL, MIDDLE = (2, 7, 7), (3, 2, 2), (4, 4, 4)
TWO = {"capacity": ((10, 10, 20), (8, 8, 20)), "price": (100, 90)}
NODES = ((0, 2), (1, 4))


def division(*where, cost=560, nodes=NODES):
    return Division(cost, nodes, np.array(where))


def test_a_division_is_changed_until_nobody_is_left_out():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    crowded = [Case(0, 2, np.array([True, True, False]))]
    assert left_out(given, crowded, [np.array([1, 1, 1, 0, 0])], BOTH).tolist() == [1]
    made = Repair(given, BOTH, lambda: False).run([division(0, 0, 1)])
    assert [(one.cost, one.nodes) for one in made] == [(560, NODES)]
    pools = [Case(kind, nodes, made[0].where == kind) for kind, nodes in NODES]
    assert left_out(given, pools, orders(given, 50, 50, seed=9), BOTH).tolist() == [0, 0]


def test_a_division_is_believed_only_by_many_orders():
    given = goods((1, 9, 9), (4, 2, 2), MIDDLE, **TWO)
    large_first, small_first = np.array([0, 1, 1, 1, 1, 2, 2, 2, 2]), np.array([1, 1, 1, 1, 0, 2, 2, 2, 2])
    repair = Repair(given, BOTH, lambda: False)
    repair.flows = [large_first], [small_first]
    made = repair.run([division(0, 0, 1)])
    pools = [Case(kind, nodes, made[0].where == kind) for kind, nodes in NODES]
    assert left_out(given, pools, [small_first], BOTH).tolist() == [0, 0]


def test_what_needs_no_change_is_left_as_it_is():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    made = Repair(given, BOTH, lambda: False).run([division(0, 1, 1)])
    assert [one.where.tolist() for one in made] == [[0, 1, 1]]


def test_what_is_mended_comes_cheapest_first_and_nothing_dearer_is_tried_after_it():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    dear = division(0, 0, 1, cost=660, nodes=((0, 3), (1, 4)))
    made = Repair(given, BOTH, lambda: False).run([dear, division(0, 0, 1)])
    assert [one.cost for one in made] in ([560], [560, 660])


def test_nothing_is_mended_where_there_is_no_time_or_no_work():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    assert Repair(given, BOTH, lambda: True).run([division(0, 0, 1)]) == []
    assert Repair(given, BOTH, lambda: False, work=0).run([division(0, 0, 1)]) == []


def test_what_cannot_be_mended_is_given_up():
    given = goods(LARGE, (3, 6, 6), **TWO)
    assert Repair(given, BOTH, lambda: False).run([division(0, 1, nodes=((0, 2), (1, 2)))]) == []
