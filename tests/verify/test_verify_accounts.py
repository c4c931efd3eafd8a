"""One way of breaking accounts, goals or what is said of unplaced pods per row, and the finding that it must raise."""

from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan, Repair, Separation, Shortage, Unplaced
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from models.kubernetes.labels import Labels
from models.kubernetes.pod import Container
from models.kubernetes.resources import Resources
from models.kubernetes.workload import WorkloadId
from models.solver.outcome import Goal
from models.trust import RingNodes
from planner.verify import verify
from tests.verify.breaks import Break, assert_rejected, both, nodes, place, work

INNER = "internal_untrusted.acme"
API = "Deployment/pay/api"
GATE = "Deployment/shop/gate"
LOGS = "DaemonSet/shop/logs"
PLUGIN = "Deployment/partner/plugin"
WEB = "Deployment/shop/web"
ZZZ = "Deployment/shop/zzz"
GHOST = WorkloadId("Deployment", "nowhere", "ghost")
HIGH, LOW = "unplaced (priority 7)", "unplaced (priority 0)"
SMALL = Resources({"cpu": 20000, "memory": 8000, "pods": 10})


def goal(name: str, **fields: object) -> Break:
    """Change a goal."""
    return lambda plan: replace(plan, goals=tuple(replace(g, **fields) if g.name == name else g for g in plan.goals))


def shared(**fields: object) -> Break:
    """Change what is said of the shared resident."""
    return lambda plan: replace(plan, shared=tuple(replace(one, **fields) for one in plan.shared))


def whole(**fields: object) -> Break:
    """Change the plan itself."""
    return lambda plan: replace(plan, **fields)


def drop(name: str) -> Break:
    """Forget a workload's placement."""
    return lambda plan: replace(plan, placements=tuple(p for p in plan.placements if str(p.workload) != name))


def again(name: str) -> Break:
    """Say a placement twice."""
    return lambda plan: replace(plan, placements=(*plan.placements, *(p for p in plan.placements if str(p.workload) == name)))


def unplaced(**fields: object) -> Break:
    """Change what is said of the unplaced pods."""
    return lambda plan: replace(plan, unplaced=tuple(replace(one, **fields) for one in plan.unplaced))


def heavy(cpu: int) -> Break:
    """Let each of two pods request so much."""
    return work(WEB, containers=(Container("main", "registry.local/app", Resources({"cpu": cpu})),))


HEAVIER = heavy(1100)
"""Its ring then needs two nodes of four cores, and all pods together no more."""


def static_pod(namespace: str, level: str) -> Break:
    """Let the static pod be of a namespace and say a level."""
    labels = Labels({"ringfence.dev/trust-level": level})

    def change(plan: IsolationPlan) -> IsolationPlan:
        (one,) = plan.cluster.residents
        said = replace(one, pod=replace(one.pod, namespace=namespace, labels=labels))
        return replace(plan, cluster=replace(plan.cluster, residents=(said,)))

    return change


