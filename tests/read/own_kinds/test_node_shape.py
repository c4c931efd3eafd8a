"""NodeShape documents become nodes that could be bought, prices whole millionths, or faults that say what to write."""

import pytest

from models.kubernetes.labels import Taint
from tests.read.cluster_reader import NODE, cluster_of, containers, deployment, faults_of

WEB = deployment(containers(""))
GOOD = {
    "allocatable": '{cpu: 7910m, memory: 29Gi, pods: "58"}',
    "labels": "{node.kubernetes.io/instance-type: m5.2xlarge}",
    "taints": "[{key: spot, value: 'yes', effect: NoSchedule}]",
    "zones": "[b, a]",
    "price": "0.384",
    "max": "40",
}


def shape(name="m5.2xlarge", metadata="", version="ringfence.dev/v1alpha1", **changes):
    """Write a shape, a field a line from line 5 on; a field that is None is left out."""
    spec = "".join(f"  {key}: {value}\n" for key, value in {**GOOD, **changes}.items() if value is not None)
    return f"apiVersion: {version}\nkind: NodeShape\nmetadata: {{name: {name}{metadata}}}\nspec:\n{spec}"


def shapes(text, *more):
    return cluster_of(text, *more, WEB, nodes=NODE).shapes


def test_a_shape_is_read():
    (found,) = shapes(shape())
    assert dict(found.allocatable) == {"cpu": 7910, "memory": 29 << 30, "pods": 58}
    assert (found.name, found.zones, found.price, found.max) == ("m5.2xlarge", ("a", "b"), 384_000, 40)
    assert dict(found.labels) == {"node.kubernetes.io/instance-type": "m5.2xlarge"}
    assert found.taints == (Taint("spot", "yes", "NoSchedule"),)
    assert str(found.where) == "stdin:1"


def test_labels_taints_and_max_may_be_left_out():
    (found,) = shapes(shape(labels=None, taints=None, max=None))
    assert (dict(found.labels), found.taints, found.max) == ({}, (), None)


def test_shapes_are_sorted_by_name_and_may_be_all_there_is_to_run_on():
    found = cluster_of(WEB, shape("b"), nodes=shape("a"))
    assert ([one.name for one in found.shapes], found.nodes) == (["a", "b"], ())


@pytest.mark.parametrize(
    ("written", "millionths"),
    [("0.384", 384_000), ('"0.384"', 384_000), ("2", 2_000_000), ("0", 0), ("1e-6", 1), ("0.1", 100_000), ("1000000", 10**12)],
)
def test_a_price_is_read_exactly(written, millionths):
    assert shapes(shape(price=written))[0].price == millionths
    node = NODE.replace("labels:", f"annotations: {{ringfence.dev/price: '{written.strip(chr(34))}'}}, labels:")
    assert cluster_of(WEB, nodes=node).nodes[0].price == millionths


def test_an_owned_node_without_a_price_costs_nothing():
    assert cluster_of(WEB, nodes=NODE).nodes[0].price == 0


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("0.1234567", "0.1234567 is finer than a millionth"),
        ("-1", "-1 is negative"),
        ("cheap", "'cheap' is no price"),
        ('"NaN"', "'NaN' is no price"),
        ('"1_000"', "'1_000' is no price"),
        ('"٣"', "'٣' is no price"),
        ('"0x10"', "'0x10' is no price"),
        ("1000000.1", "1000000.1 is beyond what one node costs"),
        ('"1e999999999"', "1e999999999 is beyond what one node costs"),
        ('"1e-999999999"', "1e-999999999 is finer than a millionth"),
        ('"0.3840000000000000000000000000001"', "0.3840000000000000000000000000001 is finer than a millionth"),
        ('"-1e999999999"', "-1e999999999 is negative"),
    ],
)
def test_a_price_that_is_none_is_one_fault(written, reason):
    ((line, field, text),) = faults_of(shape(price=written), WEB)
    assert (line, field) == (9, "spec.price")
    assert text.startswith(reason)
    assert "0.384" in text


