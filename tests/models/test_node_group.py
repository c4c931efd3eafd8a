"""Nodes are of one group where any label of a provider says so, and no provider's group is ever divided."""

from random import Random

import pytest

from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.node_group import AKS, CLUSTER_API, all_groups, grouped

EKS_KEY, EKSCTL_KEY, KARPENTER_KEY = "eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name", "karpenter.sh/nodepool"
AZURE, OLD = AKS.keys


def node(name: str, labels: dict[str, str], made_by: str = "") -> Node:
    return Node(name, Labels(labels), made_by=made_by)


def told(nodes, by=""):
    return {f"{group.key}={group.name}": "".join(node.name for node in members) for group, members in grouped(nodes, by).items()}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        pytest.param(
            [node("a", {EKS_KEY: "g"}), node("b", {EKS_KEY: "g", KARPENTER_KEY: "k"}), node("c", {EKS_KEY: "h"})],
            {f"{EKS_KEY}=g": "ab", f"{EKS_KEY}=h": "c"},
            id="another provider's label takes no node out of its group",
        ),
        pytest.param(
            [node("a", {EKS_KEY: "g"}), node("b", {EKS_KEY: "g", KARPENTER_KEY: "k"}), node("c", {KARPENTER_KEY: "k"})],
            {f"{KARPENTER_KEY}=k": "abc"},
            id="a node of two groups joins them",
        ),
        pytest.param(
            [
                node("a", {EKS_KEY: "g"}),
                node("b", {EKS_KEY: "h", EKSCTL_KEY: "x"}),
                node("c", {EKS_KEY: "g", EKSCTL_KEY: "x"}),
                node("d", {EKSCTL_KEY: "y"}),
            ],
            {f"{EKS_KEY}=g": "abc", f"{EKSCTL_KEY}=y": "d"},
            id="groups are joined by way of others",
        ),
        pytest.param(
            [node(name, {EKS_KEY: "g", EKSCTL_KEY: "e"}) for name in "ab"],
            {f"{EKS_KEY}=g": "ab"},
            id="labels of the same nodes nest: the more specific one tells them",
        ),
        pytest.param(
            [node("a", {EKS_KEY: "g", EKSCTL_KEY: "e"}), node("b", {EKSCTL_KEY: "e"})],
            {f"{EKSCTL_KEY}=e": "ab"},
            id="the label that all have tells them",
        ),
        pytest.param(
            [node("a", {AZURE: "pool", OLD: "pool"}), node("b", {OLD: "pool"})],
            {f"{OLD}=pool": "ab"},
            id="two labels of one provider that say the same",
        ),
        pytest.param(
            [node("a", {AZURE: "pool"}), node("b", {OLD: "pool"}), node("c", {OLD: "other"})],
            {f"{AZURE}=pool": "ab", f"{OLD}=other": "c"},
            id="the old label and the new one of one pool, on a node each",
        ),
        pytest.param(
            [node("a", {EKS_KEY: "g"}), node("b", {OLD: "g"})],
            {f"{EKS_KEY}=g": "a", f"{OLD}=g": "b"},
            id="groups of two providers that are called alike are two",
        ),
        pytest.param(
            [node("a", {EKS_KEY: "g"}, f"md {CLUSTER_API}"), node("b", {}, f"md {CLUSTER_API}")],
            {f"{CLUSTER_API}=md": "ab"},
            id="an annotation joins as a label does",
        ),
    ],
)  # fmt: skip
def test_nodes_of_a_group(nodes, expected):
    assert told(nodes) == expected
    assert told(nodes[::-1]) == {group: members[::-1] for group, members in expected.items()}


def test_by_a_label_that_is_named_no_other_counts():
    nodes = [node("a", {EKS_KEY: "g", "team": "x"}), node("b", {EKS_KEY: "g", "team": "y"}), node("c", {EKS_KEY: "g"})]
    assert told(nodes, "team") == {"team=x": "a", "team=y": "b"}


@pytest.mark.parametrize("seed", range(40))
def test_groups_are_the_fewest_joins_that_divide_no_group_of_a_provider(seed):
    luck = Random(seed)
    keys = (EKS_KEY, EKSCTL_KEY, KARPENTER_KEY, AZURE, OLD)
    nodes = [
        node(str(number), {key: luck.choice("xyz") for key in luck.sample(keys, luck.choice((0, 1, 1, 1, 2)))})
        for number in range(12)
    ]
    home = {each.name: group for group, members in grouped(nodes).items() for each in members}
    assert all(len({home[each.name] for each in members}) == 1 for members in all_groups(nodes).values())
    assert home.keys() == {each.name for each in nodes if each.labels}
    reach = {each.name: {each.name} for each in nodes}
    for _ in nodes:
        for members in all_groups(nodes).values():
            together = set().union(*(reach[each.name] for each in members))
            reach |= {each.name: together for each in members}
    for each, others in ((each, reach[each]) for each in home):
        assert {other for other in home if home[other] == home[each]} == others
