"""Placements whose rings survive: found where they exist, proven where they do not, and never claimed where nobody knows."""

import random
from dataclasses import replace

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from models.solver.problem import Affinity, AntiAffinity, FailureDomain, PortConflict, TopologySpread
from planner.solve import Budget, SearchContext, fewest_nodes, repairs, solve
from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.feasibility_repair import restore
from planner.solve.infeasible.node_copies import NodeCopies
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import Assignment
from planner.solve.instance.validate import breaches
from planner.solve.redundancy.after_failure import problem_after
from planner.solve.redundancy.check import failures, left_over
from planner.solve.tuning import SOLVING
from tests.soak import soak_after
from tests.solve.small_problems import small_problem
from tests.solve.tiny import goal, node, pods, problem

ALL = (0, 1, 2, 3)
HOSTS = tuple((n,) for n in ALL)
ANY_NODE = tuple(FailureDomain((n,)) for n in ALL)
HALVES = (FailureDomain((0, 1), (), True), FailureDomain((2, 3), (), True))
FOUR = [node(f"n{n}", 4, rings=(0, 1)) for n in ALL]


def web(count, cpu=1, on=ALL, **fields):
    return pods("web", count, cpu, on, **fields)


ROWS = [
    ("room for one node's pods on the others", [web(12)], ANY_NODE, {}, FEASIBLE),
    ("one pod more than three nodes hold", [web(13)], ANY_NODE, {}, INFEASIBLE),
    ("two kinds of pods share what is left", [web(6), pods("api", 6, 1, ALL)], ANY_NODE, {}, FEASIBLE),
    ("and are one too many together", [web(6), pods("api", 7, 1, ALL)], ANY_NODE, {}, INFEASIBLE),
    ("without losses it fits", [web(13)], (), {}, FEASIBLE),
    ("a zone is half of all", [web(8)], HALVES, {}, FEASIBLE),
    ("and one pod more", [web(9)], HALVES, {}, INFEASIBLE),
    ("pods too big to share what is left", [web(4, 3)], ANY_NODE, {}, INFEASIBLE),
    ("a node without pods may be lost", [web(3, 3)], ANY_NODE, {}, FEASIBLE),
    ("each of two rings needs a node to spare", [web(4), pods("db", 4, 1, ALL, ring=1)], ANY_NODE, {}, FEASIBLE),
    ("and has none", [web(4), pods("db", 5, 1, ALL, ring=1)], ANY_NODE, {}, INFEASIBLE),
    ("nothing is asked for what is tied", [web(2, on=(0,)), web(2)], (FailureDomain((0,), (0,)), *ANY_NODE[1:]), {}, FEASIBLE),
    ("what is not tied may be at home in one node", [web(2, on=(0,)), web(2)], ANY_NODE, {}, INFEASIBLE),
    ("pods that keep apart need a node more", [web(3)], ANY_NODE, {"aparts": (AntiAffinity(0, (0,), HOSTS),)}, FEASIBLE),
    ("and have none", [web(4)], ANY_NODE, {"aparts": (AntiAffinity(0, (0,), HOSTS),)}, INFEASIBLE),
    ("one zone for two pods that keep apart", [web(2)], HALVES,
     {"aparts": (AntiAffinity(0, (0,), ((0, 1), (2, 3))),)}, INFEASIBLE),
    ("a port per node", [web(4)], ANY_NODE, {"clashes": (PortConflict(0, 0),)}, INFEASIBLE),
    ("a port on one node less", [web(3)], ANY_NODE, {"clashes": (PortConflict(0, 0),)}, FEASIBLE),
    ("spread over the nodes that are left", [web(4)], ANY_NODE, {"spreads": (TopologySpread(0, (0,), HOSTS, 1),)}, FEASIBLE),
    ("a domain that stands though its nodes are gone",
     [web(4)], HALVES, {"spreads": (TopologySpread(0, (0,), ((0, 1), (2, 3)), 1, 1, (0, 1)),)}, INFEASIBLE),
    ("company follows", [web(2), pods("api", 2, 1, ALL)], ANY_NODE,
     {"togethers": (Affinity(1, (0,), (HOSTS,)),)}, FEASIBLE),
    ("company that can be on one node only", [web(1, on=(0,)), pods("api", 1, 1, ALL)],
     (FailureDomain((0,), (0,)), *ANY_NODE[1:]), {"togethers": (Affinity(1, (0,), (HOSTS,)),)}, INFEASIBLE),
    ("the first of all needs no company", [web(4)], HALVES, {"togethers": (Affinity(0, (0,), (((0, 1), (2, 3)),)),)}, FEASIBLE),
    ("daemons are not placed again", [web(8), pods("log", 0, 1, ALL, daemon=True)], ANY_NODE, {}, FEASIBLE),
    ("but take room where they stay", [web(10), pods("log", 0, 1, ALL, daemon=True)], ANY_NODE, {}, INFEASIBLE),
]  # fmt: skip


