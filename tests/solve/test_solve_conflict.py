"""Every no names demands that contradict each other, and says truly whether fewer of them would."""

from dataclasses import replace

import numpy as np
import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from models.solver.problem import AntiAffinity, PortConflict, TopologySpread
from planner.solve import Budget, SearchContext, repairs, solve
from planner.solve.bound.counting import Counting
from planner.solve.infeasible.oracle import ConflictOracle
from planner.solve.instance.arrays import facts_of
from planner.solve.owned import solve as searching
from planner.solve.runtime.cp_sat import Answer, Model
from tests.soak import soak_after
from tests.solve import brute_force
from tests.solve.small_problems import small_problem
from tests.solve.tiny import goal, node, pods, problem

BOTH = (0, 1)
HOSTS = ((0,), (1,), (2,))
ZONES = ((0, 1), (2,))
THREE = [node("a", 4), node("b", 4), node("c", 4)]
PAIR = [node("a", 4, rings=BOTH), node("b", 4, rings=BOTH)]
ON = [0, 1, 2]
WIDE = (("a", 10), ("b", 1), ("c", 1))

CAUSES = [
    ("no node allows the class", problem([pods("x", 1, 1, []), pods("y", 1, 1, ON)], THREE), (0,)),
    ("more pods than slots", problem([pods("x", 3, 3, [0, 1]), pods("y", 1, 1, ON)], THREE), (0,)),
    ("a ring asks for more than the nodes it may use have",
     problem([pods("x", 2, 3, [0, 1]), pods("y", 1, 3, [0, 1]), pods("z", 1, 1, ON)], THREE), (0, 1)),
    ("two rings want one node",
     problem([pods("x", 1, 1, [0]), pods("y", 1, 1, [0], ring=1), pods("z", 1, 1, [1])], PAIR, 2), (0, 1)),
    ("two rings ask for more than both nodes have",
     problem([pods("x", 2, 3, [0, 1]), pods("y", 1, 1, [0, 1], ring=1)], PAIR, 2), (0, 1)),
    ("two rings each fit on the large node, but not both on all",
     problem([pods("x", 7, 1, ON), pods("y", 7, 1, ON, ring=1)], [node(name, cpu, rings=BOTH) for name, cpu in WIDE], 2), (0, 1)),
    ("pods of more than half a node, of two classes, and fewer nodes than pods",
     problem([pods("x", 2, 3, ON), pods("y", 2, 3, ON), pods("z", 1, 1, ON)], [node(name, 5) for name in "abc"]), (0, 1)),
    ("one pod per host, and more pods than hosts",
     problem([pods("x", 4, 1, ON)], THREE, aparts=(AntiAffinity(0, (0,), HOSTS),)), (0,)),
    ("one pod per zone, and more pods than zones",
     problem([pods("x", 3, 1, ON)], THREE, aparts=(AntiAffinity(0, (0,), ZONES),)), (0,)),
    ("a host port that two classes want",
     problem([pods("x", 2, 1, ON), pods("y", 2, 1, ON)], THREE,
             clashes=(PortConflict(0, 0), PortConflict(0, 1), PortConflict(1, 1))), (0, 1)),
    ("a spread over a domain that stays empty",
     problem([pods("x", 3, 1, [0, 1])], THREE, spreads=(TopologySpread(0, (0,), ZONES, 1, 1, (1,)),)), (0,)),
    ("a spread over fewer domains than it asks for",
     problem([pods("x", 3, 1, ON)], THREE, spreads=(TopologySpread(0, (0,), ZONES, 1, 3),)), (0,)),
]  # fmt: skip


@pytest.mark.parametrize(("given", "conflict"), [row[1:] for row in CAUSES], ids=[row[0] for row in CAUSES])
@pytest.mark.parametrize("exact", [0, 12_000])
def test_each_cause_is_found_with_and_without_the_exact_model(given, conflict, exact):
    outcome = solve(given, SearchContext(Budget(exact=exact)))
    assert (outcome.verdict, outcome.conflict, outcome.conflict_smallest) == (INFEASIBLE, conflict, True)
    assert goal(outcome, "unplaced").bound >= 1


@pytest.mark.parametrize(("given", "conflict"), [row[1:] for row in CAUSES], ids=[row[0] for row in CAUSES])
def test_counting_alone_proves_it_but_not_of_fewer(given, conflict):
    counting = Counting.of(facts_of(given))
    assert counting.refutes(demand(given, conflict))
    for out in conflict:
        assert not counting.refutes(demand(given, set(conflict) - {out}))


def demand(given, classes):
    return np.array([c.count if at in classes else 0 for at, c in enumerate(given.classes)])


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_counting_never_refutes_what_trying_everything_places(first):
    for seed in range(first, first + 50):
        given = small_problem(seed)
        counting = Counting.of(facts_of(given))
        left = sum(brute_force.answer(given)[0])
        assert left or not counting.refutes(counting.facts.counts), seed
        assert int(counting.short().sum()) <= left, seed


