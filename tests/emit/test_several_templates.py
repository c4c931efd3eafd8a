"""Patches of an object with several pod templates: each at its own place, and none at another's."""

import json
from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE
from models.trust import TrustPolicy
from planner.emit.patch import patches
from planner.trust import trust
from tests.emit.emit_plans import Document, lay_out, parse
from tests.read.cluster_reader import cluster_of

LEVEL = "ringfence.dev/trust-level"
PATHS = ("spec.head.template", "spec.groups[*].template", "spec.roles.*.template")
POLICY = TrustPolicy("p", ("internal", "untrusted"), pod_templates=FrozenMap({"a.b/v1/Fleet": PATHS}))
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {"cpu": 1, "pods": 9}}}


def template(level: str) -> Document:
    return {"template": {"metadata": {"labels": {LEVEL: level}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}}


def fleet(*levels: str) -> Document:
    groups, roles = [template(level) for level in levels], {"x.y/z": template("internal")}
    spec = {"head": template("internal"), "groups": groups, "roles": roles}
    return {"apiVersion": "a.b/v1", "kind": "Fleet", "metadata": {"name": "f", "namespace": "shop"}, "spec": spec}


def plan_of(document: Document) -> IsolationPlan:
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [document, NODE]})
    cluster = cluster_of(nodes=text, policy=POLICY)
    return IsolationPlan("p", FEASIBLE, POLICY, cluster, trust(POLICY, cluster))


def test_an_object_is_anchored_once_and_names_all_of_its_rings():
    made = patches(plan_of(fleet("internal", "untrusted")))
    (anchor,) = parse(made["workloads/shop/anchors.yaml"])
    assert anchor["metadata"]["annotations"] == {"ringfence.dev/ring": "internal, untrusted"}
    assert len([path for path in made if path.startswith("workloads/shop/fleet.a.b_f_")]) == 4


def test_a_file_is_named_after_its_template_whatever_others_there_are():
    one, two = (set(patches(plan_of(fleet(*levels)))) for levels in (("internal",), ("internal", "untrusted")))
    assert one < two


@pytest.mark.kubectl
def test_every_template_gets_its_own_ring(kubectl, tmp_path):
    document = fleet("internal", "untrusted")
    done = kubectl("kustomize", lay_out(tmp_path, [document], patches(plan_of(document))))
    assert done.returncode == 0, done.stderr
    (built,) = parse(done.stdout)
    holders = (built["spec"]["head"], *built["spec"]["groups"], built["spec"]["roles"]["x.y/z"])
    found = [one["template"]["spec"]["tolerations"][0]["value"] for one in holders]
    assert found == ["internal", "internal", "untrusted", "internal"]


@pytest.mark.kubectl
@pytest.mark.parametrize(
    "levels",
    [
        pytest.param(("untrusted", "internal"), id="in another order"),
        pytest.param(("internal",), id="one is gone"),
        pytest.param(("untrusted", "internal", "untrusted"), id="one was put before them"),
    ],
)
def test_a_template_at_the_place_of_another_does_not_build(kubectl, tmp_path, levels):
    made = patches(plan_of(fleet("internal", "untrusted")))
    done = kubectl("kustomize", lay_out(tmp_path, [fleet(*levels)], made))
    assert done.returncode != 0


def test_workloads_of_one_object_have_names_of_their_own():
    cluster = plan_of(fleet("internal", "untrusted")).cluster
    assert sorted(str(one.id) for one in cluster.workloads) == [
        "Fleet.a.b/shop/f:spec.groups[0].template",
        "Fleet.a.b/shop/f:spec.groups[1].template",
        "Fleet.a.b/shop/f:spec.head.template",
        "Fleet.a.b/shop/f:spec.roles[x.y/z].template",
    ]
    assert {replace(one.id, template="") for one in cluster.workloads} == {replace(cluster.workloads[0].id, template="")}
