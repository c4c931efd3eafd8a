"""Of the pods that run those stay first that keep data on their node, and it is proven how few of them must move."""

import random
from dataclasses import replace

import pytest

from models.solver.outcome import DATA, FEASIBLE
from planner.solve import Budget, SearchContext, solve, with_goal_values
from planner.solve.instance.goal_values import still_wanted
from tests.solve import brute_force
from tests.solve.small_problems import small_problem
from tests.solve.tiny import goal, node, pods, problem

BOTH = (0, 1)
CASES, CHUNK = 100, 50


def weighty(given, *names):
    """Return the problem in which these classes weigh more than all others together."""
    others = sum(still_wanted(one) for one in given.classes if one.name not in names)
    classes = [replace(one, weight=max(2, 1 + others)) if one.name in names else one for one in given.classes]
    return replace(given, classes=tuple(classes))


def mixed(*heavy):
    """Return a node on which three pods of one ring run and one of another, and an empty one."""
    classes = [pods("x", 3, 1, [0, 1], running={"0": 3}), pods("y", 1, 1, [0, 1], ring=1, running={"0": 1})]
    return weighty(problem(classes, [node("a", 4, rings=BOTH), node("b", 4, rings=BOTH)], 2), *heavy)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(mixed(), {"moves": (1, 1)}, id="where no pod keeps data the fewest move"),
        pytest.param(mixed("y"), {DATA: (0, 0), "moves": (3, 3)}, id="one pod with data stays before three without"),
        pytest.param(mixed("x"), {DATA: (0, 0), "moves": (1, 1)}, id="three with data stay before one without"),
        pytest.param(mixed("x", "y"), {DATA: (1, 1), "moves": (1, 1)}, id="where all have data the fewest lose it"),
    ],
)
@pytest.mark.parametrize("exact", [0, 12_000])
def test_pods_with_data_stay_first(given, expected, exact):
    outcome = solve(given, SearchContext(Budget(exact=exact)))
    found = {name: goal(outcome, name) for name in expected}
    assert {name: (one.value, one.bound) for name, one in found.items()} == expected
    assert [one.name for one in outcome.goals if one.name in (DATA, "moves")] == list(expected)
    assert with_goal_values(given, outcome, outcome.goals).goals == outcome.goals


def test_every_pod_has_a_place_before_data_stays():
    heavy, large = pods("x", 1, 1, [0, 1], running={"0": 1}), pods("y", 1, 4, [0], ring=1)
    given = weighty(problem([heavy, large], [node("a", 4, rings=BOTH), node("b", 2, rings=BOTH)], 2), "x")
    outcome = solve(given)
    assert (outcome.verdict, goal(outcome, DATA).value, goal(outcome, DATA).bound) == (FEASIBLE, 1, 1)


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_with_data_too_the_solver_says_what_trying_everything_says(first):
    weighed = 0
    for seed in range(first, first + CHUNK):
        given, rng = small_problem(seed), random.Random(f"data {seed}")
        running = [one.name for one in given.classes if still_wanted(one)]
        if not running:
            continue
        given = weighty(given, *rng.sample(running, rng.randint(1, len(running))))
        (*tiers, data), moved, relabelled, free = brute_force.answer(given)
        outcome = solve(given)
        names = (DATA, "moves", "relabels", "headroom")
        assert goal(outcome, "unplaced").value == sum(tiers), seed
        assert [goal(outcome, name).value for name in names] == [data, moved, relabelled, free], seed
        assert all(one.gap == 0 for one in outcome.goals), seed
        weighed += 1
    assert weighed > CHUNK / 5


@pytest.mark.parametrize("first", range(0, 50, CHUNK))
def test_bounds_of_packing_alone_lie_on_the_right_side(first):
    for seed in range(first, first + CHUNK):
        given = small_problem(seed)
        running = [one.name for one in given.classes if still_wanted(one)]
        if running:
            given = weighty(given, running[0])
            (*tiers, data), *_ = brute_force.answer(given)
            outcome = solve(given, SearchContext(Budget(exact=0)))
            if goal(outcome, "unplaced").value == sum(tiers):
                assert goal(outcome, DATA).bound <= data <= goal(outcome, DATA).value, seed
