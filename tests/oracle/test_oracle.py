"""The solver finds what brute force finds on small random clusters, and the independent checker accepts every plan."""

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.formulate import formulate
from planner.refine.loop import exact
from planner.settle import Extras, settle
from planner.solve import solve
from planner.trust import trust
from planner.verify import verify
from tests.oracle.brute_force import best
from tests.oracle.random_cluster import random_cluster
from tests.soak import soak_after

CASES, CHUNK = 640, 20
LEAST = (
    16  # of each chunk; 512 in all: in a few clusters daemons do not fit on a node of theirs, which is no placement to compare
)


@pytest.mark.parametrize("first", soak_after(3, range(0, CASES, CHUNK)))
def test_solver_and_brute_force_agree(first):
    compared = 0
    for seed in range(first, first + CHUNK):
        cluster, policy = random_cluster(seed)
        trusted = trust(policy, cluster)
        formulation = formulate(cluster, policy, trusted)
        plan = exact(settle(formulation, solve(formulation.problem), cluster, policy, trusted, Extras()))
        goals = {goal.name: goal.value for goal in plan.goals}
        truth = best(cluster, policy, trusted)
        if truth is None:
            continue
        compared += 1
        found = (goals["unplaced"], goals["moves"], goals["relabels"])
        assert found == (truth.unplaced, truth.moves, truth.relabels), f"seed {seed}"
        assert plan.verdict == (INFEASIBLE if truth.unplaced else FEASIBLE), f"seed {seed}"
        errors = [finding for finding in verify(plan) if finding.severity == "error"]
        assert not errors, f"seed {seed}: {errors}"
    assert compared >= LEAST
