import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.plugins import nodeaffinity

NODE = Node("node-a", Labels({"zone": "a", "disk": "ssd", "cores": "16", "kubernetes.io/hostname": "other-name"}))
SAID = "node(s) didn't match Pod's node affinity/selector"


def term(
    *expressions: tuple[str, str, tuple[str, ...]], fields: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
) -> NodeSelectorTerm:
    return NodeSelectorTerm(tuple(Requirement(*e) for e in expressions), tuple(Requirement(*f) for f in fields))


ZONE_A, ZONE_B = ("zone", "In", ("a",)), ("zone", "In", ("b",))
NAMED, OTHER = ("metadata.name", "In", ("node-a",)), ("metadata.name", "In", ("node-b",))
ROWS = [
    ("a pod that asks for nothing may go anywhere", {}, None, True),
    ("every pair of the selector must be equal", {"zone": "a", "disk": "ssd"}, None, True),
    ("one pair that differs is enough to fail", {"zone": "a", "disk": "hdd"}, None, False),
    ("a pair whose label is absent fails", {"gpu": "yes"}, None, False),
    ("one term that holds is enough", {}, (term(ZONE_B), term(ZONE_A)), True),
    ("no term that holds fails", {}, (term(ZONE_B),), False),
    ("an empty list of terms matches no node", {}, (), False),
    ("a term with neither expressions nor fields matches no node", {}, (term(),), False),
    ("an empty term does not spoil another", {}, (term(), term(ZONE_A)), True),
    ("all expressions of a term must hold", {}, (term(ZONE_A, ("disk", "In", ("hdd",))),), False),
    ("several expressions on one key must hold all", {}, (term(ZONE_A, ("zone", "NotIn", ("a",))),), False),
    ("NotIn holds where the label is absent", {}, (term(("gpu", "NotIn", ("yes",))),), True),
    ("Exists on a label that is there", {}, (term(("disk", "Exists", ())),), True),
    ("DoesNotExist on a label that is there", {}, (term(("disk", "DoesNotExist", ())),), False),
    ("Gt reads the label as a number", {}, (term(("cores", "Gt", ("8",))),), True),
    ("Lt fails where the label is larger", {}, (term(("cores", "Lt", ("8",))),), False),
    ("a field names the node", {}, (term(fields=(NAMED,)),), True),
    ("a field names another node", {}, (term(fields=(OTHER,)),), False),
    ("a field may exclude a node", {}, (term(fields=(("metadata.name", "NotIn", ("node-a",)),)),), False),
    ("a field may exclude another node", {}, (term(fields=(("metadata.name", "NotIn", ("node-b",)),)),), True),
    ("a field takes exactly one value", {}, (term(fields=(("metadata.name", "In", ("node-a", "node-b")),)),), False),
    ("a field takes In and NotIn only", {}, (term(fields=(("metadata.name", "Exists", ()),)),), False),
    ("the name is the only field", {}, (term(fields=(("metadata.uid", "NotIn", ("x",)),)),), False),
    ("a field compares the name, not the hostname label", {}, (term(fields=(("metadata.name", "In", ("other-name",)),)),), False),
    ("fields and expressions of a term must hold both", {}, (term(ZONE_B, fields=(NAMED,)),), False),
    ("several terms may name several nodes", {}, (term(fields=(OTHER,)), term(fields=(NAMED,))), True),
    ("selector and affinity must hold both", {"zone": "b"}, (term(ZONE_A),), False),
    ("a term that the API would refuse is skipped, the next may hold", {}, (term(("zone", "In", ())), term(ZONE_A)), True),
]


@pytest.mark.parametrize(("selector", "terms", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_node_affinity(selector: dict[str, str], terms: tuple[NodeSelectorTerm, ...] | None, expected: bool) -> None:
    pod = Pod(node_selector=Labels(selector), node_affinity=terms)
    assert nodeaffinity.matches(pod, NODE) is expected
    assert nodeaffinity.rejects(pod, NODE, Cluster()) == (None if expected else SAID)
