"""Groups that may grow as those say who make them: eksctl, Karpenter, Cluster API, OpenShift."""

import pytest

from models.kubernetes.labels import Taint
from tests.read.cluster_reader import cluster_of, containers, deployment, faults_of
from tests.read.groups.test_node_group import LIKE, SHAPE, group, node

WEB = deployment(containers(""))
EKS, EKSCTL = "eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name"
CAPI = "cluster.x-k8s.io/owner-name"


def eksctl(inner, field="managedNodeGroups", more=""):
    head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: c, region: r}\n"
    return f"{head}{more}{field}:\n  - {{{inner}}}\n"


def pool(limits="{nodes: '4'}", requirements="[]", replicas=""):
    template = f"{{metadata: {{labels: {{disk: fast}}}}, spec: {{requirements: {requirements}, taints: []}}}}"
    spec = f"{{limits: {limits}, {replicas}template: {template}}}"
    return f"apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {{name: web}}\nspec: {spec}\n"


def deployment_of_machines(annotations):
    return (
        "apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\n"
        f"metadata: {{name: web, namespace: default, annotations: {{{annotations}}}}}\n"
        "spec: {template: {spec: {failureDomain: f}}}\n"
    )


AUTOSCALER = """
apiVersion: autoscaling.openshift.io/v1beta1
kind: MachineAutoscaler
metadata: {name: web}
spec: {minReplicas: 1, maxReplicas: 6, scaleTargetRef: {apiVersion: machine.openshift.io/v1beta1, kind: MachineSet, name: web}}
"""
SIZE = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-{}-size: '{}'"
SIZES = f"{SIZE.format('min', 2)}, {SIZE.format('max', 7)}"


def machine(annotation):
    """Write a node that an annotation gives to the group web."""
    return node("n1").replace("labels:", f"annotations: {{{annotation}}}, labels:").replace(f"{EKS}: web, ", "")


def grown(*texts):
    return [shape for shape in cluster_of(*texts, WEB).shapes if shape.group]


@pytest.mark.parametrize(
    ("texts", "key", "sizes", "zones"),
    [
        ((node("n1"), eksctl("name: web, minSize: 1, maxSize: 4")), EKS, (1, 3), ("a",)),
        ((node("n1"), eksctl("name: web, desiredCapacity: 3")), EKS, (0, 2), ("a",)),
        ((node("n1"), eksctl("name: web, maxSize: 0, minSize: 0")), EKS, (0, 0), ("a",)),
        ((node("n1", key=EKSCTL), eksctl("name: web, maxSize: 4", "nodeGroups")), EKSCTL, (0, 3), ("a",)),
        ((node("n1"), eksctl("name: web, maxSize: 4, availabilityZones: [c, b]")), EKS, (0, 3), ("b", "c")),
        ((node("n1"), eksctl("name: web, maxSize: 4", more="availabilityZones: [z]\n")), EKS, (0, 3), ("z",)),
        ((node("n1", key="karpenter.sh/nodepool"), pool()), "karpenter.sh/nodepool", (0, 3), ("a",)),
        ((node("n1", key="karpenter.sh/nodepool"), pool(replicas="replicas: 2, ")), "karpenter.sh/nodepool", (2, 3), ("a",)),
        (
            (machine(f"{CAPI}: web-x, cluster.x-k8s.io/owner-kind: MachineSet"), deployment_of_machines(SIZES)),
            CAPI,
            (2, 6),
            ("f",),
        ),
        ((machine("machine.openshift.io/machine: ns/web-abc"), AUTOSCALER), "machine.openshift.io/machine", (1, 5), ("a",)),
    ],
)
def test_how_far_a_group_may_grow_is_read_as_its_makers_have_it(texts, key, sizes, zones):
    (shape,) = grown(*texts)
    assert (shape.name, shape.group, (shape.min, shape.max), shape.zones) == ("web", key, sizes, zones)


