"""NodeGroup documents become the nodes by which groups grow, or faults that say what to write."""

import pytest

from models.kubernetes.labels import Taint
from models.kubernetes.node import UNPRICED
from models.trust import NodeGroups, PolicyNodes, TrustPolicy
from tests.read.cluster_reader import cluster_of, containers, deployment, faults_of

WEB = deployment(containers(""))
EKS = "eks.amazonaws.com/nodegroup"
LIKE = {"allocatable": '{cpu: "4", memory: 8Gi, pods: "58"}', "zones": "[b, a]", "by": EKS}
SHAPE = """
apiVersion: ringfence.dev/v1alpha1
kind: NodeShape
metadata: {name: m5}
spec: {allocatable: {cpu: "2", memory: 4Gi, pods: "29"}, zones: [c], price: 0.1, max: 0, labels: {disk: fast}}
"""


def group(name="web", version="ringfence.dev/v1alpha1", **spec):
    """Write a group, a field a line from line 5 on."""
    fields = "".join(f"  {key}: {value}\n" for key, value in {"max": 5, **spec}.items() if value is not None)
    return f"apiVersion: {version}\nkind: NodeGroup\nmetadata: {{name: {name}}}\nspec:\n{fields}"


def node(name, group="web", zone="a", cpu="4", labels="", taints="[]", key=EKS):
    own = f"{key}: {group}, topology.kubernetes.io/zone: {zone}, kubernetes.io/hostname: {name}{labels}"
    allocatable = f'{{cpu: "{cpu}", memory: 8Gi, pods: "58"}}'
    return (
        f"apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{own}}}}}\n"
        f"spec: {{taints: {taints}}}\nstatus: {{allocatable: {allocatable}}}\n"
    )


def policy(by):
    return TrustPolicy("shop", ("a",), nodes=PolicyNodes(groups=NodeGroups(by=by)))


def grown(*texts, **options):
    """Return the only shape by which a group grows."""
    (shape,) = (shape for shape in cluster_of(*texts, WEB, **options).shapes if shape.group)
    return shape


def test_a_group_of_which_no_node_runs_is_like_it_says():
    shape = grown(group(min=1, price=0.2, labels="{disk: fast}", taints="[{key: t, value: x, effect: NoSchedule}]", **LIKE))
    assert (shape.name, shape.group, shape.min, shape.max) == ("web", EKS, 1, 5)
    assert (shape.zones, shape.price, dict(shape.allocatable)["cpu"]) == (("a", "b"), 200_000, 4000)
    assert dict(shape.labels) == {EKS: "web", "disk": "fast"}
    assert shape.taints == (Taint("t", "x", "NoSchedule"),)


def test_a_group_is_like_the_shape_that_it_names():
    shape = grown(SHAPE, group(shape="m5", by=EKS))
    assert (shape.zones, shape.price, dict(shape.allocatable)["cpu"]) == (("c",), 100_000, 2000)
    assert dict(shape.labels) == {EKS: "web", "disk": "fast", "node.kubernetes.io/instance-type": "m5"}


def test_a_group_is_like_what_its_nodes_that_run_have_in_common_and_may_grow_by_the_rest():
    passing = "[{key: t, value: x, effect: NoSchedule}, {key: node.kubernetes.io/not-ready, effect: NoExecute}]"
    nodes = (
        node("n1", labels=", disk: fast, id: n1", taints=passing),
        node("n2", zone="b", cpu="3", labels=", disk: fast, id: n2", taints=passing),
        node("x", group="other", zone="z"),
    )
    shape = grown(*nodes, group())
    assert (shape.max, shape.zones, shape.price, dict(shape.allocatable)["cpu"]) == (3, ("a", "b"), UNPRICED, 3000)
    assert dict(shape.labels) == {EKS: "web", "disk": "fast"}
    assert shape.taints == (Taint("t", "x", "NoSchedule"),)


def test_labels_that_tell_one_node_or_its_zone_are_not_those_of_the_group():
    shape = grown(node("n1", labels=", topology.ebs.csi.aws.com/zone: a, id: n1, disk: fast"), group())
    assert dict(shape.labels) == {EKS: "web", "disk": "fast"}


