"""What a change leaves true: what survives afterwards, which nodes change ring for it, and how many pods have a place."""

from dataclasses import replace

import pytest

from models.answer.grade import Grade, GradeKind
from models.answer.plan import Lost, Outlook
from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from planner import formats, pipeline
from planner.paper import PLAIN
from planner.review.report import outcomes
from planner.review.report.checks import MIND, checks
from planner.review.report.words import daemons, gone, headlines
from planner.review.what_if.as_is import holds_as_is
from tests.shop_that_buys import AGENT, Document, node, quiet, workload, write

GROUP = "eks.amazonaws.com/nodegroup"


def grouped(name: str, group: str, cpu: str = "4") -> Document:
    there = node(name, cpu)
    there["metadata"]["labels"][GROUP] = group
    return there


def outlook(ring: str, of: str, pending: int, tried: int = 2) -> Outlook:
    worst = (Lost("n-1", pending=FrozenMap({"api": pending})),) if pending else ()
    return Outlook(ring, of, 2, tried, failing=bool(pending), worst=worst)


@pytest.mark.parametrize(
    ("losses", "says"),
    [
        pytest.param((), "", id="no loss was looked at"),
        pytest.param(
            (outlook("a", "node", 0), outlook("b", "node", 1), outlook("a", "zone", 3), outlook("b", "zone", 1)),
            "only a survives the loss of a node, and no ring survives the loss of a zone",
            id="one ring survives a node, none a zone",
        ),
        pytest.param(
            (outlook("a", "node", 0), outlook("a", "zone", 0)),
            "every ring survives the loss of a node, or of a zone",
            id="either",
        ),
        pytest.param((outlook("a", "node", 0), outlook("b", "node", 0)), "every ring survives the loss of a node", id="all do"),
        pytest.param(
            (outlook("a", "node", 0), outlook("b", "node", 0), outlook("c", "node", 2)),
            "only a, b survive the loss of a node",
            id="two of three do",
        ),
        pytest.param(
            (outlook("a", "node", 0, tried=1), outlook("b", "node", 0)),
            "only b is known to survive the loss of a node",
            id="not every loss was tried",
        ),
    ],
)
def test_what_survives_afterwards_is_said(losses, says):
    assert outcomes.afterwards(losses) == says


def test_beside_the_nodes_that_could_go_stands_what_is_lost_with_them(tmp_path):
    work = [workload("api", "restricted", "3", 1), workload("plugin", "untrusted", "3", 1)]
    plan = pipeline.plan(write(tmp_path, work, [node(f"n-{n}") for n in range(4)]), quiet, exact=True)
    review = pipeline.review(plan, quiet)
    assert {loss.ring: outcomes.worst_loss(loss)[0] for loss in review.without.losses if loss.of == "node"} == {
        "restricted": 1,
        "untrusted": 1,
    }
    assert "a full plan without them holds; afterwards no ring survives the loss of a node" in headlines(review)[0].note


def test_a_loss_that_only_other_rings_make_good_is_said_to_be_none_of_the_rings_as_they_are(tmp_path):
    work = [workload("api", "restricted", "3", 2), workload("plugin", "untrusted", "3", 2)]
    inventory = [*(grouped(f"a-{n}", "a") for n in (1, 2)), *(grouped(f"b-{n}", "b") for n in (1, 2))]
    inventory += [grouped(f"c-{n}", "c") for n in (1, 2)]
    plan = pipeline.plan(write(tmp_path, work, inventory), quiet, exact=True)
    spare = next(ring for ring in plan.rings if len(ring.nodes) == 4)
    other = next(ring for ring in plan.rings if len(ring.nodes) == 2)
    group = other.nodes[0][0]
    (case,) = pipeline.review(plan, quiet, lose=[f"group={group}"], quick=True).scenarios
    assert (case.holds, case.as_is, sum(case.relabelled.values())) == (True, False, 2)
    ((change, _),) = case.relabelled.items()
    assert change.endswith(f"from {spare.name} to {other.name}")
    told = f"no; the plan gives 2 nodes another ring: 2 of {change}"
    assert outcomes.as_is(case) == told
    every = checks(pipeline.review(plan, quiet, lose=[f"group={group}"], quick=True))
    (check,) = (check for check in every if check.name.startswith("What if"))
    assert (check.look, check.says) == (MIND, f"{outcomes.outcome(case)}; with the rings as they are: {told}")


def test_a_loss_that_the_rings_bear_as_they_are_changes_none(tmp_path):
    work = [workload("api", "restricted", "1", 1), workload("plugin", "untrusted", "1", 1)]
    plan = pipeline.plan(write(tmp_path, work, [node(f"n-{n}") for n in range(4)]), quiet, exact=True)
    spare = max(plan.rings, key=lambda ring: len(ring.nodes))
    (case,) = pipeline.review(plan, quiet, lose=[f"node={spare.nodes[0]}"], quick=True).scenarios
    assert case.as_is is True


