"""On random small problems the solver finds the best placement that survives, or proves that there is none."""

import random
from dataclasses import replace

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from models.solver.problem import FailureDomain
from planner.solve import Budget, SearchContext, solve
from planner.solve.instance.validate import breaches
from tests.soak import soak_after
from tests.solve import brute_force, brute_force_survive
from tests.solve.small_problems import small_problem

CASES, CHUNK = 300, 50


def problem_with_losses(seed):
    """Return a small problem in which nodes, or zones, or both may be lost, and now and then a class is tied to a place."""
    given, rng = small_problem(seed), random.Random(seed)
    nodes = range(len(given.nodes))
    places = []
    if rng.random() < 0.7:
        places += [((n,), False) for n in nodes]
    if not places or rng.random() < 0.3:
        zone = [rng.randrange(3) for _ in nodes]
        places += [(tuple(n for n in nodes if zone[n] == at), True) for at in range(3) if at in zone]
    losses = tuple(
        FailureDomain(on, tuple(c for c, k in enumerate(given.classes) if k.candidates and set(k.candidates) <= set(on)), zone)
        for on, zone in places
    )
    return replace(given, losses=losses)


CHUNKS = soak_after(1, [(0, CHUNK // 2), *((first, CHUNK) for first in range(0, CASES, CHUNK))])


@pytest.mark.parametrize(("first", "count"), CHUNKS)
def test_the_solver_agrees_with_trying_everything(first, count):
    found = {FEASIBLE: 0, INFEASIBLE: 0}
    for seed in range(first, first + count):
        given = problem_with_losses(seed)
        tiers, *_ = brute_force.answer(given)
        outcome = solve(given)
        if sum(tiers):
            assert outcome.verdict == INFEASIBLE, seed
            assert any(outcome.unplaced), seed
            continue
        truth = brute_force_survive.answer(given)
        found[outcome.verdict] += 1
        assert not any(outcome.unplaced), seed
        assert outcome.verdict == (INFEASIBLE if truth is None else FEASIBLE), seed
        if truth is not None:
            goals = {goal.name: goal for goal in outcome.goals}
            assert tuple(goals[name].value for name in ("moves", "relabels", "headroom")) == truth[1:], seed
            assert all(goal.gap == 0 for goal in outcome.goals), seed
            assert brute_force_survive.survives(given, outcome.ring_of, [dict(on) for on in outcome.counts]), seed
            assert not list(breaches(given, outcome.ring_of, [dict(on) for on in outcome.counts])), seed
    assert all(found.values()), found


@pytest.mark.parametrize(("first", "count"), CHUNKS)
def test_packing_alone_never_claims_what_does_not_survive(first, count):
    for seed in range(first, first + count):
        given = problem_with_losses(seed)
        outcome = solve(given, SearchContext(Budget(exact=0)))
        if outcome.verdict == FEASIBLE:
            assert brute_force_survive.survives(given, outcome.ring_of, [dict(on) for on in outcome.counts]), seed
        elif not any(outcome.unplaced):  # counting may say no without the exact model, and is right then
            assert outcome.verdict in (UNDECIDED, INFEASIBLE), seed
            assert outcome.verdict == UNDECIDED or brute_force_survive.answer(given) is None, seed
