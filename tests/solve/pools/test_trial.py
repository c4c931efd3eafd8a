"""Nodes tried on a crude kube-scheduler, and what types prefer of them, changed until it leaves no pod out."""

from dataclasses import replace
from itertools import chain, product

import numpy as np
import pytest

from planner.solve.pools import repair
from planner.solve.pools.repair import Division, Repair
from planner.solve.pools.trial import Case, arrivals, left_out, missing, orders
from tests.goods import goods

BOTH = (0, 1)


def liking(*homes, width):
    """Return that each type prefers one kind, or of None every kind."""
    return np.array([[home is None or home == kind for kind in range(width)] for home in homes])


def case(given, counts, *homes):
    """Return so many nodes of each kind, and the kind that each type prefers."""
    liked = liking(*(homes or [None] * len(given.pods)), width=len(given.price))
    return Case(*given.laid(tuple(enumerate(counts))), liked)


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


TWO = {"capacity": ((10, 10, 20), (8, 8, 20)), "price": (100, 90)}


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


LARGE, SMALL, MIDDLE = (2, 7, 7), (3, 2, 2), (4, 4, 4)
NODES = ((0, 2), (1, 4))
CROWDED = (0, 0, 1)
"""The small ones are in the way of the large ones, unless they prefer the nodes that the middle ones have."""


def division(*homes, cost=560, nodes=NODES):
    return Division(cost, nodes, liking(*homes, width=2))


def out_of(given, made, flows):
    return int(left_out(given, [Case(*given.laid(made.nodes), made.liked)], flows, BOTH).sum())


def test_preferences_are_changed_until_nobody_is_left_out():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    flows = orders(given, 50, 50, seed=9)
    assert out_of(given, division(*CROWDED), flows) > 0
    made = Repair(given, BOTH, lambda: False).run([division(*CROWDED)])
    assert (made[-1].cost, made[-1].nodes) == (560, NODES)
    assert out_of(given, made[-1], flows) == 0


def test_a_division_is_believed_only_by_many_orders():
    given = goods((1, 9, 9), (4, 2, 2), MIDDLE, **TWO)
    large_first, small_first = np.array([0, 1, 1, 1, 1, 2, 2, 2, 2]), np.array([1, 1, 1, 1, 2, 2, 2, 2, 0])
    start = division(*CROWDED)
    assert out_of(given, start, [large_first]) == 0 < out_of(given, start, [small_first])
    repair = Repair(given, BOTH, lambda: False)
    repair.stages = arrivals([large_first]), arrivals([large_first]), arrivals([small_first])
    made = repair.run([start])
    assert made
    assert [out_of(given, one, [small_first]) for one in made] == [0] * len(made)


def test_what_needs_no_change_is_left_as_it_is():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    made = Repair(given, BOTH, lambda: False).run([division(0, 1, 1)])
    assert made[-1].liked.tolist() == division(0, 1, 1).liked.tolist()


def test_nodes_are_exchanged_for_others_that_cost_less():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    made = Repair(given, BOTH, lambda: False).run([division(0, 1, 1)])
    assert made[0].cost < 560
    assert all(one.cost == sum(count * (100, 90)[kind] for kind, count in one.nodes) for one in made)
    assert out_of(given, made[0], orders(given, 50, 50, seed=9)) == 0


def test_nothing_is_mended_that_costs_as_much_as_what_is_there_already():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    start = division(0, 1, 1)
    assert Repair(given, BOTH, lambda: False, most=start.cost + 1).run([start])[-1].cost == start.cost
    assert Repair(given, BOTH, lambda: False, most=start.cost).run([start]) == []


def test_of_the_cheapest_there_are_some_with_other_preferences_that_leave_nobody_out_either():
    given = goods(LARGE, SMALL, MIDDLE, (4, 1, 1), (3, 1, 2), **TWO)
    mending = Repair(given, BOTH, lambda: False)
    made = mending.run([division(*CROWDED, 1, 1)])
    cheapest = [one for one in made if one.nodes == made[0].nodes]
    assert len({one.liked.tobytes() for one in cheapest}) == len(cheapest) > 1
    cases = [Case(*given.laid(one.nodes), one.liked) for one in cheapest]
    assert not missing(given, list(product(cases, chain.from_iterable(mending.stages))), BOTH).any()


