"""The nodes that the fewest are: as many as are counted, and enough for all pods."""

from dataclasses import replace

import pytest

from planner.solve import fewest_nodes, nodes_in_use, solve
from tests.solve.small_problems import small_problem


@pytest.mark.parametrize("seed", range(40))
def test_those_that_are_named_are_as_many_as_are_counted_and_hold_all_pods(seed):
    problem = small_problem(seed)
    count, bound = fewest_nodes(problem)
    ring_of, same = nodes_in_use(problem)
    assert same == bound
    if ring_of is None:
        assert count == -1
        return
    assert sum(ring >= 0 for ring in ring_of) == count >= bound
    pairs = zip(problem.nodes, ring_of, strict=True)
    slots = tuple(replace(node, rings=(ring,) if ring >= 0 else (), ring_today=-1) for node, ring in pairs)
    assert solve(replace(problem, nodes=slots)).verdict == "feasible"
