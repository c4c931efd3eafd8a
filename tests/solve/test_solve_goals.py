"""The goals one by one, their order, and that a cluster that is as it should be stays as it is."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.solve import Budget, Deadline, SearchContext, fewest_nodes, repairs, solve
from planner.solve.instance.validate import breaches
from planner.solve.place.construct import Builder
from planner.solve.tuning import SOLVING
from tests.soak import soak_after
from tests.solve.small_problems import small_problem
from tests.solve.tiny import goal, node, pods, problem

BOTH = (0, 1)


def test_higher_priority_goes_first_and_is_a_goal_of_its_own():
    # 4 cpu: either the two important pods of 2, or four others of 1
    outcome = solve(problem([pods("high", 2, 2, [0], priority=1000), pods("low", 4, 1, [0])], [node("a", 4)]))
    assert outcome.unplaced == (0, 4)
    assert [g.name for g in outcome.goals[:3]] == ["unplaced (priority 1000)", "unplaced (priority 0)", "unplaced"]
    assert [(g.value, g.bound) for g in outcome.goals[:3]] == [(0, 0), (4, 4), (4, 4)]


def test_one_priority_needs_no_goal_of_its_own():
    outcome = solve(problem([pods("x", 1, 1, [0])], [node("a", 4)]))
    assert [g.name for g in outcome.goals] == ["unplaced", "moves", "relabels", "headroom"]


def test_running_pods_stay_where_they_are():
    given = problem([pods("x", 2, 1, [0, 1], running={"1": 2})], [node("a", 4), node("b", 4)])
    outcome = solve(given)
    assert outcome.counts == (((1, 2),),)
    assert goal(outcome, "moves").value == 0


MOVES = [
    ("two of three pods are deleted, which is no move", pods("x", 1, 1, [0], running={"0": 3}), 0),
    ("deleting from one node lets all others stay", pods("x", 3, 1, [0, 1], running={"0": 3, "1": 2}), 0),
    ("the surplus is where the pods cannot stay", pods("x", 2, 1, [0], running={"0": 2, "1": 3}), 0),
    ("of five running pods three are wanted, and two must leave their node", pods("x", 3, 1, [0], running={"0": 1, "1": 4}), 2),
    ("what is scaled to nothing does not move", pods("x", 0, 1, [0], running={"0": 2}), 0),
    ("scaling up moves nothing", pods("x", 3, 1, [0], running={"0": 1}), 0),
    ("a daemon goes with the ring of its node", pods("x", 0, 1, [0], running={"1": 1}, daemon=True), 0),
]


@pytest.mark.parametrize(("given", "moved"), [row[1:] for row in MOVES], ids=[row[0] for row in MOVES])
@pytest.mark.parametrize("exact", [0, 12_000])
def test_only_pods_that_are_still_wanted_can_move(given, moved, exact):
    small = pods("y", 1, 1, [1])
    outcome = solve(problem([given, small], [node("a", 4), node("b", 4)]), SearchContext(Budget(exact=exact)))
    assert (goal(outcome, "moves").value, goal(outcome, "moves").bound) == (moved, moved)


def test_the_ring_with_more_running_pods_keeps_the_mixed_node():
    # node a runs 3 pods of ring 0 and 1 of ring 1; ring 1 must go to b
    classes = [pods("x", 3, 1, [0, 1], running={"0": 3}), pods("y", 1, 1, [0, 1], ring=1, running={"0": 1})]
    outcome = solve(problem(classes, [node("a", 4, rings=BOTH), node("b", 4, rings=BOTH)], 2))
    assert outcome.ring_of == (0, 1)
    assert (goal(outcome, "moves").value, goal(outcome, "moves").bound) == (1, 1)


def test_nodes_keep_their_ring_before_head_room_is_evened_out():
    classes = [pods("x", 1, 1, [0, 1, 2]), pods("y", 3, 1, [0, 1, 2], ring=1)]
    nodes = [node("a", 4, rings=BOTH, today=0), node("b", 4, rings=BOTH, today=0), node("c", 4, rings=BOTH, today=1)]
    outcome = solve(problem(classes, nodes, 2))
    assert outcome.ring_of == (0, 0, 1)
    assert goal(outcome, "relabels").value == 0
    assert goal(outcome, "headroom").value == 250  # ring 1: 3 of 4 cpu


def test_spare_nodes_go_where_head_room_is_least():
    # ring 1 asks for 3 cpu, ring 0 for 1; with two of three nodes ring 1 keeps 5/8 free, ring 0 3/4
    classes = [pods("x", 1, 1, [0, 1, 2]), pods("y", 3, 1, [0, 1, 2], ring=1)]
    outcome = solve(problem(classes, [node(name, 4, rings=BOTH) for name in "abc"], 2))
    assert sorted(outcome.ring_of) == [0, 1, 1]
    assert (goal(outcome, "headroom").value, goal(outcome, "headroom").bound) == (625, 625)


def test_every_node_that_can_serve_a_ring_gets_one():
    outcome = solve(problem([pods("x", 1, 1, [0])], [node("a", 4), node("b", 4), node("c", 4, rings=())]))
    assert outcome.ring_of == (0, 0, -1)


def test_a_cordoned_node_keeps_its_ring_and_its_daemons():
    classes = [pods("x", 1, 1, [0]), pods("d", 0, 1, [0, 1], daemon=True, running={"0": 1, "1": 1})]
    outcome = solve(problem(classes, [node("a", 4, today=0), node("b", 0, today=0, most=0)]))
    assert outcome.ring_of == (0, 0)
    assert (goal(outcome, "moves").value, goal(outcome, "relabels").value) == (0, 0)


def test_the_smallest_contradiction_leaves_out_who_has_no_part_in_it():
    # a has 4 cpu; x and y ask for 3 each and cannot both be there; z is elsewhere
    classes = [pods("x", 1, 3, [0]), pods("y", 1, 3, [0]), pods("z", 1, 1, [1])]
    outcome = solve(problem(classes, [node("a", 4), node("b", 4)]))
    assert outcome.verdict == INFEASIBLE
    assert outcome.conflict == (0, 1)


def test_a_class_that_is_impossible_by_itself_is_the_whole_contradiction():
    outcome = solve(problem([pods("x", 1, 9, []), pods("y", 1, 1, [0])], [node("a", 4)]))
    assert outcome.conflict == (0,)


@pytest.mark.parametrize("exact", [0, 12_000])
@pytest.mark.parametrize("first", soak_after(1, range(0, 120, 30)))
def test_planning_again_changes_nothing(first, exact):
    for seed in range(first, first + 30):
        given, context = small_problem(seed), SearchContext(Budget(exact=exact))
        outcome = solve(given, context)
        if outcome.verdict != FEASIBLE:
            continue
        classes = tuple(
            replace(c, running=FrozenMap({str(n): count for n, count in on}))
            for c, on in zip(given.classes, outcome.counts, strict=True)
        )
        nodes = tuple(replace(n, ring_today=ring) for n, ring in zip(given.nodes, outcome.ring_of, strict=True))
        again = solve(replace(given, classes=classes, nodes=nodes), context)
        assert (goal(again, "moves").value, goal(again, "relabels").value) == (0, 0), seed
        assert (again.ring_of, again.counts) == (outcome.ring_of, outcome.counts), seed


def test_the_fewest_nodes_with_rings_and_without():
    # one pod of 1 cpu in each of two rings: two nodes apart, one together
    classes = [pods("x", 1, 1, [0, 1]), pods("y", 1, 1, [0, 1], ring=1)]
    apart = problem(classes, [node("a", 4, rings=BOTH), node("b", 4, rings=BOTH)], 2)
    together = problem([replace(c, ring=0) for c in classes], [node("a", 4), node("b", 4)])
    assert fewest_nodes(apart) == (2, 2)
    assert fewest_nodes(together) == (1, 1)


def test_without_time_the_fewest_nodes_are_known_or_not():
    found = [fewest_nodes(small_problem(seed), SearchContext(deadline=Deadline(0.0))) for seed in range(40)]
    unknown = [bound for count, bound in found if count < 0]
    assert 0 < len(unknown) < len(found)
    assert all(count >= bound for count, bound in found if count >= 0)


def test_the_cheapest_repair_is_the_fewest_copies():
    # five pods of 4 cpu, two nodes of 4: three more of either
    given = problem([pods("x", 5, 4, [0, 1])], [node("a", 4), node("b", 4)])
    assert repairs(given, solve(given)) == ((-1, 0, 3),)


def test_the_clock_guard_still_gives_a_valid_placement():
    given = small_problem(7)
    outcome = solve(given, SearchContext(deadline=Deadline(0.0)))
    assert not list(breaches(given, outcome.ring_of, [dict(on) for on in outcome.counts]))


def test_progress_is_told():
    told = []
    solve(problem([pods("x", 1, 1, [0])], [node("a", 4)]), SearchContext(progress=told.append))
    assert told[0] == "dividing 1 nodes among 1 rings"


def test_a_placement_that_takes_all_its_time_leaves_some_to_prove_how_good_it_is(monkeypatch):
    now, build = [0.0], Builder.build

    def slow(self, start):
        made = build(self, start)
        now[0] += self.context.deadline.left()
        return made

    monkeypatch.setattr("planner.solve.runtime.deadline.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(Builder, "build", slow)
    outcome = solve(problem([pods("x", 4, 3, [0, 1])], [node("a", 4), node("b", 4)]), SearchContext(deadline=Deadline(60)))
    assert now[0] == pytest.approx(SOLVING.early * 40)
    assert (goal(outcome, "unplaced").value, goal(outcome, "unplaced").bound) == (2, 2)
