"""What a guide makes of a pod's affinity."""

import pytest

from models.answer.plan import Guide
from models.kubernetes.labels import Labels, NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import WorkloadId
from planner.rules import affinity_hint
from planner.rules.plugins import nodeaffinity

WEB = WorkloadId("Deployment", "shop", "web")
LARGE = Guide(WEB, "type", ("large",), required=True)
GENTLE = Guide(WEB, "type", ("large",))
LEADS = Requirement("type", "In", ("large",))
SSD = Requirement("disk", "In", ("ssd",))
NODES = {
    name: Node(name, Labels({"type": kind, "disk": disk}))
    for name, kind, disk in (("a", "large", "ssd"), ("b", "small", "ssd"), ("c", "large", "hdd"))
}
ROWS = {
    "a pod that goes anywhere goes to the kind": (None, "ac"),
    "what it asks for still holds": ((NodeSelectorTerm((SSD,)),), "a"),
    "each of its terms is narrowed": ((NodeSelectorTerm((SSD,)), NodeSelectorTerm((Requirement("disk", "Exists"),))), "ac"),
    "a name is narrowed, too": ((NodeSelectorTerm((), (Requirement("metadata.name", "In", ("b",)),)),), ""),
    "a term that matches no node does not begin to": ((NodeSelectorTerm(), NodeSelectorTerm((SSD,))), "a"),
    "an affinity without terms stays one that no node matches": ((), ""),
}


@pytest.mark.parametrize(("terms", "names"), ROWS.values(), ids=ROWS)
def test_a_required_guide(terms, names):
    pod = affinity_hint.guided(Pod(node_affinity=terms), LARGE)
    assert [name for name, node in NODES.items() if nodeaffinity.matches(pod, node)] == list(names)


def test_a_preferred_guide_requires_nothing_and_outweighs_all():
    pod = affinity_hint.guided(Pod(), GENTLE)
    assert pod.node_affinity is None
    assert [(one.weight, one.term.match_expressions) for one in pod.preferred_node_affinity] == [(100, (LEADS,))]


@pytest.mark.parametrize("mine", [LARGE, GENTLE], ids=["required", "preferred"])
def test_who_is_led_already_stays_as_it_is(mine):
    once = affinity_hint.guided(Pod(node_affinity=(NodeSelectorTerm((SSD,)),)), mine)
    assert affinity_hint.guided(once, mine) is once
    assert affinity_hint.guided(once, None) is once


def test_the_guide_of_a_workload_is_found_by_its_name():
    other = WorkloadId("Deployment", "shop", "other")
    assert affinity_hint.of((LARGE,), WEB) is LARGE
    assert affinity_hint.of((LARGE,), other) is None
    assert affinity_hint.of((), WEB) is None
