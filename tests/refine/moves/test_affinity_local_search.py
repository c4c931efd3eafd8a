"""Guides are tried one by one where no rule says whom to lead."""

import json
from dataclasses import replace

import pytest

from models.answer.finding import ERROR
from models.answer.forecast import Pending
from planner import pipeline
from planner.refine.moves import affinity_local_search
from planner.refine.oracle import tie_breaks
from planner.refine.tuning import TUNING, Tuning
from tests.refine.test_loop import node, workload

TAINT = {"key": "special", "value": "yes", "effect": "NoSchedule"}


def special(name):
    made = node(name, "same", 4)
    made["metadata"]["labels"]["pool"] = "special"
    made["spec"] = {"taints": [TAINT]}
    return made


def everything():
    """Make nodes that only some tolerate: these fill the others' nodes, unless they are led where only they may go."""
    free = workload("free", 4, 2)
    free["spec"]["template"]["spec"]["tolerations"] = [{"key": "special", "operator": "Exists"}]
    return [free, workload("bound", 2, 4), special("s1"), special("s2"), node("n1", "same", 4), node("n2", "same", 4)]


@pytest.fixture(name="make")
def _make(tmp_path):
    def make(guide="prefer", tuning=TUNING):
        (tmp_path / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": everything()}))
        spec = {"levels": ["a", "b"], "guide": guide, "demand": {"surge": False}}
        document = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "p"}, "spec": spec}
        (tmp_path / "policy.json").write_text(json.dumps(document))
        inputs = pipeline.Inputs((), (str(tmp_path / "all.json"),), str(tmp_path / "policy.json"))
        return pipeline.plan(inputs, lambda _: None, tuning=tuning)

    return make


@pytest.mark.parametrize("guide", ["prefer", "require"])
def test_who_tolerates_special_nodes_is_led_there_where_others_need_the_rest(make, guide):
    plan = make(guide)
    assert plan.is_kept
    assert [(one.workload.name, one.key, one.values) for one in plan.guides] == [("free", "pool", ("special",))]
    assert [one.required for one in plan.guides] == [guide == "require"]
    assert [one for one in pipeline.verify(plan) if one.severity == ERROR] == []
    assert make(guide, Tuning(hint_tries=0)).is_at_risk, "nothing else does"


def test_nobody_is_led_where_the_policy_wants_no_guides(make, monkeypatch):
    monkeypatch.setattr(affinity_local_search, "_Search", lambda *_: pytest.fail("guides were looked for"))
    assert make("none").is_at_risk


def test_a_guide_that_only_the_usual_orders_bear_is_not_promised(make, monkeypatch):
    """What helps in the usual orders is tried in all of them before it is called kept."""
    real, tried = tie_breaks.with_other_ties, []

    def spoilt(plan, *given):
        told = real(plan, *given)
        tried.append(plan.guides)
        left = Pending(plan.cluster.workloads[0].id, 1, "no room")
        return replace(told, runs=(*told.runs, replace(told.runs[0], pending=(left,))))

    monkeypatch.setattr(tie_breaks, "with_other_ties", spoilt)
    assert make().is_at_risk
    assert any(tried)
