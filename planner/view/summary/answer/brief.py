"""The review in one screen, in the order in which people ask.

What is to be decided, what changes, which nodes each ring gets, how full they are, what it costs, and what may go wrong.
"""

from collections.abc import Iterator, Sequence

from models.answer.plan import IsolationPlan
from models.answer.usage import Usage
from models.kubernetes.node_group import grouped
from models.kubernetes.resources import CPU, MEMORY
from models.solver.outcome import FEASIBLE
from planner.rules.ring_membership import is_excluded, is_selected
from planner.view.format import amount, clean, count, listed, percent
from planner.view.summary import cost, grades, moved_pods, phrases, separation
from planner.view.summary.answer import add_ons, changes, node_groups, risks
from planner.view.summary.sections import Grid, Section, by_hand, conflict, more, shortages, unplaced
from planner.view.usage import Load, RingLoad

MOST_RINGS, MOST_HIDDEN = 12, 3
REST = "The rest: plan with --verbose, or ask ringfence explain."


def opening(plan: IsolationPlan, numbers: Load) -> list[str]:
    """Return what stands above all: the verdict, why it is at risk, the repair of a no, and that nothing is to decide."""
    is_settled = plan.verdict == FEASIBLE and not plan.by_hand and not any(_open(plan))
    lines = (
        phrases.verdict(plan, numbers),
        grades.why(plan),
        node_groups.narrow(plan, numbers.rings),
        node_groups.repair(plan),
        phrases.repairs(plan),
        "No decision is open." if is_settled else "",
    )
    return [clean(line) for line in lines if line]


def brief(plan: IsolationPlan, numbers: Load) -> list[Section]:
    """Return what a person has to know, most urgent first."""
    parts = [_decisions(plan), by_hand(plan), unplaced(plan), shortages(plan), conflict(plan), _changes(plan)]
    parts += [_nodes(plan, numbers), _load(numbers), _cost(plan, len(numbers.nodes)), _risks(plan)]
    return [section for section in parts if section is not None]


def _decisions(plan: IsolationPlan) -> Section | None:
    lines = [f"- {line}" for line in _open(plan)]
    return Section("Decide first", tuple(lines), alarm=True) if lines else None


def _open(plan: IsolationPlan) -> Iterator[str]:
    """Yield what is left to a person."""
    if plan.is_at_risk:
        pods = count(plan.most_pending, "pod")
        yield f"Accept that up to {pods} may stay pending (--accept-pending {plan.most_pending}), or remove the risk."
        yield from grades.remedies(plan)
    yield from filter(None, (add_ons.decision(plan),))
    if plan.hidden:
        named = listed(plan.hidden, MOST_HIDDEN)
        yield f"{phrases.hidden(plan)}: {named}. Keep room for them, or name podTemplates in the policy."
    yield from _to_come(plan)
    for mover in moved_pods.moving(plan):
        if mover.loses:
            yield f"{mover.workload}: {moved_pods.losing(mover)}"


def _to_come(plan: IsolationPlan) -> Iterator[str]:
    """Yield which nodes are to be bought, and which groups are to grow or to be made."""
    if number := cost.bought(plan):
        yield f"Buy {count(number, 'node')}: see What it costs."
    if plan.growth and plan.verdict == FEASIBLE:
        yield node_groups.growth(plan)
    if plan.verdict == FEASIBLE and (torn := node_groups.split(plan)):
        yield torn


def _changes(plan: IsolationPlan) -> Section | None:
    return Section("What changes", tuple(changes.lines(plan))) if plan.verdict == FEASIBLE else None


def _nodes(plan: IsolationPlan, numbers: Load) -> Section | None:
    if not numbers.rings:
        return None
    nodes, by = {node.name: node for node in plan.cluster.nodes}, plan.policy.nodes.groups.by
    rows = node_groups.rows(numbers.rings[:MOST_RINGS], nodes, by)
    lines = [phrases.together(ring) for ring in numbers.rings[:MOST_RINGS]]
    lines.append(node_groups.told_by(plan))
    outside = [node.name for node in numbers.outside if node.standing == "unused"]
    lines += [f"In no ring: {listed(outside, node_groups.MOST_NAMES)}."] if outside else []
    excluded = [node for node in plan.cluster.nodes if is_excluded(node, plan.policy.nodes)]
    for why, by_selector in (("by nodes.exclude", True), ("as the control plane runs there", False)):
        names = [node.name for node in excluded if is_selected(node, plan.policy.nodes.exclude) is by_selector]
        lines += [f"Left alone{'' if by_selector else ','} {why}: {listed(names, node_groups.MOST_NAMES)}."] if names else []
    lines += _left_out(numbers.rings)
    return Section("Nodes of each ring", tuple(filter(None, lines)), node_groups.grid(rows, bool(grouped(nodes.values(), by))))


def _left_out(rings: Sequence[RingLoad]) -> list[str]:
    return [more(len(rings) - MOST_RINGS, "ring")] if len(rings) > MOST_RINGS else []


def _load(numbers: Load) -> Section | None:
    """Say how full each ring is, and what it has least of."""
    if not numbers.rings:
        return None
    rows: list[tuple[str, ...]] = [_load_row(ring) for ring in numbers.rings[:MOST_RINGS]]
    if len(numbers.rings) > 1:
        pods = sum(ring.pods for ring in numbers.rings)
        rows.append(
            ("all rings", f"{pods:,}", _taken(numbers.usage.get(CPU), CPU), _taken(numbers.usage.get(MEMORY), MEMORY), "")
        )
    heads = ("Ring", "Pods", "cpu taken", "Memory taken", "Least is free of")
    return Section("Load of each ring", (), Grid(heads, tuple(rows), frozenset({1, 2, 3})))


def _load_row(ring: RingLoad) -> tuple[str, ...]:
    name = ring.scarcest
    least = f"{name}: {amount(name, ring.usage[name].free)}" if name else ""
    return ring.name, f"{ring.pods:,}", _taken(ring.usage.get(CPU), CPU), _taken(ring.usage.get(MEMORY), MEMORY), least


def _taken(usage: Usage | None, resource: str) -> str:
    return f"{percent(usage.share)} of {amount(resource, usage.allocatable)}" if usage else ""


def _cost(plan: IsolationPlan, divided: int) -> Section | None:
    lines = [cost.sentence(plan, tells_gap=False), phrases.choice(plan, tells_gap=False)]
    if plan.separation:
        lines.append(separation.divided(plan.separation, divided, plan.policy.survive, node_groups.are_whole(plan)))
    value, rows = cost.cost(plan), tuple(cost.rows(plan))
    rows = () if value and cost.micro(value.value) == cost.unpriced(plan) else rows
    shown = (*rows, cost.total(plan, value)) if value and rows else ()
    grid = Grid(cost.HEADS, shown, frozenset({3, 4, 5, 6})) if shown else None
    kept = tuple(line for line in lines if line)
    return Section("What it costs", kept, grid) if kept or grid else None


def _risks(plan: IsolationPlan) -> Section | None:
    lines = risks.lines(plan)
    return Section("What may go wrong", tuple(lines)) if lines else None
