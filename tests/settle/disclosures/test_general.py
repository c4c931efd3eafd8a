from dataclasses import replace

import pytest

from models.answer.plan import RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.pod import Pod
from models.kubernetes.resources import ATTACHED, DEVICES, Resources
from models.kubernetes.workload import Raw, Workload, WorkloadId, Written
from models.trust import Assignment, Match, Membership, PolicyNodes, Trust, TrustPolicy
from planner.settle.disclosures.general import not_modelled

POLICY = TrustPolicy("shop", ("red", "blue"), nodes=PolicyNodes("x/ring", "x/taint"))
WEB = WorkloadId("Deployment", "shop", "web")

SELECTED = [
    ("the RuntimeClass selects another ring: its pods will be refused", {"x/ring": "blue"}, None, "red", True),
    ("also where the workload selects something else itself", {"x/ring": "blue", "disk": "ssd"}, '{"disk":"ssd"}', "red", True),
    ("the RuntimeClass selects this ring", {"x/ring": "red"}, None, "red", False),
    ("the workload itself selects another ring: the patch corrects it", {"x/ring": "blue"}, '{"x/ring":"blue"}', "red", False),
    ("a shared resident stays where its RuntimeClass is", {"x/ring": "blue"}, None, "", False),
    ("the RuntimeClass selects no ring", {"disk": "ssd"}, None, "red", False),
]


@pytest.mark.parametrize(
    ("selector", "written", "ring", "is_said"), [row[1:] for row in SELECTED], ids=[row[0] for row in SELECTED]
)
def test_a_runtime_class_that_contradicts_the_ring_is_said(
    selector: dict[str, str], written: str | None, ring: str, is_said: bool
) -> None:
    pod = Pod("shop", node_selector=Labels(selector))
    web = Workload(WEB, "apps/v1", pod, written=Written(node_selector=Raw(written) if written else None))
    member = Membership("red", ring) if ring else Membership(everywhere=True)
    trust = Trust((), (), FrozenMap({str(WEB): member}))
    found = [one.message for one in not_modelled(Cluster(workloads=(web,)), POLICY, trust, ()) if one.subject == str(WEB)]
    refused = "its RuntimeClass selects x/ring=blue: the API server will refuse its pods in ring red"
    assert found == ([refused] if is_said else [])


@pytest.mark.parametrize(("attached", "is_said"), [({}, False), ({f"{ATTACHED}x": 1}, False), ({f"{DEVICES}gpu": 1}, True)])
def test_what_counting_devices_leaves_out_is_said(attached: dict[str, int], is_said: bool) -> None:
    web = Workload(WEB, "apps/v1", Pod("shop", attached=Resources(attached)))
    trust = Trust((), (), FrozenMap({str(WEB): Membership("red", "red")}))
    said = [one.message for one in not_modelled(Cluster(workloads=(web,)), POLICY, trust, ()) if one.subject == "devices"]
    assert len(said) == is_said


def node(name: str, **labels: str) -> Node:
    return Node(name, Labels({key.replace("_", "/"): value for key, value in labels.items()}))


RINGS = (RingPlan("red", ("red",), ("n1",)),)
LEFT = "are in it today, and no workload of the input is: they leave it"
GIVEN_AWAY = [
    ("a ring that is there keeps its nodes", (node("n1", x_ring="red"), node("n2")), {}),
    ("a ring of which nothing is in the input loses them", (node("n1", x_ring="red"), node("n2", x_ring="blue")), {"blue": "n2"}),
    ("each for itself", (node("n2", x_ring="old"), node("n3", x_ring="blue")), {"blue": "n3", "old": "n2"}),
    ("of many nodes some are named", tuple(node(f"n{at}", x_ring="blue") for at in range(5)), {"blue": "n0, n1, n2 and 2 more"}),
    ("nodes that the policy leaves alone keep what they have", (node("n2", x_ring="blue", mine="yes"),), {}),
]


@pytest.mark.parametrize(("nodes", "said"), [row[1:] for row in GIVEN_AWAY], ids=[row[0] for row in GIVEN_AWAY])
def test_nodes_of_a_ring_that_the_input_knows_nothing_of_are_said(nodes: tuple[Node, ...], said: dict[str, str]) -> None:
    policy = replace(POLICY, nodes=replace(POLICY.nodes, exclude=LabelSelector(Labels({"mine": "yes"}))))
    found = not_modelled(Cluster(nodes=nodes), policy, Trust((), (), FrozenMap()), RINGS)
    assert {one.subject: one.message.partition(f" {LEFT}")[0] for one in found if LEFT in one.message} == {
        f"ring {name}": names for name, names in said.items()
    }


