"""What kube-scheduler answers for all nodes at once, and the words it finds for it; each row was seen on a real one."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Claim
from planner.rules.placement.scheduler_filters import World, fit_error

NODES = tuple(Node(name, allocatable=Resources({"pods": 10})) for name in ("a", "b", "c"))


def names(operator: str, *values: str) -> Requirement:
    return Requirement("metadata.name", operator, values)


ELSEWHERE = Requirement("zone", "In", ("z9",))
ROWS = {
    "nodes that no term names are not looked at": (
        (NodeSelectorTerm((ELSEWHERE,), (names("In", "a"),)),),
        "1 node(s) didn't match Pod's node affinity/selector, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    ),
    "several terms name several nodes": (
        (NodeSelectorTerm((ELSEWHERE,), (names("In", "a"),)), NodeSelectorTerm((ELSEWHERE,), (names("In", "b"),))),
        "1 node(s) didn't satisfy plugin(s) [NodeAffinity], 2 node(s) didn't match Pod's node affinity/selector.",
    ),
    "a term that names none lets all be looked at": (
        (NodeSelectorTerm((ELSEWHERE,), (names("In", "a"),)), NodeSelectorTerm((ELSEWHERE,))),
        "3 node(s) didn't match Pod's node affinity/selector.",
    ),
    "NotIn names none": (
        (NodeSelectorTerm((ELSEWHERE,), (names("NotIn", "a"),)),),
        "3 node(s) didn't match Pod's node affinity/selector.",
    ),
    "a name that no node has leaves all out": (
        (NodeSelectorTerm((), (names("In", "gone"),)),),
        "3 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    ),
    "two names that exclude each other": (
        (NodeSelectorTerm((), (names("In", "a"), names("In", "b"))),),
        "pod affinity terms conflict.",
    ),
}


@pytest.mark.parametrize(("terms", "said"), ROWS.values(), ids=ROWS)
def test_names_in_node_affinity(terms, said):
    message, counts = fit_error(Pod(node_affinity=terms), NODES, World(NODES, Cluster(NODES)))
    assert message == f"0/3 nodes are available: {said}"
    assert sum(counts.values()) == 3


def test_a_claim_bound_to_a_volume_that_is_gone_keeps_every_node_from_being_looked_at():
    cluster = Cluster(NODES, claims=FrozenMap({"default/data": Claim("default", "data", "pv-1", bound=True)}))
    message, counts = fit_error(Pod(claims=("data",)), NODES, World(NODES, cluster))
    assert message == '0/3 nodes are available: persistentvolume "pv-1" not found.'
    assert counts == {'persistentvolume "pv-1" not found': 3}


LOST, DELETING, ASKING = Claim(volume="pv", lost=True), Claim(volume="pv", bound=True, deleting=True), Claim(volume="pv")
REFUSED = {
    "a claim that has lost its volume": ({"a": LOST}, 'persistentvolumeclaim "a" bound to non-existent persistentvolume "pv"'),
    "a claim that is being deleted": ({"a": DELETING}, 'persistentvolumeclaim "a" is being deleted'),
    "of two the one that the pod has first": ({"b": DELETING, "a": LOST}, 'persistentvolumeclaim "b" is being deleted'),
    "a claim of a volume that is not there": ({"a": ASKING}, "pod has unbound immediate PersistentVolumeClaims"),
    "which is said after the others": ({"a": ASKING, "b": DELETING}, 'persistentvolumeclaim "b" is being deleted'),
    "and before a volume that is gone": (
        {"a": Claim(volume="pv", bound=True), "b": ASKING},
        "pod has unbound immediate PersistentVolumeClaims",
    ),
}


@pytest.mark.parametrize(("claims", "said"), REFUSED.values(), ids=REFUSED)
def test_claims_for_which_no_node_is_looked_at(claims: dict[str, Claim], said: str):
    known = {f"default/{name}": replace(claim, namespace="default", name=name) for name, claim in claims.items()}
    message, counts = fit_error(Pod(claims=tuple(claims)), NODES, World(NODES, Cluster(NODES, claims=FrozenMap(known))))
    assert message == f"0/3 nodes are available: {said}."
    assert counts == {said: 3}


def test_names_that_exclude_each_other_are_said_before_claims():
    cluster = Cluster(NODES, claims=FrozenMap({"default/a": replace(DELETING, namespace="default", name="a")}))
    terms, said = ROWS["two names that exclude each other"]
    message, _ = fit_error(Pod(claims=("a",), node_affinity=terms), NODES, World(NODES, cluster))
    assert message == f"0/3 nodes are available: {said}"
