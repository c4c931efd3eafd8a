"""Node pools of GKE: Config Connector's ContainerNodePool, and Terraform's google_container_node_pool."""

from collections.abc import Sequence
from typing import Any

from planner.emit import yaml
from planner.emit.groups import hcl
from planner.emit.groups.plan import GroupPlan
from planner.emit.groups.words import IN_ORDER, SINCE, by_key, head, known_groups, known_maps, resources, taints_later, upper
from planner.emit.nodes.karpenter import NodeClass

_CONNECTOR = (
    "Label and taint of each node pool, as Config Connector has them: merge them into your own ContainerNodePools.",
    SINCE,
    IN_ORDER,
    "Without Config Connector: gcloud container node-pools update POOL --node-labels=… , later --node-taints=…",
    "Both options replace all labels, and all taints, that the pool was given.",
)
_TERRAFORM = (
    "Label and taint of each node pool: merge them into node_config, or pass the maps to your module.",
    SINCE,
    IN_ORDER,
)


def config_connector(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write a ContainerNodePool for each pool."""
    return head(groups, *_CONNECTOR) + taints_later(groups, "---\n".join(yaml.dump(_pool(group)) for group in groups))


def _pool(group: GroupPlan) -> dict[str, Any]:
    taints = [{"key": taint.key, "value": taint.value, "effect": upper(taint)} for taint in group.taints]
    machine = {"machineType": group.types[0]} if group.taken_from and group.types else {}
    whole = {"nodeCount": _per_zone(group), "nodeLocations": [*group.zones]} if group.taken_from or group.size else {}
    return {
        "apiVersion": "container.cnrm.cloud.google.com/v1beta1",
        "kind": "ContainerNodePool",
        "metadata": {"name": group.name},
        "spec": {
            "clusterRef": {"name": "CLUSTER"},
            "location": group.region or "LOCATION",
            **whole,
            "nodeConfig": {**machine, "labels": dict([group.label]), "taint": taints},
        },
    }


def _per_zone(group: GroupPlan) -> int:
    """Return how many nodes a pool has in each of its zones, which is how GKE counts them, rounded up."""
    return -(-(group.size or group.count) // max(1, len(group.zones)))


def terraform(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write maps of labels and of taints by pool, and whole resources for new pools."""
    known = known_groups(groups)
    sizes = {group.name: {"node_count": _per_zone(group)} if group.size else {} for group in known}
    labels = {group.name: {**sizes[group.name], "labels": dict([group.label])} for group in known}
    parts = known_maps("ringfence_node_pool", labels, {group.name: by_key(group.taints) for group in known})
    parts += resources(groups, _resource)
    return head(groups, *_TERRAFORM) + "\n".join(["", *parts])


def _resource(group: GroupPlan, name: str) -> hcl.Block:
    machine = {"machine_type": group.types[0]} if group.types else {}
    taints = [hcl.Block("taint", pairs) for pairs in by_key(group.taints).values()]
    return hcl.Block(
        f'resource "google_container_node_pool" {hcl.text(name)}',
        {
            "name": group.name,
            "cluster": hcl.Raw("var.cluster_id"),
            "node_count": _per_zone(group),
            "node_locations": [*group.zones],
        },
        [hcl.Block("node_config", {**machine, "labels": dict([group.label])}, taints)],
    )
