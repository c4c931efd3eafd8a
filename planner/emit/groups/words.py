"""What the files of all providers have in common: comments, commands in them, and taints in two spellings."""

from collections.abc import Iterable, Sequence

from models.kubernetes.labels import Taint
from planner.emit.groups.plan import GroupPlan
from planner.emit.name import in_comment

UPPER = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
"""Effects as the APIs of EKS and GKE spell them."""
SINCE = "New nodes of a group then have its ring from the start; nodes/apply.sh gives it to those that run."

_FIRST = (
    "Make new groups first, drain and remove as many nodes of the old ones, export the nodes and plan again: then change those."
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


def told(groups: Sequence[GroupPlan]) -> list[str]:
    """Say which groups are new, and from which they take their nodes."""
    news = new_groups(groups)
    first = [_FIRST] if news else []
    return [*(f"New: {group.name}, with {group.count} nodes that {group.taken_from} then has no more." for group in news), *first]


def upper(taint: Taint) -> str:
    """Write an effect as the APIs of EKS and GKE do."""
    return UPPER.get(taint.effect, taint.effect)


def spelled(taint: Taint) -> str:
    """Write a taint as kubectl, AKS and kOps do: key=value:effect."""
    return f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"


def as_core(taint: Taint) -> dict[str, str]:
    """Write a taint as Kubernetes does in a Node's spec."""
    return {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}