@pytest.mark.parametrize(
    ("verdict", "kind", "says"),
    [
        pytest.param(FEASIBLE, GradeKind.PROVEN, True, id="a plan that is kept"),
        pytest.param(FEASIBLE, GradeKind.AT_RISK, False, id="one that kube-scheduler may leave pods of pending"),
        pytest.param(UNDECIDED, GradeKind.PROVEN, None, id="one of which nothing is known"),
        pytest.param(INFEASIBLE, GradeKind.PROVEN, False, id="none"),
    ],
)
def test_where_no_node_changes_its_ring_the_rings_hold_as_the_plan_does(tmp_path, verdict, kind, says):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "1", 1)], [node("n-1")]), quiet)
    assert holds_as_is(plan, replace(plan, verdict=verdict, grade=Grade(kind, 1)), 1.0) is says


@pytest.mark.parametrize("kind", ["md", "html", "table"])
def test_every_table_of_changes_says_whether_the_rings_hold_as_they_are_and_how_many_pods_have_a_place(tmp_path, kind):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "3", 2)], [node("n-1"), node("n-2")]), quiet, exact=True)
    review = pipeline.review(plan, quiet, lose=["node=n-1"], quick=True)
    page = " ".join(formats.review(review, kind, PLAIN).split())
    assert "1 of 2" in page
    assert ("as they are" if kind == "table" else "Holds with the rings as they are") in page
    assert review.scenarios[0].as_is is False
    assert "one more node like" in page if kind != "table" else review.scenarios[0].repair


@pytest.mark.parametrize(
    ("cpu", "says"),
    [
        pytest.param("1", "By packing 1 node is needed, 2 nodes before.", id="halves of a node"),
        pytest.param("4", "Nothing is saved: by packing 2 nodes are needed, as before.", id="whole nodes"),
    ],
)
def test_what_is_saved_by_sharing_is_said(tmp_path, cpu, says):
    work = [workload("api", "restricted", cpu, 1), workload("plugin", "untrusted", cpu, 1)]
    plan = pipeline.plan(write(tmp_path, work, [node("n-1"), node("n-2")]), quiet, exact=True)
    (case,) = pipeline.review(plan, quiet, merge=["restricted,untrusted"], quick=True).scenarios
    assert outcomes.help_or_saving(case) == says


def test_nodes_that_could_go_are_counted_by_group_and_others_named_as_they_are_counted(tmp_path):
    inventory = [grouped(f"a-{n}", "a") for n in range(1, 12)] + [node(f"n-{n}") for n in (10, 9)]
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "3", 1)], inventory), quiet, exact=True)
    review = pipeline.review(plan, quiet)
    (ring,) = review.rings
    names = ring.removable.could_go
    assert list(names) == sorted(names, key=lambda name: (name[0], int(name[2:])))
    keeps = 11 - sum(name.startswith("a") for name in names)
    assert gone(review, ring.removable).startswith(f"a 11 -> {keeps}")


def test_daemons_that_are_not_in_the_input_are_said_to_be_none(tmp_path):
    work = [workload("api", "restricted", "1", 1)]
    for more, says in (([], "nothing: the input has no DaemonSet and no static pod"), ([AGENT], "2 % of cpu")):
        review = pipeline.review(
            pipeline.plan(write(tmp_path, [*work, *more], [node("n-1")]), quiet, exact=True), quiet, quick=True
        )
        assert says in daemons(review.rings[0], review)


@pytest.mark.parametrize(
    ("cpu", "memory", "name", "drawn"),
    [
        pytest.param("4", "256Mi", "Nothing stranded", set(), id="a full node"),
        pytest.param("3900m", "260Mi", "Little stranded", {"cpu", "memory"}, id="less than a tenth"),
        pytest.param("2", "256Mi", "Stranded", {"cpu"}, id="half of the cpu"),
    ],
)
def test_what_is_stranded_is_said_wherever_a_bar_draws_it(tmp_path, cpu, memory, name, drawn):
    there = node("n-1")
    there["status"]["allocatable"]["memory"] = memory
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", cpu, 1)], [there]), quiet, exact=True)
    review = pipeline.review(plan, quiet, quick=True)
    assert {key for key, known in review.rings[0].whole.amounts.items() if known.stranded and key != "pods"} == drawn
    (check,) = (check for check in checks(review) if "tranded" in check.name)
    assert check.name == name
    assert {key for key in ("cpu", "memory") if f" of {key}" in check.says} == drawn


def test_how_far_a_ring_can_grow_says_what_happens_then(tmp_path):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "1", 2)], [node("n-1")]), quiet, exact=True)
    note = headlines(pipeline.review(plan, quiet))[2].note
    assert "if ring restricted grows by 101 %, its pods do not fit on its nodes" in note