TODAY = [
    ("pods run on nodes of their ring", "Deployment", {"n1": 2}, ""),
    ("pods run on a node that another ring gets", "Deployment", {"n1": 2, "n2": 1}, "n2"),
    ("pods run on a node that no ring gets", "Deployment", {"n3": 1}, ""),
    ("a DaemonSet's pods that select no ring yet stay", "DaemonSet", {"n2": 1}, "n2"),
    ("those that select one go with the label", "DaemonSet", {"n2": 1}, None),
    ("no pod runs yet", "Deployment", {}, ""),
]


@pytest.mark.parametrize(("kind", "running", "named"), [row[1:] for row in TODAY], ids=[row[0] for row in TODAY])
def test_nodes_on_which_pods_of_another_ring_run_are_said(kind: str, running: dict[str, int], named: str | None) -> None:
    pod = Pod("shop", node_selector=Labels({} if named is not None else {"x/ring": "red"}))
    web = Workload(WorkloadId(kind, "shop", "web"), "apps/v1", pod, running=FrozenMap(running))
    trust = Trust((), (), FrozenMap({str(web.id): Membership("red", "red")}))
    rings = (*RINGS, RingPlan("blue", ("blue",), ("n2",)))
    found = [one.message for one in not_modelled(Cluster(workloads=(web,)), POLICY, trust, rings) if one.subject == "today"]
    assert [message.partition(":")[0] for message in found] == [f"pods of another ring than theirs run on {named}"] * bool(named)


UNSEEN = [
    ("nodes go from one ring to another", (node("n1", x_ring="blue"),), {}, "n1"),
    ("nodes go out of one", (node("n1"), node("n3", x_ring="red")), {}, "n3"),
    ("not where pods are known", (node("n1", x_ring="blue"),), {"n7": 1}, ""),
    ("not nodes that keep their ring", (node("n1", x_ring="red"),), {}, ""),
    ("nor those that had none", (node("n1"),), {}, ""),
    ("nor those that the policy leaves alone", (node("n3", x_ring="blue", mine="yes"),), {}, ""),
]


@pytest.mark.parametrize(("nodes", "running", "named"), [row[1:] for row in UNSEEN], ids=[row[0] for row in UNSEEN])
def test_that_nodes_change_their_ring_with_pods_unseen_is_said(
    nodes: tuple[Node, ...], running: dict[str, int], named: str
) -> None:
    web = Workload(WEB, "apps/v1", Pod("shop"), running=FrozenMap(running))
    trust = Trust((), (), FrozenMap({str(WEB): Membership("red", "red")}))
    policy = replace(POLICY, nodes=replace(POLICY.nodes, exclude=LabelSelector(Labels({"mine": "yes"}))))
    found = not_modelled(Cluster(nodes=nodes, workloads=(web,)), policy, trust, RINGS)
    said = [one.message for one in found if one.subject == "today" and "which pods run there is not in the input" in one.message]
    assert [message.partition(" ")[0] for message in said] == [named] * bool(named)


def test_a_ring_that_workloads_select_still_is_not_said_to_have_none() -> None:
    web = Workload(WEB, "apps/v1", Pod("shop", node_selector=Labels({"x/ring": "old"})))
    trust = Trust((), (), FrozenMap({str(WEB): Membership("red", "red")}))
    found = not_modelled(Cluster(nodes=(node("n1", x_ring="old"),), workloads=(web,)), POLICY, trust, RINGS)
    assert "ring old" not in {one.subject for one in found}


MASTER = "node-role.kubernetes.io/control-plane"


