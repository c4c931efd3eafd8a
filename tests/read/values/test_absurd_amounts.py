"""Amounts that no node has are refused where they are written; what is merely large is not."""

import pytest

from planner import read
from planner.errors import BadInput

NODE = """apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: "8", memory: 32Gi, pods: "110", %s}}
"""
SHAPE = """apiVersion: ringfence.dev/v1alpha1
kind: NodeShape
metadata: {name: m5}
spec:
  allocatable: {cpu: "8", memory: 32Gi, pods: "110", %s}
  zones: [a]
  price: 1
"""
POD = """apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  containers:
  - {name: c, image: x, resources: {requests: {%s}, limits: {%s}}}
"""
TOO_MUCH = [
    'cpu: "10000000000"',
    'cpu: "1e15"',
    "cpu: 1000001",
    "memory: 1025Ti",
    "memory: 9E",
    'pods: "100001"',
    "ephemeral-storage: 2Pi",
    "example.com/gpu: 9223372036854775807",
    "hugepages-2Mi: 2Pi",
]
MUCH = [
    'cpu: "1000000"',
    "memory: 1Pi",
    'pods: "100000"',
    "ephemeral-storage: 1Pi",
    "example.com/gpu: 1125899906842624",
    "hugepages-1Gi: 1Pi",
]


def reasons(path):
    with pytest.raises(BadInput) as bad:
        read.read_cluster([], [path], None)
    return [f"{one.where.line}: {one.field}: {one.reason}" for one in bad.value.faults if "more than any node has" in one.reason]


def amount(written):
    return written.partition(": ")[0]


@pytest.mark.parametrize("written", TOO_MUCH)
def test_no_node_has_so_much(write, written):
    (found,) = reasons(write((NODE % written).replace(f'{amount(written)}: "8", ', "")))
    assert found.startswith("4: status.allocatable")


@pytest.mark.parametrize("written", TOO_MUCH)
def test_no_shape_has_so_much(write, written):
    (found,) = reasons(write((SHAPE % written).replace(f'{amount(written)}: "8", ', "")))
    assert found.startswith("5: spec.allocatable")


@pytest.mark.parametrize("written", [one for one in TOO_MUCH if not one.startswith("pods")])
def test_no_pod_asks_for_so_much(write, written):
    found = reasons(write(POD % (written, written)))
    assert [one.partition(" ")[0] for one in found] == ["6:", "6:"], "the request and the limit"


@pytest.mark.parametrize("written", MUCH)
@pytest.mark.parametrize("text", [NODE, SHAPE], ids=["a node", "a shape"])
def test_a_machine_may_have_a_lot(write, text, written):
    assert reasons(write(text % written)) == []


def test_a_claim_may_be_larger_than_any_node(write):
    meta = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a, namespace: b}\n"
    claim = meta + "spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 4Ei}}}\n"
    assert reasons(write(claim)) == []


@pytest.mark.parametrize(("most", "is_refused"), [(200_000, False), (200_001, True), (99_999_999_999, True)])
def test_no_cluster_has_so_many_nodes(write, most, is_refused):
    with pytest.raises(BadInput) as bad:
        read.read_cluster([], [write(SHAPE.replace(", %s", "") + f"  max: {most}\n")], None)
    assert any("more nodes than any cluster has" in one.reason for one in bad.value.faults) == is_refused
