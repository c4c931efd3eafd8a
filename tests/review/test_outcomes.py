"""What a change leaves true: what survives afterwards, which nodes change ring for it, and how many pods have a place."""

import pytest

from models.answer.plan import Lost, Outlook
from models.frozen_map import FrozenMap
from planner import formats, pipeline
from planner.paper import PLAIN
from planner.review.report import outcomes
from planner.review.report.words import headlines
from tests.shop_that_buys import Document, node, quiet, workload, write

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
    assert outcomes.as_is(case) == f"no; the plan gives 2 nodes another ring: 2 of {change}"


def test_a_loss_that_the_rings_bear_as_they_are_changes_none(tmp_path):
    work = [workload("api", "restricted", "1", 1), workload("plugin", "untrusted", "1", 1)]
    plan = pipeline.plan(write(tmp_path, work, [node(f"n-{n}") for n in range(4)]), quiet, exact=True)
    spare = max(plan.rings, key=lambda ring: len(ring.nodes))
    (case,) = pipeline.review(plan, quiet, lose=[f"node={spare.nodes[0]}"], quick=True).scenarios
    assert case.as_is is True


@pytest.mark.parametrize("kind", ["md", "html", "table"])
def test_every_table_of_changes_says_whether_the_rings_hold_as_they_are_and_how_many_pods_have_a_place(tmp_path, kind):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "3", 2)], [node("n-1"), node("n-2")]), quiet, exact=True)
    review = pipeline.review(plan, quiet, lose=["node=n-1"], quick=True)
    page = " ".join(formats.review(review, kind, PLAIN).split())
    assert "1 of 2" in page
    assert ("as they are" if kind == "table" else "Holds with the rings as they are") in page
    assert review.scenarios[0].as_is is False
    assert "one more node like" in page if kind != "table" else review.scenarios[0].repair
