"""What the files of all providers have in common: comments, commands in them, and taints in two spellings."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from models.kubernetes.labels import Taint
from planner.emit.groups import hcl
from planner.emit.groups.plan import GroupPlan
from planner.emit.name import in_comment

UPPER = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
"""Effects as the APIs of EKS and GKE spell them."""
SINCE = "They give nodes that come their ring; nodes/apply.sh gives it to those that run now."
IN_ORDER = "Labels come first, before nodes/apply.sh label; taints after every rollout of the patches, with nodes/apply.sh taint."
_TAINTS = re.compile(r"^( *)(?=(?:taint|taints|nodeTaints):$)", re.MULTILINE)
_NOT_YET = "# Delete these taints until every rollout of the patches is complete."
_FIRST, _THEN = "Before nodes/apply.sh label:", "Not before every rollout of the patches is complete:"
_GROWN = (
    "First give them their size and their label; then export the nodes and plan again. That plan brings the steps for all else.",
    "The least size keeps an autoscaler from taking nodes away that are empty until then.",
)
_AGAIN = (
    "Make them, drain and remove as many nodes of the old groups, export the nodes and plan again:",
    "label and taint of the groups that are there come with that plan.",
)


def comment(*lines: str) -> str:
    """Write lines as comments."""
    return "".join(f"# {in_comment(line)}\n" if line else "#\n" for line in lines)


def new_groups(groups: Iterable[GroupPlan]) -> list[GroupPlan]:
    """Return the groups that are to be made."""
    return [group for group in groups if group.taken_from]


def known_groups(groups: Iterable[GroupPlan]) -> list[GroupPlan]:
    """Return the groups that are there."""
    return [group for group in groups if not group.taken_from]


def taints_later(groups: Sequence[GroupPlan], text: str) -> str:
    """Write above the taints of groups that are there, beside their labels, that they come later: they may act at once."""
    return text if new_groups(groups) else _TAINTS.sub(rf"\1{_NOT_YET}\n\1", text)


def known_maps(name: str, labels: Mapping[str, Any], taints: Mapping[str, Any]) -> list[str]:
    """Return maps for Terraform, of what groups that are there get first and of their taints, so that none comes too early."""
    maps = ((_FIRST, f"{name}s", labels), (_THEN, f"{name}_taints", taints))
    return [comment(when) + hcl.block(hcl.Block("locals", {local: entries})) for when, local, entries in maps if entries]


def resources(groups: Sequence[GroupPlan], write: Callable[[GroupPlan, str], hcl.Block]) -> list[str]:
    """Write the groups that are to be made as resources of Terraform, each with a name of its own."""
    news = new_groups(groups)
    names = hcl.names_of(group.name for group in news)
    return [hcl.block(write(group, name)) for group, name in zip(news, names, strict=True)]


def head(groups: Sequence[GroupPlan], *known: str, always: Sequence[str] = ()) -> str:
    """Say what stands in a file of groups that are `known`, or else which groups are new; and what is to be told of both."""
    news = [
        f"New: {group.name}, with {group.count} node{'s' * (group.count > 1)} that {group.taken_from} then has no more."
        for group in new_groups(groups)
    ]
    grown = [f"{group.name} is to have {group.size} nodes." for group in groups if group.size]
    return comment(*([*news, *_AGAIN] if news else known), *([*grown, *_GROWN] if grown else []), *always)


def upper(taint: Taint) -> str:
    """Write an effect as the APIs of EKS and GKE do."""
    return UPPER.get(taint.effect, taint.effect)


def by_key(taints: Sequence[Taint]) -> dict[str, dict[str, str]]:
    """Write taints as the APIs of EKS and GKE do, as a map of HCL; several may have one key, as each has its own effect."""
    names = hcl.names_of(taint.key for taint in taints)
    return {
        name: {"key": taint.key, "value": taint.value, "effect": upper(taint)} for name, taint in zip(names, taints, strict=True)
    }


def spelled(taint: Taint) -> str:
    """Write a taint as kubectl, AKS and kOps do: key=value:effect."""
    return f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"


def as_core(taint: Taint) -> dict[str, str]:
    """Write a taint as Kubernetes does in a Node's spec."""
    return {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}
