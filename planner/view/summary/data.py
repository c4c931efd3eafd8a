"""The review as plain data, for JSON and YAML."""

from collections.abc import Mapping
from typing import Any

from models.answer.grade import Grade
from models.answer.plan import Choice, IsolationPlan, Lost, Outlook, Separation, Unplaced
from models.answer.usage import Usage
from models.kubernetes.cluster import Statement
from models.kubernetes.workload import Workload
from models.solver.outcome import MILLION, Goal, written_gap
from planner.view.summary import cost as market
from planner.view.summary.moved_pods import Mover, moving
from planner.view.summary.phrases import headline
from planner.view.usage import Exposure, NodeLoad, RingLoad, rank
from planner.view.utilisation import load

Data = dict[str, Any]


def data(plan: IsolationPlan) -> Data:
    """Return the whole review: amounts in milli-cores, bytes and counts, shares from 0 to 1."""
    numbers = load(plan)
    return {
        "apiVersion": "ringfence.dev/v1alpha1",
        "kind": "PlanSummary",
        "metadata": {"name": plan.name},
        "verdict": plan.verdict,
        "headline": headline(plan),
        "goals": [_goal(goal) for goal in plan.goals],
        "rings": [_ring(ring) for ring in numbers.rings],
        "total": _usage(numbers.usage),
        "outside": [{"node": node.name, "standing": node.standing} for node in numbers.outside],
        "shared": [_exposure(exposure) for exposure in numbers.exposure],
        "unplaced": [_unplaced(pending) for pending in plan.unplaced],
        "counted": [_counted(workload) for workload in plan.cluster.workloads if workload.counted],
        "moves": [_mover(mover) for mover in moving(plan)],
        **_refusal(plan),
        "hidden": list(plan.hidden),
        "notModelled": [_statement(statement) for statement in plan.not_modelled],
        "unenforced": [_statement(statement) for statement in plan.unenforced],
        **_where_there_is_any(plan),
    }


def _refusal(plan: IsolationPlan) -> Data:
    """Say why not all pods have a place, and what would help."""
    return {
        "shortages": [
            {"ring": short.ring, "resource": short.resource, "needed": short.needed, "available": short.available}
            for short in plan.shortages
        ],
        "conflict": [str(name) for name in plan.conflict],
        "conflictSmallest": plan.conflict_smallest,
        "repairs": [
            {"node": repair.node, "count": repair.count} | ({"ring": repair.ring} if repair.ring else {})
            for repair in plan.repairs
        ],
    }


def _where_there_is_any(plan: IsolationPlan) -> Data:
    """Return what not every plan has."""
    parts: Data = {
        "byHand": [_statement(statement) for statement in plan.by_hand],
        **_promise(plan),
        "market": _market(plan),
        "choice": _choice(plan.choice) if plan.choice else {},
        "losses": [_outlook(loss) for loss in plan.losses],
        "separation": _separation(plan.separation) if plan.separation else {},
    }
    return {name: part for name, part in parts.items() if part}


def _separation(cost: Separation) -> Data:
    return {
        "nodes": {"with": cost.nodes_with, "without": cost.nodes_without},
        "bounds": {"with": cost.nodes_with_bound, "without": cost.nodes_without_bound},
    }


def _unplaced(pending: Unplaced) -> Data:
    told = {"workload": str(pending.workload), "pods": pending.pods, "message": pending.message}
    return told | ({"alone": pending.alone} if pending.alone else {})


def _counted(workload: Workload) -> Data:
    return {"workload": str(workload.id), "pods": workload.pods, "surge": workload.surge, "counted": workload.counted}


def _mover(mover: Mover) -> Data:
    told = {"workload": str(mover.workload), "ring": mover.ring, "pods": mover.pods, "leaves": dict(mover.leaves)}
    return told | ({"loses": list(mover.loses)} if mover.loses else {})


def _promise(plan: IsolationPlan) -> Data:
    return {
        "packing": plan.packing,
        **_grades(plan),
        "anyOrder": {ring.name: str(ring.any_order) for ring in plan.rings if ring.any_order},
        "notProven": {ring.name: str(ring.because) for ring in plan.rings if ring.because},
        "guides": [
            {"workload": str(g.workload), "key": g.key, "values": list(g.values), "required": g.required} for g in plan.guides
        ],
        "reserves": [{"ring": r.ring, "workload": str(r.workload), "pods": r.pods} for r in plan.reserves],
        "packingGoals": [_goal(goal) for goal in plan.packing_goals],
    }


def _grades(plan: IsolationPlan) -> Data:
    """Say how sure it is, of all rings together and of each, and what was tried against a risk; prices are per hour."""
    graded = {ring.name: _grade(ring.grade) for ring in plan.rings if ring.grade}
    remedies = [
        {"ring": tried.ring, "scenarios": tried.scenarios, "pending": tried.pending}
        | ({"node": tried.node, "price": tried.price / MILLION} if tried.node else {"guide": tried.guide})
        for tried in plan.remedies
    ]
    whole = {"grade": _grade(plan.grade), "mostPending": plan.most_pending} if plan.grade else {}
    return {**whole, "grades": graded, "remedies": remedies}


def _grade(grade: Grade) -> Data:
    numbers = {"scenarios": grade.scenarios, "failed": grade.failed, "pending": grade.pending}
    return {"kind": str(grade.kind), **numbers, "workloads": dict(grade.workloads)}


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


def _choice(choice: Choice) -> Data:
    told: Data = {"planned": choice.planned, "whole": choice.whole}
    told |= {"goal": _goal(choice.goal)} if choice.goal else {}
    return told | ({"reason": choice.reason, "apart": list(choice.apart)} if choice.reason else {})


def _outlook(loss: Outlook) -> Data:
    numbers = {"count": loss.count, "tried": loss.tried, "failing": loss.failing, "tying": loss.tying}
    played = {"proven": loss.proven, "simulated": loss.simulated, "stuck": loss.stuck}
    return {"ring": loss.ring, "of": loss.of, **numbers, **played, "worst": [_lost(lost) for lost in loss.worst]}


def _lost(lost: Lost) -> Data:
    fields: Data = {"name": lost.name, "pending": dict(lost.pending), "tied": dict(lost.tied)}
    return fields | ({"left": dict(lost.left), "order": lost.order} if lost.left else {})


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


def _exposure(exposure: Exposure) -> Data:
    return {
        "workload": exposure.name,
        "nodes": len(exposure.nodes),
        "rings": list(exposure.rings),
        "requests": dict(exposure.each),
        "hostNetwork": exposure.host_network,
    }


def _statement(statement: Statement) -> Data:
    told = {"subject": statement.subject, "message": statement.message, "code": str(statement.code)}
    return told | ({"where": str(statement.where)} if str(statement.where) else {})