def test_what_nodes_hold_is_said_by_a_shape_or_by_nodes_of_the_same_type():
    typed = node("x", group="other", cpu="8", labels=", node.kubernetes.io/instance-type: m6, team: x")
    by_shape, by_nodes = (
        grown(SHAPE, eksctl("name: web, maxSize: 4, instanceType: m5")),
        grown(typed, eksctl("name: web, maxSize: 4, instanceTypes: [m6], availabilityZones: [b]")),
    )
    assert (by_shape[0].zones, dict(by_shape[0].allocatable)["cpu"]) == (("c",), 2000)
    assert dict(by_nodes[0].allocatable)["cpu"] == 8000
    assert dict(by_nodes[0].labels) == {EKS: "web", "node.kubernetes.io/instance-type": "m6"}


def test_of_several_types_the_least_counts():
    other = SHAPE.replace("name: m5", "name: m6").replace('cpu: "2"', 'cpu: "1"').replace("price: 0.1", "price: 0.3")
    (shape,) = grown(SHAPE, other, eksctl("name: web, maxSize: 4, instanceTypes: [m5, m6]"))
    assert (dict(shape.allocatable)["cpu"], shape.price, dict(shape.labels)) == (1000, 300_000, {EKS: "web", "disk": "fast"})


@pytest.mark.parametrize("taints", ["[{key: t, value: x, effect: NoSchedule}]", "{t: 'x:NoSchedule'}"])
def test_labels_and_taints_of_eksctl_are_those_of_the_nodes_that_come(taints):
    (shape,) = grown(node("n1"), eksctl(f"name: web, maxSize: 4, labels: {{disk: fast}}, taints: {taints}"))
    assert (dict(shape.labels), shape.taints) == ({EKS: "web", "disk": "fast"}, (Taint("t", "x", "NoSchedule"),))


def test_requirements_of_karpenter_say_types_and_zones():
    zone, kind = "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"
    wanted = f"[{{key: {zone}, operator: In, values: [q, p]}}, {{key: {kind}, operator: In, values: [m5]}}]"
    (shape,) = grown(SHAPE, pool(requirements=wanted))
    assert (shape.zones, dict(shape.allocatable)["cpu"], shape.labels["disk"]) == (("p", "q"), 2000, "fast")


def test_a_node_group_of_ours_counts_in_place_of_what_a_provider_says():
    (shape,) = grown(eksctl("name: web, maxSize: 4, instanceType: m9"), group(max=9, **LIKE))
    assert shape.max == 9


@pytest.mark.parametrize("text", [pool("{cpu: 100}"), deployment_of_machines("team: x")])
def test_what_says_no_number_of_nodes_is_no_group_that_grows(text):
    assert grown(node("n1"), text) == []


@pytest.mark.parametrize(
    ("texts", "field", "said"),
    [
        ((eksctl("name: web, maxSize: 4, instanceType: m9"),), "instanceType", "nothing says what m9 holds"),
        ((eksctl("name: web, maxSize: 4"),), "managedNodeGroups[0]", "no node of the group runs"),
        ((eksctl("name: web"),), "managedNodeGroups[0]", "has no maxSize"),
        ((eksctl("maxSize: 2"),), "managedNodeGroups[0]", "has no name"),
        ((eksctl("name: web, maxSize: many"),), "managedNodeGroups[0].maxSize", ""),
        ((SHAPE, pool("{nodes: few}")), "spec.limits.nodes", "'few' is no whole number of nodes"),
        ((deployment_of_machines(SIZE.format("max", "x")),), "cluster-api-autoscaler", "'x' is no whole number of nodes"),
        ((deployment_of_machines(SIZES),), "", "write a NodeGroup of its name"),
    ],
)
def test_what_is_wrong_with_a_providers_group_is_one_fault(texts, field, said):
    ((_, where, text),) = faults_of(*texts, WEB)
    assert field in where
    assert said in text
