"""What types prefer of nodes, and the nodes, changed until a crude kube-scheduler leaves no pod out."""

from dataclasses import replace
from itertools import chain, product

import numpy as np

from planner.solve.node_pools.local_search import search as repair
from planner.solve.node_pools.local_search.greedy_scheduler import Case, arrivals, count_pending, orders
from planner.solve.node_pools.local_search.search import LocalSearch, PoolDivision
from planner.solve.tuning.pools import POOLS, LocalSearchTuning, PoolTuning
from tests.goods import BOTH, TWO, goods, left_out, liking

LARGE, SMALL, MIDDLE = (2, 7, 7), (3, 2, 2), (4, 4, 4)
NODES = ((0, 2), (1, 4))
CROWDED = (0, 0, 1)
"""The small ones are in the way of the large ones, unless they prefer the nodes that the middle ones have."""


def division(*homes, cost=560, nodes=NODES):
    return PoolDivision(cost, nodes, liking(*homes, width=2))


def out_of(given, made, flows):
    return int(left_out(given, [Case(*given.lay_out(made.nodes), made.liked)], flows, BOTH).sum())


def test_preferences_are_changed_until_nobody_is_left_out():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    flows = orders(given, 50, 50, seed=9)
    assert out_of(given, division(*CROWDED), flows) > 0
    made = LocalSearch(given, BOTH, lambda: False).run([division(*CROWDED)])
    assert (made[-1].cost, made[-1].nodes) == (560, NODES)
    assert out_of(given, made[-1], flows) == 0


def test_a_division_is_believed_only_by_many_orders():
    given = goods((1, 9, 9), (4, 2, 2), MIDDLE, **TWO)
    large_first, small_first = np.array([0, 1, 1, 1, 1, 2, 2, 2, 2]), np.array([1, 1, 1, 1, 2, 2, 2, 2, 0])
    start = division(*CROWDED)
    assert out_of(given, start, [large_first]) == 0 < out_of(given, start, [small_first])
    repair = LocalSearch(given, BOTH, lambda: False)
    repair.stages = arrivals([large_first]), arrivals([large_first]), arrivals([small_first])
    made = repair.run([start])
    assert made
    assert [out_of(given, one, [small_first]) for one in made] == [0] * len(made)


def test_what_needs_no_change_is_left_as_it_is():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    made = LocalSearch(given, BOTH, lambda: False).run([division(0, 1, 1)])
    assert made[-1].liked.tolist() == division(0, 1, 1).liked.tolist()


def test_nodes_are_exchanged_for_others_that_cost_less():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    made = LocalSearch(given, BOTH, lambda: False).run([division(0, 1, 1)])
    assert made[0].cost < 560
    assert all(one.cost == sum(count * (100, 90)[kind] for kind, count in one.nodes) for one in made)
    assert out_of(given, made[0], orders(given, 50, 50, seed=9)) == 0


def test_nothing_cheaper_is_looked_for_once_something_is_cheap_enough():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    start = division(0, 1, 1)
    assert [one.cost for one in LocalSearch(given, BOTH, lambda: False, least=start.cost).run([start])] == [start.cost]


def test_nothing_is_mended_that_costs_as_much_as_what_is_there_already():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    start = division(0, 1, 1)
    assert LocalSearch(given, BOTH, lambda: False, most=start.cost + 1).run([start])[-1].cost == start.cost
    assert LocalSearch(given, BOTH, lambda: False, most=start.cost).run([start]) == []


def test_there_are_some_with_the_same_nodes_and_other_preferences_that_leave_nobody_out_either():
    given = goods(LARGE, SMALL, MIDDLE, (4, 1, 1), (3, 1, 2), **TWO)
    mending = LocalSearch(given, BOTH, lambda: False)
    cheapest = mending.steady(mending.run([division(*CROWDED, 1, 1)])[0])
    assert len({one.nodes for one in cheapest}) == 1
    assert len({one.liked.tobytes() for one in cheapest}) == len(cheapest) > 1
    cases = [Case(*given.lay_out(one.nodes), one.liked) for one in cheapest]
    assert not count_pending(given, list(product(cases, chain.from_iterable(mending.stages))), BOTH).any()


