"""Node groups of EKS: eksctl's ClusterConfig, and Terraform's aws_eks_node_group."""

from collections.abc import Sequence
from shlex import quote
from typing import Any

from planner.emit import yaml
from planner.emit.groups import hcl
from planner.emit.groups.plan import GroupPlan
from planner.emit.groups.words import (
    IN_ORDER,
    SINCE,
    as_core,
    by_key,
    head,
    known_groups,
    known_maps,
    new_groups,
    resources,
    taints_later,
    upper,
)
from planner.emit.nodes.karpenter import NodeClass

_UNKNOWN = "CLUSTER"
_EKSCTL = (
    "Label and taint of each managed node group, as eksctl has them.",
    SINCE,
    "eksctl leaves groups alone that are there. For these, labels, before nodes/apply.sh label:",
)
_UNMANAGED = (
    "Label and taint of each node group that eksctl made and EKS does not manage.",
    SINCE,
    IN_ORDER,
    "eksctl changes no such group: make one of another name from this file, drain the old one, and delete it.",
)
_TERRAFORM = (
    "Label and taint of each managed node group: merge them into the resources, or pass the maps to your module.",
    SINCE,
    IN_ORDER,
    "Both change in place, on nodes that run, too: taints act at once.",
)
_SUBNETS = "var.subnet_ids is a map from zone to subnet."
_FROM_ZERO = (
    "Cluster Autoscaler knows an empty group by tags of its Auto Scaling group alone:",
    "k8s.io/cluster-autoscaler/node-template/label/KEY and k8s.io/cluster-autoscaler/node-template/taint/KEY.",
)


def eksctl(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write a ClusterConfig with the managed node groups."""
    known = known_groups(groups)
    labels, taints = [*map(_labelled, known)], [*map(_tainted, known)]
    sizes = [_grown(group) for group in known if group.size]
    labels += ["Sizes, with the labels:", *sizes] if sizes else []
    after = ("Taints, after every rollout of the patches, with nodes/apply.sh taint:", *taints)
    return head(groups, *_EKSCTL, *labels, *after) + taints_later(groups, yaml.dump(_config(groups, "managedNodeGroups")))


def unmanaged(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write a ClusterConfig with the node groups that EKS does not manage."""
    sizes = [_scaled(group) for group in groups if group.size]
    return head(groups, *_UNMANAGED, *(["Its size:", *sizes] if sizes else [])) + yaml.dump(_config(groups, "nodeGroups"))


def _config(groups: Sequence[GroupPlan], field: str) -> dict[str, Any]:
    first = groups[0]
    return {
        "apiVersion": "eksctl.io/v1alpha5",
        "kind": "ClusterConfig",
        "metadata": {"name": first.cluster or _UNKNOWN, "region": first.region or "REGION"},
        field: [_group(group) for group in groups],
    }


def _group(group: GroupPlan) -> dict[str, Any]:
    size = {"desiredCapacity": group.count, "minSize": group.count, "maxSize": group.count}
    whole = {"instanceTypes": [*group.types], "availabilityZones": [*group.zones], **size} if group.taken_from else {}
    whole |= {"desiredCapacity": group.size, "minSize": group.size} if group.size else {}
    return {
        "name": group.name,
        **{key: value for key, value in whole.items() if value},
        "labels": dict([group.label]),
        "taints": [as_core(taint) for taint in group.taints],
        # Cluster Autoscaler reads from these tags what the nodes of an empty group would have.
        "propagateASGTags": True,
    }


def _grown(group: GroupPlan) -> str:
    return f"{_update(group)} --scaling-config minSize={group.size},desiredSize={group.size}"


def _scaled(group: GroupPlan) -> str:
    named = f"--cluster {quote(group.cluster or _UNKNOWN)} --name {quote(group.name)}"
    return f"eksctl scale nodegroup {named} --nodes {group.size} --nodes-min {group.size}"


def _labelled(group: GroupPlan) -> str:
    return f"{_update(group)} --labels {quote(f'addOrUpdateLabels={{{group.label[0]}={group.label[1]}}}')}"


def _tainted(group: GroupPlan) -> str:
    taint = f"key={group.taint.key},value={group.taint.value},effect={upper(group.taint)}"
    return f"{_update(group)} --taints {quote(f'addOrUpdateTaints=[{{{taint}}}]')}"


def _update(group: GroupPlan) -> str:
    named = f"--cluster-name {quote(group.cluster or _UNKNOWN)} --nodegroup-name {quote(group.name)}"
    return f"aws eks update-nodegroup-config {named}"


def terraform(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write maps of labels and of taints by group, and whole resources for new groups."""
    known = known_groups(groups)
    labels = {group.name: {**_sizes(group), "labels": dict([group.label])} for group in known}
    parts = known_maps("ringfence_node_group", labels, {group.name: by_key(group.taints) for group in known})
    parts += resources(groups, _resource)
    always = (*([_SUBNETS] if new_groups(groups) else []), *_FROM_ZERO)
    return head(groups, *_TERRAFORM, always=always) + "\n".join(["", *parts])


def _sizes(group: GroupPlan) -> dict[str, int]:
    return {"desired_size": group.size, "min_size": group.size} if group.size else {}


def _subnets(group: GroupPlan) -> hcl.Raw:
    """Ask for subnets in the zones of a group: EKS knows no zones but theirs."""
    zones = ", ".join(map(hcl.text, group.zones))
    return hcl.Raw(f"[for zone in [{zones}] : var.subnet_ids[zone]]" if zones else "values(var.subnet_ids)")


def _resource(group: GroupPlan, name: str) -> hcl.Block:
    taints = [hcl.Block("taint", pairs) for pairs in by_key(group.taints).values()]
    size = {"desired_size": group.count, "max_size": group.count, "min_size": group.count}
    return hcl.Block(
        f'resource "aws_eks_node_group" {hcl.text(name)}',
        {
            "cluster_name": hcl.Raw("var.cluster_name"),
            "node_group_name": group.name,
            "node_role_arn": hcl.Raw("var.node_role_arn"),
            "subnet_ids": _subnets(group),
            "instance_types": [*group.types],
            "labels": dict([group.label]),
        },
        [hcl.Block("scaling_config", size), *taints],
    )