def test_no_more_nodes_are_taken_in_exchange_than_there_are():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    start = division(0, 1, 1, cost=580, nodes=((0, 4), (1, 2)))

    def most(limit):
        made = Repair(replace(given, most=np.array([4, limit])), BOTH, lambda: False).run([start])
        return max(dict(one.nodes).get(1, 0) for one in made)

    assert most(2) == 2 < most(9)


def test_what_is_mended_comes_cheapest_first():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    dear = division(*CROWDED, cost=660, nodes=((0, 3), (1, 4)))
    made = [one.cost for one in Repair(given, BOTH, lambda: False).run([dear, division(*CROWDED)])]
    assert made == sorted(made)


def test_nothing_is_mended_where_there_is_no_time_or_no_work():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    assert Repair(given, BOTH, lambda: True).run([division(*CROWDED)]) == []
    assert Repair(given, BOTH, lambda: False, work=0).run([division(*CROWDED)]) == []


def test_once_it_is_over_no_more_is_tried_even_of_what_was_to_be_tried_together(monkeypatch):
    tried, moments = [], iter([False] * 3)

    def counted(*given):
        tried.append(given)
        return missing(*given)

    monkeypatch.setattr(repair, "CELLS", 1)
    monkeypatch.setattr(repair, "missing", counted)
    starts = [division(*CROWDED, cost=560 + 100 * more, nodes=((0, 2 + more), (1, 4))) for more in range(9)]
    assert Repair(goods(LARGE, SMALL, MIDDLE, **TWO), BOTH, lambda: next(moments, True)).run(starts) == []
    assert len(tried) == 3


def test_changes_are_tried_first_where_a_division_leaves_pods_out_and_in_every_order_once():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    mending = Repair(given, BOTH, lambda: False)
    (course,) = mending._begun([division(*CROWDED)])
    course.stage = len(mending.stages) - 1
    later = mending.stages[3][7]
    course.short = {later: np.array([1, 0, 0]), mending.stages[0][0]: np.array([1, 0, 0])}
    coming = [mending._coming(course, stage) for stage in range(len(mending.stages))]
    assert coming[0] == [*mending.stages[0], later]
    assert sorted(map(id, chain.from_iterable(coming))) == sorted(map(id, chain.from_iterable(mending.stages)))
    course.stage = 1
    assert [bool(mending._coming(course, stage)) for stage in range(4)] == [True, True, False, False]


def test_of_the_changes_that_may_be_taken_those_that_leave_out_fewest_are_tried_further():
    def change(left, most):
        return repair._Change(division(*CROWDED), liking(*CROWDED, width=2), {object(): np.array([left, 0, 0])}, most=most)

    drawn = [change(3, 3), change(1, 3), change(4, 3), change(2, 3), change(0, 3)]
    assert [one.left() for one in repair._best(drawn, 2)] == [0, 1]
    assert [one.left() for one in repair._best(drawn, 9)] == [0, 1, 2, 3]


def test_what_was_tried_is_not_tried_again():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    mending = Repair(given, BOTH, lambda: False)
    first, second = mending._begun([division(*CROWDED)]), mending._begun([division(*CROWDED)])
    assert first[0].left() == second[0].left() > 0
    work = mending.work
    assert mending._begun([division(*CROWDED)])[0].left() == first[0].left()
    assert mending.work == work < repair.WORK_PER_POD * int(given.pods.sum())


def test_what_cannot_be_mended_is_given_up():
    given = replace(goods(LARGE, (3, 6, 6), **TWO), most=np.array([2, 2]))
    assert Repair(given, BOTH, lambda: False).run([division(0, 1, nodes=((0, 2), (1, 2)))]) == []


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
    assert left_out(given, [Case(*given.laid(nodes), liked)], [np.array(flow)], BOTH).sum() == pods


def test_pods_that_no_rule_spreads_are_spread_over_zones_rather_than_nodes_that_have_some():
    """Two nodes in one zone, one in another: the third pod goes to the emptier of the two, since its zone counts like a node."""
    given = goods((3, 1, 1), (1, 10, 10), capacity=((10, 10, 20),) * 2, price=(100, 100), zones=((0,), (1,)))
    near = [Case(*given.laid(((0, 2), (1, 1))), np.array([[True, False], [True, True]]))]
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
        pytest.param(((0, 2), (1, 2)), [2, 2, 0, 1], id="large ones first, the others where there is least"),
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
    assert given.laid(nodes)[1].tolist() == zones


