"""MachineDeployments of Cluster API, and MachineSets of OpenShift: parts to merge into those that are there."""

from collections.abc import Sequence
from typing import Any

from planner.emit import yaml
from planner.emit.groups.plan import GroupPlan
from planner.emit.groups.words import IN_ORDER, SINCE, as_core, head, taints_later
from planner.emit.nodes.karpenter import NodeClass

_DEPLOYMENTS = (
    "Label and taint of each MachineDeployment: merge them into your own, in the management cluster.",
    SINCE,
    IN_ORDER,
)
_REACH = (
    "Labels reach nodes only under node-restriction.kubernetes.io, node.cluster.x-k8s.io and node-role.kubernetes.io, or where",
    "the manager has --additional-sync-machine-labels. Taints need its feature gate MachineTaintPropagation.",
)
_SETS = (
    "Label and taint of each MachineSet: merge them into your own.",
    SINCE,
    IN_ORDER,
    "Machines that are there stay as they are.",
)


def machine_deployments(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write a part of each MachineDeployment."""
    parts = "---\n".join(yaml.dump(_deployment(group)) for group in groups)
    return head(groups, *_DEPLOYMENTS, always=_REACH) + taints_later(groups, parts)


def _deployment(group: GroupPlan) -> dict[str, Any]:
    # OnInitialization, the other choice, would reach machines that come, and none that is there.
    taints = [{**as_core(taint), "propagation": "Always"} for taint in group.taints]
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "MachineDeployment",
        "metadata": {"name": group.name},
        "spec": {
            **_replicas(group),
            "template": {"metadata": {"labels": dict([group.label])}, "spec": {"taints": taints}},
        },
    }


def machine_sets(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write a part of each MachineSet."""
    return head(groups, *_SETS) + taints_later(groups, "---\n".join(yaml.dump(_set(group)) for group in groups))


def _set(group: GroupPlan) -> dict[str, Any]:
    return {
        "apiVersion": "machine.openshift.io/v1beta1",
        "kind": "MachineSet",
        "metadata": {"name": group.name, "namespace": "openshift-machine-api"},
        "spec": {
            **_replicas(group),
            "template": {
                "spec": {
                    "metadata": {"labels": dict([group.label])},
                    "taints": [as_core(taint) for taint in group.taints],
                }
            },
        },
    }


def _replicas(group: GroupPlan) -> dict[str, int]:
    """Say how many machines a new group has, or one that grows; of all others their owner does."""
    return {"replicas": group.size or group.count} if group.taken_from or group.size else {}
