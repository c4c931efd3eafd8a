"""The steps that make a plan true, and those that take it back, in the order in which they strand no pod."""

import re
from collections.abc import Iterator

from models.answer.plan import IsolationPlan
from planner.emit.groups.plan import group_plans
from planner.emit.nodes import held, scripts
from planner.emit.policies.engine import ENGINES
from planner.emit.policies.unnamed import about_unnamed

_POOLS = "`kubectl apply -f pools/karpenter.yaml`: nodes are bought, and register with label and taint"
_POOLS_GO = "`kubectl delete -f pools/karpenter.yaml`: bought nodes go with their pools"
_LABELS = "`groups/`: the label into the node groups, for nodes that come; `nodes/apply.sh` is for those that run now"
_TAINTS = "`groups/`: the taint into the node groups, before any node is replaced"
_AGAIN = "Export nodes and pods and plan again: what is in place stays"
_LABELS_GO, _TAINTS_GO = "The label out of the node groups", "The taint out of the node groups"


def steps(plan: IsolationPlan, engine: str) -> Iterator[str]:
    """Yield the steps to a plan; where node groups are to be made, those to a plan with them."""
    if plan.is_held_back:
        yield from held.steps(plan)
        return
    grouped = bool(group_plans(plan))
    yield from [_POOLS] if _is_buying(plan) else []
    yield from [_LABELS] if grouped else []
    yield from map(_step, scripts.steps(plan)[0])
    yield from [_TAINTS] if grouped else []
    *adding, refusing = ENGINES[engine].steps(plan)
    yield from (*adding, ". ".join(filter(None, (refusing, about_unnamed(plan)))), _AGAIN)


def way_back(plan: IsolationPlan, engine: str) -> Iterator[str]:
    """Yield the steps back."""
    if plan.is_held_back:
        yield from ["Give the old node groups their nodes back, and delete the new ones"] if plan.new_groups else []
        yield from (f"Let node group {growth.group} have {growth.before:,} nodes again" for growth in plan.growth)
        return
    grouped = bool(group_plans(plan))
    yield from ENGINES[engine].way_back(plan)
    yield from [_TAINTS_GO] if grouped else []
    yield from map(_step, scripts.steps(plan)[1])
    yield from [_LABELS_GO] if grouped else []
    yield from [_POOLS_GO] if _is_buying(plan) else []


def _is_buying(plan: IsolationPlan) -> bool:
    """Say whether nodes come from pools of their own, and not by growth of groups that are there."""
    grown = {growth.group for growth in plan.growth}
    return any(buy.shape not in grown for ring in plan.rings for buy in ring.buy)


def _step(words: str) -> str:
    """Write a step of a script with its command as code."""
    command, _, meaning = re.sub(r" {2,}", "\n", words).partition("\n")
    if ".sh " not in command:
        return words
    return f"`nodes/{command}`{f': {meaning}' if meaning else ''}"
