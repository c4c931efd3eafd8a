"""Nouns survive the way to dictionaries and back; every fault of a dictionary is named."""

import pickle

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector, NodeSelectorTerm, Requirement, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.workload import Raw, Workload, WorkloadId, Written
from models.serialise import WireError, decode, encode
from models.source import Source

POD = Pod(
    namespace="shop",
    labels=FrozenMap({"b": "2", "a": "1"}),
    containers=(Container("main", "web:1", FrozenMap({"cpu": 100}), (HostPort(80),)),),
    node_affinity=(NodeSelectorTerm((Requirement("zone", "In", ("a", "b")),)),),
    tolerations=(Toleration("key", "Exists", toleration_seconds=0),),
    pod_anti_affinity=(PodAffinityTerm("zone", LabelSelector(FrozenMap({"a": "1"}))),),
    topology_spread_constraints=(TopologySpreadConstraint(1, "zone"),),
)

NOUNS = [
    ("a pod with everything", Pod, POD),
    ("a pod that requires nothing", Pod, Pod()),
    ("a node affinity without terms is not the same as none", Pod, Pod(node_affinity=())),
    ("a node", Node, Node("n1", unschedulable=True, where=Source("nodes.yaml", 12))),
    ("a file name with a colon", Node, Node("n1", where=Source("a:b.yaml", 3))),
    (
        "raw JSON in a workload",
        Workload,
        Workload(WorkloadId("Job", "a", "b"), "batch/v1", POD, written=Written(affinity=Raw('{"x":[1,null]}'))),
    ),
]


@pytest.mark.parametrize(("kind", "noun"), [row[1:] for row in NOUNS], ids=[row[0] for row in NOUNS])
def test_round_trip(kind, noun):
    assert decode(kind, encode(noun)) == noun
    assert pickle.loads(pickle.dumps(noun)) == noun


WIDE = [2**63, -(2**63) - 1, 26_000_000_000_000_000_001]


@pytest.mark.parametrize("amount", WIDE)
def test_numbers_wider_than_64_bits_are_strings_since_parsers_make_floats_of_them(amount):
    one = Container("main", requests=FrozenMap({"cpu": amount}))
    assert encode(one)["requests"] == {"cpu": str(amount)}
    assert decode(Container, encode(one)) == one


@pytest.mark.parametrize("amount", [0, -1, 2**63 - 1, -(2**63)])
def test_numbers_within_64_bits_are_numbers(amount):
    one = Container("main", requests=FrozenMap({"cpu": amount}))
    assert encode(one)["requests"] == {"cpu": amount}


NOT_WIDE = [
    ("within 64 bits", str(2**63 - 1)),
    ("with a sign", f"+{2**63}"),
    ("with a blank", f" {2**63}"),
    ("with zeros before it", f"0{2**63}"),
    ("with underscores", "9_223_372_036_854_775_808"),
    ("a float", "2.6e+19"),
    ("in other digits", "\u0669" * 20),
    ("too long to be one of ours", "9" * 5000),
]


@pytest.mark.parametrize("text", [row[1] for row in NOT_WIDE], ids=[row[0] for row in NOT_WIDE])
def test_other_strings_are_no_numbers(text):
    with pytest.raises(WireError, match="must be a whole number, not the string"):
        decode(Container, {"name": "main", "requests": {"cpu": text}})


def test_defaults_are_left_out_and_keys_are_those_of_kubernetes():
    constraint = TopologySpreadConstraint(2, "zone", node_taints_policy="Honor")
    assert encode(constraint) == {"maxSkew": 2, "topologyKey": "zone", "nodeTaintsPolicy": "Honor"}


FAULTS = [
    ("an unknown field, with the nearest known", {"name": "n", "lables": {}}, ("lables", "did you mean 'labels'?")),
    ("a missing field", {}, ("name", "is missing")),
    ("a number for a string", {"name": 1}, ("name", "must be a string, not 1")),
    ("a string for a number", {"name": "n", "allocatable": {"cpu": "1"}}, ("allocatable.cpu", "must be a whole number")),
    ("true for a number", {"name": "n", "allocatable": {"cpu": True}}, ("allocatable.cpu", "not true")),
    ("a map for a list", {"name": "n", "taints": {}}, ("taints", "must be a list, not a map")),
    ("deep in a list", {"name": "n", "taints": [{"key": "a"}, {}]}, ("taints[1].key", "is missing")),
]


@pytest.mark.parametrize(("data", "fault"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_faults(data, fault):
    with pytest.raises(WireError) as error:
        decode(Node, data)
    ((path, reason),) = error.value.problems
    assert path == fault[0]
    assert fault[1] in reason


def test_all_faults_together():
    with pytest.raises(WireError) as error:
        decode(Node, {"taints": [1, {"key": 2}], "colour": "red"})
    assert len(error.value.problems) == 4


def test_equal_maps_are_one_key_whatever_their_order():
    assert len({FrozenMap({"a": "1", "b": "2"}), FrozenMap({"b": "2", "a": "1"})}) == 1
    assert list(FrozenMap({"b": 1, "a": 2})) == ["a", "b"]
    assert FrozenMap({"a": 1}) != FrozenMap({"a": 2})
