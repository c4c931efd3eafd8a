"""With losses to survive the solver finds what brute force finds, the checker agrees, and rejects plans that do not survive."""

import random
from dataclasses import replace

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from models.trust import Survive
from planner.formulate import formulate
from planner.refine.loop import exact
from planner.settle import Extras, settle
from planner.solve import solve
from planner.trust import trust
from planner.verify import verify
from tests.oracle import brute_force, brute_force_survive
from tests.oracle.random_cluster import random_cluster
from tests.soak import soak_after

CASES, CHUNK = 400, 40
LEAST = 8  # of each chunk; the others have pods without a place anyway, or too many plans to try


def settled(cluster, policy, trusted):
    formulation = formulate(cluster, policy, trusted)
    return exact(settle(formulation, solve(formulation.problem), cluster, policy, trusted, Extras()))


def errors(plan):
    return [finding for finding in verify(plan) if finding.severity == "error"]


@pytest.mark.parametrize("first", soak_after(2, range(0, CASES, CHUNK)))
def test_solver_and_brute_force_agree(first):
    compared, survived = 0, 0
    for seed in range(first, first + CHUNK):
        cluster, policy = random_cluster(seed)
        survive = random.Random(seed).choice((Survive(1, 0), Survive(1, 0), Survive(0, 1), Survive(1, 1)))
        policy = replace(policy, survive=survive)
        trusted = trust(policy, cluster)
        simple = brute_force.best(cluster, replace(policy, survive=Survive()), trusted)
        if simple is None or simple.unplaced:
            continue
        try:
            truth = brute_force_survive.best(cluster, policy, trusted)
        except brute_force_survive.TooManyError:
            continue
        compared += 1
        plan = settled(cluster, policy, trusted)
        assert plan.verdict == (INFEASIBLE if truth is None else FEASIBLE), f"seed {seed}"
        assert not errors(plan), f"seed {seed}: {errors(plan)}"
        if truth is not None:
            survived += 1
            goals = {goal.name: goal.value for goal in plan.goals}
            assert (goals["moves"], goals["relabels"]) == (truth.moves, truth.relabels), f"seed {seed}"
        else:
            said = {finding.code for finding in verify(replace(plan, verdict=FEASIBLE))}
            assert "does-not-survive" in said, f"seed {seed}"
    assert compared >= LEAST