def test_a_selector_of_nodes_to_leave_alone_that_selects_none_is_said() -> None:
    policy = replace(POLICY, nodes=replace(POLICY.nodes, exclude=LabelSelector(Labels({"mine": "yes"}))))
    for nodes, said in ((node("n1"),), 1), ((node("n1"), node("n2", mine="yes")), 0):
        found = not_modelled(Cluster(nodes=nodes), policy, Trust((), (), FrozenMap()), ())
        assert len([one for one in found if one.subject == "nodes.exclude"]) == said
    for selects in "exclude", "include":
        policy = replace(POLICY, nodes=replace(POLICY.nodes, **{selects: LabelSelector(Labels({"mine": "yes"}))}))
        for labels, said in ({MASTER: ""}, 1), ({MASTER: "", "mine": "yes"}, 0), ({"mine": "yes"}, int(selects == "include")):
            masters = (replace(node("n1"), labels=Labels(labels)),)
            found = not_modelled(Cluster(nodes=masters), policy, Trust((), (), FrozenMap()), ())
            assert len([one for one in found if one.subject == f"nodes.{selects}"]) == said
    found = not_modelled(Cluster(), POLICY, Trust((), (), FrozenMap()), ())
    assert "nodes.exclude" not in {one.subject for one in found}


SSD, HDD, ELSEWHERE = (Requirement("disk", "In", values) for values in (("ssd",), ("ssd", "hdd"), ("nvme", "tape")))
ZONE = "topology.kubernetes.io/zone"
NOWHERE = [
    ("a label that a node carries", {"disk": "hdd"}, None, ""),
    ("a value that no node carries", {"disk": "ssd", "arch": "arm"}, None, "arch=arm, disk=ssd"),
    ("a value of a shape's nodes", {"gpu": "yes", ZONE: "b"}, None, ""),
    ("a zone in which there is none", {ZONE: "c"}, None, f"{ZONE}=c"),
    ("the ring itself, which comes with the plan", {"x/ring": "red"}, None, ""),
    ("one of some values is there", {}, ((HDD,),), ""),
    ("none of some values is there", {}, ((ELSEWHERE,),), "disk in (nvme, tape)"),
    ("another term may be true", {}, ((ELSEWHERE,), (HDD,)), ""),
    ("no term can be true", {"arch": "arm"}, ((SSD,), (ELSEWHERE, HDD)), "arch=arm, disk in (ssd), disk in (nvme, tape)"),
    ("what is asked not to be there is not looked for", {}, ((Requirement("disk", "NotIn", ("ssd",)),),), ""),
]


@pytest.mark.parametrize(("selector", "terms", "said"), [row[1:] for row in NOWHERE], ids=[row[0] for row in NOWHERE])
@pytest.mark.parametrize(("kind", "pods"), [("Deployment", 1), ("Deployment", 0), ("DaemonSet", 0)])
def test_labels_that_pods_ask_for_and_no_node_carries_are_said(
    selector: dict[str, str], terms: tuple[tuple[Requirement, ...], ...] | None, said: str, kind: str, pods: int
) -> None:
    affinity = tuple(NodeSelectorTerm(term) for term in terms) if terms else None
    web = Workload(
        WorkloadId(kind, "shop", "web"), "apps/v1", Pod("shop", node_selector=Labels(selector), node_affinity=affinity), pods
    )
    nodes = (node("n1", disk="hdd"), node("n2", disk="tape-2"))
    shapes = (NodeShape("big", Resources({}), ("a", "b"), 1, labels=Labels({"gpu": "yes"})),)
    trust = Trust((), (), FrozenMap({str(web.id): Membership("red", "red")}))
    found = not_modelled(Cluster(nodes=nodes, shapes=shapes, workloads=(web,)), POLICY, trust, ())
    message = f"asks for {said}, which no node and no NodeShape carries: none takes its pods; if one should, look at its labels"
    assert [one.message for one in found if one.subject == str(web.id)] == ([message] if said and pods else [])


def test_rules_for_what_carries_no_tag_that_no_workload_matches_are_said() -> None:
    rules = (Match(names=("web",)), Match(names=("wbe",)), Match(namespaces=("shop",)), Match(kind="Job"))
    policy = replace(POLICY, assign=tuple(Assignment("red", match) for match in rules))
    web = Workload(WEB, "apps/v1", Pod("shop"))
    trust = Trust((), (), FrozenMap({str(WEB): Membership("red", "red")}))
    found = not_modelled(Cluster(workloads=(web,)), policy, trust, ())
    assert [one.subject for one in found if "no workload matches this rule for level red" in one.message] == [
        "assign[1]",
        "assign[3]",
    ]
