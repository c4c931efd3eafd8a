"""What a plan says, as sentences that every face of it shares."""

from dataclasses import replace

from models.answer.plan import IsolationPlan, Repair, Shortage, Unplaced
from models.kubernetes.resources import CPU, DISKS, FEATURES, PODS, driver_of
from models.solver.outcome import COST, DATA, FEASIBLE, INFEASIBLE, Goal
from planner.view.format import amount, count, listed, number, percent
from planner.view.summary import arrival_orders, failures, grades, ring_limits
from planner.view.summary import cost as market
from planner.view.summary.separation import NOTHING_LOST
from planner.view.usage import Load, RingLoad


def verdict(plan: IsolationPlan, load: Load) -> str:
    """Say in one sentence whether the plan holds and how large it is."""
    pods = sum(ring.pods for ring in load.rings)
    left = sum(u.pods for u in plan.unplaced)
    if plan.verdict == FEASIBLE:
        size = f"{count(len(load.rings), 'ring')} on {count(len(load.nodes), 'node')}, {_placed(plan, pods)}"
        promise = "; whether kube-scheduler finds the packing was not tried" if plan.packing else ""
        shared = " that may not share" if _share_a_ring(plan) else ""
        risk = grades.risk(plan, pods)
        return f"{risk}. {size}; no node mixes levels{shared}." if risk else f"{size}; no node mixes levels{shared}{promise}."
    if plan.choice and plan.choice.reason:
        known = (
            "Levels and tenants cannot be divided"
            if plan.verdict == INFEASIBLE
            else "No way to divide levels and tenants was found"
        )
        return f"{known} as the policy wants; {plan.choice.reason}. What follows does without that limit."
    if not left and (wrong := ring_limits.verdict(plan, pods)):
        return wrong
    if not left and failures.unmet(plan):
        known = "no plan" if plan.verdict == INFEASIBLE else "the search found no plan that"
        return f"All {count(pods, 'pod')} have a place, but {known} lets every ring lose {failures.unmet_kinds(plan)}."
    if unkept := arrival_orders.verdict(plan, pods):
        return unkept
    part = f"{left:,} of {count(pods + left, 'pod')}"
    if plan.verdict == INFEASIBLE:
        return f"{part} {'does' if left == 1 else 'do'} not fit without mixing levels{_by_limits(plan)}."
    return f"The search stopped before it knew; {part} {'is' if left == 1 else 'are'} not placed."


def _placed(plan: IsolationPlan, pods: int) -> str:
    """Count the placed pods that controllers keep, and beside these those that are there during rollouts only."""
    with_places = {placement.workload for placement in plan.placements}
    added = sum(workload.surge for workload in plan.cluster.workloads if workload.id in with_places)
    rollouts = f" and {added:,} that rollouts add" if added else ""
    return f"{count(pods - added, 'pod')} placed{rollouts}"


def headline(plan: IsolationPlan) -> str:
    """Write the verdict, and how many objects make pods that it says nothing of."""
    said = standing(plan)
    return f"{said}{', but' if plan.verdict == FEASIBLE else ', and'} {hidden(plan)}" if plan.hidden else said


def standing(plan: IsolationPlan) -> str:
    """Write the verdict, and whether it is one on a packing that kube-scheduler was not tried on, or leaves pods pending of."""
    if is_packing(plan):
        return f"{plan.verdict} as a packing"
    return f"{plan.verdict} at risk" if plan.is_at_risk else plan.verdict


def is_packing(plan: IsolationPlan) -> bool:
    """Say whether all pods have a place, and nobody tried whether kube-scheduler finds it."""
    return bool(plan.packing) and plan.verdict == FEASIBLE


def hidden(plan: IsolationPlan) -> str:
    """Say how many objects make pods that are not planned; empty where none does."""
    number = len(plan.hidden)
    makes = "makes" if number == 1 else "make"
    return f"{count(number, 'custom resource')} {makes} pods that are not planned" if number else ""


