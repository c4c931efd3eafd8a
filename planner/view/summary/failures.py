"""What each ring can lose, a row per ring and kind of loss."""

from collections.abc import Iterator, Mapping

from models.answer.plan import IsolationPlan, Lost, Outlook
from planner.view.format import count, listed

MOST_WORKLOADS = 2


def unmet(plan: IsolationPlan) -> list[Outlook]:
    """Return the losses that the policy wants survived, and that some ring does not."""
    return [loss for loss in plan.losses if loss.failing and _wanted(plan, loss)]


def unmet_kinds(plan: IsolationPlan) -> str:
    """Name what not every ring can lose although it must: a node, a zone, or either."""
    return " or ".join(f"a {of}" for of in ("node", "zone") if any(outlook.of == of for outlook in unmet(plan)))


def _wanted(plan: IsolationPlan, outlook: Outlook) -> bool:
    return bool({"node": plan.policy.survive.nodes, "zone": plan.policy.survive.zones}[outlook.of])


def missed(plan: IsolationPlan) -> list[Outlook]:
    """Return the losses that the policy wants survived, and after which only kube-scheduler leaves pods pending."""
    return [loss for loss in plan.losses if loss.stuck and not loss.failing and _wanted(plan, loss)]


def exempt(plan: IsolationPlan) -> Iterator[str]:
    """Say of which losses the policy wants survived, and some pods do not survive them whatever is planned."""
    for of in ("node", "zone"):
        losses = [loss for loss in plan.losses if loss.of == of and loss.tying and _wanted(plan, loss)]
        if losses:
            rings = [loss.ring for loss in losses]
            where = f"ring {listed(rings)}"
            yield f"survive does not speak of pods that only one {of} lets in, as there are in {where}: the plan names them."


def _greediest(outlook: Outlook) -> Lost:
    return max(outlook.worst, key=lambda lost: sum(lost.left.values()))


def rows(plan: IsolationPlan) -> Iterator[tuple[str, str, str, str]]:
    """Write ring, loss, how many such losses hurt, and the worst of them; only its first row names the ring."""
    named = ""
    for loss in plan.losses:
        yield "" if loss.ring == named else loss.ring, f"a {loss.of}", _hurting(loss), _worst(loss)
        named = loss.ring


def _hurting(outlook: Outlook) -> str:
    tried = f"{outlook.tried:,}" if outlook.tried == outlook.count else f"{outlook.tried:,} tried ({outlook.count:,})"
    return f"{_hurt(outlook):,} of {tried}"


def _hurt(outlook: Outlook) -> int:
    """Count the losses that hurt: those after which packing, or only kube-scheduler, leaves pods pending.

    Pods that no other node or zone lets in are not to be blamed on the plan, but pending all the same.
    """
    hurt = outlook.failing + sum(bool(lost.left) and not lost.pending for lost in outlook.worst)
    return hurt or outlook.tying


def _worst(outlook: Outlook) -> str:
    if outlook.failing:
        worst = outlook.worst[0]
        return f"losing {worst.name} leaves {_pending(worst.pending)}{_at_worst(worst)}"
    if outlook.stuck:
        worst = _greediest(outlook)
        return f"losing {worst.name} may leave {_pending(worst.left)}, if they come again {worst.order}"
    if outlook.tying:
        worst = max(outlook.worst, key=lambda lost: sum(lost.tied.values()))
        return f"losing {worst.name} leaves {_pending(worst.tied)}; no other {outlook.of} lets them in"
    several = outlook.count > 1
    return f"survives the loss of {'any' if several else 'its only'} {outlook.of}{_known(outlook) if several else ''}"


def _known(outlook: Outlook) -> str:
    """Say what that rests on, as far as kube-scheduler is asked at all."""
    if outlook.proven == outlook.count:
        return " in any order (proven)"
    packed = outlook.count - outlook.proven - outlook.simulated
    return f" by packing; simulated: {outlook.simulated:,}" if packed and outlook.simulated else ""


def _at_worst(worst: Lost) -> str:
    return f" (at worst {sum(worst.left.values()):,})" if worst.left else ""


def _pending(pods: Mapping[str, int]) -> str:
    names = sorted(pods, key=lambda name: (-pods[name], name))
    which = listed((f"{name} {pods[name]:,}" for name in names), MOST_WORKLOADS)
    return f"{count(sum(pods.values()), 'pod')} pending: {which}"
