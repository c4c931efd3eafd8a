"""A plan promises what kube-scheduler does, not what can be packed: guides and spare room where they help, else no promise."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.answer.finding import Finding, FindingCode
from models.answer.forecast import Pending, Run
from models.answer.grade import GradeKind
from models.answer.order_result import PROVEN, LeftPending, Reason, stuck_in, tried
from models.answer.plan import Guide, Reserve
from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import NodeShape
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.kubernetes.resources import NOTHING
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Membership
from planner import pipeline, simulate
from planner.audit import order_claims
from planner.refine.hints import inside
from planner.refine.loop import refine
from planner.refine.moves.hints_and_room import MakeRoom, lead
from planner.refine.oracle import tie_breaks as luck
from planner.refine.oracle.oracle import Oracle
from planner.refine.oracle.orders import orders, orders_for_ties, ties_of
from planner.refine.shortage import in_each_zone
from planner.refine.tuning import TUNING, Tuning
from planner.simulate.scheduler.arrival_orders import DAEMONS_LAST
from planner.wording.order_reports import orders_of

TYPE = "node.kubernetes.io/instance-type"


def node(name: str, kind: str, cpu: int) -> dict:
    labels = {TYPE: kind, "kubernetes.io/hostname": name}
    status = {"allocatable": {"cpu": str(cpu), "memory": "64Gi", "pods": "20"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "status": status}


def workload(name: str, replicas: int, cpu: int, level: str = "a") -> dict:
    container = {"name": "main", "image": "image", "resources": {"requests": {"cpu": str(cpu)}}}
    template = {"metadata": {"labels": {"app": name, "ringfence.dev/trust-level": level}}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


AT_ONCE = tuple(one for one in simulate.ORDERS if "as they come" not in one)
NODES = [node("large-1", "large", 4), node("large-2", "large", 4), node("small", "small", 2)]
WORKLOADS = [workload("little", 2, 1), workload("big", 2, 4)]
"""The little ones come first and go to the large nodes, which have most room: then no node has room for a big one."""
MANY = Tuning(small=0)
"""Lets any number of pods be many."""
IN_PLACE = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
ROLLING = [{**one, "spec": {**one["spec"], "strategy": IN_PLACE}} for one in WORKLOADS]


@pytest.fixture(name="make")
def _make(tmp_path):
    def make(workloads, nodes, guide="prefer", exact=False, any_order=False, surge=False, tuning=TUNING):
        (tmp_path / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*workloads, *nodes]}))
        spec = {"levels": ["a", "b"], "guide": guide, "demand": {"surge": surge}}
        policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "p"}, "spec": spec}
        (tmp_path / "policy.json").write_text(json.dumps(policy))
        inputs = pipeline.Inputs((), (str(tmp_path / "all.json"),), str(tmp_path / "policy.json"))
        return pipeline.plan(inputs, lambda _: None, exact=exact, any_order=any_order, tuning=tuning)

    return make


def test_the_exact_packing_is_marked_and_promises_no_more(make):
    plan = make(WORKLOADS, NODES, exact=True)
    assert (plan.verdict, plan.packing, plan.guides) == ("feasible", "exact", ())
    assert DisclosureCode.SCHEDULER_UNTRIED in {one.code for one in plan.not_modelled}


def test_without_guides_a_packing_that_kube_scheduler_misses_is_at_risk(make):
    plan = make(WORKLOADS, NODES, guide="none")
    assert (plan.verdict, plan.guides, plan.is_at_risk, plan.is_kept) == ("feasible", (), True, False)
    assert plan.rings[0].any_order.is_stuck
    assert plan.unplaced == ()
    grade = plan.grade
    assert (grade.kind, grade.pending, dict(grade.workloads)) == ("at risk", 2, {"Deployment/shop/big": 2})
    assert 0 < grade.failed < grade.scenarios == 285, "every order, and those with ties broken otherwise"
    assert grade == plan.rings[0].grade


def test_what_would_help_a_ring_at_risk_was_tried(make):
    plan = make(WORKLOADS, NODES, guide="none")
    node_more, hints = plan.remedies
    assert (node_more.ring, node_more.node, node_more.guide, node_more.pending) == ("a", "large-1", "", 1)
    assert (hints.ring, hints.node, hints.guide, hints.pending) == ("a", "", "require", 0)
    assert make(WORKLOADS, NODES, guide="require").is_kept, "as the remedy says"


@pytest.mark.parametrize("guide", ["prefer", "require"])
def test_guides_lead_kube_scheduler_to_the_packing(make, guide):
    plan = make(WORKLOADS, NODES, guide=guide)
    assert plan.is_kept
    assert plan.rings[0].any_order == tried(37)
    assert {guide.workload.name: guide.values for guide in plan.guides} == {"big": ("large",), "little": ("small",)}
    assert not any(guide.required for guide in plan.guides), "the gentlest guide that helps is enough"
    assert DisclosureCode.SCHEDULER_UNTRIED not in {one.code for one in plan.not_modelled}


def test_nobody_is_led_where_kube_scheduler_finds_room_by_itself(make):
    plan = make([workload("little", 2, 1)], NODES)
    assert (plan.verdict, plan.guides, plan.reserves) == ("feasible", (), ())
    assert plan.rings[0].any_order == PROVEN


def test_a_ring_gets_a_spare_node_where_room_is_all_that_helps(make):
    """A pod of 3 fits beside two of 2 on two nodes of 4 only if it comes before them; the spare node evens out the other ring."""
    nodes = [node(f"n{at}", "same", 4) for at in range(4)]
    workloads = [workload("big", 1, 3), workload("mid", 2, 2), workload("other", 1, 4, level="b")]
    exact, kept = make(workloads, nodes, exact=True), make(workloads, nodes)
    sizes = [{made.name: len(made.nodes) for made in plan.rings} for plan in (exact, kept)]
    assert sizes == [{"a": 2, "b": 2}, {"a": 3, "b": 1}]
    assert [(one.ring, one.workload.name, one.pods) for one in kept.reserves] == [("a", "big", 1)]
    assert any(run.pending for run in simulate.foresee(exact).runs)
    assert kept.is_kept
    assert all(not made.any_order.is_stuck for made in kept.rings)


def test_verify_agrees_with_what_was_promised(make):
    kept, missed = make(WORKLOADS, NODES), make(WORKLOADS, NODES, exact=True)
    assert [one.severity for one in pipeline.verify(kept)] == ["info"]
    assert [one.severity for one in pipeline.verify(missed)] == ["warning"]
    unmarked = replace(missed, packing="")
    assert [(one.code, one.subject) for one in pipeline.verify(unmarked) if one.severity == "error"] == [("promise-missing", "p")]


ROOMY = [node("one", "same", 4), node("two", "same", 4), node("three", "same", 4)]


def test_any_order_is_proven_where_room_is_ample(make):
    plan = make([workload("web", 4, 1)], ROOMY, any_order=True)
    assert (plan.verdict, [made.any_order for made in plan.rings]) == ("feasible", [PROVEN])


def test_preferred_guides_prove_nothing_and_required_ones_do(make):
    gentle = make(WORKLOADS, NODES, guide="prefer", any_order=True)
    assert (gentle.verdict, gentle.rings[0].any_order) == ("undecided", tried(10))
    assert gentle.rings[0].because.workload.startswith("Deployment/shop/")
    firm = make(WORKLOADS, NODES, guide="require", any_order=True)
    assert (firm.verdict, firm.rings[0].any_order, firm.rings[0].because) == ("feasible", PROVEN, None)
    assert any(guide.required for guide in firm.guides)


def test_what_depends_on_other_pods_is_never_proven_and_says_so(make):
    spread = workload("web", 2, 1)
    constraint = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
    constraint["labelSelector"] = {"matchLabels": {"app": "web"}}
    spread["spec"]["template"]["spec"]["topologySpreadConstraints"] = [constraint]
    plan = make([spread], ROOMY, any_order=True)
    assert plan.verdict == "undecided"
    assert (plan.rings[0].because.workload, plan.rings[0].because.hopeless) == ("Deployment/shop/web", True)
    assert make([spread], ROOMY).verdict == "feasible", "unless proof is asked for"


def test_any_order_on_the_command_line(make, tmp_path, ringfence):
    make(WORKLOADS, NODES)
    inputs = (tmp_path / "all.json", "--nodes", tmp_path / "all.json", "--policy", tmp_path / "policy.json")
    run = ringfence("plan", *inputs, "--any-order")
    assert run.returncode == 3
    assert "every order was asked for, and ring a is not proven: Deployment/shop/" in " ".join(run.stdout.split())
    run = ringfence("plan", *inputs, "--any-order", "--packing", "exact")
    assert run.returncode == 2
    assert "--any-order or --packing exact, not both" in run.stderr
    assert ringfence("plan", *inputs).returncode == 0


def test_the_document_keeps_all_of_the_promise(make, tmp_path):
    plan = make(WORKLOADS, NODES)
    name = WorkloadId("Deployment", "shop", "big")
    plan = replace(plan, reserves=(Reserve("a", name, 1),), packing_goals=plan.goals)
    (tmp_path / "plan.yaml").write_text(pipeline.plan_text(plan), encoding="utf-8")
    again = pipeline.load(str(tmp_path / "plan.yaml"))
    assert plan.guides
    assert plan.rings[0].because
    for field in ("guides", "reserves", "packing", "rings"):
        assert getattr(again, field) == getattr(plan, field)
    assert [(goal.name, goal.value, goal.bound) for goal in again.packing_goals] == [
        (goal.name, goal.value, goal.bound) for goal in plan.goals
    ]
    assert pipeline.plan_text(again) == pipeline.plan_text(plan)


SPOILED = {
    "a guide is gone": lambda plan: replace(plan, guides=()),
    "proof is claimed where there is none": lambda plan: _says(plan, PROVEN),
    "more orders are claimed than there are": lambda plan: _says(plan, tried(900)),
    "it is simulated and stuck at once": lambda plan: _says(plan, stuck_in("largest first")),
}
FOUND = {
    "a guide is gone": {("promise", "a"), ("grade-untrue", "a"), ("grade-untrue", "p")},
    "proof is claimed where there is none": {("promise", "a"), ("grade-untrue", "a"), ("grade-untrue", "p")},
    "it is simulated and stuck at once": {("grade-untrue", "a")},
}


def _says(plan, result):
    """Say it of all rings; of what is proven there is no reason why it is not."""
    because = None if result.is_proven else plan.rings[0].because
    grade = replace(plan.grade, kind=GradeKind.PROVEN) if result.is_proven else plan.grade
    rings = tuple(replace(made, any_order=result, because=because, grade=grade) for made in plan.rings)
    return replace(plan, rings=rings, grade=grade)


@pytest.mark.parametrize("spoiled", SPOILED)
def test_verify_rejects_a_promise_that_is_not_borne_out(make, spoiled):
    found = [one for one in pipeline.verify(SPOILED[spoiled](make(WORKLOADS, NODES))) if one.severity == "error"]
    assert {(one.code, one.subject) for one in found} == FOUND.get(spoiled, {("promise", "a")})


def _graded(plan, **fields):
    """Say it of the ring and of the plan, so that the numbers go together."""
    grade = replace(plan.grade, **fields)
    return replace(plan, grade=grade, rings=tuple(replace(ring, grade=grade) for ring in plan.rings))


def _simulate(plan):
    surer = _graded(plan, kind=GradeKind.SIMULATED, failed=0, pending=0, workloads=FrozenMap())
    rings = tuple(replace(ring, any_order=tried(37), because=Reason("Deployment/shop/big", " waits")) for ring in surer.rings)
    return replace(surer, rings=rings, remedies=())


SURER = {
    "that no pod was pending": _simulate,
    "fewer scenarios that failed": lambda plan: _graded(plan, failed=plan.grade.failed - 1),
    "fewer pods pending": lambda plan: _graded(plan, pending=1),
    "fewer pods of a workload": lambda plan: _graded(plan, pending=1, workloads=FrozenMap({"Deployment/shop/big": 1})),
    "another workload": lambda plan: _graded(plan, workloads=FrozenMap({"Deployment/shop/little": 2})),
    "more scenarios than there are": lambda plan: _graded(plan, scenarios=1000),
    "proof": lambda plan: _graded(plan, kind=GradeKind.PROVEN),
    "a remedy that does not help": lambda plan: replace(plan, remedies=(replace(plan.remedies[0], pending=0),)),
    "a remedy for a smaller price": lambda plan: replace(plan, remedies=(replace(plan.remedies[0], price=7),)),
    "a remedy twice": lambda plan: replace(plan, remedies=plan.remedies[:1] * 2),
}


@pytest.mark.parametrize("claims", SURER.values(), ids=SURER)
def test_verify_rejects_a_grade_that_claims(make, claims):
    plan = make(WORKLOADS, NODES, guide="none")
    assert not [one for one in pipeline.verify(plan) if one.severity == "error"]
    found = {one.code for one in pipeline.verify(claims(plan)) if one.severity == "error"}
    assert found & {"grade-untrue", "remedy-untrue", "promise", "not-modelled-untrue"}


def test_whoever_ends_the_search_gets_what_is_least_at_risk_so_far(make):
    """The usual orders were simulated: their number, and what they left pending, is said and verified."""
    packing = replace(make(WORKLOADS, NODES, guide="none", exact=True), packing="")
    oracle = Oracle(lambda _: None)
    oracle.evaluate(packing)
    plan = oracle.incumbent(packing)
    assert (plan.is_at_risk, plan.packing, plan.grade.scenarios, plan.remedies) == (True, "", 10, ())
    assert not [one for one in pipeline.verify(plan) if one.severity == "error"]
    surer = Oracle(lambda _: None, any_order=True)
    surer.evaluate(packing)
    assert surer.incumbent(packing).packing == "exact", "who asks for proof is not served with a risk"


def test_a_plan_need_not_say_what_would_help(make):
    plan = replace(make(WORKLOADS, NODES, guide="none"), remedies=())
    assert not [one for one in pipeline.verify(plan) if one.severity == "error"]


@pytest.mark.parametrize(
    ("verdict", "beyond", "is_rejected"),
    [
        pytest.param("undecided", 0, False, id="a plan that promises nothing need not know what more orders find"),
        pytest.param("undecided", 1, True, id="but it must know what those find that it says were tried"),
        pytest.param("feasible", 0, True, id="one that promises must know all"),
    ],
)
def test_a_ring_that_is_stuck_in_a_later_order_is_no_news_to_a_plan_without_a_promise(make, verdict, beyond, is_rejected):
    plan = make(WORKLOADS, NODES)
    calm = simulate.foresee(plan, orders(plan))
    left = Run("random 99", (Pending(WorkloadId("Deployment", "shop", "big"), 1, "no room"),))
    rings = tuple(replace(one, any_order=stuck_in("random 99")) for one in calm.rings)
    later = replace(calm, runs=(*calm.runs, left), rings=rings)
    said = replace(_says(plan, tried(len(calm.runs) + beyond)), verdict=verdict)
    assert bool(list(order_claims.claims(said, later))) is is_rejected


def test_for_a_daemon_that_came_too_late_its_ring_gets_room_for_one_more_of_those_that_are_most(make):
    """The first plan is said to leave the agent out on a node of ring a; the next ones are foreseen as they are."""
    agent = WorkloadId("DaemonSet", "shop", "agent")
    wanted = []
    plan = make([workload("few", 1, 1), workload("most", 3, 1), workload("other", 4, 1, level="b")], ROOMY)
    members = FrozenMap({**plan.trust.members, str(agent): Membership(everywhere=True)})
    plan = replace(plan, trust=replace(plan.trust, members=members))
    late = Run("as they come 1", (Pending(agent, 1, "0/3 nodes", on=plan.rings[0].nodes[:1]),))
    make_room = MakeRoom(plan, lambda more: wanted.append(dict(more)))
    said = simulate.foresee
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulate, "foresee", lambda *given, **more: replace(said(*given, **more), runs=(late,)))
        assert refine(plan, (lead, make_room), Oracle(lambda _: None)).is_at_risk
    assert wanted == [{(WorkloadId("Deployment", "shop", "most"), ""): 1}]


def test_who_must_be_spread_over_zones_gets_room_in_each_of_them_where_nodes_are_bought():
    def work(name, *keys, hard="DoNotSchedule"):
        spread = tuple(TopologySpreadConstraint(1, key, hard) for key in keys)
        return Workload(WorkloadId("Deployment", "shop", name), "apps/v1", Pod("shop", topology_spread_constraints=spread), 3)

    zone, host = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
    works = work("zoned", host, zone), work("hosts", host), work("soft", zone, hard="ScheduleAnyway"), work("free")
    shapes = NodeShape("s", NOTHING, ("a", "b"), 1), NodeShape("t", NOTHING, ("b", "c"), 1)
    short = Counter({(one.id, ""): 2 for one in works} | {(works[0].id, "a"): 1})
    anywhere = {(one.id, ""): 2 for one in works[1:]} | {(works[0].id, "a"): 1}

    def parted(cluster):
        return in_each_zone(SimpleNamespace(cluster=cluster), short)

    assert parted(Cluster(workloads=works, shapes=shapes)) == {(works[0].id, inside(each)): 2 for each in "abc"} | anywhere
    assert parted(Cluster(workloads=works)) == short


def test_room_is_made_anywhere_first_and_in_each_zone_where_that_did_not_help(make, monkeypatch):
    """Whatever is made, a pod is said to stay pending."""
    plan = make([workload("web", 1, 1)], ROOMY)
    spread = (TopologySpreadConstraint(1, "topology.kubernetes.io/zone", "DoNotSchedule"),)
    (web,) = plan.cluster.workloads
    web = replace(web, template=replace(web.template, topology_spread_constraints=spread))
    plan = replace(plan, cluster=replace(plan.cluster, workloads=(web,), shapes=(NodeShape("s", NOTHING, ("a", "b"), 1),)))
    late, said = Run("as applied", (Pending(web.id, 1, "0/3 nodes"),)), simulate.foresee
    monkeypatch.setattr(simulate, "foresee", lambda *given, **more: replace(said(*given, **more), runs=(late,)))
    wanted = []

    def again(more):
        wanted.append({zone: pods for (_, zone), pods in more.items()})
        return plan

    refine(plan, (lead, MakeRoom(plan, again)), Oracle(lambda _: None))
    assert wanted == [{"": 1}, {"": 2}, *({"": 2, "=a": pods, "=b": pods} for pods in (1, 2, 3))]


def test_few_orders_are_tried_of_many_pods_and_late_daemons_are_among_them(make):
    plan = make(WORKLOADS, NODES)
    few = orders(plan, Tuning(many=1))
    assert DAEMONS_LAST in few
    assert len(few) < len(orders(plan))


@pytest.mark.parametrize(
    ("small", "large", "more", "ways", "last"),
    [
        pytest.param(400, 9, 24, 9, "as they roll out 3", id="few pods"),
        pytest.param(0, 9, 0, 9, "as they come 3", id="many pods"),
        pytest.param(0, 0, 0, 1, "smallest first", id="very many pods"),
    ],
)
def test_the_plan_says_how_much_luck_was_tried(make, small, large, more, ways, last):
    plan = make(WORKLOADS, NODES, tuning=Tuning(small=small, many=large))
    (report,) = filter(None, map(orders_of, plan.not_modelled))
    assert (report.more, report.ways, report.named[-1]) == (more, ways, last)


@pytest.mark.parametrize(
    ("small", "rolled", "surge", "asked"),
    [
        pytest.param(400, 0, False, (*simulate.ORDERS, *simulate.ROLLOUTS), id="few pods: all the usual orders, and rollouts"),
        pytest.param(0, 9, False, AT_ONCE, id="many pods: all come at once"),
        pytest.param(0, 9, True, (*AT_ONCE, *simulate.ROLLOUTS), id="and roll out, where the policy counts rollouts"),
        pytest.param(0, 0, True, AT_ONCE, id="but not very many"),
    ],
)
def test_ties_are_broken_otherwise_in(make, small, rolled, surge, asked):
    tuning = Tuning(small=small, rolled=rolled)
    plan = make(ROLLING, NODES, surge=surge, exact=True)
    assert (orders_for_ties(plan, tuning), ties_of(plan, tuning)) == (asked, 8)


def test_the_plan_says_whether_rollouts_were_tried(make):
    plans = [make(ROLLING, NODES, surge=surge, tuning=MANY) for surge in (False, True)]
    reports = [next(filter(None, map(orders_of, plan.not_modelled))) for plan in plans]
    assert [(report.rolled, report.ways) for report in reports] == [(False, 9), (True, 9)]


def test_who_has_bad_luck_is_pending_although_the_usual_orders_went_well(make, monkeypatch):
    """With one way to break ties the plan is kept; in the many ways that are tried a pod finds no room."""
    plan = make(WORKLOADS, NODES)
    pending = Run("largest first", (Pending(WorkloadId("Deployment", "shop", "big"), 1, "no room"),), 0)
    monkeypatch.setattr("planner.refine.oracle.tie_breaks._simulate", lambda *_: [pending])
    oracle = Oracle(lambda _: None, tuning=MANY)
    foreseen, told = oracle.evaluate(plan), oracle.settle(plan)
    assert (told.is_at_risk, foreseen.not_kept, dict(foreseen.pending)) == (
        True,
        {"a"},
        {WorkloadId("Deployment", "shop", "big"): 1},
    )
    assert told.rings[0].any_order == stuck_in("largest first")
    assert told.rings[0].because == Reason(pending=(LeftPending("Deployment/shop/big", 1, "no room"),))


def test_what_plans_did_not_go_through_is_remembered_the_worst_of_the_last_one_first(make, monkeypatch):
    plan = make(WORKLOADS, NODES)
    big = WorkloadId("Deployment", "shop", "big")

    def run(order, pods, luck=""):
        return Run(order, (Pending(big, pods, "no room"),) if pods else (), luck=luck)

    oracle = Oracle(lambda _: None, tuning=Tuning(small=0, counter_examples=3))
    said = []
    for runs in ([run("a", 1), run("b", 0), run("a", 2, "a, ties 1")], [], [run("c", 3), run("a", 1, "a, ties 1")]):
        monkeypatch.setattr("planner.refine.oracle.tie_breaks._simulate", lambda *_, runs=runs: runs)
        oracle.remember(oracle.evaluate(plan).forecast.runs)
        said.append([(one.order, one.luck) for one in oracle.counter_examples])
    assert said == [[("a", "a, ties 1"), ("a", "")], [("a", "a, ties 1"), ("a", "")], [("c", ""), ("a", "a, ties 1"), ("a", "")]]


def test_a_ring_that_is_stuck_says_whose_pods_wait_in_that_order_and_in_it(make, monkeypatch):
    """Others wait in another order, or in another ring."""
    plan = make([*WORKLOADS, workload("other", 1, 1, "b")], [*NODES, node("more", "large", 4)])
    big, little, other = (Pending(WorkloadId("Deployment", "shop", name), 1, "no room.") for name in ("big", "little", "other"))
    runs = [Run("largest first", (big, other), 0), Run("by namespace", (little,), 0)]
    monkeypatch.setattr("planner.refine.oracle.tie_breaks._simulate", lambda *_: runs)
    oracle = Oracle(lambda _: None, tuning=MANY)
    oracle.evaluate(plan)
    told = oracle.settle(plan)
    said = {made.name: (made.any_order, made.because) for made in told.rings}
    assert said == {
        "a": (stuck_in("largest first"), Reason(pending=(LeftPending("Deployment/shop/big", 1, "no room"),))),
        "b": (stuck_in("largest first"), Reason(pending=(LeftPending("Deployment/shop/other", 1, "no room"),))),
    }


@pytest.fixture(name="agent")
def _agent(make):
    """Return a plan with a DaemonSet that runs everywhere, a forecast of it, and one in which its pod comes too late."""
    plan = make(WORKLOADS, NODES)
    agent = WorkloadId("DaemonSet", "shop", "agent")
    members = FrozenMap({**plan.trust.members, str(agent): Membership(everywhere=True)})
    plan = replace(plan, trust=replace(plan.trust, members=members))
    calm = simulate.foresee(plan, orders(plan))

    def late(*nodes):
        return replace(calm, runs=(*calm.runs, Run("as they come 1", (Pending(agent, 1, "0/3 nodes", nodes),), 0)))

    return plan, calm, late


def test_verify_rejects_a_promise_that_is_broken_by_what_runs_outside_every_ring(agent):
    plan, calm, late = agent
    assert list(order_claims.claims(plan, calm)) == []
    assert [(one.subject, one.severity) for one in order_claims.claims(plan, late())] == [("every ring", "error")]
    assert list(order_claims.claims(replace(plan, verdict="undecided"), late())) == []


def test_a_pod_that_runs_everywhere_is_left_out_of_the_ring_of_the_node_that_it_was_meant_for(agent, monkeypatch):
    plan, calm, late = agent
    ring = plan.rings[0]
    monkeypatch.setattr(luck, "_simulate", lambda *_: [late(ring.nodes[0]).runs[-1]])
    tempted = luck.with_other_ties(plan, calm, simulate.ORDERS)
    said = {one.ring: one.any_order for one in tempted.rings}
    assert said == {made.name: made.any_order for made in plan.rings} | {ring.name: stuck_in("as they come 1")}
    (found,) = [one for one in simulate.findings(plan, tempted) if one.severity == "warning"]
    assert found.subject == ring.name
    assert (found.parameters["such"], found.parameters["runs"]) == (1, len(tempted.runs))
    assert found.parameters["left"] == (LeftPending("DaemonSet/shop/agent", 1, "0/3 nodes"),)


def test_a_guide_to_nowhere_is_patched_without_complaint(make, tmp_path):
    plan = make(WORKLOADS, NODES)
    stranger = Guide(WorkloadId("Deployment", "shop", "a-stranger"), "no/such-key", ("x",), True)
    odd = replace(plan.guides[0], key="no/such-key")
    written = pipeline.patch(replace(plan, guides=(odd, *plan.guides[1:], stranger)), str(tmp_path / "out"))
    text = "".join((tmp_path / "out" / name).read_text(encoding="utf-8") for name in written)
    assert "no/such-key" in text
    assert "a-stranger" not in text


def test_the_same_input_gives_the_same_bytes_whatever_the_seed_of_hashes(make, tmp_path):
    make(WORKLOADS, NODES)
    given = tmp_path / "all.json"
    command = [sys.executable, "cli.py", "plan", given, "--nodes", given, "--policy", tmp_path / "policy.json", "-o", "-"]
    root = Path(pipeline.__file__).parents[1]
    texts = {
        subprocess.run(command, cwd=root, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@pytest.mark.parametrize(("named", "is_kept"), [({}, False), ({"priorityClassName": "system-node-critical"}, True)])
def test_a_daemon_that_comes_too_late_breaks_the_promise_unless_it_makes_room(make, named, is_kept):
    """Two pods that like to be together find room for both on a node only before its agent has come."""
    agent = workload("agent", 1, 1)
    agent["kind"] = "DaemonSet"
    agent["spec"].pop("replicas")
    agent["spec"]["template"]["spec"] |= named
    pair = workload("pair", 2, 1)
    spec = pair["spec"]["template"]["spec"]
    spec["containers"][0]["resources"]["requests"]["cpu"] = "1600m"
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "pair"}}}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    spec["affinity"] = {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    plan = make([agent, pair], [node("one", "large", 4), node("two", "large", 4)])
    assert (plan.verdict, plan.is_kept) == ("feasible", is_kept)
    result = plan.rings[0].any_order
    assert result.is_proven if is_kept else result.order.startswith("as they come")


@pytest.mark.parametrize(
    ("packing", "verdict", "severity", "is_missed"),
    [
        ("exact", "feasible", "warning", True),
        ("exact", "infeasible", "warning", False),
        ("exact", "undecided", "warning", False),
        ("", "feasible", "warning", False),
        ("exact", "feasible", "info", False),
    ],
)
def test_only_a_packing_of_all_pods_is_one_that_kube_scheduler_may_miss(packing, verdict, severity, is_missed):
    """Of one that leaves pods out it is said before that there is no place for them: a no stays a no."""
    plan = SimpleNamespace(packing=packing, verdict=verdict)
    assert pipeline.is_missed(plan, [Finding.of(FindingCode.ANY_ORDER, severity, "ring red")]) == is_missed
