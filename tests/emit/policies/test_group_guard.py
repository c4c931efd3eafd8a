"""The policy of nodes keeps kubelets from what tells the group of a node that is there, where nodes have groups."""

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.node_group import OWNER_KIND, PROVIDER_KEYS
from models.trust import NodeGroups, PolicyNodes, Ring, Trust, TrustPolicy
from planner.admission.policies import policies

EKS, KOPS, ZONE = "eks.amazonaws.com/nodegroup", "kops.k8s.io/instancegroup", "topology.kubernetes.io/zone"
TRUST = Trust((), (Ring("high", ("high",)),), FrozenMap())
PROVIDED = {*PROVIDER_KEYS, OWNER_KIND}


def guarded(by: str, **labels: str) -> set[str]:
    """Return the keys that are compared for a cluster with a node that has these labels."""
    policy = TrustPolicy("shop", ("high",), nodes=PolicyNodes(groups=NodeGroups(by)))
    given = policies(policy, TRUST, Cluster(nodes=(Node("a", Labels(labels)),)), ())
    spec = next(each for each in given if each.name == "ringfence-nodes").spec()
    texts = {each["name"]: each["expression"] for each in spec["variables"]}
    is_checked = any("variables.group == variables.oldGroup" in each["expression"] for each in spec["validations"])
    assert is_checked is ("group" in texts) is ("oldGroup" in texts)
    keys = {key for key in (*PROVIDED, "team", ZONE) if f'"{key}"' in texts.get("group", "")}
    assert keys == {key for key in (*PROVIDED, "team", ZONE) if f'"{key}"' in texts.get("oldGroup", "")}
    return keys


@pytest.mark.parametrize(
    ("by", "labels", "keys"),
    [
        pytest.param("", {EKS: "g"}, PROVIDED - {KOPS}, id="of any provider, but for what no kubelet may write anyway"),
        pytest.param("", {}, set(), id="nodes of no group"),
        pytest.param("team", {EKS: "g", "team": "x"}, {"team"}, id="the label that the policy names"),
        pytest.param(ZONE, {ZONE: "z"}, set(), id="what kubelets say again as they start"),
    ],
)
def test_what_tells_a_group_is_guarded(by, labels, keys):
    assert guarded(by, **labels) == keys