def _by_limits(plan: IsolationPlan) -> str:
    """Say which limit is in the way, where no pods are known that contradict each other without it."""
    if plan.new_groups:
        return " while every node group is of one ring"
    if not plan.policy.ring_nodes or plan.conflict:
        return ""
    return (
        " on the nodes that ringNodes allows"
        if _lacking(plan) & set(ring_limits.full(plan))
        else " beside the nodes that ringNodes asks for"
    )


def _share_a_ring(plan: IsolationPlan) -> bool:
    level = {group.name: group.level for group in plan.trust.groups}
    return any(len({level.get(group) for group in ring.groups}) > 1 for ring in plan.rings)


def choice(plan: IsolationPlan, tells_gap: bool = True) -> str:
    """Say how the rings were chosen, and what no other way to share could do better."""
    chosen = plan.choice
    if chosen is None or chosen.reason:
        return ""
    if chosen.goal is None:
        tried = f"of the ways to share {chosen.planned:,} {'was' if chosen.planned == 1 else 'were'} planned"
        return "" if chosen.whole else f"Rings: {tried}; there may be better ones."
    goal = chosen.goal
    ways = "the only way to share that was planned" if chosen.planned == 1 else f"the best of {chosen.planned:,} ways to share"
    rest = "; the others are proven to be no better" if chosen.whole else ""
    if goal.name == COST:
        rest = rest and "; the packings of the others are proven to be no cheaper"
        least = "" if goal.bound <= 0 else f"; no way costs less than {market.money(market.micro(goal.bound))} per hour"
    else:
        fewer = "" if goal.bound <= 0 else f", and no way needs fewer than {goal.bound:,.0f}"
        least = f"; it needs {count(round(goal.value), 'node')}{fewer}"
    gap = f" (gap {market.share(goal.gap)})" if tells_gap and goal.bound > 0 and goal.gap else ""
    return f"Rings: {ways}{rest}{least}{gap}."


def tightest(load: Load) -> str:
    """Say which ring is nearest to full, and in which resource."""
    used = [ring for ring in load.rings if ring.nodes and ring.usage]
    if not used:
        return ""
    ring = max(used, key=lambda r: r.usage[r.scarcest].share)
    use = ring.usage[ring.scarcest]
    all_of_it = amount(ring.scarcest, use.allocatable)
    return f"Tightest: {ring.scarcest} of ring {ring.name}, {percent(use.share)} of {all_of_it} taken."


def surge(plan: IsolationPlan) -> str:
    """Say how many of the pods are there during rollouts only, and how to leave them out."""
    pods = sum(workload.surge for workload in plan.cluster.workloads)
    kept = f"{pods:,} more {'pod' if pods == 1 else 'pods'} than their controllers keep, for rollouts"
    return f"Pods are counted at their peak: {kept}; demand.surge in the policy changes that."


def shortage(short: Shortage) -> str:
    """Say what a ring lacks."""
    disk, feature = short.resource.removeprefix(DISKS), short.resource.removeprefix(FEATURES)
    if (driver := driver_of(short.resource)) != short.resource:
        return f"Ring {short.ring} has too few nodes on which CSI driver {driver} is installed."
    if feature != short.resource:
        return f"Ring {short.ring} has too few nodes whose kubelets declare {feature}."
    if disk != short.resource:
        return (
            f"Ring {short.ring} has too few nodes for disk {disk}: a pod that writes it shares a node with no other that has it."
        )
    needed, available = amount(short.resource, short.needed), amount(short.resource, short.available)
    lack = amount(short.resource, short.needed - short.available)
    what = {CPU: lack, PODS: count(short.needed - short.available, "pod slot")}.get(short.resource, f"{lack} of {short.resource}")
    return f"Ring {short.ring} lacks {what}: its pods ask for {needed}, its nodes have {available}."


def refusal(plan: IsolationPlan, pending: Unplaced) -> str:
    """Say what kube-scheduler would, and what else it would say of empty nodes where even they would not do."""
    if pending.alone in ("", pending.message):
        return pending.message
    offered = " and one of each shape and zone to be had" if any(shape.max != 0 for shape in plan.cluster.shapes) else ""
    return f"{pending.message.removesuffix('.')}. With every node to itself{offered}: {pending.alone}"


