"""Room for more pods than there are: part of the problem while it is solved, and of nothing afterwards."""

from dataclasses import replace

from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.indexed_problem import Batch, IndexedProblem
from models.solver.outcome import FEASIBLE, INFEASIBLE, Outcome
from models.solver.problem import FailureDomain, NodeSlot, PodClass, Problem
from planner.refine.hints.reservations import anywhere, bare, inside, roomier, with_reservations
from planner.rules.placement.failure_repacking import ZONE

WEB, JOB = (Workload(WorkloadId("Deployment", "shop", name), "apps/v1", Pod("shop"), 2) for name in ("web", "job"))
PROBLEM = Problem(
    ("cpu", "pods"),
    ("r",),
    (PodClass("web", 0, 4, (1, 1), (0,), priority=7), PodClass("agent", 0, 1, (1, 1), (0,), priority=2, daemon=True)),
    (NodeSlot("a", (9, 9), (0,)),),
    losses=(FailureDomain((0,), (1,)),),
)
MADE = IndexedProblem(
    PROBLEM, ((Batch(WEB, Pod(), "r", 2), Batch(JOB, Pod(), "r", 2)), (Batch(WEB, Pod(), "r", 1),)), (Node("a"),)
)


def test_a_reserve_is_like_its_workload_and_comes_after_all_others():
    found = with_reservations(MADE, {WEB.id: 2, JOB.id: 1})
    extra = found.classes[len(PROBLEM.classes) :]
    assert [(one.count, one.requests, one.candidates, one.priority) for one in extra] == [(3, (1, 1), (0,), 1)]
    assert found.classes[: len(PROBLEM.classes)] == PROBLEM.classes


def test_a_reserve_need_not_survive():
    assert with_reservations(MADE, {WEB.id: 1}).losses == (FailureDomain((0,), (1, 2)),)


def test_nothing_wanted_changes_nothing():
    assert with_reservations(MADE, {WEB.id: 0}) == PROBLEM


def test_the_reserve_is_forgotten_whether_it_found_room_or_not():
    found = Outcome(INFEASIBLE, (0,), (((0, 4),), ((0, 1),), ((0, 1),)), (0, 0, 2), conflict=(2,), conflict_parts=((1,),))
    assert bare(PROBLEM, found) == Outcome(FEASIBLE, (0,), (((0, 4),), ((0, 1),)), (0, 0))


def test_a_reserve_that_costs_a_pod_its_place_is_no_answer():
    found = Outcome(INFEASIBLE, (0,), (((0, 3),), ((0, 1),), ((0, 3),)), (1, 0, 0))
    assert bare(PROBLEM, found) is None
    assert bare(PROBLEM, replace(found, unplaced=(0, 0, 3))) is not None


def test_room_for_what_a_zones_loss_leaves_is_outside_that_zone():
    nodes = tuple(Node(name, Labels({ZONE: name})) for name in ("a", "b"))
    classes = tuple(replace(one, candidates=(0, 1), offers=(0, 1)) for one in PROBLEM.classes)
    there = replace(MADE, problem=replace(PROBLEM, classes=classes), nodes=nodes, offers=nodes)
    found = roomier(there, {(WEB.id, "a"): 2, (WEB.id, ""): 1, (JOB.id, "b"): 3})
    extra = found.classes[len(classes) :]
    assert [(one.count, one.candidates, one.offers) for one in extra] == [(1, (0, 1), (0, 1)), (2, (1,), (1,)), (3, (0,), (0,))]
    assert found.losses == (FailureDomain((0,), (1, 2, 3, 4)),)


def test_room_in_a_zone_is_on_no_node_of_another():
    nodes = tuple(Node(name, Labels({ZONE: name} if name else {})) for name in ("a", "b", ""))
    classes = tuple(replace(one, candidates=(0, 1, 2), offers=(0, 1, 2)) for one in PROBLEM.classes)
    there = replace(MADE, problem=replace(PROBLEM, classes=classes), nodes=nodes, offers=nodes)
    found = roomier(there, {(WEB.id, inside("a")): 2, (WEB.id, inside("b")): 1, (WEB.id, "a"): 3})
    extra = found.classes[len(classes) :]
    assert {(one.count, one.candidates, one.offers) for one in extra} == {
        (2, (0,), (0,)),
        (1, (1,), (1,)),
        (3, (1, 2), (1, 2)),
    }


def test_who_has_room_anywhere_has_it_for_all_zones_together():
    assert anywhere({(WEB.id, "a"): 2, (WEB.id, ""): 1, (JOB.id, "b"): 3}) == {WEB.id: 3, JOB.id: 3}