@pytest.mark.parametrize(("classes", "losses", "rules", "verdict"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_survives(classes, losses, rules, verdict) -> None:
    given = problem(classes, FOUR, rings=2, losses=losses, **rules)
    outcome = solve(given)
    assert outcome.verdict == verdict
    assert not any(outcome.unplaced)
    if verdict == FEASIBLE:
        plan = Assignment(outcome.ring_of, tuple(dict(on) for on in outcome.counts))
        assert not list(failures(facts_of(given), plan, SearchContext()))
    else:
        assert outcome.conflict == ()
        # counting may do without the exact model
        assert solve(given, SearchContext(Budget(exact=0))).verdict in (UNDECIDED, INFEASIBLE)


def test_pods_without_a_place_are_what_is_said_first() -> None:
    outcome = solve(problem([web(17)], FOUR, rings=2, losses=ANY_NODE))
    assert outcome.verdict == INFEASIBLE
    assert outcome.unplaced == (1,)


def test_packing_alone_reserves_room() -> None:
    given = problem(
        [web(12, 2), pods("db", 6, 2, range(12), ring=1)], [node(f"n{n}", 4, rings=(0, 1)) for n in range(12)], rings=2
    )
    given = replace(given, losses=tuple(FailureDomain((n,)) for n in range(12)))
    classes = tuple(replace(c, candidates=tuple(range(12))) for c in given.classes)
    outcome = solve(replace(given, classes=classes), SearchContext(Budget(exact=0)))
    assert outcome.verdict == FEASIBLE


def test_running_pods_move_only_as_far_as_surviving_asks() -> None:
    """Web fills node 0 and needs a second node, so the pod of db on one of the others has to go."""
    classes = [web(4, running={"0": 4}), pods("db", 4, 1, ALL, ring=1, running={"1": 2, "2": 1, "3": 1})]
    assert goal(solve(problem(classes, FOUR, rings=2)), "moves").value == 0
    outcome = solve(problem(classes, FOUR, rings=2, losses=ANY_NODE))
    assert (outcome.verdict, goal(outcome, "moves").value, goal(outcome, "moves").bound) == (FEASIBLE, 1, 1)


def test_the_repair_counts_what_may_be_lost() -> None:
    given = problem([web(13)], FOUR, rings=2, losses=ANY_NODE)
    assert repairs(given, solve(given), SearchContext()) == ((-1, 0, 1),)


def test_a_copy_may_be_lost_as_the_original_may() -> None:
    """Two nodes more of one zone help nobody when that zone is lost, but one of each does."""
    given = problem([web(9)], FOUR, rings=2, losses=HALVES)
    assert repairs(given, solve(given), SearchContext()) == ((-1, 0, 1), (-1, 2, 1))
    many = problem([web(27)], FOUR, rings=2, losses=HALVES)
    assert repairs(many, solve(many), SearchContext()) == ((-1, 0, 5), (-1, 2, 5))


@pytest.mark.parametrize(
    ("count", "tied", "helps"),
    [
        pytest.param(8, (), True, id="the other zone holds all pods"),
        pytest.param(9, (), False, id="the other zone holds one pod less"),
        pytest.param(9, (0,), True, id="nothing is asked for those that could be nowhere else"),
    ],
)
def test_that_no_number_of_nodes_of_one_zone_helps_is_seen_by_counting(count, tied, helps) -> None:
    losses = (replace(HALVES[0], tied=tied), replace(HALVES[1], tied=tied))
    more = NodeCopies.of(problem([web(count)], FOUR, rings=2, losses=losses), 0, 5)
    assert (more.least <= 5) is helps


def test_zones_whose_nodes_differ_get_more_of_their_largest() -> None:
    given = problem([web(9)], [*FOUR[:2], node("n2", 2, rings=(0, 1)), node("n3", 3, rings=(0, 1))], rings=2, losses=HALVES)
    assert repairs(given, solve(given), SearchContext()) == ((-1, 0, 2), (-1, 3, 2))


def test_each_ring_may_want_a_node_to_spare() -> None:
    """Two rings of one node each, and of the four pods that have no place as many: a node for each ring's, and one to lose."""
    classes = [web(8), pods("db", 8, 1, ALL, ring=1)]
    given = problem(classes, FOUR, rings=2, losses=ANY_NODE)
    assert repairs(given, solve(given), SearchContext()) == ((-1, 0, 2),)


def test_nodes_to_spare_are_counted_however_few_pods_have_no_place() -> None:
    """Two nodes hold four of eight pods: two more hold the others, and a third whatever one node held."""
    two = [node(f"n{n}", 2, rings=(0,)) for n in range(2)]
    given = problem([web(8, on=(0, 1))], two, losses=(FailureDomain((0,)), FailureDomain((1,))))
    assert repairs(given, solve(given), SearchContext()) == ((-1, 0, 3),)


def test_the_fewest_nodes_do_not_count_what_may_be_lost() -> None:
    assert fewest_nodes(problem([web(12)], FOUR, rings=2, losses=ANY_NODE)) == (3, 3)


@pytest.mark.parametrize("first", soak_after(1, range(0, 300, 100)))
def test_packing_again_is_valid_and_leaves_the_cluster_as_it_was(first) -> None:
    refitted = 0
    for seed in range(first, first + 100):
        given, rng = small_problem(seed), random.Random(seed)
        outcome = solve(given, SearchContext(Budget(exact=0)))
        plan = Assignment(outcome.ring_of, tuple(dict(on) for on in outcome.counts))
        facts = facts_of(given)
        cluster = restore(facts, plan)
        gone = tuple(sorted(rng.sample(range(len(given.nodes)), rng.choice((1, 1, 2)))))
        for ring in sorted({plan.ring_of[n] for n in gone} - {-1}):
            moved, left = watched(cluster, FailureDomain(gone), ring)
            assert cluster.plan() == plan, seed
            part = problem_after(facts, plan, FailureDomain(gone), ring)
            ring_of = tuple(-1 if n in gone and at == ring else at for n, at in enumerate(plan.ring_of))
            counts = [
                dict.fromkeys(kind.candidates, 1) if kind.daemon else moved.get(c, {}) for c, kind in enumerate(part.classes)
            ]
            assert not list(breaches(part, ring_of, counts)), seed
            assert sum(left.values()) == sum(k.count for k in part.classes) - sum(sum(on.values()) for on in moved.values()), seed
            refitted += bool(moved)
    assert refitted > 8


def watched(cluster, loss, ring):
    """Pack again, noting the last pods that came to each node before they are taken away."""
    from planner.solve.redundancy import check

    seen = {}
    packed = check._FailedNodes.pack

    def noting(scene, *rest):
        left = packed(scene, *rest)
        seen.clear()
        for c, before in scene.before.items():
            came = {int(n): int(k) for n, k in enumerate(scene.cluster.counts[c] - before) if k}
            seen.update({c: came} if came else {})
        return left

    alone = left_over(cluster, BestFit(cluster, SOLVING.placement.fit), loss, ring)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check._FailedNodes, "pack", noting)
        patch.setattr(check._FailedNodes, "goes_to_one", lambda _: False)
        left = left_over(cluster, BestFit(cluster, SOLVING.placement.fit), loss, ring)
    assert alone == left
    return seen, left


def test_packing_alone_keeps_a_whole_node_free_for_big_pods() -> None:
    """Twenty nodes, pods that take most of one: shares of nodes are no use to them, an empty node in each ring is."""
    on = range(20)
    big = [pods(f"big-{ring}", 8, 70, on, ring=ring) for ring in (0, 1)]
    given = problem([*big, pods("tiny", 40, 9, on)], [node(f"n{n}", 100, rings=(0, 1)) for n in on], rings=2)
    given = replace(given, losses=tuple(FailureDomain((n,)) for n in on))
    outcome = solve(given, SearchContext(Budget(exact=0)))
    plan = Assignment(outcome.ring_of, tuple(dict(on) for on in outcome.counts))
    assert outcome.verdict == FEASIBLE
    assert not list(failures(facts_of(given), plan, SearchContext(Budget(exact=0))))
