"""The policy of nodes lets Karpenter through where it makes nodes of the plan, and otherwise whom the trust policy names."""

from dataclasses import replace

import pytest

from models.answer.plan import Buy
from models.trust import Admission
from planner.admission.policies import policies
from tests.emit.emit_plans import RING, node, plan

KARPENTER, EKS = "karpenter.sh/nodepool", "eks.amazonaws.com/nodegroup"
ACCOUNT = "system:serviceaccount:kube-system:karpenter"
BOUGHT = (Buy("m5.large", "eu-1x", 1),)


@pytest.mark.parametrize(
    ("named", "key", "buy", "through"),
    [
        pytest.param(None, KARPENTER, (), [ACCOUNT], id="nobody is named, and Karpenter made the nodes"),
        pytest.param(None, EKS, BOUGHT, [ACCOUNT], id="nobody is named, and NodePools are written for nodes that are bought"),
        pytest.param(None, EKS, (), [], id="nobody is named, and EKS made the nodes"),
        pytest.param((), KARPENTER, (), [], id="a list that is empty"),
        pytest.param(("eks:node-manager",), EKS, BOUGHT, ["eks:node-manager"], id="a list stands alone"),
    ],
)
def test_who_may_give_nodes_their_ring(named, key, buy, through):
    made = plan([], nodes=(node("a", **{key: "g"}),), ring_nodes={RING: ("a",)})
    rings = [replace(ring, buy=buy) for ring in made.rings]
    policy = replace(made.policy, admission=Admission(provisioners=named))
    given = {each.name: each for each in policies(policy, made.trust, made.cluster, rings)}["ringfence-nodes"]
    condition = given.spec()["matchConditions"][0]["expression"]
    assert [name for name in (ACCOUNT, "eks:node-manager") if name in condition] == through