def test_what_is_there_is_kept_where_there_is_no_time_to_look_for_others():
    made = division(0, 1, 1)
    assert LocalSearch(goods(LARGE, SMALL, MIDDLE, **TWO), BOTH, lambda: True).steady(made) == [made]


def test_of_those_with_the_same_nodes_that_comes_first_which_leaves_out_fewest_in_many_more_orders():
    given = goods((1, 9, 9), (4, 2, 2), MIDDLE, **TWO)
    mending = LocalSearch(given, BOTH, lambda: False)
    mending.stages = (arrivals([np.array([0, 1, 1, 1, 1, 2, 2, 2, 2])]),)  # which leaves nobody out, as many others do
    found = mending.steady(division(*CROWDED))
    flows = orders(given, *POOLS.local_search.many_orders, len(mending.stages), POOLS.local_search.smallest_first)
    cases = [Case(*given.lay_out(one.nodes), one.liked) for one in found]
    left = left_out(given, cases, flows, BOTH, luck=len(mending.stages)).sum(axis=1).tolist()
    assert left == sorted(left)
    assert left[0] < left[-1]
    assert found[0].liked.tolist() != division(*CROWDED).liked.tolist()
    assert len(found) <= POOLS.local_search.most_alike


def test_no_more_nodes_are_taken_in_exchange_than_there_are():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    start = division(0, 1, 1, cost=580, nodes=((0, 4), (1, 2)))

    def most(limit):
        made = LocalSearch(replace(given, most=np.array([4, limit])), BOTH, lambda: False).run([start])
        return max(dict(one.nodes).get(1, 0) for one in made)

    assert most(2) == 2 < most(9)


def test_what_is_mended_comes_cheapest_first():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    dear = division(*CROWDED, cost=660, nodes=((0, 3), (1, 4)))
    made = [one.cost for one in LocalSearch(given, BOTH, lambda: False).run([dear, division(*CROWDED)])]
    assert made == sorted(made)


def test_nothing_is_mended_where_there_is_no_time_or_no_work():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    assert LocalSearch(given, BOTH, lambda: True).run([division(*CROWDED)]) == []
    assert LocalSearch(given, BOTH, lambda: False, work=0).run([division(*CROWDED)]) == []


def test_once_it_is_over_no_more_is_tried_even_of_what_was_to_be_tried_together(monkeypatch):
    tried, moments = [], iter([False] * 3)

    def counted(*given):
        tried.append(given)
        return count_pending(*given)

    monkeypatch.setattr(repair, "count_pending", counted)
    starts = [division(*CROWDED, cost=560 + 100 * more, nodes=((0, 2 + more), (1, 4))) for more in range(9)]
    one_by_one = PoolTuning(local_search=LocalSearchTuning(cells_at_once=1))
    search = LocalSearch(goods(LARGE, SMALL, MIDDLE, **TWO), BOTH, lambda: next(moments, True), tuning=one_by_one)
    assert search.run(starts) == []
    assert len(tried) == 3


def test_changes_are_tried_first_where_a_division_leaves_pods_out_and_in_every_order_once():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    mending = LocalSearch(given, BOTH, lambda: False)
    (course,) = mending._begin([division(*CROWDED)])
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
        return repair._Move(division(*CROWDED), liking(*CROWDED, width=2), {object(): np.array([left, 0, 0])}, most=most)

    drawn = [change(3, 3), change(1, 3), change(4, 3), change(2, 3), change(0, 3)]
    assert [one.left() for one in repair._best(drawn, 2)] == [0, 1]
    assert [one.left() for one in repair._best(drawn, 9)] == [0, 1, 2, 3]


def test_what_was_tried_is_not_tried_again():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    mending = LocalSearch(given, BOTH, lambda: False)
    first, second = mending._begin([division(*CROWDED)]), mending._begin([division(*CROWDED)])
    assert first[0].left() == second[0].left() > 0
    work = mending.work
    assert mending._begin([division(*CROWDED)])[0].left() == first[0].left()
    assert mending.work == work < POOLS.local_search.work_per_pod * int(given.pods.sum())


def test_what_cannot_be_mended_is_given_up():
    given = replace(goods(LARGE, (3, 6, 6), **TWO), most=np.array([2, 2]))
    assert LocalSearch(given, BOTH, lambda: False).run([division(0, 1, nodes=((0, 2), (1, 2)))]) == []


