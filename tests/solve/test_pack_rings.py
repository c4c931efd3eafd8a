"""Rings whose pods keep apart are packed exactly, one by one, where all rings together are too many pairs for that."""

from models.solver.outcome import FEASIBLE
from models.solver.problem import AntiAffinity
from planner.solve import Budget, SearchContext, solve
from tests.solve.tiny import node, pods, problem

NODES = 16
SHARES = {
    0: ((3, 42), (3, 53), (1, 42), (3, 26), (3, 47), (3, 34), (2, 23), (3, 17), (1, 28)),
    1: ((3, 53), (2, 42), (1, 28), (2, 50), (1, 55), (3, 23), (3, 48), (3, 24), (2, 21), (1, 18)),
}
"""For each ring how many pods a class has, and how many hundredths of a node each takes: eight nodes hold either ring."""
PAIRS = NODES * sum(len(classes) for classes in SHARES.values())


def test_a_packing_is_found_that_repairs_of_a_few_nodes_miss():
    classes = [
        pods(f"p{ring}-{number}", count, share, range(NODES), ring=ring)
        for ring, of_ring in SHARES.items()
        for number, (count, share) in enumerate(of_ring)
    ]
    apart = tuple(AntiAffinity(number, (number,), tuple((n,) for n in range(NODES))) for number in range(len(classes)))
    nodes = [node(f"node-{number}", 100, rings=(0, 1)) for number in range(NODES)]
    case = problem(classes, nodes, 2, aparts=apart)
    assert solve(case, SearchContext(Budget(exact=PAIRS // 2))).verdict == FEASIBLE
