"""The review as plain data, for JSON and YAML."""

from collections.abc import Mapping
from typing import Any

from models.answer.plan import Choice, IsolationPlan, Lost, Outlook, Unplaced
from models.kubernetes.cluster import Statement
from models.solver.outcome import MILLION, Goal, written_gap
from planner.view.summary import cost as market
from planner.view.summary.moved_pods import moving
from planner.view.summary.phrases import headline
from planner.view.usage import Exposure, NodeLoad, RingLoad, Usage, rank
from planner.view.utilisation import load

Data = dict[str, Any]


def data(plan: IsolationPlan) -> Data:
    """Return the whole review: amounts in milli-cores, bytes and counts, shares from 0 to 1."""
    numbers = load(plan)
    found: Data = {
        "apiVersion": "ringfence.dev/v1alpha1",
        "kind": "PlanSummary",
        "metadata": {"name": plan.name},
        "verdict": plan.verdict,
        "headline": headline(plan),
        "goals": [_goal(goal) for goal in plan.goals],
        "rings": [_ring(ring) for ring in numbers.rings],
        "total": _usage(numbers.usage),
        "outside": [{"node": node.name, "standing": node.standing} for node in numbers.outside],
        "shared": [_exposed(one) for one in numbers.exposure],
        "unplaced": [
            {"workload": str(u.workload), "pods": u.pods, "message": u.message} | ({"alone": u.alone} if u.alone else {})
            for u in plan.unplaced
        ],
        "counted": [
            {"workload": str(w.id), "pods": w.pods, "surge": w.surge, "counted": w.counted}
            for w in plan.cluster.workloads
            if w.counted
        ],
        "moves": [
            {"workload": str(one.workload), "ring": one.ring, "pods": one.pods, "leaves": dict(one.leaves)}
            | ({"loses": list(one.loses)} if one.loses else {})
            for one in moving(plan)
        ],
        "shortages": [
            {"ring": s.ring, "resource": s.resource, "needed": s.needed, "available": s.available} for s in plan.shortages
        ],
        "conflict": [str(name) for name in plan.conflict],
        "conflictSmallest": plan.conflict_smallest,
        "repairs": [{"node": r.node, "count": r.count} | ({"ring": r.ring} if r.ring else {}) for r in plan.repairs],
        "hidden": list(plan.hidden),
        "notModelled": [_statement(one) for one in plan.not_modelled],
        "unenforced": [_statement(one) for one in plan.unenforced],
        **({"byHand": [_statement(one) for one in plan.by_hand]} if plan.by_hand else {}),
    }
    for key, value in _promise(plan).items():
        if value:
            found[key] = value
    if buys := _market(plan):
        found["market"] = buys
    if plan.choice:
        found["choice"] = _choice(plan.choice)
    if plan.losses:
        found["losses"] = [_outlook(loss) for loss in plan.losses]
    if plan.separation:
        cost = plan.separation
        found["separation"] = {
            "nodes": {"with": cost.nodes_with, "without": cost.nodes_without},
            "bounds": {"with": cost.nodes_with_bound, "without": cost.nodes_without_bound},
        }
    return found


def _promise(plan: IsolationPlan) -> Data:
    return {
        "packing": plan.packing,
        "anyOrder": {made.name: str(made.any_order) for made in plan.rings if made.any_order},
        "notProven": {made.name: str(made.because) for made in plan.rings if made.because},
        "guides": [
            {"workload": str(g.workload), "key": g.key, "values": list(g.values), "required": g.required} for g in plan.guides
        ],
        "reserves": [{"ring": r.ring, "workload": str(r.workload), "pods": r.pods} for r in plan.reserves],
        "packingGoals": [_goal(goal) for goal in plan.packing_goals],
    }


def _market(plan: IsolationPlan) -> Data:
    """Say what is bought and what it costs; amounts of money are per hour, in whole units of the currency."""
    value = market.cost(plan)
    if value is None:
        return {}
    prices = {shape.name: shape.price / MILLION for shape in plan.cluster.shapes}
    buys = [
        {"ring": ring.name, "shape": buy.shape, "zone": buy.zone, "count": buy.count, "price": prices[buy.shape]}
        | ({"pool": buy.pool} if buy.pool else {})
        for ring in plan.rings
        for buy in ring.buy
    ]
    month = market.micro(value.value) * market.HOURS_A_MONTH / MILLION
    return {"buy": buys, "perHour": value.value, "perMonth": month, "bound": value.bound, "gap": written_gap(value.gap)}


def _choice(made: Choice) -> Data:
    found: Data = {"planned": made.planned, "whole": made.whole}
    found |= {"goal": _goal(made.goal)} if made.goal else {}
    return found | ({"reason": made.reason, "apart": list(made.apart)} if made.reason else {})


def _outlook(one: Outlook) -> Data:
    numbers = {"count": one.count, "tried": one.tried, "failing": one.failing, "tying": one.tying}
    played = {"proven": one.proven, "simulated": one.simulated, "stuck": one.stuck}
    return {"ring": one.ring, "of": one.of, **numbers, **played, "worst": [_lost(lost) for lost in one.worst]}


def _lost(lost: Lost) -> Data:
    found: Data = {"name": lost.name, "pending": dict(lost.pending), "tied": dict(lost.tied)}
    return found | ({"left": dict(lost.left), "order": lost.order} if lost.left else {})


def _goal(goal: Goal) -> Data:
    return {"name": goal.name, "value": goal.value, "bound": goal.bound, "sense": goal.sense, "gap": written_gap(goal.gap)}


def _ring(ring: RingLoad) -> Data:
    return {
        "name": ring.name,
        "groups": list(ring.groups),
        "workloads": ring.workloads,
        "pods": ring.pods,
        "unplaced": ring.unplaced,
        "scarcest": ring.scarcest,
        "resources": _usage(ring.usage),
        "shared": [{"workload": guest.name, "nodes": guest.nodes} for guest in ring.guests],
        "nodes": [_node(node) for node in ring.nodes],
    }


def _usage(usage: Mapping[str, Usage]) -> Data:
    return {
        name: {
            "requested": usage[name].requested,
            "allocatable": usage[name].allocatable,
            "free": usage[name].free,
            "share": round(usage[name].share, 4),
        }
        for name in sorted(usage, key=rank)
    }


def _node(node: NodeLoad) -> Data:
    return {"name": node.name, "scarcest": node.scarcest, "share": round(node.fill, 4), "groups": list(node.groups)}


def _exposed(one: Exposure) -> Data:
    return {
        "workload": one.name,
        "nodes": len(one.nodes),
        "rings": list(one.rings),
        "requests": dict(one.each),
        "hostNetwork": one.host_network,
    }


def _statement(one: Statement) -> Data:
    found = {"subject": one.subject, "message": one.message}
    return found | ({"where": str(one.where)} if str(one.where) else {}) | ({"code": one.code} if one.code else {})


def _pending(one: Unplaced) -> dict[str, Any]:
    found = {"workload": str(one.workload), "pods": one.pods, "message": one.message}
    return found | ({"alone": one.alone} if one.alone else {})
