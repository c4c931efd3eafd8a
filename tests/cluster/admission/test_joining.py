"""A node that joins a real API server is in its group's ring from its first moment; its kubelet alone gives it none."""

from collections.abc import Iterator

import pytest

from models.answer.plan import RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.trust import Admission, PolicyNodes, Ring, Trust, TrustPolicy
from planner.admission.policies import joining_policies, policies
from tests.cluster.admission.in_force import DRY, FORBIDDEN, headers
from tests.cluster.admission.requests import DEVELOPER, KUBELET, LABEL, PLATFORM, TAINT, Object, Who, node, taint
from tests.cluster.bed import ControlPlane
from tests.cluster.client import MERGE
from tests.cluster.conftest import StartPlane

GROUP, SECOND = "eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name"
"""Labels of two providers, of which the first tells more."""
OWN = "example.com/ring"
"""A label that NodeRestriction leaves to kubelets, and the policies do not."""
BY_LABEL = {
    OWN: TrustPolicy(
        "groups", ("restricted", "untrusted"), admission=Admission(admins=("platform-team",)), nodes=PolicyNodes(label_key=OWN)
    ),
    LABEL: TrustPolicy("groups", ("restricted", "untrusted"), admission=Admission(admins=("platform-team",))),
}
TRUST = Trust((), (Ring("restricted", ("restricted",)), Ring("untrusted", ("untrusted",))), FrozenMap())
NODES = {"bank-0": "bank", "batch-0": "batch", "torn-0": "torn", "torn-1": "torn", "spare-0": "spare"}
CLUSTER = Cluster(nodes=tuple(Node(name, Labels({GROUP: group, SECOND: f"{group}-2"})) for name, group in NODES.items()))
RINGS = (
    RingPlan("restricted", ("restricted",), ("bank-0", "torn-0")),
    RingPlan("untrusted", ("untrusted",), ("batch-0", "torn-1")),
)
"""Of the nodes of group torn each is in a ring of its own, that of group spare is in none."""
BANK, BATCH = {GROUP: "bank"}, {GROUP: "batch"}
OTHER: Object = {"key": "gpu", "effect": "NoSchedule"}


@pytest.fixture(scope="module", params=BY_LABEL)
def key(request: pytest.FixtureRequest) -> str:
    """Return the label of rings."""
    return str(request.param)


@pytest.fixture(scope="module")
def joining(start_plane: StartPlane, key: str) -> Iterator[ControlPlane]:
    """Return a control plane whose kubelets are kept from labels as in a real cluster, with the policies in force."""
    refusing = policies(BY_LABEL[key], TRUST, CLUSTER, RINGS)
    adding = joining_policies(BY_LABEL[key], CLUSTER, RINGS)
    written = [each for policy in (*refusing, *adding) for each in policy.documents()]
    with start_plane(controllers=False, kwok=False, admission_on=["NodeRestriction"]) as plane:
        plane.create([*written, {**node("", **BATCH), "metadata": {"name": "batch-1", "labels": BATCH}}])
        plane.wait(lambda: join(plane, node("", **BANK))[1].get("spec", {}).get("taints"), "nodes get their ring")
        labelled = node("", **{key: "restricted"})
        plane.wait(lambda: join(plane, labelled, DEVELOPER)[0] == FORBIDDEN, "the ring of nodes is guarded")
        yield plane


def join(plane: ControlPlane, thing: Object, who: Who = KUBELET) -> tuple[int, Object]:
    named = {**thing, "metadata": {**thing["metadata"], "name": who.name.rpartition(":")[2]}}
    code, answer = plane.try_request("POST", plane.client.path(named, named=False) + DRY, named, more=headers(who))
    return code, answer


JOINING: dict[str, tuple[Object, str, list[Object]]] = {
    "a node of a group": (node("", **BANK), "restricted", [taint("restricted")]),
    "a node of the other group": (node("", **BATCH), "untrusted", [taint("untrusted")]),
    "a node that has its ring's taint already": (node("", taint("restricted"), **BANK), "restricted", [taint("restricted")]),
    "a node that has another taint": (node("", OTHER, **BANK), "restricted", [OTHER, taint("restricted")]),
    "a node that has another ring's taint, on which nobody runs": (
        node("", taint("untrusted"), **BANK),
        "restricted",
        [taint("untrusted")],
    ),
    "a node that says its group by the second label": (node("", **{SECOND: "bank-2"}), "restricted", [taint("restricted")]),
    "a node that says two groups": (node("", **BANK, **{SECOND: "batch-2"}), "restricted", [taint("restricted")]),
    "a node of a group that no plan knows, and of one that it does": (
        node("", **{GROUP: "new", SECOND: "batch-2"}),
        "untrusted",
        [taint("untrusted")],
    ),
    "a node of no group": (node(), "", []),
    "a node of a group in no ring": (node("", **{GROUP: "spare"}), "", []),
    "a node of a group in two rings": (node("", **{GROUP: "torn"}), "", []),
    "a node of a group that no plan knows": (node("", **{GROUP: "new"}), "", []),
}


