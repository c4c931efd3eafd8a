"""The solver's own check rejects each way of breaking a placement."""

import pytest

from models.solver.problem import Affinity, AntiAffinity, PortConflict, TopologySpread
from planner.solve.instance.validate import breaches
from tests.solve.tiny import node, pods, problem

HOSTS = ((0,), (1,))
NODES = [node("a", 4, rings=(0, 1)), node("b", 4, rings=(0,))]
CLASSES = [pods("x", 2, 1, [0, 1]), pods("y", 2, 1, [0, 1], ring=1), pods("d", 0, 1, [0, 1], daemon=True)]
RULES = {
    "clashes": (PortConflict(0, 0),),
    "aparts": (AntiAffinity(0, (0,), ((0, 1),)),),
    "spreads": (TopologySpread(0, (0,), HOSTS, 1),),
    "togethers": (Affinity(0, (1,), (HOSTS,)),),
}
GOOD = ((0, 0), ({0: 1, 1: 1}, {}, {0: 1, 1: 1}))

BROKEN = {
    "a ring that the node may not have": ({}, ((0, 1), ({0: 2}, {}, {0: 1})), "ring"),
    "a pod on a node of another ring": ({}, ((0, 0), ({0: 1}, {1: 1}, {0: 1, 1: 1})), "ring"),
    "a pod on a node without a ring": ({}, ((-1, 0), ({0: 1}, {}, {1: 1})), "ring"),
    "a daemon that is missing": ({}, ((0, 0), ({0: 1}, {}, {0: 1})), "daemon"),
    "more pods than there are": ({}, ((0, 0), ({0: 2, 1: 1}, {}, {0: 1, 1: 1})), "count"),
    "an entry without pods": ({}, ((0, 0), ({0: 0}, {}, {0: 1, 1: 1})), "count"),
    "two pods on one port": ({"clashes": RULES["clashes"]}, ((0, 0), ({0: 2}, {}, {0: 1, 1: 1})), "clash"),
    "two pods in a domain that holds one": ({"aparts": RULES["aparts"]}, GOOD, "apart"),
    "two pods more here than there": ({"spreads": RULES["spreads"]}, ((0, 0), ({0: 2}, {}, {0: 1, 1: 1})), "spread"),
    "a follower without its leader": ({"togethers": RULES["togethers"]}, GOOD, "together"),
}


def test_a_good_placement_passes():
    assert not list(breaches(problem(CLASSES, NODES, 2), *GOOD))


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_placement_is_told(case):
    rules, placement, rule = BROKEN[case]
    assert rule in {breach.rule for breach in breaches(problem(CLASSES, NODES, 2, **rules), *placement)}


def test_an_overfull_node_is_told():
    given = problem([pods("x", 2, 3, [0])], [node("a", 4)])
    assert [breach.rule for breach in breaches(given, (0,), ({0: 2},))] == ["capacity"]
