"""There are no more rings than the policy allows, none is too small or too large, and a no for want of rings is a no."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from models.answer.finding import WARNING, Finding, FindingCode
from models.answer.plan import Choice, IsolationPlan
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, UNDECIDED
from models.trust import TrustPolicy
from planner.verify.finding import error

FEW = 12
"""Up to so many groups are divided anew to see that they cannot be."""
SIZES = ("what is said of a group's ring cannot all be true of one ring", "no way to divide the groups was found")
"""Why no ring has a number of nodes that is allowed."""
WHY_RINGS = "The policy limits the rings and their nodes; a plan that does not obey it is a plan for another policy."
WHY_REASON = "Who is told that the groups cannot be divided changes the policy for it."
WHY_GOAL = "A value that the plan does not come to, or a bound above it, makes the choice of rings look better than it is."


def unmet(plan: IsolationPlan) -> tuple[str, ...]:
    """Say which limits of the policy the rings do not keep to; nothing where they keep to all."""
    most, unmet_limits = plan.policy.max_rings, []
    if most is not None and len(plan.rings) > most:
        unmet_limits.append(f"{len(plan.rings)} rings are more than the {most} of maxRings")
    for ring in plan.rings:
        least, limit = _limits(ring.groups, plan.policy)
        if len(ring.nodes) < least:
            unmet_limits.append(f"ring {ring.name} has {len(ring.nodes)} nodes, by ringNodes it must have {least} at least")
        if limit is not None and len(ring.nodes) > limit:
            unmet_limits.append(f"ring {ring.name} has {len(ring.nodes)} nodes, by ringNodes it may have {limit} at most")
    return tuple(unmet_limits)


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
        for message in unmet(plan):
            yield error(FindingCode.RING_LIMIT, plan.name, message, WHY_RINGS)
    if plan.choice is not None:
        yield from _baseless(plan, plan.choice)
        yield from _goal(plan, plan.choice)
        yield from _reason(plan, plan.choice)


def _baseless(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    """Look whether there was anything to choose: groups that may share, or more of them than there may be rings."""
    if not (plan.trust.sharing or choice.reason):
        yield error(
            FindingCode.CHOICE_BASELESS, plan.name, "says how its rings were chosen, and no two groups may share one", WHY_GOAL
        )
    if choice.reason and (choice.planned or choice.goal):
        yield error(
            FindingCode.CHOICE_BASELESS, plan.name, "says that no rings are allowed, and that some were planned", WHY_GOAL
        )


def _goal(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    goal = choice.goal
    if goal is None:
        return
    if plan.verdict != FEASIBLE:
        yield error(FindingCode.CHOICE_GOAL, goal.name, f"is said to be {goal.value:g}, and not all pods have a place", WHY_GOAL)
    costs = [goal for goal in plan.goals if goal.name == COST]
    if goal.name != (COST if costs else "nodes") or goal.sense != "min":
        yield error(FindingCode.CHOICE_GOAL, goal.name, "is not what rings are chosen by here", WHY_GOAL)
    elif costs and abs(costs[0].value - goal.value) > 1e-9:
        yield error(
            FindingCode.CHOICE_GOAL, goal.name, f"is said to be {goal.value:g}, the plan's is {costs[0].value:g}", WHY_GOAL
        )
    elif not costs and goal.value > sum(len(ring.nodes) for ring in plan.rings):
        yield error(FindingCode.CHOICE_GOAL, goal.name, f"{goal.value:g} are more nodes than the rings have", WHY_GOAL)
    packed = min([goal.value, *(packing_goal.value for packing_goal in plan.packing_goals if packing_goal.name == goal.name)])
    if goal.bound > packed:
        yield error(
            FindingCode.GOAL_BOUND, goal.name, f"value {packed:g} is better than its proven bound {goal.bound:g}", WHY_GOAL
        )


def _reason(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    if not choice.reason:
        if choice.apart:
            yield error(
                FindingCode.CHOICE_REASON, plan.name, "names groups that keep the rings apart, and gives no reason", WHY_REASON
            )
        return
    if plan.verdict != (INFEASIBLE if choice.whole else UNDECIDED):
        how = "is proven" if choice.whole else "is not proven"
        yield error(
            FindingCode.CHOICE_REASON, plan.name, f"is called {plan.verdict}, and says, which {how}: {choice.reason}", WHY_REASON
        )
    if choice.reason not in _reasons(plan, choice):
        yield error(FindingCode.CHOICE_REASON, plan.name, f"gives a reason that its policy does not: {choice.reason}", WHY_REASON)
    yield from _apart(plan, choice)
    if plan.verdict == INFEASIBLE and not choice.apart:
        yield from _divided_anew(plan)


def _reasons(plan: IsolationPlan, choice: Choice) -> tuple[str, ...]:
    """Return what may be the reason, word for word; the rings are as few as there can be, were they not limited."""
    most, rings = plan.policy.max_rings, len(plan.rings)
    if choice.apart:
        names = ", ".join(choice.apart)
        return (f"maxRings: {most}, and of the groups {names} no two may share: at least {len(choice.apart)} rings",)
    fewest = (f"at least {rings} rings", f"no way to have fewer than {rings} rings was found")
    few = (f"maxRings: {most}, and as mayShare is: {known}" for known in fewest[not choice.whole :])
    return (*(f"ringNodes: {sizes}" for sizes in SIZES), *few)


def _apart(plan: IsolationPlan, choice: Choice) -> Iterator[Finding]:
    """Look whether these are groups of which no two may share, and more of them than there may be rings."""
    groups = {group.name for group in plan.trust.groups}
    if len(set(choice.apart) & groups) < len(choice.apart):
        yield error(
            FindingCode.CHOICE_REASON, plan.name, f"{', '.join(choice.apart)} are not all groups, each named once", WHY_REASON
        )
    known = set(plan.trust.sharing)
    for group, other in combinations(sorted(choice.apart), 2):
        if (group, other) in known:
            yield error(FindingCode.CHOICE_REASON, plan.name, f"{group} and {other} may share, and are said not to", WHY_REASON)
    if choice.apart and len(choice.apart) <= (plan.policy.max_rings or 0):
        yield error(
            FindingCode.CHOICE_REASON, plan.name, f"{len(choice.apart)} groups do not need more than maxRings", WHY_REASON
        )


def _divided_anew(plan: IsolationPlan) -> Iterator[Finding]:
    """Look for a division that the policy allows; where there are many groups, say that nobody looked."""
    groups = [group.name for group in plan.trust.groups]
    if len(groups) > FEW:
        message = f"that {len(groups)} groups cannot be divided as the policy wants was not checked"
        yield Finding(FindingCode.CHOICE_REASON, WARNING, plan.name, message, WHY_REASON)
    elif (division := _division(plan, groups, [])) is not None:
        ways = "; ".join(", ".join(part) for part in division)
        yield error(FindingCode.CHOICE_REASON, plan.name, f"the groups can be divided as the policy wants: {ways}", WHY_REASON)


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
