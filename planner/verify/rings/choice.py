"""There are no more rings than the policy allows, none is too small or too large, and a no for want of rings is a no."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from models.answer.finding import WARNING, Finding, FindingCode
from models.answer.plan import Choice, IsolationPlan
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, UNDECIDED
from models.trust import TrustPolicy
from planner.verify.finding import error
from planner.wording import choice_reasons

FEW = 12
"""Up to so many groups are divided anew to see that they cannot be."""


def unmet(plan: IsolationPlan) -> tuple[Finding, ...]:
    """Return which limits of the policy the rings do not keep to; nothing where they keep to all."""
    return tuple(_unmet(plan))


def _unmet(plan: IsolationPlan) -> Iterator[Finding]:
    most = plan.policy.max_rings
    if most is not None and len(plan.rings) > most:
        yield error(FindingCode.RING_LIMIT, plan.name, case="rings", rings=len(plan.rings), most=most)
    for ring in plan.rings:
        least, limit = _limits(ring.groups, plan.policy)
        size = {"ring": ring.name, "nodes": len(ring.nodes)}
        if len(ring.nodes) < least:
            yield error(FindingCode.RING_LIMIT, plan.name, case="small", **size, least=least)
        if limit is not None and len(ring.nodes) > limit:
            yield error(FindingCode.RING_LIMIT, plan.name, case="large", **size, most=limit)


def _limits(groups: Sequence[str], policy: TrustPolicy) -> tuple[int, int | None]:
    least, most = 0, None
    for rule in policy.ring_nodes:
        named = {name for group in groups for name in (group, group.split("/")[0])}
        if rule.groups and named.isdisjoint(rule.groups):
            continue
        least = max(least, rule.min)
        if rule.max is not None:
            most = rule.max if most is None else min(most, rule.max)
    return least, most


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield limits that a plan called feasible breaks, and what is untrue of how its rings were chosen."""
    if plan.verdict == FEASIBLE:
        yield from _unmet(plan)
    if plan.choice is not None:
        yield from _baseless(plan, plan.choice)
        yield from _goal(plan, plan.choice)
        yield from _reason(plan, plan.choice)


def _baseless(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    """Look whether there was anything to choose: groups that may share, or more of them than there may be rings."""
    if not (plan.trust.sharing or choice.reason):
        yield error(FindingCode.CHOICE_BASELESS, plan.name, case="no choice")
    if choice.reason and (choice.planned or choice.goal):
        yield error(FindingCode.CHOICE_BASELESS, plan.name, case="planned")


def _goal(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    goal = choice.goal
    if goal is None:
        return
    if plan.verdict != FEASIBLE:
        yield error(FindingCode.CHOICE_GOAL, goal.name, case="no", said=goal.value)
    costs = [goal for goal in plan.goals if goal.name == COST]
    if goal.name != (COST if costs else "nodes") or goal.sense != "min":
        yield error(FindingCode.CHOICE_GOAL, goal.name, case="another")
    elif costs and abs(costs[0].value - goal.value) > 1e-9:
        yield error(FindingCode.CHOICE_GOAL, goal.name, case="cost", said=goal.value, true=costs[0].value)
    elif not costs and goal.value > sum(len(ring.nodes) for ring in plan.rings):
        yield error(FindingCode.CHOICE_GOAL, goal.name, case="nodes", said=goal.value)
    packed = min([goal.value, *(packing_goal.value for packing_goal in plan.packing_goals if packing_goal.name == goal.name)])
    if goal.bound > packed:
        yield error(FindingCode.GOAL_BOUND, goal.name, case="choice", value=packed, bound=goal.bound)


def _reason(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    if not choice.reason:
        if choice.apart:
            yield error(FindingCode.CHOICE_REASON, plan.name, case="none")
        return
    if plan.verdict != (INFEASIBLE if choice.whole else UNDECIDED):
        facts = {"verdict": plan.verdict, "proven": choice.whole, "reason": choice.reason}
        yield error(FindingCode.CHOICE_REASON, plan.name, case="verdict", **facts)
    if choice.reason not in _reasons(plan, choice):
        yield error(FindingCode.CHOICE_REASON, plan.name, case="baseless", reason=choice.reason)
    yield from _apart(plan, choice)
    if plan.verdict == INFEASIBLE and not choice.apart:
        yield from _divided_anew(plan)


def _reasons(plan: IsolationPlan, choice: Choice) -> tuple[str, ...]:
    """Return what may be the reason; the rings are as few as there can be, were they not limited."""
    most, ways = plan.policy.max_rings, (True, False)
    if choice.apart:
        return (choice_reasons.of_strangers(most, choice.apart),)
    few = (choice_reasons.of_fewest(most, len(plan.rings), is_proven) for is_proven in ways[not choice.whole :])
    return (*map(choice_reasons.of_sizes, ways), *few)


def _apart(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    """Look whether these are groups of which no two may share, and more of them than there may be rings."""
    groups = {group.name for group in plan.trust.groups}
    if len(set(choice.apart) & groups) < len(choice.apart):
        yield error(FindingCode.CHOICE_REASON, plan.name, case="no groups", groups=choice.apart)
    known = set(plan.trust.sharing)
    for group, other in combinations(sorted(choice.apart), 2):
        if (group, other) in known:
            yield error(FindingCode.CHOICE_REASON, plan.name, case="may share", group=group, other=other)
    if choice.apart and len(choice.apart) <= (plan.policy.max_rings or 0):
        yield error(FindingCode.CHOICE_REASON, plan.name, case="few", count=len(choice.apart))


def _divided_anew(plan: IsolationPlan) -> Iterator[Finding]:
    """Look for a division that the policy allows; where there are many groups, say that nobody looked."""
    groups = [group.name for group in plan.trust.groups]
    if len(groups) > FEW:
        yield Finding.of(FindingCode.CHOICE_REASON, WARNING, plan.name, case="unchecked", count=len(groups))
    elif (division := _division(plan, groups, [])) is not None:
        yield error(FindingCode.CHOICE_REASON, plan.name, case="divisible", rings=tuple(map(tuple, division)))


def _division(plan: IsolationPlan, left: list[str], parts: list[list[str]]) -> list[list[str]] | None:
    """Return rings for the groups that are left, added to those made so far; None where there are none."""
    if not left:
        fine = all(_has_room(ring, plan.policy) for ring in parts)
        return parts if fine else None
    first, rest, most = left[0], left[1:], plan.policy.max_rings
    sharing = set(plan.trust.sharing)
    for index, ring in enumerate(parts):
        if all((min(first, other), max(first, other)) in sharing for other in ring):
            division = _division(plan, rest, [*parts[:index], [*ring, first], *parts[index + 1 :]])
            if division is not None:
                return division
    return _division(plan, rest, [*parts, [first]]) if most is None or len(parts) < most else None


def _has_room(ring: Sequence[str], policy: TrustPolicy) -> bool:
    least, most = _limits(ring, policy)
    return most is None or least <= most
