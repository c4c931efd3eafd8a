"""NodePools that Karpenter makes nodes by: what to change in those that are there, and new ones."""

import json
from collections.abc import Sequence
from shlex import quote
from typing import Any

from planner.emit import yaml
from planner.emit.groups.plan import INSTANCE_TYPE, ZONE, GroupPlan
from planner.emit.groups.words import IN_ORDER, SINCE, as_core, head, known_groups, taints_later
from planner.emit.nodes.karpenter import NodeClass

_HEAD = (
    "Label and taint of each NodePool: merge them into the manifests of your own.",
    SINCE,
    IN_ORDER,
    "A template that changes is drift: Karpenter replaces the pool's nodes, as its disruption budgets allow.",
    "A merge replaces the list of taints; those that all nodes of the pool have stand here too.",
)


def node_pools(groups: Sequence[GroupPlan], node_class: NodeClass) -> str:
    """Write a NodePool for each: a part of one that is there, the whole of a new one."""
    known = known_groups(groups)
    labels, taints = ([_command(group, part) for group in known] for part in ("metadata", "spec"))
    commands = ("Without Git, labels:", *labels, "Then taints, after every rollout of the patches:", *taints)
    pools = "---\n".join(yaml.dump(_pool(group, node_class)) for group in groups)
    return head(groups, *_HEAD, *commands) + taints_later(groups, pools)


def _command(group: GroupPlan, part: str) -> str:
    patch = json.dumps({"spec": {"template": {part: _template(group)[part]}}}, separators=(",", ":"))
    return f"kubectl patch nodepools.karpenter.sh {quote(group.name)} --type merge -p {quote(patch)}"


def _template(group: GroupPlan, spec: dict[str, Any] | None = None) -> dict[str, Any]:
    taints = [as_core(taint) for taint in group.taints]
    return {"metadata": {"labels": dict([group.label])}, "spec": {**(spec or {}), "taints": taints}}


def _pool(group: GroupPlan, node_class: NodeClass) -> dict[str, Any]:
    spec: dict[str, Any] = {"template": _template(group)}
    if group.taken_from:
        wanted = {INSTANCE_TYPE: group.types, ZONE: group.zones}
        whole = {
            "nodeClassRef": {"group": node_class.group, "kind": node_class.kind, "name": node_class.name},
            "requirements": [{"key": key, "operator": "In", "values": [*values]} for key, values in wanted.items() if values],
        }
        spec = {"limits": {"nodes": str(group.count)}, "template": _template(group, whole)}
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": group.name}, "spec": spec}