_NO_NUMBER = "must be a whole number or a number or a string, not true; write a number"
REFUSED = {
    "no allocatable": (shape(allocatable=None), 4, "spec.allocatable", "does not say what such a node can allocate"),
    "no pods": (shape(allocatable="{cpu: 1, memory: 1Gi}"), 5, "spec.allocatable", "has no entry for pods"),
    "no memory": (
        shape(allocatable='{cpu: 1, pods: "1"}'),
        5,
        "spec.allocatable",
        "has no entry for memory, and so none of it; add",
    ),
    "cpu in other words": (
        shape(allocatable='{cpus: 1, memory: 1Gi, pods: "1"}'),
        5,
        "spec.allocatable",
        "has no entry for cpu, and so none of it; write cpu in place of cpus",
    ),
    "an amount": (shape(allocatable='{cpu: 1x, memory: 1Gi, pods: "1"}'), 5, "spec.allocatable.cpu", "'1x' is no quantity"),
    "no zones": (shape(zones="[]"), 8, "spec.zones", "names no zone"),
    "a zone twice": (shape(zones="[a, a]"), 8, "spec.zones[1]", "zone a is listed twice"),
    "a zone with a blank": (shape(zones="['a b']"), 8, "spec.zones[0]", "'a b' cannot be the value of a zone's label"),
    "no price": (shape(price=None), 4, "spec.price", "is missing"),
    "a price that is true": (shape(price="true"), 9, "spec.price", _NO_NUMBER),
    "a quantity that is true": (shape(allocatable='{cpu: true, pods: "1"}'), 5, "spec.allocatable.cpu", _NO_NUMBER),
    "a label that is true": (
        shape(labels="{a: true}"),
        6,
        "spec.labels.a",
        'must be a string, not true; put it in quotes: "true"',
    ),
    "a negative max": (shape(max="-1"), 10, "spec.max", "-1 is negative"),
    "half a node": (shape(max="1.5"), 10, "spec.max", "must be a whole number, not 1.5"),
    "an unknown field": (shape(prize="1"), 11, "spec.prize", "unknown field"),
    "an unknown field of a taint": (
        shape(taints="[{key: a, valeu: b, effect: NoSchedule}]"),
        7,
        "spec.taints[0].valeu",
        "unknown",
    ),
    "a taint without effect": (shape(taints="[{key: a}]"), 7, "spec.taints[0].effect", "'' is no taint effect"),
    "a name with @": (shape("m5@a"), 3, "metadata.name", "'m5@a' is no name of a shape"),
    "a zone as a label": (
        shape(labels="{topology.kubernetes.io/zone: a}"),
        6,
        "spec.labels[topology.kubernetes.io/zone]",
        "is not the shape's to say",
    ),
    "the label of a pool": (
        shape(labels="{karpenter.sh/nodepool: default}"),
        6,
        "spec.labels[karpenter.sh/nodepool]",
        "is not the shape's to say",
    ),
    "labels of the shape": (shape(metadata=", labels: {a: b}"), 3, "metadata.labels", "would be labels of the shape"),
    "another version": (shape(version="ringfence.dev/v1"), 1, "apiVersion", "no NodeShape is ringfence.dev/v1"),
}


@pytest.mark.parametrize(("text", "line", "field", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said_with_its_line_and_field(text, line, field, reason):
    ((at, where, said),) = faults_of(text, WEB)
    assert (at, where) == (line, field)
    assert said.startswith(reason)


def test_all_faults_are_said_at_once():
    found = faults_of(shape(price="-1", max="-2", zones="[]", allocatable="{cpu: 1, memory: 1Gi}"), WEB)
    assert [field for _, field, _ in found] == ["spec.allocatable", "spec.zones", "spec.price", "spec.max"]


def test_a_shape_that_is_there_twice_is_a_fault():
    (found,) = faults_of(shape(), shape(), WEB)
    assert "NodeShape m5.2xlarge is here a second time: the first is in stdin:1" in found[2]
