"""A ring is written under a key of its own: what Kubernetes writes on nodes itself cannot be one."""

import pytest

from tests.read.own_kinds.test_trust_policy import HEAD, LEVELS, faults, read

LABELS = {
    "the name of a node": "kubernetes.io/hostname",
    "its operating system": "kubernetes.io/os",
    "its operating system, as it was called once": "beta.kubernetes.io/os",
    "its processor": "kubernetes.io/arch",
    "its processor, as it was called once": "beta.kubernetes.io/arch",
    "its zone": "topology.kubernetes.io/zone",
    "its zone, as it was called once": "failure-domain.beta.kubernetes.io/zone",
    "its region": "topology.kubernetes.io/region",
    "its region, as it was called once": "failure-domain.beta.kubernetes.io/region",
    "its type": "node.kubernetes.io/instance-type",
    "its type, as it was called once": "beta.kubernetes.io/instance-type",
}
TAINTS = {
    "a taint of a node that is lost": "node.kubernetes.io/unreachable",
    "a taint of a node that is full": "node.kubernetes.io/memory-pressure",
    "a taint of a cordoned node": "node.kubernetes.io/unschedulable",
    "any other taint of that prefix": "node.kubernetes.io/ring",
    "a taint of a cloud": "node.cloudprovider.kubernetes.io/shutdown",
}


@pytest.mark.parametrize("what", ["label", "pool"])
@pytest.mark.parametrize("key", LABELS.values(), ids=LABELS)
def test_a_label_that_means_something_else_is_no_ring_and_no_pool(tmp_path, key, what):
    ((line, field, text),) = faults(tmp_path, f"{HEAD}{LEVELS}\n  nodes: {{{what}Key: {key}}}\n")
    assert (line, field) == (6, f"spec.nodes.{what}Key")
    assert text.startswith(f"{key} says something else of every node: ")
    own = {"label": "ring", "pool": "pool"}[what]
    assert text.endswith(f"write a key of your own, or leave it out: ringfence.node-restriction.kubernetes.io/{own}")


@pytest.mark.parametrize("what", ["label", "pool"])
@pytest.mark.parametrize("key", ["karpenter.sh/nodepool", "karpenter.sh/ring", "my.karpenter.sh/ring", "karpenter.sh"])
def test_a_label_that_karpenter_refuses_in_a_nodepool_is_no_ring_and_no_pool(tmp_path, key, what):
    ((_, field, text),) = faults(tmp_path, f"{HEAD}{LEVELS}\n  nodes: {{{what}Key: {key}}}\n")
    assert (field, text.partition(":")[0]) == (f"spec.nodes.{what}Key", f"{key} is Karpenter's own")


def test_ring_and_pool_have_keys_of_their_own(tmp_path):
    ((_, field, text),) = faults(tmp_path, f"{HEAD}{LEVELS}\n  nodes: {{labelKey: a.b/ring, poolKey: a.b/ring}}\n")
    assert (field, text.partition(";")[0]) == ("spec.nodes.poolKey", "is the key of the ring, too")


@pytest.mark.parametrize("key", TAINTS.values(), ids=TAINTS)
def test_a_taint_that_comes_and_goes_is_no_ring(tmp_path, key):
    ((line, field, text),) = faults(tmp_path, f"{HEAD}{LEVELS}\n  nodes: {{taintKey: {key}}}\n")
    assert (line, field) == (6, "spec.nodes.taintKey")
    assert text.startswith(f"{key} is Kubernetes' own: ")
    assert text.endswith("write a key of your own, or leave it out: ringfence.dev/ring")


def test_both_keys_are_refused_at_once(tmp_path):
    text = f"{HEAD}{LEVELS}\n  nodes: {{labelKey: kubernetes.io/os, taintKey: node.kubernetes.io/not-ready}}\n"
    assert [field for _, field, _ in faults(tmp_path, text)] == ["spec.nodes.labelKey", "spec.nodes.taintKey"]


@pytest.mark.parametrize(
    ("label", "taint"),
    [
        pytest.param("node-restriction.kubernetes.io/ring", "ringfence.dev/ring", id="a label that no kubelet may write"),
        pytest.param("mine.node-restriction.kubernetes.io/ring", "node-restriction.kubernetes.io/ring", id="one with a prefix"),
        pytest.param("node.kubernetes.io/ring", "node-role.kubernetes.io/ring", id="a label that kubelets may write"),
        pytest.param("zone", "unreachable", id="keys without a prefix"),
        pytest.param("karpenter.sh.example.com/ring", "karpenter.sh/ring", id="a taint of Karpenter's, and one like its labels"),
        pytest.param("example.com/zone", "my.node.kubernetes.io/unreachable", id="keys that only end alike"),
    ],
)
def test_keys_of_ones_own_are_fine(tmp_path, label, taint):
    found = read(tmp_path, f"{HEAD}{LEVELS}\n  nodes: {{labelKey: {label}, taintKey: {taint}}}\n")
    assert (found.nodes.label_key, found.nodes.taint_key) == (label, taint)
