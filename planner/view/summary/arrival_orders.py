"""What kube-scheduler makes of each ring in whatever order its pods arrive, and what the plan does about it."""

from collections.abc import Iterator, Mapping

from models.answer.plan import Guide, IsolationPlan, Reserve, RingPlan
from models.solver.outcome import COST, DATA, UNDECIDED, Goal
from planner.view.format import count, listed
from planner.view.summary import cost, grades

MOST = 3
_NAMES = {
    DATA: "running pods moved away from their data",
    "moves": "running pods moved",
    "relabels": "nodes relabelled",
    "headroom": "‰ of least head-room",
}


def stuck(plan: IsolationPlan) -> list[str]:
    """Return the rings of which kube-scheduler leaves pods pending."""
    return [ring.name for ring in plan.rings if ring.any_order and ring.any_order.is_stuck]


def verdict(plan: IsolationPlan, pods: int) -> str:
    """Say that all can be packed but the proof that was asked for is missing; empty where that is not so."""
    if plan.verdict != UNDECIDED or plan.unplaced:
        return ""
    missed = stuck(plan)
    unproven = [ring.name for ring in plan.rings if ring.any_order and not ring.any_order.is_proven]
    return _missed(plan, pods, missed) if missed else _unproven(plan, pods, unproven) if unproven else ""


def _missed(plan: IsolationPlan, pods: int, rings: list[str]) -> str:
    result, because = _ring(plan, rings[0]).any_order, _ring(plan, rings[0]).because
    order, whose = result.order if result else "", f": {because}" if because else ""
    return (
        f"All {count(pods, 'pod')} can be packed, but every order was asked for, and kube-scheduler leaves some of "
        f"{_named(rings)} pending when they arrive {order}{whose}."
    )


def _unproven(plan: IsolationPlan, pods: int, rings: list[str]) -> str:
    if len(rings) == 1:
        which = f"ring {rings[0]} is not proven: {_ring(plan, rings[0]).because}"
    else:
        reasons = [f"In ring {name}: {_ring(plan, name).because}" for name in rings[:MOST]]
        more = [f"And {len(rings) - MOST:,} more"] if len(rings) > MOST else []
        which = f"{count(len(rings), 'ring')} are not proven. {'. '.join((*reasons, *more))}"
    return (
        f"All {count(pods, 'pod')} can be packed, and no order that was tried leaves one pending, but every order was asked for, "
        f"and {which}."
    )


def _named(rings: list[str]) -> str:
    return f"ring {rings[0]}" + (f" and {count(len(rings) - 1, 'ring')} more" if len(rings) > 1 else "")


def _ring(plan: IsolationPlan, name: str) -> RingPlan:
    return next(ring for ring in plan.rings if ring.name == name)


def rows(plan: IsolationPlan) -> Iterator[tuple[str, str, str, str]]:
    """Write each ring, how sure it is, what is known of the order of arrival, and what leads or helps its pods."""
    for ring in plan.rings:
        if ring.any_order:
            yield ring.name, grades.told(plan, ring), str(ring.any_order), _means(plan, ring.name)


def _means(plan: IsolationPlan, ring: str) -> str:
    members = plan.trust.members
    mine = [guide for guide in plan.guides if members[str(guide.workload)].ring == ring]
    room = [reserve for reserve in plan.reserves if reserve.ring == ring]
    parts = [_guided([g for g in mine if g.required is required], required) for required in (True, False)]
    return "; ".join(part for part in (*parts, _kept(room)) if part)


def _guided(guides: list[Guide], required: bool) -> str:
    if not guides:
        return ""
    keys = listed(sorted({guide.key for guide in guides}), MOST)
    return f"{count(len(guides), 'workload')} led by {'required' if required else 'preferred'} affinity to {keys}"


def _kept(room: list[Reserve]) -> str:
    if not room:
        return ""
    pods = sum(reserve.pods for reserve in room)
    return f"room kept for {count(pods, 'more pod', 'more pods')} of {listed([str(reserve.workload) for reserve in room], MOST)}"


def price(plan: IsolationPlan) -> str:
    """Say what it costs, and what it saves, that kube-scheduler keeps the plan, beside the exact packing; empty for nothing."""
    reached = {goal.name: goal.value for goal in plan.goals}
    compared = [(_verb(goal, reached[goal.name]), _instead(goal, reached[goal.name])) for goal in _changed(plan, reached)]
    said = [(verb, [words for sign, words in compared if sign == verb]) for verb in ("costs", "saves", "gains")]
    parts = [(verb, ", ".join(words)) for verb, words in said if words]
    more = "".join(f"; it {verb}: {words}" for verb, words in parts[1:])
    return f"That {parts[0][0]}, beside the exact packing: {parts[0][1]}{more}." if parts else ""


def _changed(plan: IsolationPlan, reached: Mapping[str, float]) -> list[Goal]:
    """Return what the exact packing had reached where the plan differs, costs first."""
    goals = [goal for goal in plan.packing_goals if goal.name in reached and goal.name in (COST, *_NAMES)]
    changed = (goal for goal in goals if _exactly(goal, goal.value) != _exactly(goal, reached[goal.name]))
    return sorted(changed, key=lambda goal: goal.name != COST)


def _exactly(goal: Goal, value: float) -> float:
    return cost.micro(value) if goal.name == COST else value


def _verb(then: Goal, now: float) -> str:
    if (now > then.value) != (then.sense == "max"):
        return "costs"
    return "gains" if then.sense == "max" else "saves"


def _instead(then: Goal, now: float) -> str:
    if then.name == COST:
        return f"{cost.money(cost.micro(now))} per hour instead of {cost.money(cost.micro(then.value))}"
    return f"{now:,.0f} {_NAMES[then.name]} instead of {then.value:,.0f}"
