"""v1 Node documents become nodes, or faults where they do not say enough."""

import pytest

from models.kubernetes.labels import Taint
from tests.read.cluster_reader import NODE, cluster_of, containers, deployment, faults_of

WEB = deployment(containers(""))


def node(
    more="", allocatable='{cpu: 3920m, memory: 15Gi, ephemeral-storage: 10G, pods: "58", nvidia.com/gpu: 2}', labels="{zone: a}"
):
    return (
        f"apiVersion: v1\nkind: Node\nmetadata: {{name: node-n, labels: {labels}}}\nspec: {{{more}}}\n"
        f"status: {{allocatable: {allocatable}, nodeInfo: {{kubeletVersion: v1.37.1}}}}\n"
    )


def test_a_node_is_read():
    (found,) = cluster_of(
        WEB, nodes=node("unschedulable: true, taints: [{key: a, value: b, effect: NoExecute, timeAdded: '2026'}]")
    ).nodes
    assert dict(found.allocatable) == {
        "cpu": 3920,
        "memory": 15 << 30,
        "ephemeral-storage": 10**10,
        "pods": 58,
        "nvidia.com/gpu": 2,
    }
    assert (found.name, dict(found.labels), found.taints) == ("node-n", {"zone": "a"}, (Taint("a", "b", "NoExecute"),))
    assert (found.unschedulable, found.kubelet_version, str(found.where)) == (True, "v1.37.1", "stdin:11")


def test_a_plain_node_has_no_taints_and_is_schedulable():
    (found,) = cluster_of(WEB, nodes=NODE).nodes
    assert (found.taints, found.unschedulable, found.kubelet_version) == ((), False, "")


def test_nodes_are_sorted_by_name():
    cluster = cluster_of(
        WEB, node().replace("name: node-n,", "name: node-z,"), node().replace("name: node-n,", "name: node-b,"), nodes=node()
    )
    assert [found.name for found in cluster.nodes] == ["node-b", "node-n", "node-z"]


REFUSED = {
    "a node without allocatable": (
        node(allocatable="{}"),
        "status.allocatable",
        "does not say what it can allocate; kubectl get nodes",
    ),
    "a node without status": (node().partition("status")[0], "status.allocatable", "does not say what it can allocate"),
    "a node without pods": (
        node(allocatable="{cpu: 1}"),
        "status.allocatable",
        "has no entry for pods, and so room for none; add pods",
    ),
    "a quantity that is none": (node(allocatable="{cpu: 1 Gi, pods: 1}"), "status.allocatable.cpu", "'1 Gi'"),
    "a negative quantity": (node(allocatable="{cpu: -1, pods: 1}"), "status.allocatable.cpu", "is negative"),
    "a quantity that is a list": (node(allocatable="{cpu: [1], pods: 1}"), "status.allocatable.cpu", "must be"),
    "an unknown taint effect": (node("taints: [{key: a, effect: NoRun}]"), "spec.taints[0].effect", "'NoRun' is no taint effect"),
    "a taint without effect": (node("taints: [{key: a}]"), "spec.taints[0].effect", "'' is no taint effect"),
    "a taint without key": (node("taints: [{effect: NoSchedule}]"), "spec.taints[0].key", "'' is no taint key"),
    "a taint value that is none": (node("taints: [{key: a, value: 'b c', effect: NoSchedule}]"), "spec.taints[0].value", "'b c'"),
    "two taints of one key and effect": (
        node("taints: [{key: a, value: b, effect: NoSchedule}, {key: a, value: c, effect: NoSchedule}]"),
        "spec.taints[1]",
        "a second taint a:NoSchedule",
    ),
    "a label value that is none": (node(labels="{zone: 'a b'}"), "metadata.labels.zone", "'a b' is no label value"),
    "a label that is a number": (node(labels="{zone: 1}"), "metadata.labels.zone", "must be a string"),
    "a node without a name": (node().replace("name: node-n, ", ""), "metadata.name", "is missing"),
    "a node that is called as bought ones are": (
        node().replace("name: node-n,", "name: 's@za#1',"),
        "metadata.name",
        "is no name",
    ),
}


@pytest.mark.parametrize(("text", "field", "reason"), REFUSED.values(), ids=REFUSED)
def test_nodes_that_cannot_be(text, field, reason):
    ((_, path, found),) = faults_of(WEB, nodes=text)
    assert path == field
    assert reason in found
    assert found.rpartition("; ")[2]


def test_two_taints_of_one_key_may_differ_in_effect():
    text = node("taints: [{key: a, value: b, effect: NoSchedule}, {key: a, value: c, effect: NoExecute}]")
    assert len(cluster_of(WEB, nodes=text).nodes[0].taints) == 2


def test_two_nodes_of_one_name_are_a_fault_that_names_both_places():
    ((line, _, reason),) = faults_of(WEB, node(), nodes=node())
    assert line == 18
    assert reason == "node node-n is here a second time: the first is in stdin:11; keep one of the two"


def test_all_faults_of_all_nodes_are_gathered():
    assert len(faults_of(WEB, node(allocatable="{}"), nodes=node("taints: [{}]").replace("name: node-n,", "name: node-m,"))) == 3