def repair(fix: Repair) -> str:
    """Say what to add."""
    ring = f" in ring {fix.ring}" if fix.ring else ""
    number = "one more node" if fix.count == 1 else f"{fix.count:,} more nodes"
    return f"{number} like {fix.node}{ring}"


def repairs(plan: IsolationPlan) -> str:
    """Say the smallest additions that let everything be packed, and for which rings none was found; empty where all fits."""
    whole = any(not fix.ring for fix in plan.repairs)
    more = ["More may be needed for kube-scheduler, which binds one by one."] if plan.repairs else []
    if whole:
        lines = [f"It can be packed with {' and '.join(repair(fix) for fix in plan.repairs)}.", *more]
    else:
        lines = [f"Ring {fix.ring} can be packed with {repair(replace(fix, ring=''))}." for fix in plan.repairs] + more
        full = ring_limits.full(plan)
        for ring in sorted(_lacking(plan) - {fix.ring for fix in plan.repairs}):
            if ring in full:
                lines.append(f"Ring {ring} has all the nodes that ringNodes lets it have ({full[ring]:,}).")
            elif plan.verdict == INFEASIBLE and not plan.new_groups:
                lines.append(f"No number of nodes like these was found that makes ring {ring} fit.")
    if plan.unplaced and (most := ring_limits.bought_up(plan)):
        names = listed((f"{name} (max {allowed:,})" for name, allowed in most.items()), 3)
        lines.append(f"All that may be bought is bought of {names}.")
    if plan.verdict == INFEASIBLE and (left := ring_limits.left_alone(plan)):
        lines.append(f"{count(left, 'node')} {'is' if left == 1 else 'are'} left alone by nodes.exclude.")
    if plan.repairs and plan.policy.survive != NOTHING_LOST:
        lines.append("Fewer may do: what must survive a loss is packed by rules of thumb.")
    return " ".join(lines)


def alone(plan: IsolationPlan) -> list[str]:
    """Name the workload that cannot be placed even alone where the conflict is one, and the others of which that is known."""
    known = {str(pending.workload) for pending in plan.unplaced if pending.alone}
    return sorted({*map(str, plan.conflict), *known}) if len(plan.conflict) == 1 else []


def conflict(plan: IsolationPlan) -> str:
    """Say what the workloads in conflict are to each other, and whether fewer of them would be as well."""
    if len(alone(plan)) > 1:
        return "None of these can be placed even alone"
    if len(plan.conflict) == 1:
        return "This one cannot be placed even alone"
    if plan.conflict_smallest:
        return "These cannot all be placed; leave out any one of them, and the others of this list can"
    return "These cannot all be placed; whether fewer of them already cannot was not shown"


def _lacking(plan: IsolationPlan) -> set[str]:
    """Name the rings without room for all their pods; none where there is no node that more could be like."""
    if not plan.cluster.nodes:
        return set()
    members = (plan.trust.members.get(str(left.workload)) for left in plan.unplaced)
    return {member.ring for member in members if member and member.ring}


_GOALS = {
    "unplaced": "pods without a place",
    DATA: "running pods that leave data behind",
    "moves": "running pods that move",
    "relabels": "nodes that change their ring",
    "headroom": "least free share of any ring, \u2030",
    COST: "cost per hour",
}


def goal(value: Goal) -> tuple[str, str, str, str]:
    """Write a goal as name, value, bound and what is proven of it."""
    proof = "proven best" if value.gap == 0 else f"gap {market.share(value.gap)}"
    if value.name == COST:
        return _GOALS[COST], market.money(market.micro(value.value)), market.money(market.micro(value.bound)), proof
    return _GOALS.get(value.name, value.name), number(value.value), number(value.bound), proof


def together(ring: RingLoad) -> str:
    """Say which groups a ring holds, where its name does not already say so."""
    if len(ring.groups) == 1 and ring.groups[0].replace("/", ".") == ring.name:
        return ""
    if len(ring.groups) == 1:
        return f"Ring {ring.name} holds {ring.groups[0]}."
    return f"Ring {ring.name}: {', '.join(ring.groups[:-1])} and {ring.groups[-1]} share its nodes."
