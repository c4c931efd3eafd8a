"""A plan promises what kube-scheduler does, not what can be packed: guides and spare room where they help, else no promise."""

import json

import pytest

from planner import pipeline

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


NODES = [node("large-1", "large", 4), node("large-2", "large", 4), node("small", "small", 2)]
WORKLOADS = [workload("little", 2, 1), workload("big", 2, 4)]
"""The little ones come first and go to the large nodes, which have most room: then no node has room for a big one."""


@pytest.fixture(name="make")
def _make(tmp_path):
    def make(workloads, nodes, guide="prefer", exact=False):
        (tmp_path / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*workloads, *nodes]}))
        spec = {"levels": ["a", "b"], "guide": guide, "demand": {"surge": False}}
        policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "p"}, "spec": spec}
        (tmp_path / "policy.json").write_text(json.dumps(policy))
        inputs = pipeline.Inputs((str(tmp_path / "all.json"),), (), str(tmp_path / "policy.json"))
        return pipeline.plan(inputs, lambda _: None, exact=exact)

    return make


def test_the_exact_packing_is_marked_and_promises_no_more(make):
    plan = make(WORKLOADS, NODES, exact=True)
    assert (plan.verdict, plan.packing, plan.guides) == ("feasible", "exact", ())
    assert any("a packing exists" in one.message for one in plan.not_modelled)


def test_without_guides_a_packing_that_kube_scheduler_misses_is_no_plan(make):
    plan = make(WORKLOADS, NODES, guide="none")
    assert (plan.verdict, plan.guides) == ("undecided", ())
    assert plan.rings[0].any_order.startswith("stuck in")
    assert plan.unplaced == ()


@pytest.mark.parametrize("guide", ["prefer", "require"])
def test_guides_lead_kube_scheduler_to_the_packing(make, guide):
    plan = make(WORKLOADS, NODES, guide=guide)
    assert plan.verdict == "feasible"
    assert plan.rings[0].any_order == "tried 7 orders"
    assert {guide.workload.name: guide.values for guide in plan.guides} == {"big": ("large",), "little": ("small",)}
    assert not any(guide.required for guide in plan.guides), "the gentlest guide that helps is enough"
    assert not any("a packing exists" in one.message for one in plan.not_modelled)


def test_nobody_is_led_where_kube_scheduler_finds_room_by_itself(make):
    plan = make([workload("little", 2, 1)], NODES)
    assert (plan.verdict, plan.guides, plan.reserves) == ("feasible", (), ())
    assert plan.rings[0].any_order == "proven"


def test_a_ring_gets_a_spare_node_where_room_is_all_that_helps(make):
    """Two pods of 3 and three of 1 fill two nodes of 4 to the last core but one, if the right ones come first."""
    nodes = [node(f"n{at}", "same", 4) for at in range(5)]
    workloads = [workload("few", 3, 1), workload("many", 2, 3), workload("other", 1, 1, level="b")]
    exact, kept = make(workloads, nodes, exact=True), make(workloads, nodes)
    assert kept.verdict == "feasible"
    sizes = [{made.name: len(made.nodes) for made in plan.rings} for plan in (exact, kept)]
    assert sizes[1]["a"] >= sizes[0]["a"]
    assert all(not made.any_order.startswith("stuck") for made in kept.rings)


def test_verify_agrees_with_what_was_promised(make):
    kept, missed = make(WORKLOADS, NODES), make(WORKLOADS, NODES, exact=True)
    assert [one.severity for one in pipeline.verify(kept)] == ["info"]
    assert [one.severity for one in pipeline.verify(missed)] == ["warning"]
