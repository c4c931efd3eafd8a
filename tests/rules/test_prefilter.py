"""What kube-scheduler answers for all nodes at once, and the words it finds for it; each row was seen on a real one."""

import pytest

from models.cluster import Cluster
from models.frozen import FrozenMap
from models.labels import NodeSelectorTerm, Requirement
from models.node import Node
from models.pod import Pod
from models.resources import Resources
from models.storage import Claim
from planner.rules.filter import World, fit_error

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
    cluster = Cluster(NODES, claims=FrozenMap({"default/data": Claim("default", "data", "pv-1")}))
    message, counts = fit_error(Pod(claims=("data",)), NODES, World(NODES, cluster))
    assert message == '0/3 nodes are available: persistentvolume "pv-1" not found.'
    assert counts == {'persistentvolume "pv-1" not found': 3}
