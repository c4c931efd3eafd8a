"""A node's group is what its kubelet says: that is told, and where a node gains by it or joins groups that one is named."""

import pytest

from models.answer.plan import RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, Taint
from models.kubernetes.node import Node
from models.kubernetes.node_group import CLUSTER_API
from models.trust import NodeGroups, PolicyNodes, Ring, Trust, TrustPolicy
from planner.admission.digest import digest
from planner.admission.policies import policies
from planner.settle.disclosures.general import unenforced

EKS, KARPENTER, KOPS = "eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool", "kops.k8s.io/instancegroup"
HOST = "kubernetes.io/hostname"
TRUST = Trust((), tuple(Ring(name, (name,)) for name in ("high", "low")), FrozenMap())
KEYS = PolicyNodes(exclude=LabelSelector(Labels({"out": "yes"})))
CODES = {"group-label", "group-raises", "groups-joined"}


def policy(by: str = "") -> TrustPolicy:
    return TrustPolicy("shop", ("high", "low"), nodes=PolicyNodes(exclude=KEYS.exclude, groups=NodeGroups(by)))


def node(name: str, group: str = "g", today: str = "", taint: str = "", key: str = EKS, made_by: str = "", **more: str) -> Node:
    labels = {key: group} if group else {}
    taints = (Taint(KEYS.taint_key, taint, "NoSchedule"),) if taint else ()
    return Node(name, Labels({**labels, **({KEYS.label_key: today} if today else {}), **more}), taints, made_by=made_by)


def said(nodes: list[Node], by: str = "", denying: dict[str, str] | None = None, **rings: str) -> dict[str, str]:
    """Return what is told of groups, by code; rings are given by the names of their nodes, a letter each."""
    plans = tuple(RingPlan(name, (name,), tuple(rings.get(name, ""))) for name in ("high", "low"))
    cluster = Cluster(nodes=tuple(nodes), denying=FrozenMap(denying or {}))
    told = unenforced(cluster, policy(by), TRUST, plans, ())
    return {one.code.value: f"{one.subject}: {one.message}" for one in told if one.code in CODES}


RAISED = [
    pytest.param([node("a"), node("b", today="low")], True, id="a node whose label says less trust"),
    pytest.param([node("a"), node("b", taint="low")], True, id="a node whose taint says less trust"),
    pytest.param([node("a"), node("b", today="high", taint="low")], True, id="a node whose taint says less than its label"),
    pytest.param([node("a", today="high"), node("b", today="low")], True, id="its companions are there already"),
    pytest.param(
        [node(name, "", today, made_by=f"md {CLUSTER_API}") for name, today in (("a", ""), ("b", "low"))], True,
        id="an annotation says its group",
    ),
    pytest.param([node("a", today="low"), node("b", today="low")], False, id="all leave one ring: the plan moves them"),
    pytest.param([node("a"), node("b")], False, id="a node that is in no ring yet"),
    pytest.param([node("a"), node("b", today="high")], False, id="a node that is there"),
    pytest.param([node("a"), node("b", today="gone")], False, id="a ring that there is no more"),
    pytest.param([node("b", today="low")], False, id="a node of no company"),
    pytest.param([node("a", ""), node("b", "", today="low")], False, id="nodes of no group"),
    pytest.param([node("a", key=KOPS), node("b", key=KOPS, today="low")], False, id="a label that no kubelet may write"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "is_told"), RAISED)
def test_a_node_that_its_own_word_takes_to_a_more_trusted_ring(nodes, is_told):
    told = said(nodes, high="ab").get("group-raises", "")
    assert bool(told) is is_told
    assert not is_told or "takes b from ring low to ring high" in told
    assert "group-raises" not in said(nodes, low="ab")


def test_who_knows_better_is_named():
    assert "aws eks describe-nodegroup --nodegroup-name g" in said([node("a"), node("b", today="low")], high="ab")["group-raises"]
    other = said([node("a", key="team"), node("b", key="team", today="low")], "team", high="ab")["group-raises"]
    assert "compare with what whoever makes the group knows, or take the node out of the group (team)" in other


LABELS = [
    pytest.param([node("a"), node("b")], "", [EKS], id="a group"),
    pytest.param([node("a"), node("b", **{KARPENTER: "k"})], "", [EKS, KARPENTER], id="two labels"),
    pytest.param([node("a"), node("b", "other")], "", [], id="nodes of which each is alone in its group"),
    pytest.param([node("a", key=KOPS), node("b", key=KOPS)], "", [], id="a label that no kubelet may write"),
    pytest.param([node("a"), node("b", out="yes")], "", [], id="nodes that the policy leaves alone"),
    pytest.param([node("a", key=HOST), node("b", "h", key=HOST)], HOST, [], id="every node by its name"),
    pytest.param([node("a", key="team"), node("b", key="team")], "team", ["team"], id="a label that the policy names"),
]


@pytest.mark.parametrize(("nodes", "by", "keys"), LABELS)
def test_it_is_told_once_which_labels_of_groups_kubelets_may_write(nodes, by, keys):
    told = said(nodes, by).get("group-label", "")
    wanted = f"node groups: the kubelet may write {', '.join(keys)} on its own node, and so say of which group it is, until "
    assert told == (f"{wanted}the policies of policy/ are in force, and then as its node joins" if keys else "")


def test_policies_in_force_leave_it_as_nodes_join():
    nodes = [node("a"), node("b")]
    denying = {one.name: digest(one.spec()) for one in policies(policy(), TRUST, Cluster(nodes=tuple(nodes)), ())}
    assert "may write eks.amazonaws.com/nodegroup as its node joins" in said(nodes, denying=denying)["group-label"]


def test_of_what_kubelets_say_themselves_no_policy_keeps_them():
    zones = [node(name, "z", key="topology.kubernetes.io/zone") for name in "ab"]
    assert "no policy keeps it from that" in said(zones, "topology.kubernetes.io/zone")["group-label"]


JOINED = [
    pytest.param([node("a"), node("b", **{KARPENTER: "k"}), node("c", "k", key=KARPENTER)], "b", id="a node of two groups"),
    pytest.param([node("a"), node("b", **{KARPENTER: "k"})], "", id="a group within another"),
    pytest.param([node(name, **{KARPENTER: "k"}) for name in "ab"], "", id="labels of the same nodes"),
]


@pytest.mark.parametrize(("nodes", "name"), JOINED)
def test_a_node_that_joins_groups_is_named(nodes, name):
    told = said(nodes).get("groups-joined", "")
    assert bool(told) is bool(name)
    wanted = f"{EKS}=g, {KARPENTER}=k are of one ring together, for what says a node's group says several of {name}"
    assert not name or wanted in told