def test_what_is_owned_stays_whatever_it_is_exchanged_for():
    given = goods(LARGE, SMALL, MIDDLE, capacity=((10, 10, 20), (8, 8, 20), (10, 10, 20)), price=(100, 90, 0))
    given = replace(given, own=np.array([False, False, True]), most=np.array([100, 100, 3]))
    start = Division(400, ((0, 4), (2, 3)), np.ones((3, 3), dtype=bool))
    made = Repair(given, BOTH, lambda: False).run([start])
    assert made[0].cost < 400
    assert all(dict(one.nodes)[2] == 3 for one in made)


def test_kinds_that_no_label_tells_apart_are_preferred_together_and_who_cannot_be_told_prefers_all():
    given = goods(LARGE, SMALL, MIDDLE, capacity=((10, 10, 20), (8, 8, 20), (8, 8, 20)), price=(100, 90, 95))
    given = replace(given, alike=np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]], dtype=bool), led=np.array([True, True, False]))
    liked = given.likable(np.array([[True, False, False], [False, True, True], [True, False, False]]))
    made = Repair(given, BOTH, lambda: False).run([Division(640, ((0, 2), (1, 3), (2, 2)), liked)])
    assert len(made) > 1
    assert all((one.liked[:, 1] == one.liked[:, 2]).all() and one.liked[2].all() for one in made)


def test_nobody_is_led_to_nodes_alone_that_are_not_there():
    """An owned node bears the label of a kind that can be bought, but has too little room for the large ones."""
    given = goods(LARGE, SMALL, MIDDLE, capacity=((5, 5, 20), (10, 10, 20), (8, 8, 20)), price=(0, 100, 90))
    given = replace(given, own=np.array([True, False, False]), most=np.array([1, 9, 9]))
    given = replace(given, alike=np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool))
    changed = Repair(given, BOTH, lambda: False)
    start = Division(450, ((0, 1), (2, 5)), given.likable(np.ones((3, 3), dtype=bool)))
    drawn = [one.liked for course in changed._begun([start] * 50) for one in changed._changes(course)]
    assert len(drawn) > 300
    assert all(liked[:, [0, 2]].any(axis=1).all() for liked in drawn)
    only_x = given.likable(np.array([[False, True, False], [True, True, False], [True, True, False]]))
    assert changed._liked(only_x, np.array([1, 0, 5]))[:, [0, 2]].any(axis=1).all()


def test_fewer_divisions_are_looked_at_where_each_takes_long():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    many = [division(*CROWDED, cost=560 + 100 * more, nodes=((0, 2 + more), (1, 4))) for more in range(9)]
    nodes, orders_at_first = 14, 9
    each = orders_at_first * nodes * int(given.pods.sum())
    assert len(Repair(given, BOTH, lambda: False, work=2 * 9 * each)._some(many)) == 9
    few = Repair(given, BOTH, lambda: False, work=2 * 3 * each)._some(many)
    assert [one.cost for one in few] == [560, 860, 1160]
    wide = replace(many[0], nodes=((0, 500), (1, 1)))
    assert len(Repair(given, BOTH, lambda: False, work=2 * 9 * each)._some([*many, wide])) == 1


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


def test_what_is_owned_is_not_given_away_and_who_is_left_without_a_home_likes_all_that_bear_its_label():
    given = goods(LARGE, SMALL, MIDDLE, capacity=((10, 10, 20), (8, 8, 20), (8, 8, 20)), price=(0, 90, 95))
    given = replace(given, own=np.array([True, False, False]), most=np.array([2, 9, 9]))
    given = replace(given, alike=np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]], dtype=bool))
    changed = Repair(given, BOTH, lambda: False)
    liked = np.array([[True, False, False], [False, True, True], [False, True, True]])
    (course,) = changed._begun([Division(550, ((0, 2), (1, 3), (2, 3)), liked)])
    changed.kinds = [1, 2]
    others = list(changed._exchanged(course))
    assert others
    assert all(dict(one.nodes)[0] == 2 for one in others)
    homeless = changed._liked(np.zeros((3, 3), dtype=bool), np.array([0, 4, 1]))
    assert (homeless[:, 1] == homeless[:, 2]).all()