@pytest.mark.parametrize("first", soak_after(1, range(0, 120, 20)))
def test_every_no_has_a_contradiction_even_on_no_budget(first):
    for seed in range(first, first + 20):
        given = small_problem(seed)
        outcome = solve(given, SearchContext(Budget(conflict=0.0)))
        assert bool(outcome.conflict) == (outcome.verdict == INFEASIBLE) == bool(sum(brute_force.answer(given)[0])), seed
        assert all(given.classes[c].count and not given.classes[c].daemon for c in outcome.conflict), seed


def test_what_is_not_shown_to_be_the_smallest_is_not_called_so(monkeypatch):
    given = problem([pods("x", 1, 3, [0]), pods("y", 1, 3, [0])], [node("a", 4)])
    monkeypatch.setattr(ConflictOracle, "possible", lambda self, members: False)
    outcome = solve(given)
    assert (outcome.conflict, outcome.conflict_smallest) == (BOTH, False)


# three classes of which no two may be on one node, on two nodes: counting knows of no such rule between classes
APART = problem(
    [pods(name, 1, 1, BOTH) for name in "xyz"],
    [node("a", 3), node("b", 3)],
    aparts=(AntiAffinity(0, (1, 2), HOSTS[:2]), AntiAffinity(1, (2,), HOSTS[:2])),
)


def test_what_only_the_solver_proves_is_asked_again(monkeypatch):
    assert Counting.of(facts_of(APART)).impossible() is None
    assert solve(APART).verdict == INFEASIBLE
    monkeypatch.setattr(ConflictOracle, "again", lambda self, members: False)
    outcome = solve(APART)
    assert (outcome.verdict, outcome.conflict, goal(outcome, "unplaced").bound) == (UNDECIDED, (), 0)


def test_a_solver_that_errs_once_does_not_make_a_no(monkeypatch):
    given = problem([pods("x", 2, 2, BOTH)], [node("a", 3), node("b", 3)])
    plan = searching.Builder.build

    def spoiled(self, start=None):
        found = plan(self, start)
        return replace(found, counts=tuple({} for _ in found.counts))

    solving = Model.solve

    def wrong(self, work, deadline, style="search"):
        return Answer("infeasible", (), 0, 0.0) if style != "plain" else solving(self, work, deadline, style)

    monkeypatch.setattr(searching.Builder, "build", spoiled)
    monkeypatch.setattr(Model, "solve", wrong)
    assert solve(given, SearchContext(Budget(exact=0))).verdict in (UNDECIDED, FEASIBLE)


def test_of_workloads_merged_into_one_class_only_as_many_are_named_as_it_takes():
    many = replace(pods("x", 7, 1, [0]), parts=(1, 2, 4))
    outcome = solve(problem([many], [node("a", 4)]))
    assert (outcome.conflict, outcome.conflict_parts, outcome.conflict_smallest) == ((0,), ((1, 2),), True)
    alone = replace(many, candidates=())
    assert len(solve(problem([alone], [node("a", 4)])).conflict_parts[0]) == 1


def test_no_repair_is_looked_for_where_no_node_can_help(monkeypatch):
    given = problem([pods("x", 1, 9, [])], [node("a", 4)])
    outcome = solve(given)
    monkeypatch.setattr("planner.solve.infeasible.cheapest_repair.fits_all", lambda *_: pytest.fail("nothing is to be tried"))
    assert repairs(given, outcome) == ()


def test_more_nodes_that_hold_what_is_missing_need_no_packing_anew(monkeypatch):
    given = problem([pods("x", 9, 4, [0, 1]), pods("y", 2, 4, [0, 1], ring=1)], PAIR, 2)
    outcome = solve(given)
    monkeypatch.setattr("planner.solve.infeasible.cheapest_repair.fits_all", lambda *_: pytest.fail("sums refuse fewer"))
    assert repairs(given, outcome) == ((-1, 0, 9),)


@pytest.mark.parametrize("first", soak_after(1, range(0, 90, 30)))
def test_a_repair_makes_everything_fit(first):
    from planner.solve.instance.variants import with_copies

    tried = 0
    for seed in range(first, first + 30):
        given = small_problem(seed)
        outcome = solve(given)
        if outcome.verdict != INFEASIBLE:
            continue
        for ring, at, copies in repairs(given, outcome):
            if ring < 0:
                tried += 1
                assert copies >= 1
                assert solve(with_copies(given, at, copies)).verdict == FEASIBLE, seed
    assert tried


@pytest.mark.parametrize(
    ("domains", "wider"),
    [
        pytest.param(((0,), (1, 2)), ((0, 3), (1, 2)), id="a node alone in its zone: a copy is in that zone too"),
        pytest.param(((0, 1), (2,)), ((0, 1, 3), (2,)), id="a node of a zone of two"),
        pytest.param(((0,), (1,), (2,)), ((0,), (1,), (2,), (3,)), id="nodes by host name: each copy is one of its own"),
        pytest.param(((1,), (2,)), ((1,), (2,)), id="a node of no domain"),
    ],
)
def test_a_copy_of_a_node_is_where_the_node_is(domains, wider):
    from planner.solve.instance.variants import with_copies

    given = problem([pods("x", 3, 1, [0, 1, 2])], [node(name, 4) for name in "abc"])
    spread = TopologySpread(0, (0,), domains, 1)
    assert with_copies(replace(given, spreads=(spread,)), 0, 1).spreads[0].domains == wider
