"""The search over ways to buy for each ring, told how each candidate fares: pods are held, nodes added, other ways taken."""

from contextlib import suppress
from dataclasses import replace
from itertools import chain, repeat

import pytest

from models.kubernetes.workload import WorkloadId
from planner.refine.moves.pool_search import PoolMoves, PoolSearch, Trial
from planner.refine.tuning import TUNING, Tuning
from planner.solve.node_pools import PoolCandidate

WEB = WorkloadId("Deployment", "shop", "web")
SHORT = {"ring": {WEB}}


def kept(strays=0, short=None):
    """Say that a candidate is kept, and in how many further rollouts pods are pending."""
    return Trial(short or {}, frozenset(short or {}), kept=True, strays=strays)


STUCK_ON_ARRIVAL = Trial(SHORT)
STUCK_IN_ROLLOUT = Trial(SHORT, frozenset(SHORT))
STOPPED_AGAIN = Trial(SHORT, effort=TUNING.pool_quick)
"""A known counter-example stops the candidate, which is seen at once."""


def way(ring, cost):
    return PoolCandidate(ring, cost, (), ())


def larger_by(cost, times=99):
    """Return what adds a node that costs so much, so often."""
    left = iter(range(times))
    return lambda small, _: replace(small, cost=small.cost + cost) if next(left, None) is not None else None


def firmer_by(cost):
    return lambda loose: replace(loose, cost=loose.cost + cost, firm=True)


def search(trials, costs=(1,), grown=None, held=None, tuning=TUNING, others=()):
    """Return a search with ways of these costs whose candidates fare like that, and the costs that were tried."""
    told, tried = iter(trials), []

    def trial(chosen, _):
        answer = next(told, kept())
        tried.extend([chosen[0].cost] if answer else [])
        return chosen[0].cost, answer

    ways = {0: [way(0, cost) for cost in costs], **{r: [way(r, cost)] for r, cost in enumerate(others, 1)}}
    return PoolSearch(("ring", "other"), ways, PoolMoves(trial, lambda _: {}, grown or (lambda *_: None), held), tuning), tried


def run(made):
    """Answer what a search asks until it ends, and return the cost of the first plan that is kept with fewest strays."""
    asked, answer, known = made.run(), None, []
    with suppress(StopIteration):
        while True:
            cost, answer = asked.send(answer)
            known += [(answer.strays, cost)] if answer and answer.kept else []
    return min(known, key=lambda pair: pair[0])[1]


AFTER_ROLLOUTS = [
    ("a plan that goes through all of them is taken", [kept()], 0, 1),
    ("one that does not gets a node more", [kept(3, SHORT), kept()], 9, 11),
    ("and another", [kept(3, SHORT), kept(1, SHORT), kept()], 9, 21),
    ("a few times, then the one with fewest misses is taken", [kept(misses, SHORT) for misses in (5, 2, 2, 4, 3)], 9, 11),
    ("the first where there is no such node", [kept(3, SHORT), kept()], 0, 1),
    ("the first where no pod of a ring is pending", [kept(3), kept()], 9, 1),
    ("the first where with the node it is not kept", [kept(3, SHORT), STUCK_ON_ARRIVAL], 1, 1),
]


@pytest.mark.parametrize(("trials", "nodes", "cost"), [row[1:] for row in AFTER_ROLLOUTS], ids=[row[0] for row in AFTER_ROLLOUTS])
def test_after_further_rollouts(trials, nodes, cost):
    """A node costs 10, and there are so many."""
    assert run(search(trials, grown=larger_by(10, nodes))[0]) == cost


HELD = [
    ("where hints may be required pods are held on their nodes", firmer_by(100), [kept(3, SHORT), kept()], 101, True),
    ("then they get nodes more", firmer_by(100), [kept(3, SHORT), kept(1, SHORT), kept()], 111, True),
    ("where they cannot be held they get nodes at once", lambda _: None, [kept(3, SHORT), kept()], 11, False),
    ("where hints may not be required they are not held", None, [kept(3, SHORT), kept()], 11, False),
]


