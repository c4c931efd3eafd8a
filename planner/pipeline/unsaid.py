"""What a plan must say that it does not promise, made anew and looked for in it. Part of the pipeline, like claims.py."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from models.finding import ERROR, Finding
from models.frozen import FrozenMap
from models.plan import IsolationPlan
from planner.pipeline import promise, survival
from planner.rules import loss, ring
from planner.rules.outlook import NODE, ZONE

if TYPE_CHECKING:
    from models.cluster import Statement
    from models.trust import Trust

SCHEDULER = "kube-scheduler"
WHY = "Who reads the plan relies on its saying what it does not guarantee and who could break it."
FIX = "make the plan again with: ringfence plan"


def unsaid(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield an error for each statement that is due of this plan, and that it does not say word for word."""
    from planner.settle import by_hand
    from planner.settle.statements import unenforced

    trusted = _trusted(plan)
    lists = (
        ("by-hand-missing", plan.by_hand, by_hand.statements(plan.cluster, plan.policy, trusted, plan.rings)),
        ("not-modelled-missing", plan.not_modelled, _not_modelled(plan, trusted)),
        ("unenforced-missing", plan.unenforced, unenforced(plan.cluster, plan.policy, trusted, _idle(plan))),
    )
    for check, said, due in lists:
        words = {(one.subject, one.message, one.code) for one in said}
        for one in due:
            if (one.subject, one.message, one.code) not in words:
                yield Finding(check, ERROR, one.subject, f"is not said: {one.message}", WHY, FIX)
    if _is_tried(plan) and not any(_tells_of_orders(plan, one) for one in plan.not_modelled):
        message = f"is not said: for which orders of arrival it was simulated, and that {promise.UNTRIED}"
        yield Finding("not-modelled-missing", ERROR, SCHEDULER, message, WHY, FIX)
    for name, of in sorted(_losing(plan) - {(one.ring, one.of) for one in plan.losses}):
        message = f"does not say what is pending after the loss of a {of}"
        yield Finding("losses-missing", ERROR, name, message, survival.WHY, FIX)


def _trusted(plan: IsolationPlan) -> "Trust":
    """Return who trusts whom with the reasons made anew, which `verify` does not look at."""
    from planner.trust import trust

    found = trust(plan.policy, plan.cluster).members
    members = {name: replace(one, ring=plan.trust.members[name].ring) for name, one in found.items()}
    return replace(plan.trust, members=FrozenMap(members))


def _not_modelled(plan: IsolationPlan, trusted: "Trust") -> "Iterator[Statement]":
    """Yield what is due; losses are packed again where guides are required, so that what ties pods may be another matter then."""
    from planner.settle import losses
    from planner.settle.statements import not_modelled

    for one in not_modelled(plan.cluster, plan.policy, trusted, plan.rings):
        if one.subject != SCHEDULER or (plan.rings and not _is_tried(plan)):
            yield one
    narrowed = any(guide.required for guide in plan.guides)
    for one in losses.statements(plan.cluster, plan.policy, plan.losses):
        if not (narrowed and one.subject.startswith("ring ")):
            yield one
    if _is_tried(plan):
        yield from survival.statement(plan)


def _idle(plan: IsolationPlan) -> tuple[str, ...]:
    inside = {name for made in plan.rings for name in made.nodes}
    planned = (node.name for node in plan.cluster.nodes if not ring.is_excluded(node, plan.policy.nodes))
    return tuple(name for name in planned if name not in inside)


def _losing(plan: IsolationPlan) -> set[tuple[str, str]]:
    """Return the rings that hold pods of their own, and whether these may lose a node or also a zone: of all this is told."""
    daemons = {one.id for one in plan.cluster.workloads if one.is_daemon}
    peopled = {one.ring for one in plan.placements if one.on and one.workload not in daemons}
    zoned = {node.name for node in plan.cluster.nodes if loss.ZONE in node.labels}
    rings = [made for made in plan.rings if made.name in peopled]
    return {(made.name, NODE) for made in rings} | {(made.name, ZONE) for made in rings if zoned.intersection(made.nodes)}


def _is_tried(plan: IsolationPlan) -> bool:
    return any(made.any_order for made in plan.rings)


def _tells_of_orders(plan: IsolationPlan, one: "Statement") -> bool:
    """Say whether it is the sentence on simulated orders; how many were tried is checked beside what the rings say of it."""
    begins = f"{promise.profile(plan.cluster.kubernetes)} was simulated for "
    return one.subject == SCHEDULER and one.message.startswith(begins) and one.message.endswith(promise.UNTRIED)
