"""On random small problems the solver says what trying everything says; packing alone may say less, never wrong."""

from functools import cache

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from planner.solve import Budget, SearchContext, solve
from planner.solve.instance.validate import breaches
from tests.soak import soak_after
from tests.solve import brute_force
from tests.solve.small_problems import small_problem, with_a_disk

CASES, CHUNK = 600, 50


@cache
def solved(seed):
    """Return what the solver says of a small problem; two tests look at it."""
    return solve(small_problem(seed))


def reached(outcome):
    tiers = tuple(g.value for g in outcome.goals if g.name.startswith("unplaced ("))
    unplaced, moves, relabels, headroom = (g.value for g in outcome.goals[len(tiers) :])
    return tiers or (unplaced,), moves, relabels, headroom


@pytest.mark.parametrize("first", soak_after(3, range(0, CASES, CHUNK)))
def test_the_solver_agrees_with_trying_everything(first):
    for seed in range(first, first + CHUNK):
        agree(small_problem(seed), solved(seed), seed)


@pytest.mark.parametrize("first", soak_after(1, range(0, 200, CHUNK)))
def test_a_disk_is_no_amount_and_nobody_shares_it_with_who_writes_it(first):
    for seed in range(first, first + CHUNK):
        given = with_a_disk(small_problem(seed), seed)
        agree(given, solve(given), seed)


def agree(given, outcome, seed):
    tiers, *rest = brute_force.answer(given)
    assert reached(outcome) == (tiers or (0,), *rest), seed
    assert outcome.verdict == (INFEASIBLE if sum(tiers) else FEASIBLE), seed
    assert all(goal.gap == 0 for goal in outcome.goals), seed
    assert not list(breaches(given, outcome.ring_of, [dict(on) for on in outcome.counts])), seed


@pytest.mark.parametrize("first", soak_after(1, range(0, CASES, CHUNK)))
def test_packing_alone_is_valid_and_never_wrong(first):
    decided = 0
    for seed in range(first, first + CHUNK):
        given = small_problem(seed)
        tiers, *_ = brute_force.answer(given)
        outcome = solve(given, SearchContext(Budget(exact=0)))
        assert not list(breaches(given, outcome.ring_of, [dict(on) for on in outcome.counts])), seed
        assert outcome.verdict in (UNDECIDED, INFEASIBLE if sum(tiers) else FEASIBLE), seed
        bound, left_out = (sum(getattr(g, side) for g in outcome.goals if g.name == "unplaced") for side in ("bound", "value"))
        assert bound <= (sum(tiers) if len(tiers) == 1 else left_out) <= left_out, seed
        decided += outcome.verdict != UNDECIDED
    assert decided > CHUNK / 2


@pytest.mark.parametrize("first", soak_after(2, range(0, 200, CHUNK)))
def test_a_contradiction_is_true_and_every_member_of_it_is_needed(first):
    from planner.solve.instance.variants import REQUIRED, with_required_only

    def missing(given, required):
        part = with_required_only(given, required)
        tiers, *_ = brute_force.answer(part)
        priorities = sorted({c.priority for c in part.classes if not c.daemon and c.count}, reverse=True)
        return dict(zip(priorities, tiers, strict=True)).get(REQUIRED, 0)

    for seed in range(first, first + CHUNK):
        given, conflict = small_problem(seed), solved(seed).conflict
        if conflict:
            assert missing(given, conflict), seed
            assert not any(missing(given, [c for c in conflict if c != out]) for out in conflict if len(conflict) > 1), seed