@pytest.mark.parametrize(("held", "trials", "cost", "firm"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_whose_pods_further_rollouts_leave_pending_is_held(held, trials, cost, firm):
    """Holding them costs 100, a node more 10; what was not tried yet is held, too."""
    made, *_ = search(trials, (1, 5), larger_by(10), held, others=(9,))
    assert run(made) == cost
    assert (made.chosen[0].firm, made.chosen[1].firm) == (firm, False), "the other ring is as it was"
    assert all(left.firm == firm for left in made.ways[0])


STUCK = [
    ("in a rollout: pods are held", firmer_by(100), [STUCK_IN_ROLLOUT], 101),
    ("in a rollout, where pods may not be held: there is a node more", None, [STUCK_IN_ROLLOUT], 31),
    ("and in another", None, [STUCK_IN_ROLLOUT, STUCK_IN_ROLLOUT], 61),
    ("in an order of arrival, where pods may not be held", None, [STUCK_ON_ARRIVAL], 5),
    ("in a rollout, and then in another", firmer_by(100), [STUCK_IN_ROLLOUT, STUCK_IN_ROLLOUT], 105),
    ("in an order of arrival", firmer_by(100), [STUCK_ON_ARRIVAL], 5),
    ("in what stopped one before", firmer_by(100), [STOPPED_AGAIN], 5),
    ("in both", firmer_by(100), [STUCK_ON_ARRIVAL, STUCK_IN_ROLLOUT], 105),
]


@pytest.mark.parametrize(("held", "trials", "cost"), [row[1:] for row in STUCK], ids=[row[0] for row in STUCK])
def test_a_candidate_is_stuck(held, trials, cost):
    """Holding costs 100, a node 30, another way 4."""
    assert run(search(trials, (1, 5, 9), larger_by(30), held)[0]) == cost


@pytest.mark.parametrize(
    ("trials", "costs"),
    [
        pytest.param([STUCK_IN_ROLLOUT] * 5, [1, 101, 105, 109, 139, 150], id="a node more, and no cheaper way after that"),
        pytest.param(
            [STUCK_IN_ROLLOUT, STUCK_ON_ARRIVAL] * 2, [1, 101, 105, 109, 113], id="not where they are stuck as pods arrive"
        ),
        pytest.param([STUCK_IN_ROLLOUT] * 8, [1, 101, 105, 109, 139, 150, 169, 199, 229], id="again after as many"),
    ],
)
def test_a_ring_whose_ways_are_stuck_in_rollouts_again_and_again_gets_a_node_more(trials, costs):
    """Holding costs 100, a node 30."""
    made, tried = search(trials, (1, 5, 9, 13, 50), larger_by(30), firmer_by(100), Tuning(pool_stubborn=3))
    assert run(made) == costs[-1]
    assert tried == costs


@pytest.mark.parametrize(
    ("next_ones", "last"),
    [
        pytest.param(STUCK_ON_ARRIVAL, 50, id="that take long"),
        pytest.param(STOPPED_AGAIN, 250, id="that those before did not go through, five times as many"),
    ],
)
def test_once_a_plan_is_kept_only_some_more_are_tried(next_ones, last):
    trials = chain([kept(3, SHORT)], repeat(next_ones))
    made, tried = search(trials, (1,), larger_by(10), firmer_by(0), Tuning(pool_rounds_once_kept=5))
    assert run(made) == 1
    assert tried == [1, 1, *range(11, last, 10)]


def test_the_next_way_is_tried_where_nodes_cannot_be_had_together():
    made, tried = search([None], (1, 2))
    assert run(made) == 2
    assert tried == [2]


def test_of_ways_that_cannot_be_had_together_the_one_gives_way_that_loses_least():
    made, *_ = search([], (10, 15, 16), others=(10,))
    made.ways[1].append(way(1, 13))
    gave_way = [(made.give_way(), made.chosen[0].cost, made.chosen[1].cost) for _ in range(4)]
    assert gave_way == [(True, 10, 13), (True, 15, 13), (True, 16, 13), (False, 16, 13)]


def test_a_way_that_cannot_grow_is_not_tried_again():
    made, *_ = search([], (1, 2))
    assert made.turn(SHORT)
    assert made.chosen == {0: way(0, 2)}
    assert not made.turn(SHORT)


@pytest.mark.parametrize(
    ("more", "is_turned"),
    [
        pytest.param({1: [way(1, 7), way(1, 8)]}, True, id="gets the cheapest of its ways once it is not"),
        pytest.param({}, False, id="ends the search where there are none"),
    ],
)
def test_a_ring_that_seemed_to_be_kept(more, is_turned):
    made, _ = search([], (1, 2))
    made.moves = replace(made.moves, ways=lambda rings: more if rings == [1] else {})
    assert made.turn({"other": {WEB}}) is is_turned
    assert made.chosen == {0: way(0, 1), **({1: way(1, 7)} if is_turned else {})}
