"""What each ring can lose, a row per ring and kind of loss."""

from collections.abc import Iterator

from models.plan import IsolationPlan, Lost, Outlook
from planner.view.words import count, listed

MOST_WORKLOADS = 2


def unmet(plan: IsolationPlan) -> list[Outlook]:
    """Return the losses that the policy wants survived, and that some ring does not."""
    wanted = {"node": plan.policy.survive.nodes, "zone": plan.policy.survive.zones}
    return [one for one in plan.losses if one.failing and wanted[one.of]]


def unmet_kinds(plan: IsolationPlan) -> str:
    """Name what not every ring can lose although it must: a node, a zone, or either."""
    return " or ".join(f"a {of}" for of in ("node", "zone") if any(one.of == of for one in unmet(plan)))


def rows(plan: IsolationPlan) -> Iterator[tuple[str, str, str, str]]:
    """Write ring, loss, how many such losses hurt, and the worst of them; only its first row names the ring."""
    named = ""
    for one in plan.losses:
        yield "" if one.ring == named else one.ring, f"a {one.of}", _hurting(one), _worst(one)
        named = one.ring


def _hurting(one: Outlook) -> str:
    tried = f"{one.tried:,}" if one.tried == one.count else f"{one.tried:,} tried ({one.count:,})"
    return f"{one.failing:,} of {tried}"


def _worst(one: Outlook) -> str:
    if one.failing:
        return f"losing {one.worst[0].name} leaves {_pending(one.worst[0])}"
    tied = f"; pods that only one {one.of} lets in would be pending" if one.tying else ""
    if one.count < 2:
        return f"survives the loss of its only {one.of}{tied}"
    return f"survives the loss of any {one.of}{tied}"


def _pending(worst: Lost) -> str:
    names = sorted(worst.pending, key=lambda name: (-worst.pending[name], name))
    which = listed((f"{name} {worst.pending[name]:,}" for name in names), MOST_WORKLOADS)
    return f"{count(sum(worst.pending.values()), 'pod')} pending: {which}"
