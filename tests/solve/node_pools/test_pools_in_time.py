"""Where there is little time, each ring has its share of it, and there are ways by then."""

from dataclasses import replace
from time import monotonic

import pytest

from planner.solve.node_pools import fill_nodes, search
from planner.solve.node_pools.anneal.one_pool_per_shape import OnePoolPerShape
from planner.solve.node_pools.local_search.search import LocalSearch
from planner.solve.runtime import workers
from tests.solve.node_pools.small_stock import BRIEF, SHORT, pool_candidates, problem, stock

asked_of = search._task_of
pytestmark = pytest.mark.usefixtures("one_process")


@pytest.mark.soak
def test_a_turn_with_ample_time_finds_what_it_does_without_a_limit():
    there = stock(problem(1))
    assert pool_candidates(there, seconds=1e6, tuning=replace(SHORT, idle_turns=0)) == pool_candidates(there)


@pytest.mark.parametrize(
    ("cheaper", "work"),
    [
        pytest.param((), [1, 2, 2], id="nothing is found"),
        pytest.param((0,), [1, 2, 2, 2], id="only the first turn, which has one pool of a shape, finds any"),
        pytest.param((0, 2), [1, 2, 2, 3, 3, 3], id="a later one finds what costs less"),
    ],
)
def test_a_ring_is_searched_until_nothing_cheaper_is_found_several_times_with_more_and_more_work(monkeypatch, cheaper, work):
    asked = []

    class Finding(LocalSearch):
        def run(self, divisions):
            asked.append(self.times)
            dearest = max(divisions, key=lambda one: one.cost)
            return [replace(dearest, cost=self.most - 1)] if len(asked) - 1 in cheaper else []

    monkeypatch.setattr(search, "LocalSearch", Finding)
    monkeypatch.setattr(search, "_task_of", lambda there, ring, *given: asked_of(there, ring, *given) if ring == 0 else None)
    tuning = replace(BRIEF, turns_of_pools=(False, True, True), idle_turns=3)
    assert pool_candidates(stock(problem(1)), False, seconds=1e6, tuning=tuning)
    assert asked == work


def test_what_was_found_in_the_end_is_steadied_and_the_dearer_ones_are_left_as_they_are(monkeypatch):
    class Steady(LocalSearch):
        def run(self, divisions):
            cheap, dear = sorted(divisions, key=lambda one: one.cost)[:2]
            return [replace(cheap, cost=self.most - 2), replace(dear, cost=self.most - 1)]

        def steady(self, made):
            return [replace(made, liked=~made.liked), made]

    monkeypatch.setattr(search, "LocalSearch", Steady)
    goods = search._task_of(stock(problem(1)), 0, False).goods
    found = search._Search(goods, lambda: False, tuning=SHORT).mend((0, 1))
    assert [one.cost for one in found[:3]] == [found[0].cost, found[0].cost, found[0].cost + 1]
    assert (found[0].liked == ~found[1].liked).all()


def test_where_a_shape_is_that_of_one_pool_all_turns_are_alike(monkeypatch):
    turns, real = [], search._Search.divide
    monkeypatch.setattr(search._Search, "divide", lambda self, *given: turns.append(given) or real(self, *given))
    goods = search._task_of(stock(problem(1)), 0, False).goods.single()
    assert search._Search(goods, lambda: False, tuning=replace(SHORT, turns=(False, False))).mend((0, 1))
    assert turns == [(False, 0), (False, 1)]


@pytest.mark.parametrize(
    ("turn", "cut"),
    [
        pytest.param(0, True, id="of the first turn, which leave time to mend them"),
        pytest.param(1, False, id="of a later one, which have what is left"),
    ],
)
def test_divisions_end_while_there_is_time_for_more(monkeypatch, turn, cut):
    ends = []
    monkeypatch.setattr(search, "_divisions", lambda *given: ends.append(given[3]) or ())
    goods = search._task_of(stock(problem(1)), 0, False).goods
    search._Search(goods, lambda: False, seconds=600, began=monotonic() - 300).divide(False, turn)
    assert [end() for end in ends] == [cut, cut, cut]


@pytest.mark.parametrize(
    ("gone", "goes_on"), [pytest.param(80, True, id="time for it"), pytest.param(95, False, id="the rest is for what was found")]
)
def test_a_later_turn_begins_only_while_there_is_time_for_what_it_finds(gone, goes_on):
    goods = search._task_of(stock(problem(1)), 0, False).goods
    made = search._Search(goods, lambda: False, seconds=100, began=monotonic() - gone)
    assert (made._goes_on(0, 3, 0), made._goes_on(1, 3, 0)) == (True, goes_on)


def test_more_work_is_more_that_is_tried():
    goods = search._task_of(stock(problem(1)), 0, False).goods
    once, thrice = (LocalSearch(goods, (0, 1), lambda: False, times=times).work for times in (1, 3))
    assert thrice == 3 * once


def test_where_time_is_up_at_once_there_are_ways_that_nobody_mended():
    there = stock(problem(1))
    found, best = pool_candidates(there, seconds=0.0, tuning=BRIEF), pool_candidates(there, tuning=BRIEF)
    assert set(found) == {0, 1}
    assert all(fill_nodes(there, way) is not None for ways in found.values() for way in ways)
    assert found != best


@pytest.mark.parametrize(
    ("seconds", "steps"),
    [pytest.param(None, 300, id="no limit"), pytest.param(1e6, 300, id="ample time"), pytest.param(0.03, 40, id="a little")],
)
def test_a_search_cools_within_the_time_that_it_has(monkeypatch, seconds, steps):
    seen, real = [], OnePoolPerShape.run
    tuning = replace(SHORT, effort=8 * 300, search_seconds=0.05, idle_turns=0, local_search=BRIEF.local_search)
    monkeypatch.setattr(OnePoolPerShape, "run", lambda self, steps, over: seen.append(steps) or real(self, steps, over))
    pool_candidates(stock(replace(problem(1), classes=problem(1).classes[::2])), seconds=seconds, tuning=tuning)
    assert seen[:3] == pytest.approx([steps] * 3, abs=1)


@pytest.mark.parametrize(
    ("processors", "pods", "share"),
    [
        pytest.param(1, 0, 30, id="one after the other"),
        pytest.param(2, 0, 60, id="side by side"),
        pytest.param(8, 0, 60, id="no more than there are rings"),
        pytest.param(2, 10_000, 30, id="few pods, for which processes are not worth it"),
    ],
)
def test_rings_share_the_time_that_there_is(monkeypatch, processors, pods, share):
    asked = []
    monkeypatch.setattr(workers, "processors", lambda: processors)
    monkeypatch.setattr(search, "run_each", lambda _, things, *__, **___: asked.extend(things) or [[] for _ in things])
    pool_candidates(stock(problem(1)), seconds=60, tuning=replace(SHORT, many_pods=pods))
    assert [one.seconds for one in asked] == [share, share]
