"""A group that grows gets its size where its provider has it, beside label and taint, and nothing else is applied before."""

import re
from dataclasses import replace

import pytest
import yaml

from models.answer.plan import Buy, GroupGrowth, IsolationPlan
from models.kubernetes.node_group import CLUSTER_API, KARPENTER, OPENSHIFT
from planner.emit.patch import patches
from planner.emit.stages.folders import staged
from planner.handover import readme
from tests.emit.emit_plans import RING, node, plan

EKS, EKSCTL, GKE, AKS, KOPS = (
    "eks.amazonaws.com/nodegroup",
    "alpha.eksctl.io/nodegroup-name",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "kops.k8s.io/instancegroup",
)
ZONE = "topology.kubernetes.io/zone"


def growing(key: str, before: int = 2) -> IsolationPlan:
    """Return a plan in which group web grows by two nodes, and group other does not grow."""
    made_by, labels = (f"web {key}", {}) if key in (CLUSTER_API, OPENSHIFT) else ("", {key: "web"})
    names = [f"n{number}" for number in range(before)]
    new = [replace(node(f"web@z{n}#1", None, **labels, **{ZONE: f"z{n}"}), shape="web", made_by=made_by) for n in (1, 2)]
    nodes = [*(replace(node(name, None, **labels, **{ZONE: "z1"}), made_by=made_by) for name in names), *new]
    nodes.append(node("x", None, **{key: "other"}))
    made = plan([], nodes=tuple(nodes), ring_nodes={RING: (*names, *(each.name for each in new)), "internal": ("x",)})
    buy = (Buy("web", "z1", 1), Buy("web", "z2", 1))
    rings = tuple(replace(ring, buy=buy) if ring.name == RING else ring for ring in made.rings)
    return replace(made, rings=rings, growth=(GroupGrowth("web", key, RING, before, before + 2),))


@pytest.mark.parametrize("before", [0, 2])
@pytest.mark.parametrize(
    ("key", "file", "said"),
    [
        (EKS, "eksctl.yaml", {"desiredCapacity": 4, "minSize": 4}),
        (EKSCTL, "eksctl.yaml", {"desiredCapacity": 4, "minSize": 4}),
        (GKE, "gke.yaml", {"nodeCount": 2}),
        (AKS, "aks.yaml", {"count": 4}),
        (KOPS, "kops.yaml", {"minSize": 4}),
        (CLUSTER_API, "cluster-api.yaml", {"replicas": 4}),
        (OPENSHIFT, "openshift.yaml", {"replicas": 4}),
    ],
)
def test_the_size_stands_where_the_provider_has_it(key, file, said, before):
    text = patches(growing(key, before))[f"groups/{file}"]
    (document,) = yaml.safe_load_all(text)
    spec = document.get("spec", {}) if "spec" in document else next(v[0] for k, v in document.items() if k.endswith("odeGroups"))
    wanted = {field: size - (2 - before if size == 4 else (2 - before) // 2) for field, size in said.items()}
    assert {field: spec[field] for field in wanted} == wanted
    assert "name: other" not in text


@pytest.mark.parametrize(
    ("key", "file", "said"),
    [(EKS, "eks.tf", "desired_size = 4"), (GKE, "gke.tf", "node_count = 2"), (AKS, "aks.tf", "node_count = 4")],
)
def test_terraform_has_the_size_too(key, file, said):
    assert said in re.sub(" +", " ", patches(growing(key))[f"groups/{file}"])


def test_the_command_that_grows_a_group_stands_before_the_taints():
    text = patches(growing(EKS))["groups/eksctl.yaml"]
    command = (
        "aws eks update-nodegroup-config --cluster-name CLUSTER --nodegroup-name web --scaling-config minSize=4,desiredSize=4"
    )
    assert text.index(command) < text.index("addOrUpdateTaints")


def test_nothing_else_is_applied_before():
    held = growing(EKS)
    files, stages = patches(held), staged(held)
    said = "let node group web grow from 2 to 4 nodes"
    for script in (files["nodes/apply.sh"], stages["1-labels/apply.sh"], stages["3-taints/apply.sh"]):
        assert said in script
        assert "exit 1" in script
    text = readme(held)
    assert "1. Let node group web grow from 2 to 4 nodes" in text
    assert "`groups/` has the groups that grow alone, with size, label and taint" in text
    assert "Let node group web have 2 nodes again" in text
    assert "## The steps" not in text


def test_of_karpenter_nothing_waits():
    free = growing(KARPENTER.keys[0])
    assert not free.is_held_back
    assert "## The steps" in readme(free)
    assert "pools/karpenter.yaml" not in patches(free)