BROKEN: list[tuple[str, Break, str]] = [
    ("a workload that is dropped", drop(WEB), "workload-dropped"),
    ("a DaemonSet that is dropped", drop(LOGS), "workload-dropped"),
    ("a placement of nobody", lambda p: replace(p, placements=(*p.placements, replace(p.placements[0], workload=GHOST))),
     "workload-unknown"),
    ("an unplaced workload that does not exist", whole(verdict="infeasible", unplaced=(Unplaced(GHOST, 1, "", FrozenMap()),)),
     "workload-unknown"),
    ("a conflict with nobody", whole(conflict=(GHOST,)), "workload-unknown"),
    ("a placement said twice", again(WEB), "placement-twice"),
    ("a pod too few", place(WEB, {"c1": 1}), "pods-miscounted"),
    ("a pod too many", place(PLUGIN, {"c1": 1, "c2": 1}), "pods-miscounted"),
    ("a sum that is not the sum", place(WEB, {"c1": 1, "c2": 1}, pods=3), "placement-sum"),
    ("pods that are counted for another reason", place(WEB, {"c1": 1, "c2": 1}, counted="3 replicas"), "counted-untrue"),
    ("less than nothing on a node", place(WEB, {"c1": 1, "c2": 2, "d1": -1}), "placement-sum"),
    ("a placement under another group", place(API, group="internal"), "placement-group"),
    ("a placement in a ring that its group is not in", place(API, ring=INNER), "placement-ring"),
    ("a pod on a node that does not exist", place(WEB, {"c1": 1, "z9": 1}), "placement-node-unknown"),
    ("a pod on a node of another ring", place(WEB, {"c1": 1, "a2": 1}), "placement-outside-ring"),
    ("a pod on a node of no ring", place(WEB, {"c1": 1, "d1": 1}), "placement-outside-ring"),
    ("a node with pods of two rings", place(WEB, {"c1": 1, "a2": 1}), "node-mixes"),
    ("a DaemonSet that misses a node of its ring", place(LOGS, {"c1": 1}), "daemon-nodes"),
    ("a DaemonSet with two pods on a node", place(LOGS, {"c1": 1, "c2": 2}), "daemon-nodes"),
    ("a shared resident that is not listed", whole(shared=()), "shared-missing"),
    ("a shared resident that is none", both(drop(LOGS), lambda p: replace(p, shared=(
        *p.shared, replace(p.shared[0], workload=WorkloadId("DaemonSet", "shop", "logs"))))), "shared-untrue"),
    ("a ring that a shared resident reaches in silence", shared(rings=(INNER,)), "shared-rings"),
    ("a node that a shared resident reaches in silence", shared(nodes=5), "shared-nodes"),
    ("a shared resident that takes more than is said", shared(requests=Resources({"cpu": 1})), "shared-requests"),
    ("feasible is none of the three words", whole(verdict="fine"), "verdict"),
    ("called infeasible with every pod placed", whole(verdict="infeasible"), "verdict"),
    ("more unplaced than there are", goal("unplaced", value=1.0, bound=0.0), "goal-unplaced"),
    ("fewer moves than there are", both(place(GATE, {"c1": 2})), "goal-moves"),
    ("more moves than there are", goal("moves", value=2.0), "goal-moves"),
    ("fewer relabelled nodes than there are", goal("relabels", value=0.0, bound=0.0), "goal-relabels"),
    ("a value better than its bound", goal("moves", bound=3.0), "goal-bound"),
    ("head-room better than its bound", goal("headroom", value=500.0), "goal-bound"),
    ("a bound that is no number", goal("headroom", bound=float("nan")), "goal-bound"),
    ("an endless bound", goal("headroom", bound=float("inf")), "goal-bound"),
    ("a goal turned round", goal("moves", sense="max"), "goal-sense"),
    ("a goal with no sense", goal("moves", sense="least"), "goal-bound"),
    ("a repair of what is whole", whole(repairs=(Repair("c1", 1),)), "repair-untrue"),
    ("fewer nodes with rings than proven", whole(separation=Separation(3, 4, 3, 3)), "separation-bound"),
    ("fewer nodes without rings than proven", whole(separation=Separation(5, 4, 2, 3)), "separation-bound"),
    ("rings that save nodes", whole(separation=Separation(2, 1, 4, 3)), "separation-bound"),
    ("fewer nodes than rings", whole(separation=Separation(1, 1, 1, 1)), "separation-bound"),
    ("more nodes without rings than with", whole(separation=Separation(3, 3, 4, 3)), "separation-bound"),
    ("more nodes than there are", whole(separation=Separation(7, 5, 3, 3)), "separation-bound"),
    ("less than no nodes", whole(separation=Separation(5, 4, -1, -1)), "separation-bound"),
    ("fewer nodes without rings than the requests of all pods fill", whole(separation=Separation(5, 1, 1, 1)),
     "separation-bound"),
    ("fewer nodes with rings than the requests of each fill", both(HEAVIER, whole(separation=Separation(2, 2, 2, 2))),
     "separation-bound"),
    ("more nodes with rings proven than the plan needs", whole(separation=Separation(6, 6, 3, 3)), "separation-bound"),
    ("a node proven to be needed on which there are daemons only", both(
        place(LOGS, {"c1": 1, "c2": 1, "d1": 1}), whole(separation=Separation(6, 6, 3, 3))), "separation-bound"),
    ("more nodes without rings proven than the plan needs", whole(separation=Separation(6, 4, 6, 6)), "separation-bound"),
    ("head-room that is not there", goal("headroom", value=999.0, bound=999.0), "goal-headroom"),
    ("a goal struck out", lambda p: replace(p, goals=p.goals[:-1]), "goals-missing"),
    ("a goal that plans do not have", lambda p: replace(p, goals=(*p.goals, Goal("beauty", 5, 4))), "goal-unknown"),
    ("pods of a priority that no pod has", lambda p: replace(
        p, goals=(Goal("unplaced (priority 7)", 0, 0), *p.goals)), "goal-unknown"),
    ("a goal of the packing that plans do not have", whole(packing_goals=(Goal("beauty", 5, 4),)), "goal-unknown"),
    ("what is not modelled struck out", whole(not_modelled=()), "not-modelled-missing"),
    ("what could not be read struck out", lambda p: replace(p, cluster=replace(
        p.cluster, unread=(Statement("Kafka/shop/k", "hides pods"),))), "not-modelled-missing"),
    ("what nobody enforces struck out", whole(unenforced=()), "unenforced-missing"),
    ("a static pod of another level on a node", lambda p: replace(p, cluster=replace(p.cluster, residents=(
        replace(p.cluster.residents[0], pod=replace(
            p.cluster.residents[0].pod, labels=Labels({"ringfence.dev/trust-level": "internal"}))),))), "static-pod-mixes"),
    ("a static pod of a level that claims keep from it", static_pod("kube-system", "restricted"), "static-pod-doubted"),
    ("a static pod that lifts its node", static_pod("pay", "restricted"), "static-pod-lifts"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_plan_is_rejected(plan: IsolationPlan, change: Break, expected: str) -> None:
    assert_rejected(plan, change, expected)


UNTRUE: list[tuple[str, Break, str]] = [
    ("called feasible with a pod unplaced", whole(verdict="feasible"), "verdict"),
    ("a pod without a place although a node has room", nodes("c1", allocatable=SMALL), "unplaced-fits"),
    ("a message that is not what kube-scheduler would say", unplaced(message="0/7 nodes are available: 7 Too many pods."),
     "unplaced-reasons"),
    ("reasons that are not those", unplaced(reasons=FrozenMap({"Too many pods": 7})), "unplaced-reasons"),
    ("fewer pods unplaced than there are", both(work(ZZZ, pods=2)), "pods-miscounted"),
    ("no pods unplaced", unplaced(pods=0), "unplaced-count"),
    ("unplaced pods that the goal does not count", goal("unplaced", value=0.0, bound=0.0), "goal-unplaced"),
    ("a shortage of what there is enough of", whole(shortages=(Shortage("restricted", "cpu", 5, 5),)), "shortage-untrue"),
    ("a shortage of a ring that does not exist", whole(shortages=(Shortage("ghosts", "cpu", 6, 5),)), "shortage-untrue"),
    ("a repair with no node", whole(repairs=(Repair("c1", 0),)), "repair-untrue"),
    ("a repair with a node that does not exist", whole(repairs=(Repair("z9", 1),)), "repair-untrue"),
    ("unplaced pods that nobody mentions", whole(unplaced=(), verdict="feasible"), "workload-dropped"),
    ("a no that names no contradiction", whole(conflict=(), conflict_smallest=False), "conflict-missing"),
    ("the smallest of no contradiction", whole(conflict=(), verdict="undecided"), "conflict-missing"),
    ("a contradiction in a plan that only ran out of time", whole(verdict="undecided"), "conflict-baseless"),
    ("one demand, not shown to be the smallest set", whole(conflict_smallest=False), "conflict-smallest"),
    ("a contradiction with a DaemonSet in it", lambda p: replace(
        p, conflict=(*p.conflict, WorkloadId(*LOGS.split("/")))), "conflict-member"),
    ("a contradiction with who asks for no pod", both(work(WEB, pods=0), lambda p: replace(
        p, conflict=(*p.conflict, WorkloadId(*WEB.split("/"))))), "conflict-member"),
    ("a contradiction that names a demand twice", lambda p: replace(p, conflict=p.conflict * 2), "conflict-member"),
    ("a contradiction of what is all placed", whole(conflict=(WorkloadId(*WEB.split("/")),)), "conflict-placed"),
    ("a contradiction with a workload that does not exist", whole(conflict=(WorkloadId("Job", "x", "y"),)), "workload-unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in UNTRUE], ids=[row[0] for row in UNTRUE])
def test_an_untruth_about_unplaced_pods_is_rejected(infeasible: IsolationPlan, change: Break, expected: str) -> None:
    assert expected in {finding.code for finding in verify(change(infeasible)) if finding.severity == "error"}


PENDING: list[tuple[str, Break, str]] = [
    ("a daemon without room that nobody mentions", whole(unplaced=(), verdict="feasible"), "daemon-pending"),
    ("two daemons said to be without room", unplaced(pods=2), "daemon-pending"),
    ("a daemon said to be without room on another node", unplaced(message="0/7 nodes are available: 7 Insufficient cpu."),
     "unplaced-reasons"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in PENDING], ids=[row[0] for row in PENDING])
def test_an_untruth_about_daemons_is_rejected(crowded: IsolationPlan, change: Break, expected: str) -> None:
    assert expected in {finding.code for finding in verify(change(crowded)) if finding.severity == "error"}


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        (Goal(HIGH, 1, 1), Goal(LOW, 0, 0), ()),
        (Goal(HIGH, 0, 0), Goal(LOW, 0, 0), ("goal-unplaced",)),
        (Goal(HIGH, 0, 0), Goal(LOW, 1, 1), ("goal-unplaced", "goal-unplaced")),
        (Goal(HIGH, 1, 1), None, ("goals-missing",)),
        (None, None, ("goals-missing",)),
        (Goal(HIGH, 1, 1, "max"), Goal(LOW, 0, 0), ("goal-sense",)),
    ],
    ids=["as it is", "none", "of the lower one", "the lower one struck out", "both struck out", "turned round"],
)
def test_pods_left_out_are_counted_by_priority(
    infeasible: IsolationPlan, high: Goal | None, low: Goal | None, expected: tuple[str, ...]
) -> None:
    workloads = tuple(
        replace(one, template=replace(one.template, priority=7)) if str(one.id) == ZZZ else one
        for one in infeasible.cluster.workloads
    )
    goals = (*(one for one in (high, low) if one), *infeasible.goals)
    plan = replace(infeasible, cluster=replace(infeasible.cluster, workloads=workloads), goals=goals)
    assert tuple(one.code for one in verify(plan)) == expected


def test_what_the_solver_had_no_time_for_is_a_warning(infeasible: IsolationPlan) -> None:
    infeasible = replace(infeasible, conflict=(), conflict_smallest=False)
    undecided = replace(nodes("c1", allocatable=SMALL)(infeasible), verdict="undecided")
    assert "unplaced-fits" in {finding.code for finding in verify(undecided) if finding.severity == "warning"}
    assert verify(replace(infeasible, verdict="undecided")) == ()


def test_a_stated_workload_is_not_dropped(plan: IsolationPlan) -> None:
    stated = replace(drop(WEB)(plan), not_modelled=(Statement(WEB, "left out for a reason"),))
    assert "workload-dropped" not in {finding.code for finding in verify(stated)}


def test_a_workload_without_pods_need_not_be_mentioned(plan: IsolationPlan) -> None:
    assert verify(both(work(WEB, pods=0), drop(WEB))(plan)) == ()


def policy(**fields: object) -> Break:
    """Change the policy."""
    return lambda plan: replace(plan, policy=replace(plan.policy, **fields))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(whole(separation=Separation(5, 5, 5, 5)), id="as many nodes as the plan has pods on"),
        pytest.param(whole(separation=Separation(6, 5, 2, 2)), id="as many as there are, and as few as requests need"),
        pytest.param(both(HEAVIER, whole(separation=Separation(3, 3, 2, 2))), id="as few as the requests of each ring need"),
        pytest.param(both(heavy(1000), whole(separation=Separation(2, 2, 2, 2))), id="one node full but for daemons"),
        pytest.param(whole(separation=Separation(2, -1, 2, -1)), id="nothing proven"),
        pytest.param(whole(separation=None), id="nothing said"),
    ],
)
def test_what_separation_costs_may_be(plan: IsolationPlan, change: Break) -> None:
    found = verify(change(plan))
    assert [one for one in found if one.code == "separation-bound"] == []


def test_nodes_that_a_ring_must_have_count_although_they_are_empty(plan: IsolationPlan) -> None:
    rings = tuple(replace(one, nodes=(*one.nodes, "d1")) if one.name == "restricted" else one for one in plan.rings)
    wider = replace(plan, rings=rings, separation=Separation(6, 6, 3, 3))
    obliged = policy(ring_nodes=(RingNodes(4, groups=("restricted",)),))(wider)
    assert "separation-bound" in {one.code for one in verify(wider)}
    assert "separation-bound" not in {one.code for one in verify(obliged)}