def test_what_is_owned_stays_whatever_it_is_exchanged_for():
    given = goods(LARGE, SMALL, MIDDLE, capacity=((10, 10, 20), (8, 8, 20), (10, 10, 20)), price=(100, 90, 0))
    given = replace(given, own=np.array([False, False, True]), most=np.array([100, 100, 3]))
    start = PoolDivision(400, ((0, 4), (2, 3)), np.ones((3, 3), dtype=bool))
    made = LocalSearch(given, BOTH, lambda: False).run([start])
    assert made[0].cost < 400
    assert all(dict(one.nodes)[2] == 3 for one in made)


def test_kinds_that_no_label_tells_apart_are_preferred_together_and_who_cannot_be_told_prefers_all():
    given = goods(LARGE, SMALL, MIDDLE, capacity=((10, 10, 20), (8, 8, 20), (8, 8, 20)), price=(100, 90, 95))
    given = replace(given, alike=np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]], dtype=bool), led=np.array([True, True, False]))
    liked = given.likable(np.array([[True, False, False], [False, True, True], [True, False, False]]))
    made = LocalSearch(given, BOTH, lambda: False).run([PoolDivision(640, ((0, 2), (1, 3), (2, 2)), liked)])
    assert len(made) > 1
    assert all((one.liked[:, 1] == one.liked[:, 2]).all() and one.liked[2].all() for one in made)


def test_nobody_is_led_to_nodes_alone_that_are_not_there():
    """An owned node bears the label of a kind that can be bought, but has too little room for the large ones."""
    given = goods(LARGE, SMALL, MIDDLE, capacity=((5, 5, 20), (10, 10, 20), (8, 8, 20)), price=(0, 100, 90))
    given = replace(given, own=np.array([True, False, False]), most=np.array([1, 9, 9]))
    given = replace(given, alike=np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool))
    changed = LocalSearch(given, BOTH, lambda: False)
    start = PoolDivision(450, ((0, 1), (2, 5)), given.likable(np.ones((3, 3), dtype=bool)))
    drawn = [one.liked for course in changed._begin([start] * 50) for one in changed._changes(course)]
    assert len(drawn) > 300
    assert all(liked[:, [0, 2]].any(axis=1).all() for liked in drawn)
    only_x = given.likable(np.array([[False, True, False], [True, True, False], [True, True, False]]))
    assert changed._preferences(only_x, np.array([1, 0, 5]))[:, [0, 2]].any(axis=1).all()


def test_fewer_divisions_are_looked_at_where_each_takes_long():
    given = goods(LARGE, SMALL, MIDDLE, **TWO)
    many = [division(*CROWDED, cost=560 + 100 * more, nodes=((0, 2 + more), (1, 4))) for more in range(9)]
    nodes, orders_at_first = 14, 9
    each = orders_at_first * nodes * int(given.pods.sum())
    assert len(LocalSearch(given, BOTH, lambda: False, work=2 * 9 * each)._some(many)) == 9
    few = LocalSearch(given, BOTH, lambda: False, work=2 * 3 * each)._some(many)
    assert [one.cost for one in few] == [560, 860, 1160]
    wide = replace(many[0], nodes=((0, 500), (1, 1)))
    assert len(LocalSearch(given, BOTH, lambda: False, work=2 * 9 * each)._some([*many, wide])) == 1


def test_what_is_owned_is_not_given_away_and_who_is_left_without_a_home_likes_all_that_bear_its_label():
    given = goods(LARGE, SMALL, MIDDLE, capacity=((10, 10, 20), (8, 8, 20), (8, 8, 20)), price=(0, 90, 95))
    given = replace(given, own=np.array([True, False, False]), most=np.array([2, 9, 9]))
    given = replace(given, alike=np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]], dtype=bool))
    changed = LocalSearch(given, BOTH, lambda: False)
    liked = np.array([[True, False, False], [False, True, True], [False, True, True]])
    (course,) = changed._begin([PoolDivision(550, ((0, 2), (1, 3), (2, 3)), liked)])
    changed.kinds = [1, 2]
    others = list(changed._exchange(course))
    assert others
    assert all(dict(one.nodes)[0] == 2 for one in others)
    homeless = changed._preferences(np.zeros((3, 3), dtype=bool), np.array([0, 4, 1]))
    assert (homeless[:, 1] == homeless[:, 2]).all()
