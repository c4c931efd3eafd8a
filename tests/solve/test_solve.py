"""The solver against brute force, rule by rule on problems small enough to check by hand."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE, INFEASIBLE
from models.solver.problem import Affinity, AntiAffinity, NodeSlot, PodClass, PortConflict, Problem, TopologySpread
from planner.solve import fewest_nodes, repairs, solve
from tests.solve.brute_force import answer


def goals(outcome):
    return {goal.name: goal for goal in outcome.goals}


def nodes(*capacities, rings=(0,), today=-1):
    return tuple(NodeSlot(f"n{at}", (cpu, 9), rings, today, 0) for at, cpu in enumerate(capacities))


def pods(name, count, cpu=1, ring=0, on=(0, 1), **fields):
    return PodClass(name, ring, count, (cpu, 1), on, **fields)


def problem(classes, slots, rings=("a",), **rules):
    return Problem(("cpu", "pods"), rings, tuple(classes), slots, **rules)


HOSTS = ((0,), (1,))
TWO = nodes(4, 4)
RULES = [
    ("capacity allows 2 x 2 on 4", problem([pods("a", 4, 2)], TWO), 0),
    ("capacity forbids a fifth pod of 2 on two nodes of 4", problem([pods("a", 5, 2)], TWO), 1),
    ("two rings want two nodes", problem([pods("a", 1), pods("b", 1, ring=1)], nodes(4, 4, rings=(0, 1)), ("a", "b")), 0),
    ("two rings cannot share one node", problem([pods("a", 1, on=(0,)), pods("b", 1, ring=1, on=(0,))],
                                                nodes(4, rings=(0, 1)), ("a", "b")), 1),
    ("one host port a node: two pods, two nodes", problem([pods("a", 2)], TWO, clashes=(PortConflict(0, 0),)), 0),
    ("one host port a node: a third pod waits", problem([pods("a", 3)], TWO, clashes=(PortConflict(0, 0),)), 1),
    ("apart from itself: one per host", problem([pods("a", 2)], TWO, aparts=(AntiAffinity(0, (0,), HOSTS),)), 0),
    ("apart from itself in one zone: only one", problem([pods("a", 2)], TWO, aparts=(AntiAffinity(0, (0,), ((0, 1),)),)), 1),
    ("apart from another, on the only node", problem([pods("a", 1, on=(0,)), pods("b", 1, on=(0,))], TWO,
                                                     aparts=(AntiAffinity(0, (1,), HOSTS),)), 1),
    ("together with another on its host", problem([pods("a", 2), pods("b", 1, on=(1,))], TWO,
                                                  togethers=(Affinity(0, (1,), (HOSTS,)),)), 0),
    ("together with one that is not there", problem([pods("a", 1), pods("b", 0)], TWO,
                                                    togethers=(Affinity(0, (1,), (HOSTS,)),)), 1),
    ("together with itself: the first may start anywhere", problem([pods("a", 3)], TWO,
                                                                   togethers=(Affinity(0, (0,), (HOSTS,)),)), 0),
    ("together with itself: no second start", problem([pods("a", 5)], TWO, togethers=(Affinity(0, (0,), (HOSTS,)),)), 1),
    ("two that only follow each other never start", problem([pods("a", 1), pods("b", 1)], TWO,
        togethers=(Affinity(0, (1,), (HOSTS,)), Affinity(1, (0,), (HOSTS,)))), 2),
    ("spread 2 over 2 domains", problem([pods("a", 2)], TWO, spreads=(TopologySpread(0, (0,), HOSTS, 1),)), 0),
    ("spread 4 where one domain has room for 1: 1 + 2", problem([pods("a", 4)], nodes(1, 4),
                                                               spreads=(TopologySpread(0, (0,), HOSTS, 1),)), 1),
    ("fewer domains than minDomains: 0 is the least", problem([pods("a", 3)], TWO,
                                                              spreads=(TopologySpread(0, (0,), HOSTS, 1, 3),)), 1),
    ("a domain that stands empty holds the least at 0", problem([pods("a", 3)], TWO,
                                                               spreads=(TopologySpread(0, (0,), (*HOSTS, ()), 1, 1, (2,)),)), 1),
    ("a daemon takes its share of each node of its ring", problem(
        [pods("a", 4, 2), pods("d", 0, 1, daemon=True)], TWO), 2),
]  # fmt: skip


@pytest.mark.parametrize(("given", "unplaced"), [row[1:] for row in RULES], ids=[row[0] for row in RULES])
def test_each_rule_allows_and_forbids(given, unplaced):
    outcome = solve(given)
    assert goals(outcome)["unplaced"].value == unplaced
    assert outcome.verdict == (INFEASIBLE if unplaced else FEASIBLE)
    assert answer(given)[0] == (unplaced,)


def test_what_runs_stays_and_labels_are_kept():
    running = FrozenMap({"1": 2})
    slots = (replace(TWO[0], rings=(0, 1)), replace(TWO[1], rings=(0, 1), ring_today=0))
    given = problem([pods("a", 2, running=running), pods("b", 1, ring=1)], slots, ("a", "b"))
    outcome = solve(given)
    assert outcome.ring_of == (1, 0)
    assert (goals(outcome)["moves"].value, goals(outcome)["relabels"].value) == (0, 0)


def test_the_conflict_is_smallest_and_named():
    given = problem([pods("small", 1), pods("big", 1, 4, on=(0,)), pods("other", 1, 4, on=(0,))], TWO)
    assert solve(given).conflict == (1, 2)


def test_fewest_nodes_counts_rings_apart():
    apart = problem([pods("a", 2), pods("b", 2, ring=1)], nodes(4, 4, rings=(0, 1)), ("a", "b"))
    assert fewest_nodes(apart) == (2, 2)
    assert fewest_nodes(problem([pods("a", 4)], TWO)) == (1, 1)
    assert fewest_nodes(problem([pods("a", 9)], TWO))[0] == -1


def test_the_cheapest_repair_is_the_fewest_copies_of_the_smallest_node_that_do():
    given = problem([pods("a", 7, 2)], nodes(4, 6))
    assert repairs(given, solve(given)) == ((-1, 0, 1),)  # 7 x 2 = 14 > 10, and one more node of 4 makes 14


def test_a_ring_that_no_such_node_repairs_is_left_out():
    given = problem([pods("a", 3, 4, on=(0,)), pods("b", 1, 9, ring=1, on=())], nodes(4, 4, rings=(0, 1)), ("a", "b"))
    assert [ring for ring, _, _ in repairs(given, solve(given))] == [0]