@pytest.mark.parametrize("sentence", JOINING)
def test_a_node_joins_in_the_ring_of_its_group(joining: ControlPlane, key: str, sentence: str) -> None:
    """Its label comes later where only a kubelet asks for the node, and may not ask for the label."""
    thing, ring, taints = JOINING[sentence]
    code, answer = join(joining, thing)
    assert code < 300, answer["message"]
    assert answer["metadata"]["labels"].get(key, "") == ("" if key == LABEL else ring)
    not_ready = "node.kubernetes.io/not-ready"
    assert [each for each in answer["spec"].get("taints", ()) if each["key"] != not_ready] == taints


def test_a_node_that_an_administrator_makes_has_its_label_too(joining: ControlPlane, key: str) -> None:
    code, answer = join(joining, node("", **BANK), PLATFORM)
    assert code < 300, answer["message"]
    assert answer["metadata"]["labels"][key] == "restricted"


REFUSED: dict[str, tuple[str, dict[str, str], Who]] = {
    "a kubelet says another ring than its group's": ("restricted", BATCH, KUBELET),
    "a developer makes a node of a group": ("", BANK, DEVELOPER),
    "a developer makes a node of a ring": ("restricted", BANK, DEVELOPER),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_nobody_else_gives_a_node_a_ring(joining: ControlPlane, key: str, sentence: str) -> None:
    ring, labels, who = REFUSED[sentence]
    code, answer = join(joining, node("", **labels, **({key: ring} if ring else {})), who)
    assert code == FORBIDDEN, answer


OF_NO_RING = {"of no group": {}, "of a group that no plan knows": {GROUP: "new"}, "of a group in two rings": {GROUP: "torn"}}


@pytest.mark.parametrize("labels", OF_NO_RING.values(), ids=OF_NO_RING)
def test_where_a_plan_tells_no_ring_a_kubelet_says_it_unless_its_label_is_kept_from_kubelets(
    joining: ControlPlane, key: str, labels: dict[str, str]
) -> None:
    """Its group may have been made since, with the label of a ring."""
    code, answer = join(joining, node("", **labels, **{key: "restricted"}))
    assert code == (FORBIDDEN if key == LABEL else 201), answer


def test_an_administrator_may_give_a_node_another_ring_than_its_groups(joining: ControlPlane, key: str) -> None:
    code, answer = join(joining, node("", **BANK, **{key: "untrusted"}), PLATFORM)
    assert code < 300, answer
    assert answer["metadata"]["labels"][key] == "untrusted"
    assert TAINT not in {each["key"] for each in answer["spec"].get("taints", ())}


ITSELF = Who("system:node:batch-1", ("system:nodes",))


def change(plane: ControlPlane, metadata: Object, who: Who) -> tuple[int, Object]:
    """Change what a node that is there says of itself."""
    path = f"/api/v1/nodes/batch-1{DRY}"
    code, answer = plane.try_request("PATCH", path, {"metadata": metadata}, MERGE, headers(who))
    return code, answer


@pytest.mark.parametrize("group", ["bank", None])
def test_no_kubelet_changes_its_nodes_group(joining: ControlPlane, group: str | None) -> None:
    code, answer = change(joining, {"labels": {GROUP: group}}, ITSELF)
    assert code == FORBIDDEN, answer
    assert "no kubelet may" in answer["message"]


def test_a_kubelet_changes_what_tells_no_group(joining: ControlPlane) -> None:
    code, answer = change(joining, {"labels": {"example.com/rack": "7"}, "annotations": {"example.com/said": "so"}}, ITSELF)
    assert code < 300, answer


def test_a_node_that_is_there_moves_to_no_other_ring_with_its_group(joining: ControlPlane, key: str) -> None:
    code, answer = change(joining, {"labels": BANK}, PLATFORM)
    assert code < 300, answer
    assert key not in answer["metadata"]["labels"]
    assert TAINT not in {each["key"] for each in answer["spec"].get("taints", ())}
