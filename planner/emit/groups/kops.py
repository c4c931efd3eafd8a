"""Instance groups of kOps: parts to merge into those that are there."""

from collections.abc import Sequence
from typing import Any

from planner.emit import yaml
from planner.emit.groups.plan import GroupPlan
from planner.emit.groups.words import IN_ORDER, SINCE, head, spelled, taints_later
from planner.emit.nodes.karpenter import NodeClass

_HEAD = (
    "Label and taint of each instance group: merge them into your own with kops edit ig NAME, then kops update cluster.",
    SINCE,
    IN_ORDER,
    "kops rolling-update cluster would replace the nodes that run; it need not be now.",
)


def instance_groups(groups: Sequence[GroupPlan], _: NodeClass) -> str:
    """Write a part of each InstanceGroup."""
    return head(groups, *_HEAD) + taints_later(groups, "---\n".join(yaml.dump(_group(group)) for group in groups))


def _group(group: GroupPlan) -> dict[str, Any]:
    whole = {"machineType": group.types[0]} if group.taken_from and group.types else {}
    size = {"minSize": group.count, "maxSize": group.count} if group.taken_from else {}
    size |= {"minSize": group.size} if group.size else {}
    return {
        "apiVersion": "kops.k8s.io/v1alpha2",
        "kind": "InstanceGroup",
        "metadata": {"name": group.name},
        "spec": {
            **whole,
            **size,
            "nodeLabels": dict([group.label]),
            "taints": [spelled(taint) for taint in group.taints],
        },
    }
