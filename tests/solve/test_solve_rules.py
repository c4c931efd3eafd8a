"""Each rule on a problem small enough to do in the head: what it must allow, what it must forbid, when it has nothing to do."""

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from models.solver.problem import Affinity, AntiAffinity, PortConflict, TopologySpread
from planner.solve import Budget, SearchContext, solve
from tests.solve.tiny import node, pods, problem

HOSTS = ((0,), (1,))
ZONES = ((0, 1), (2,))
TWO = [node("a", 4), node("b", 4)]
THREE = [node("a", 4), node("b", 4), node("c", 4)]

CASES = {
    # capacity: 4 cpu per node
    "two pods of 2 fill a node of 4": (problem([pods("x", 2, 2, [0])], TWO), 0),
    "three pods of 2 are one too many for a node of 4": (problem([pods("x", 3, 2, [0])], TWO), 1),
    "no pods need no room": (problem([pods("x", 0, 2, [0])], [node("a", 0)]), 0),
    "the number of pods is a resource too": (problem([pods("x", 3, 0, [0])], [node("a", 4, most=2)]), 1),
    # rings: one ring per node
    "two rings on two nodes": (
        problem([pods("x", 1, 1, [0, 1]), pods("y", 1, 1, [0, 1], ring=1)], [node("a", 4, rings=(0, 1))] * 2, 2),
        0,
    ),
    "two rings never share one node, however empty": (
        problem([pods("x", 1, 1, [0]), pods("y", 1, 1, [0], ring=1)], [node("a", 4, rings=(0, 1))], 2),
        1,
    ),
    "a node that may not have the ring does not take its pods": (
        problem([pods("x", 1, 1, [0], ring=1)], [node("a", 4, rings=(0,))], 2),
        1,
    ),
    # daemons: 1 cpu of 4 goes to the daemon, 3 are left
    "three pods of 1 fit beside the daemon": (
        problem([pods("x", 3, 1, [0]), pods("d", 0, 1, [0], daemon=True)], [node("a", 4)]),
        0,
    ),
    "the fourth does not": (problem([pods("x", 4, 1, [0]), pods("d", 0, 1, [0], daemon=True)], [node("a", 4)]), 1),
    "a node that cannot hold the daemon of a ring is not used for it": (
        problem([pods("x", 1, 1, [0]), pods("d", 0, 5, [0], daemon=True)], [node("a", 4)]),
        1,
    ),
    "a daemon of all rings weighs nothing here": (
        problem([pods("x", 4, 1, [0]), pods("d", 0, 0, [0], ring=-1, daemon=True)], [node("a", 4)]),
        0,
    ),
    # host ports
    "one port on two nodes": (problem([pods("x", 2, 1, [0, 1])], TWO, clashes=(PortConflict(0, 0),)), 0),
    "three pods with one port on two nodes": (problem([pods("x", 3, 1, [0, 1])], TWO, clashes=(PortConflict(0, 0),)), 1),
    "two classes with one port on one node": (
        problem([pods("x", 1, 1, [0]), pods("y", 1, 1, [0])], TWO, clashes=(PortConflict(0, 1),)),
        1,
    ),
    "a port that nobody else wants": (
        problem([pods("x", 2, 1, [0]), pods("y", 1, 1, [1])], TWO, clashes=(PortConflict(0, 1),)),
        0,
    ),
    "a daemon that holds the port keeps others off its nodes": (
        problem([pods("x", 1, 1, [0]), pods("d", 0, 1, [0], daemon=True)], TWO, clashes=(PortConflict(0, 1),)),
        1,
    ),
    # anti-affinity
    "apart from itself on two hosts": (problem([pods("x", 2, 1, [0, 1])], TWO, aparts=(AntiAffinity(0, (0,), HOSTS),)), 0),
    "three apart on two hosts": (problem([pods("x", 3, 1, [0, 1])], TWO, aparts=(AntiAffinity(0, (0,), HOSTS),)), 1),
    "apart from another works both ways": (
        problem([pods("x", 1, 1, [0]), pods("y", 1, 1, [0, 1])], [TWO[0]] * 2, aparts=(AntiAffinity(1, (0,), ((0, 1),)),)),
        1,
    ),
    "owners that only avoid others may share": (
        problem([pods("x", 3, 1, [0]), pods("y", 1, 1, [1])], TWO, aparts=(AntiAffinity(0, (1,), HOSTS),)),
        0,
    ),
    "a node outside all domains is free of the rule": (
        problem([pods("x", 3, 1, [0, 1])], TWO, aparts=(AntiAffinity(0, (0,), ((0,),)),)),
        0,
    ),
    # affinity
    "followers go where their leader is": (
        problem([pods("x", 1, 1, [0]), pods("y", 2, 1, [0, 1])], TWO, togethers=(Affinity(1, (0,), (HOSTS,)),)),
        0,
    ),
    "no room beside the leader: 4 - 2 = 2 for three followers": (
        problem([pods("x", 1, 2, [0]), pods("y", 3, 1, [0, 1])], TWO, togethers=(Affinity(1, (0,), (HOSTS,)),)),
        1,
    ),
    "without a leader nobody follows": (
        problem([pods("x", 0, 1, [0]), pods("y", 2, 1, [0, 1])], TWO, togethers=(Affinity(1, (0,), (HOSTS,)),)),
        2,
    ),
    "the first of its own kind may open anywhere, the others join it": (
        problem([pods("x", 4, 1, [0, 1])], TWO, togethers=(Affinity(0, (0,), (HOSTS,)),)),
        0,
    ),
    "only one domain can be opened: 4 of 5": (
        problem([pods("x", 5, 1, [0, 1])], TWO, togethers=(Affinity(0, (0,), (HOSTS,)),)),
        1,
    ),
    "two that wait for each other never come": (
        problem(
            [pods("x", 1, 1, [0]), pods("y", 1, 1, [0])],
            TWO,
            togethers=(Affinity(0, (1,), (HOSTS,)), Affinity(1, (0,), (HOSTS,))),
        ),
        2,
    ),
    "one who may open lets the other in": (
        problem(
            [pods("x", 1, 1, [0]), pods("y", 1, 1, [0])],
            TWO,
            togethers=(Affinity(0, (0, 1), (HOSTS,)), Affinity(1, (0,), (HOSTS,))),
        ),
        0,
    ),
    "each term on its own: host of one target, zone of another": (
        problem([pods("x", 1, 1, [0]), pods("y", 1, 1, [1])], THREE, togethers=(Affinity(1, (0,), (ZONES, HOSTS)),)),
        1,
    ),
    # spread: counts per domain minus the least
    "2 and 1 is within a skew of 1": (problem([pods("x", 3, 1, [0, 1])], TWO, spreads=(TopologySpread(0, (0,), HOSTS, 1),)), 0),
    "3 and 1 is not: the second node takes one": (
        problem([pods("x", 4, 2, [0, 1])], [node("a", 8), node("b", 2)], spreads=(TopologySpread(0, (0,), HOSTS, 1),)),
        1,
    ),
    "a skew of 2 allows it": (
        problem([pods("x", 4, 2, [0, 1])], [node("a", 8), node("b", 2)], spreads=(TopologySpread(0, (0,), HOSTS, 2),)),
        0,
    ),
    "an empty domain of the ring holds the least at 0": (
        problem([pods("x", 2, 1, [0])], TWO, spreads=(TopologySpread(0, (0,), HOSTS, 1),)),
        1,
    ),
    "a domain of another ring does not count": (
        problem(
            [pods("x", 2, 1, [0])], [node("a", 4), node("b", 4, rings=(1,))], 2, spreads=(TopologySpread(0, (0,), HOSTS, 1),)
        ),
        0,
    ),
    "too few domains: the least is 0": (
        problem([pods("x", 3, 1, [0, 1])], TWO, spreads=(TopologySpread(0, (0,), HOSTS, 1, 3),)),
        1,
    ),
    "pods that do not match themselves do not count": (
        problem([pods("x", 4, 1, [0])], TWO, spreads=(TopologySpread(0, (), HOSTS, 1),)),
        0,
    ),
    "a standing domain counts though it has no node": (
        problem([pods("x", 2, 1, [0])], [TWO[0]], spreads=(TopologySpread(0, (0,), ((0,), ()), 1, 1, (1,)),)),
        1,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_leaves_out_what_it_must_and_no_more(case):
    given, unplaced = CASES[case]
    outcome = solve(given)
    assert sum(outcome.unplaced) == unplaced
    assert outcome.verdict == (INFEASIBLE if unplaced else FEASIBLE)
    assert all(goal.gap == 0 for goal in outcome.goals)


@pytest.mark.parametrize("case", CASES)
def test_packing_alone_is_never_wrong(case):
    given, unplaced = CASES[case]
    outcome = solve(given, SearchContext(Budget(exact=0)))
    assert sum(outcome.unplaced) >= unplaced
    assert outcome.verdict != (FEASIBLE if unplaced else INFEASIBLE)
