"""Node pools of AKS: Azure Service Operator's ManagedClustersAgentPool, and Terraform's azurerm_kubernetes_cluster_node_pool."""

from collections.abc import Sequence
from typing import Any

from planner.emit import yaml
from planner.emit.groups import hcl
from planner.emit.groups.plan import GroupPlan
from planner.emit.groups.words import IN_ORDER, SINCE, head, known_groups, known_maps, resources, spelled, taints_later
from planner.emit.nodes.karpenter import NodeClass

_OPERATOR = (
    "Label and taint of each node pool, as Azure Service Operator has them: merge them into your own.",
    SINCE,
    IN_ORDER,
    "Without the operator: az aks nodepool update --labels KEY=VALUE, later --node-taints KEY=VALUE:NoSchedule",
    "Both options replace all labels, and all taints, that the pool was given. A system pool keeps its system pods.",
)
_TAINTS = "AKS takes back taints that kubectl writes: what nodes/apply.sh taint does, do here."
_TERRAFORM = (
    "Label and taint of each node pool: merge them into the resources, or pass the maps to your module.",
    SINCE,
    IN_ORDER,
)


def service_operator(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write a ManagedClustersAgentPool for each pool."""
    return head(groups, *_OPERATOR, _TAINTS) + taints_later(groups, "---\n".join(yaml.dump(_pool(group)) for group in groups))


def _pool(group: GroupPlan) -> dict[str, Any]:
    size = {"vmSize": group.types[0]} if group.taken_from and group.types else {}
    whole = {"availabilityZones": [*group.zones], "count": group.count, "mode": "User", **size} if group.taken_from else {}
    whole |= {"count": group.size} if group.size else {}
    name = group.made_as or group.name
    return {
        "apiVersion": "containerservice.azure.com/v1api20240901",
        "kind": "ManagedClustersAgentPool",
        "metadata": {"name": name},
        "spec": {
            "azureName": name,
            "owner": {"name": "CLUSTER"},
            **whole,
            "nodeLabels": dict([group.label]),
            "nodeTaints": [spelled(taint) for taint in group.taints],
        },
    }


def terraform(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write maps of labels and of taints by pool, and whole resources for new pools."""
    known = known_groups(groups)
    sizes = {group.name: {"node_count": group.size} if group.size else {} for group in known}
    labels = {group.name: {**sizes[group.name], "node_labels": dict([group.label])} for group in known}
    taints = {group.name: [spelled(taint) for taint in group.taints] for group in known}
    parts = [*known_maps("ringfence_node_pool", labels, taints), *resources(groups, _resource)]
    return head(groups, *_TERRAFORM, _TAINTS) + "\n".join(["", *parts])


def _resource(group: GroupPlan, name: str) -> hcl.Block:
    size = {"vm_size": group.types[0]} if group.types else {}
    return hcl.Block(
        f'resource "azurerm_kubernetes_cluster_node_pool" {hcl.text(name)}',
        {
            "name": group.made_as,
            "kubernetes_cluster_id": hcl.Raw("var.kubernetes_cluster_id"),
            **size,
            "node_count": group.count,
            "zones": [*group.zones],
            "node_taints": [spelled(taint) for taint in group.taints],
            "node_labels": dict([group.label]),
        },
    )
