"""Nodes that join get the ring of their group: of which groups a plan tells that, and where it is written."""

import pytest

from models.answer.plan import RingPlan
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.node_group import CLUSTER_API
from planner import pipeline
from planner.admission.group_rings import group_rings
from planner.emit.patch import patches
from planner.emit.stages.folders import staged
from planner.handover import readme
from tests.conftest import ROOT

EKS, EKSCTL, HOST = "eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name", "kubernetes.io/hostname"
RINGS = (RingPlan("high", ("high",), ("a", "b")), RingPlan("low", ("low",), ("c", "d")))
PLANS = {name: pipeline.load(str(ROOT / "samples" / name / "expected" / "plan.yaml")) for name in ("node-groups", "quickstart")}


def node(name, made_by="", **labels):
    return Node(name, Labels({HOST: name, **labels}), made_by=made_by)


GROUPS = {
    "a group in one ring": ([node("a", **{EKS: "g"}), node("b", **{EKS: "g"})], {EKS: {"g": "high"}}),
    "two groups": ([node("a", **{EKS: "g"}), node("c", **{EKS: "h"})], {EKS: {"g": "high", "h": "low"}}),
    "two labels, of which the one that tells more comes first": (
        [node("a", **{EKSCTL: "g", EKS: "g-1"})],
        {EKS: {"g-1": "high"}, EKSCTL: {"g": "high"}},
    ),
    "a group in two rings": ([node("a", **{EKS: "g"}), node("c", **{EKS: "g"})], {}),
    "a group with a node in no ring": ([node("a", **{EKS: "g"}), node("e", **{EKS: "g"})], {}),
    "a group in no ring": ([node("e", **{EKS: "g"})], {}),
    "a group that an annotation tells, which comes after the node": ([node("a", f"md {CLUSTER_API}")], {}),
    "nodes of no group": ([node("a")], {}),
}


@pytest.mark.parametrize(("nodes", "rings"), GROUPS.values(), ids=GROUPS)
def test_the_groups_whose_nodes_are_of_one_ring(nodes, rings):
    found = group_rings(nodes, "", RINGS).by_key
    assert found == rings
    assert list(found) == list(rings)


def test_the_label_that_the_policy_names_tells_groups_alone():
    assert group_rings([node("a", team="x", **{EKS: "g"})], "team", RINGS).by_key == {"team": {"x": "high"}}


@pytest.mark.parametrize(
    ("engine", "path"),
    [
        ("kubernetes", "joining-policy/rings-of-nodes.yaml"),
        ("gatekeeper", "joining-policy/rings-of-nodes.yaml"),
        ("static", "static-policy/mutating/rings-of-nodes.yaml"),
        ("kyverno", "kyverno-policy/rings-of-nodes.yaml"),
    ],
)
def test_a_plan_with_groups_writes_their_rings_and_one_without_none(engine, path):
    text = patches(PLANS["node-groups"], engine=engine)[path]
    assert all(f'"{group}": "{ring}"' in text for group, ring in (("web", "newsroom"), ("ledger", "accounts")))
    assert not [name for name in patches(PLANS["quickstart"], engine=engine) if "nodes.yaml" in name and "rings-of" in name]


def test_the_guide_puts_them_in_force_after_the_taints_and_takes_them_back_before():
    text = readme(PLANS["node-groups"])
    order = ["nodes/apply.sh taint", "apply -k joining-policy", "apply -k policy"]
    back = ["delete -k policy", "delete -k joining-policy", "nodes/undo.sh taint"]
    assert sorted([*order, *back], key=text.index) == [*order, *back]
    assert "joining-policy" not in readme(PLANS["quickstart"])


def test_of_the_stages_that_of_the_taints_has_them():
    files = staged(PLANS["node-groups"])
    assert [path for path in files if "joining-policy" in path and path.endswith(".yaml")] == [
        "3-taints/joining-policy/kustomization.yaml",
        "3-taints/joining-policy/rings-of-nodes.yaml",
    ]
    assert '$KUBECTL apply -k "$here/joining-policy"' in files["3-taints/apply.sh"]
    undo = files["3-taints/undo.sh"]
    assert undo.index('delete -k "$here/joining-policy"') < undo.index("untaint_group eks")
    assert "joining-policy" not in "".join(staged(PLANS["quickstart"]).values())
