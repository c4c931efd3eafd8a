"""Surviving a loss is a promise about kube-scheduler: it is kept with more room, or the plan says that it is not."""

import json
from dataclasses import replace

import pytest

from models.answer.grade import GradeKind
from models.frozen_map import FrozenMap
from planner import formats, pipeline
from planner.paper import Paper
from planner.refine.oracle import failures
from planner.refine.tuning import TUNING, Tuning
from planner.simulate import ORDERS
from planner.simulate.scenarios.node_failure import Aftermath
from tests.refine.test_loop import node, workload


def plan(folder, workloads, nodes, survive, guide="none", exact=False, any_order=False, tuning=TUNING):
    (folder / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*workloads, *nodes]}))
    spec = {"levels": ["a", "b"], "guide": guide, "demand": {"surge": False}, "survive": survive}
    policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "p"}, "spec": spec}
    (folder / "policy.json").write_text(json.dumps(policy))
    inputs = pipeline.Inputs((), (str(folder / "all.json"),), str(folder / "policy.json"))
    return pipeline.plan(inputs, lambda _: None, exact=exact, any_order=any_order, tuning=tuning)


TIGHT = [workload("little", 4, 1), workload("big", 1, 3)]
"""After a loss two little pods may come to two nodes, and then none has room for the big one."""
THREE = [node(f"n{at}", "same", 4) for at in range(3)]


@pytest.fixture(name="tight", scope="module")
def _tight(tmp_path_factory):
    return plan(tmp_path_factory.mktemp("tight"), TIGHT, THREE, {"nodes": 1})


def test_what_packing_survives_and_kube_scheduler_does_not_is_at_risk(tight, tmp_path):
    assert plan(tmp_path, TIGHT, THREE, {"nodes": 1}, exact=True).verdict == "feasible"
    assert (tight.verdict, tight.is_at_risk, tight.grade.failed, tight.most_pending) == ("feasible", True, 0, 1)
    assert [(one.failing, one.stuck > 0) for one in tight.losses if one.of == "node"] == [(0, True)]
    assert any("1 more" not in one.message and "simulated" in one.message for one in tight.not_modelled)


def test_with_another_node_it_is_kept(tmp_path):
    made = plan(tmp_path, TIGHT, [*THREE, node("n3", "same", 4)], {"nodes": 1})
    assert (made.verdict, [(one.failing, one.stuck) for one in made.losses]) == ("feasible", [(0, 0)])
    assert [one.severity for one in pipeline.verify(made)] == ["info"]


def test_where_any_order_is_safe_after_any_loss_that_is_proven(tmp_path):
    made = plan(tmp_path, [workload("little", 4, 1)], THREE, {"nodes": 1})
    assert [(one.proven, one.simulated) for one in made.losses] == [(3, 0)]


def test_who_does_not_ask_is_told_what_would_be_pending(tmp_path):
    made = plan(tmp_path, TIGHT, THREE, {})
    assert made.is_kept
    assert all(one.proven + one.simulated == one.count for one in made.losses)


@pytest.mark.parametrize(
    ("few", "orders", "ties"),
    [(TUNING.failure_few, (*ORDERS, *failures.MANY_ORDERS), 1), (4, ORDERS, TUNING.failure_ties)],
    ids=["few pods, in many more orders", "not so few, and ties are broken in several ways"],
)
def test_losses_that_need_not_be_survived_are_played_through(few, orders, ties, tmp_path, monkeypatch):
    tried = set()

    def worst(self, starts, orders, ties):
        tried.add((tuple(orders), ties))
        return played(self, starts, orders, ties)

    played = Aftermath.worst
    monkeypatch.setattr(Aftermath, "worst", worst)
    plan(tmp_path, TIGHT, THREE, {}, tuning=Tuning(failure_few=few))
    assert tried == {(orders, ties)}


SPOILED = {
    "a promise that is not kept": (lambda made: _sure(replace(made, losses=_packed(made))), "does-not-survive"),
    "fewer losses that hurt": (lambda made: _changed(made, stuck=0), "grade-untrue"),
    "that it is sure, but for a loss": (lambda made: _sure(made), "grade-untrue"),
    "more that were simulated": (lambda made: _changed(made, simulated=90), "losses-untrue"),
    "proof where there is none": (lambda made: _changed(made, proven=3, simulated=0), "losses-untrue"),
    "other pods": (lambda made: _changed(made, worst=tuple(replace(lost, left=FrozenMap({"Deployment/shop/x": 1}))
                                                           for lost in made.losses[0].worst)), "losses-untrue"),
}  # fmt: skip


def test_verify_rejects_that_nothing_was_simulated_where_orders_of_arrival_were(tmp_path):
    made = plan(tmp_path, TIGHT, THREE, {})
    assert _packed(made) != made.losses
    found = {one.code for one in pipeline.verify(replace(made, losses=_packed(made))) if one.severity == "error"}
    assert found == {"losses-untrue"}


def _sure(made):
    """Grade it as if nothing were known of losses."""
    grade = replace(made.grade, kind=GradeKind.PROVEN if made.rings[0].any_order.is_proven else GradeKind.SIMULATED)
    return replace(made, grade=grade, rings=tuple(replace(ring, grade=grade) for ring in made.rings))


def _packed(made):
    return tuple(map(failures.as_packed, made.losses))


def _changed(made, **fields):
    return replace(made, losses=(replace(made.losses[0], **fields), *made.losses[1:]))


@pytest.mark.parametrize(("spoil", "finding"), SPOILED.values(), ids=SPOILED)
def test_verify_rejects_what_is_not_so(tight, spoil, finding):
    assert finding in {one.code for one in pipeline.verify(spoil(tight)) if one.severity == "error"}


def test_verify_accepts_what_the_plan_says_of_losses(tight):
    assert not [one for one in pipeline.verify(tight) if one.severity == "error"]


def test_the_summary_says_what_kube_scheduler_leaves(tight):
    text = formats.summary(tight, "table", Paper(160), is_verbose=True)
    words = " ".join(text.split())
    assert "FEASIBLE AT RISK p: after the loss of node n0 up to 1 pod of ring a stays pending. 1 ring on 3 nodes" in words
    assert "Ring a can be packed without node n0; kube-scheduler misses that when pods come" in words
    assert "Another node in ring a may help, or nodes that are more alike." in words
    assert "may leave 1 pod pending" in text


def test_losses_are_packed_anew_where_workloads_are_made_to_live_on_one_kind_of_nodes(tmp_path):
    """Without z1 the two pods that must be on a small node have none, though there is room on others."""
    kinds = (("mid", 4, 0), ("large", 8, 1), ("mid", 4, 0), ("small", 2, 1), ("mid", 4, 0), ("mid", 4, 1))
    nodes = [node(f"n{at}", kind, cpu) for at, (kind, cpu, _) in enumerate(kinds)]
    for one, (_, _, zone) in zip(nodes, kinds, strict=True):
        one["metadata"]["labels"]["topology.kubernetes.io/zone"] = f"z{zone}"
    pods = (("w0", 3, 2, "b"), ("w1", 1, 4, "a"), ("w2", 2, 1, "a"), ("w3", 4, 2, "b"))
    made = plan(tmp_path, [workload(*one) for one in pods], nodes, {}, guide="require", any_order=True)
    assert any(guide.required for guide in made.guides)
    assert (made.verdict, [one.code for one in pipeline.verify(made) if one.severity == "error"]) == ("feasible", [])