def test_what_a_group_says_itself_counts_before_what_its_nodes_show():
    shape = grown(node("n1"), group(zones="[z]", price=0, taints="[]", labels="{new: x}"))
    assert (shape.zones, shape.price, shape.taints) == (("z",), UNPRICED, ())
    assert dict(shape.labels) == {EKS: "web", "new": "x"}


@pytest.mark.parametrize(
    ("texts", "given", "key"),
    [
        ((node("n1"), group()), None, EKS),
        ((node("n1", key="cloud.google.com/gke-nodepool"), group()), None, "cloud.google.com/gke-nodepool"),
        ((node("n1", key="team"), group()), policy("team"), "team"),
        ((node("n1", key="team"), group(by="team")), policy("team"), "team"),
        (
            (node("n1"), group("new", **{**LIKE, "by": None, "labels": "{karpenter.sh/nodepool: new}"})),
            None,
            "karpenter.sh/nodepool",
        ),
        ((node("n1", labels=", karpenter.sh/nodepool: web"), group(by=EKS)), None, EKS),
    ],
)
def test_the_label_that_tells_the_group_is_the_one_by_which_nodes_name_it(texts, given, key):
    assert grown(*texts, policy=given).group == key


@pytest.mark.parametrize(
    ("texts", "field", "said"),
    [
        ((group(max=None, **LIKE),), "spec.max", "is missing; write how many nodes the group may have"),
        ((group(max=-1, **LIKE),), "spec.max", "-1 is no number of nodes"),
        ((group(min=6, **LIKE),), "spec.min", "6 is more than max, which is 5"),
        ((group(min=-1, **LIKE),), "spec.min", "-1 is negative"),
        ((group(kind="x", **LIKE),), "spec.kind", "unknown field"),
        ((group("'not a name'", **LIKE),), "metadata.name", "cannot be the value of a group's label"),
        ((group(version="ringfence.dev/v1", **LIKE),), "apiVersion", "no NodeGroup is ringfence.dev/v1"),
        ((group(by=EKS),), "spec", "no node of the group runs, so nothing says what its nodes are like"),
        ((group(**{**LIKE, "by": None}),), "spec.by", "is missing, and no node of it runs, so nothing says who makes it"),
        ((group(**{**LIKE, "by": "team"}),), "spec.by", "no known provider names groups by team"),
        ((node("n1", labels=", karpenter.sh/nodepool: web"), group()), "spec.by", "nodes name such a group by"),
        ((group(**{**LIKE, "zones": None}),), "spec.zones", "is missing; list the zones in which its nodes come"),
        ((group(**{**LIKE, "allocatable": "{cpu: 1, memory: 1Gi}"}),), "spec.allocatable", "has no entry for pods"),
        ((group(shape="m6", by=EKS),), "spec.shape", "there is no NodeShape m6"),
        ((SHAPE, group(shape="m5", **LIKE)), "spec.allocatable", "is said by NodeShape m5, too"),
        ((SHAPE, group("m5", **LIKE)), "spec", "a NodeShape in"),
        ((group(**LIKE), group(**LIKE)), "spec", "a group in"),
        ((group(price="cheap", **LIKE),), "spec.price", "'cheap' is no price"),
        ((group(labels="{topology.kubernetes.io/zone: a}", **LIKE),), "spec.labels", "is not the group's to say"),
        ((group(labels=f"{{{EKS}: other}}", **LIKE),), "spec.labels", "names another group than web"),
        ((node("n1"), node("n2"), group(max=1)), "spec.max", "2 nodes of it run; write 2, or more"),
    ],
)
def test_what_is_wrong_with_a_group_is_one_fault(texts, field, said):
    ((_, where, text),) = faults_of(*texts, WEB)
    assert where.startswith(field)
    assert said in text


def test_the_policy_says_by_which_label_groups_are_told():
    ((_, field, text),) = faults_of(group(**LIKE), WEB, policy=policy("team"))
    assert (field, "the policy tells groups by team" in text) == ("spec.by", True)
