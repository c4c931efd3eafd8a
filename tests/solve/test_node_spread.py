"""Pods that are spread over nodes: rings get as many nodes as that takes, or none that keep such pods out.

Where a node of the ring takes none of them, no other may take more of them than the skew.
"""

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from models.solver.problem import TopologySpread
from planner.solve import Budget, Deadline, SearchContext, solve
from planner.solve.bound.aggregate_model import AggregateModel
from planner.solve.instance.aggregate import merge
from planner.solve.instance.arrays import facts_of
from planner.solve.tuning import SOLVING
from tests.solve.tiny import node, pods, problem

CLOSED, OPEN = 6, 6
"""So many nodes take no pods that are spread, as they are tainted, and so many do."""
NODES = [node(f"closed-{n}", 40, rings=(0, 1)) for n in range(CLOSED)]
NODES += [node(f"open-{n}", 40, rings=(0, 1)) for n in range(OPEN)]
EVERYWHERE, UNTAINTED = range(CLOSED + OPEN), range(CLOSED, CLOSED + OPEN)
EACH_NODE = tuple((n,) for n in EVERYWHERE)


def spread_beside(spread: int, plain: int, skew: int = 1, standing: tuple[int, ...] = ()):
    """Return a problem of pods that are spread, in one ring, and of others, who need nodes too, in the other."""
    classes = [pods("spread", spread, 1, UNTAINTED), pods("plain", plain, 20, EVERYWHERE, ring=1)]
    return problem(classes, NODES, 2, spreads=(TopologySpread(0, (0,), EACH_NODE, skew, standing=standing),))


def two_nodes(standing: tuple[int, ...]):
    """Return a problem of two rings on two nodes, where the pods of one find room on the node that stands only."""
    classes = [pods("spread", 3, 1, (0, 1)), pods("plain", 3, 1, (0, 1), ring=1)]
    spread = TopologySpread(0, (0,), ((0,), (1,)), 1, standing=standing)
    return problem(classes, [node(name, 5, rings=(0, 1)) for name in "ab"], 2, spreads=(spread,))


ROWS = [
    ("few nodes hold many pods if none of the ring's keeps them out", spread_beside(60, 20), FEASIBLE),
    ("where the others need all nodes but one, that one holds them", spread_beside(40, 22), FEASIBLE),
    ("two nodes have to be left for more of them", spread_beside(41, 22), INFEASIBLE),
    ("a node outside all rings that is counted lets each take the skew", spread_beside(6, 12, standing=(0,)), FEASIBLE),
    ("and no more", spread_beside(7, 12, standing=(0,)), INFEASIBLE),
    ("a node that stands for itself is like no other, and either may be of the ring", two_nodes(standing=(1,)), FEASIBLE),
    ("so is its neighbour", two_nodes(standing=(0,)), FEASIBLE),
    ("but what the skew allows", spread_beside(12, 12, skew=2, standing=(0,)), FEASIBLE),
]


@pytest.mark.parametrize(("case", "verdict"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_rings_get_the_nodes_that_a_spread_needs(case, verdict):
    assert solve(case).verdict == verdict


def test_sums_divide_nodes_so_that_no_exact_search_is_needed():
    outcome = solve(spread_beside(60, 20), SearchContext(Budget(exact=0)))
    ring = [n for n, r in enumerate(outcome.ring_of) if r == 0]
    assert outcome.verdict == FEASIBLE
    assert ring
    assert set(ring) <= set(UNTAINTED)


@pytest.mark.parametrize(
    "case", [row[1] for row in ROWS if row[2] == FEASIBLE], ids=[row[0] for row in ROWS if row[2] == FEASIBLE]
)
def test_what_the_sums_prove_leaves_room_for_the_best_that_is_found(case):
    """A limit that is too strict would prove that nothing better exists where something does."""
    best = {goal.name: goal.value for goal in solve(case).goals}
    proven = {goal.name: goal.bound for goal in solve(case, SearchContext(Budget(exact=0))).goals}
    assert proven["headroom"] >= best["headroom"]
    assert proven["relabels"] <= best["relabels"]


def test_sums_leave_out_as_many_spread_pods_as_the_skew_keeps_from_every_node():
    for spread, least in ((6, 0), (7, 1)):
        sums = AggregateModel(merge(facts_of(spread_beside(spread, 12, standing=(0,))), SOLVING.sums), detailed=True)
        assert sums.minimize(sums.unplaced(0), 1.0, Deadline(None)).bound == least
