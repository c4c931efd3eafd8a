"""What is to be done by hand stands in the summary, as an alarm where levels mix until it is done."""

from dataclasses import replace

import pytest

from planner.view.summary.answer.brief import brief
from planner.view.summary.front import summary, summary_data
from planner.view.utilisation import load
from tests.explain.homes import API_AT_HOME, NODES, PLUGIN_AT_HOME, made
from tests.shop_that_buys import workload


def lone(node):
    """Write a Pod that runs and that nobody gives."""
    template = workload("lone", "untrusted", "500m", 1)["spec"]["template"]
    metadata = {"name": "lone", "namespace": "shop", "labels": template["metadata"]["labels"]}
    spec = {**template["spec"], "nodeName": node}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {"phase": "Running"}}


def section_of(plan):
    return next((one for one in brief(plan, load(plan)) if one.heading.startswith("To be done by hand")), None)


@pytest.mark.parametrize(("node", "alarm"), [("u-1", False), ("r-1", True)], ids=["in its own ring", "in another ring"])
def test_the_section_is_an_alarm_where_levels_mix(tmp_path, node, alarm):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME, lone(node)], NODES)
    section = section_of(plan)
    assert section is not None
    assert (section.heading, section.alarm) == ("To be done by hand: 1", alarm)
    assert section.lines[0] == "1 workload runs in the cluster and is in no manifest: counted where it runs, patched by nobody."
    assert section.lines[1].startswith("- Pod/shop/lone: is in no manifest, so nothing patches it")
    assert [one["subject"] for one in summary_data(plan)["byHand"]] == ["Pod/shop/lone"]


def test_without_such_nothing_is_said(tmp_path):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], NODES)
    assert section_of(plan) is None
    assert "by hand" not in summary(plan)
    assert "byHand" not in summary_data(plan)


def test_many_are_cut_short(tmp_path):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME, lone("u-1")], NODES)
    section = section_of(replace(plan, by_hand=plan.by_hand * 30))
    assert section is not None
    assert (len(section.lines), section.lines[-1]) == (12, "20 more in the plan.")
