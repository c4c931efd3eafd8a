"""The headline counts what makes pods that are not planned, wherever a plan is read."""

from dataclasses import replace

import pytest

from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Statement
from planner.paper import Paper
from planner.view.graph.formats import graph
from planner.view.summary.front import explanation, summary, summary_data, summary_markdown
from planner.view.summary.phrases import headline
from tests.view.view_plans import infeasible_shop, shop


def hiding(plan, *subjects):
    """Return the plan with objects that hide pods."""
    said = tuple(Statement(subject, "hides pods: x", code=DisclosureCode.HIDES_PODS) for subject in subjects)
    return replace(plan, not_modelled=(*plan.not_modelled, *said))


KAFKA, LEDGER = "Kafka.kafka.strimzi.io/data/events", "Cluster.postgresql.cnpg.io/data/ledger"


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        pytest.param(shop(), "feasible", id="where nothing hides pods it is the verdict alone"),
        pytest.param(hiding(shop(), KAFKA), "feasible, but 1 custom resource makes pods that are not planned", id="one"),
        pytest.param(
            hiding(shop(), KAFKA, LEDGER), "feasible, but 2 custom resources make pods that are not planned", id="several"
        ),
        pytest.param(hiding(shop(), KAFKA, KAFKA), "feasible, but 1 custom resource makes pods that are not planned", id="twice"),
        pytest.param(
            hiding(infeasible_shop(), KAFKA), "infeasible, and 1 custom resource makes pods that are not planned", id="a no"
        ),
    ],
)
def test_the_headline_is(plan, expected):
    assert headline(plan) == expected
    assert summary_data(plan)["headline"] == expected
    assert expected in summary_markdown(plan).splitlines()[0]
    assert summary(plan).splitlines()[0].lower().startswith(expected)


def test_programs_read_who_they_are():
    told = summary_data(hiding(shop(), KAFKA, LEDGER))
    assert told["hidden"] == [LEDGER, KAFKA]
    assert [one["code"] for one in told["notModelled"]] == ["not-modelled", "hides-pods", "hides-pods"]
    assert summary_data(shop())["hidden"] == []


@pytest.mark.parametrize("kind", ["svg", "html", "mmd"])
def test_no_picture_leaves_it_out(kind):
    said = "make pods that are not planned"
    assert said in graph(hiding(shop(), KAFKA, LEDGER), kind)
    assert said not in graph(shop(), kind)


def test_what_can_be_explained_is_not_all_there_is():
    assert "1 custom resource makes pods that are not planned." in explanation(hiding(shop(), KAFKA), None, Paper(200))


def test_of_many_statements_those_that_hide_pods_come_first():
    plan = hiding(shop(), KAFKA)
    others = tuple(Statement(f"ConfigMap/a/{at}", "is not understood") for at in range(9))
    text = summary(replace(plan, not_modelled=(*others, *plan.not_modelled)))
    assert KAFKA in text
    assert "5 more in the plan" not in text.split(KAFKA)[0]
