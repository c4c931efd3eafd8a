"""The label of a ring is one that whoever makes the node groups accepts."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.node_group import CLUSTER_API
from models.trust import PolicyNodes, TrustPolicy
from planner.errors import BadInput
from planner.trust.ring_label import with_accepted_label

USUAL, OURS = "ringfence.node-restriction.kubernetes.io/ring", "ringfence.dev/ring"
EKS, GKE, AKS = "eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool", "kubernetes.azure.com/agentpool"
KARPENTER, KOPS, EKSCTL = "karpenter.sh/nodepool", "kops.k8s.io/instancegroup", "alpha.eksctl.io/nodegroup-name"


def settled(*groups: str, key: str = USUAL, carried: str = "", made_by: str = "", **nodes: object) -> str:
    """Return the label's key for nodes of which each has a group by one of the labels."""
    more = {carried: "web"} if carried else {}
    own = [
        Node(f"n{at}", FrozenMap({**({group: "web"} if group else {}), **more}), made_by=made_by)
        for at, group in enumerate(groups)
    ]
    policy = TrustPolicy("shop", ("a", "b"), nodes=replace(PolicyNodes(key), **nodes))
    return with_accepted_label(policy, Cluster(nodes=tuple(own))).nodes.label_key


@pytest.mark.parametrize(
    ("key", "groups"),
    [
        pytest.param(OURS, [EKS], id="EKS refuses the usual one"),
        pytest.param(OURS, [EKSCTL], id="eksctl refuses it"),
        pytest.param(OURS, [GKE], id="GKE refuses it"),
        pytest.param(OURS, [AKS], id="AKS refuses it"),
        pytest.param(OURS, ["agentpool"], id="AKS refuses it, of old"),
        pytest.param(OURS, [KARPENTER, EKS, ""], id="one of several refuses it"),
        pytest.param(USUAL, [KARPENTER], id="Karpenter accepts it"),
        pytest.param(USUAL, [KOPS], id="kOps accepts it"),
        pytest.param(USUAL, ["", ""], id="no group refuses it"),
    ],
)
def test_the_usual_label_gives_way_where_a_provider_refuses_it(key, groups):
    assert settled(*groups) == key


def test_cluster_api_accepts_the_usual_label():
    assert settled("", made_by=f"md-0 {CLUSTER_API}") == USUAL


def test_the_usual_label_stays_where_nodes_carry_it_already():
    assert settled(EKS, carried=USUAL) == USUAL


def test_nodes_that_the_policy_leaves_alone_do_not_count():
    assert settled(EKS, exclude=LabelSelector(FrozenMap({EKS: "web"}))) == USUAL
    assert settled(EKS, carried="node-role.kubernetes.io/control-plane") == USUAL


@pytest.mark.parametrize("key", [OURS, "shop.example/ring", "node.kubernetes.io/ring", "kubelet.kubernetes.io/ring", "ring"])
def test_a_key_of_ones_own_is_taken_where_the_provider_takes_it(key):
    assert settled(EKS, key=key) == key


@pytest.mark.parametrize(
    ("group", "key", "said"),
    [
        (EKS, "eks.amazonaws.com/ring", "eks.amazonaws.com/ring: EKS refuses it on a managed node group"),
        (EKS, "shop.kubernetes.io/ring", "shop.kubernetes.io/ring: EKS refuses it on a managed node group"),
        (GKE, "node.kubernetes.io/ring", "node.kubernetes.io/ring: GKE refuses it on a node pool"),
        (AKS, "kubernetes.azure.com/ring", "kubernetes.azure.com/ring: AKS refuses it on a node pool"),
        (EKSCTL, "k8s.io/ring", "k8s.io/ring: eksctl refuses it on a node group"),
    ],
)
def test_a_key_that_a_provider_refuses_is_an_error_that_names_both(group, key, said):
    with pytest.raises(BadInput) as caught:
        settled(group, key=key)
    assert [(fault.field, fault.reason, fault.fix) for fault in caught.value.faults] == [
        ("spec.nodes.labelKey", said, f"write {OURS}, or leave it out")
    ]
