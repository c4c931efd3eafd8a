"""Why a node is in its ring, who is on it, what other rings could do with it, and what would change it."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.answer.explanation import NodeExplained
from models.answer.plan import Guide, IsolationPlan
from models.kubernetes.node_group import NEVER, group_of, grouped, is_grown
from planner.view import node_label
from planner.view.explanation import claims
from planner.view.format import amount, count, listed, percent
from planner.view.summary import grades
from planner.view.summary.sections import Grid, Section
from planner.view.usage import Load, NodeLoad, Occupant, rank

MOST = 3
"""So many names are listed in a sentence."""
_STANDING = {"excluded": "left alone by nodes.exclude", "cordoned": "cordoned", "unused": "in no ring: no pod needs it"}


def _of(numbers: Load, name: str) -> NodeLoad:
    return next(all_node for all_node in numbers.all_nodes if all_node.name == name)


def opening(numbers: Load, explained: NodeExplained) -> str:
    """Say in one sentence where it is."""
    load = _of(numbers, explained.node.name)
    pods = sum(occupant.pods for occupant in load.occupants)
    taken = f", {node_label.fill(load)} taken" if load.usage else ""
    where = f"ring {explained.ring}" if explained.ring else _STANDING.get(load.standing, node_label.OUTSIDE)
    return f"{where}; {node_label.thing(explained.node, load)}; {count(pods, 'pod')}{taken}."


def sections(plan: IsolationPlan, numbers: Load, explained: NodeExplained) -> Iterator[Section]:
    """Yield why, who is there, who else could be, and what would change it."""
    load = _of(numbers, explained.node.name)
    yield Section("Why it is there", tuple(_why(plan, explained, load)))
    yield Section("Who is on it", (), _occupants(load))
    yield Section("How full it is", (), _usage(load))
    yield Section("What each ring could do with it, were it empty", (), claims.grid(explained.ring, explained.claims))
    yield Section("What would change it", tuple(_changes(plan, explained, load)))


def _why(plan: IsolationPlan, explained: NodeExplained, load: NodeLoad) -> Iterator[str]:
    if explained.ring:
        groups = next(ring.groups for ring in plan.rings if ring.name == explained.ring)
        yield f"Ring {explained.ring} holds the group{'' if len(groups) == 1 else 's'} {listed(groups)}."
        yield from (f"It is {sure}." for ring in plan.rings if ring.name == explained.ring and (sure := grades.told(plan, ring)))
        yield from _marks(plan, explained)
        if explained.node.shape and not any(who.kind == "planned" for who in load.occupants):
            yield f"No pod of the packing is on it: it is to spare, {' and '.join(_spared(plan))}."
    elif explained.claims:
        yield "No ring needs it: all pods have a place, or none that is pending would find one here."
    else:
        yield "The policy leaves it alone (nodes.exclude): no pod is planned there, and nothing about it changes."
    if explained.node.unschedulable:
        yield "It is cordoned: kube-scheduler puts no pod there that does not tolerate that."
    yield from _today(explained)


def _spared(plan: IsolationPlan) -> Iterator[str]:
    """Say what an empty node may be for."""
    survive = plan.policy.survive
    wanted = [of for of, many in (("a node", survive.nodes), ("a zone", survive.zones)) if many]
    if wanted:
        yield f"for the pods that come when {' or '.join(wanted)} is lost"
    if not (wanted and plan.packing):
        yield "for what kube-scheduler wastes as it binds pods one by one"


def _today(explained: NodeExplained) -> Iterator[str]:
    """Say whose pods run there today, and what becomes of them."""
    today = {claim.ring: claim.today for claim in explained.claims if claim.today}
    mine, others = today.pop(explained.ring, 0), [f"{count(pods, 'pod')} of ring {ring}" for ring, pods in today.items()]
    if mine:
        yield f"{count(mine, 'pod')} of its ring {_run(mine)} there today, and would have to move if it were in another."
    if others:
        mixed = ": today it mixes rings" if len(today) + bool(mine) > 1 else ""
        yield f"{listed(others)} {_run(sum(today.values()))} there today and must go elsewhere{mixed}."


def _run(pods: int) -> str:
    return "runs" if pods == 1 else "run"


def _marks(plan: IsolationPlan, explained: NodeExplained) -> Iterator[str]:
    """Say which label and taint make it one of the ring, and how it comes by them."""
    node, rules = explained.node, plan.policy.nodes
    marks = f"label {rules.label_key}={explained.ring} and taint {rules.taint_key}={explained.ring}:NoSchedule"
    tainted = any(taint.key == rules.taint_key and taint.value == explained.ring for taint in node.taints)
    if node.shape:
        yield f"Its {'node group' if is_grown(node, rules.groups.by) else 'pool'} registers it with {marks}."
        if pool := node.labels.get(rules.pool_key):
            led = sum(guide.key == rules.pool_key and pool in guide.values for guide in _guides(plan, explained.ring))
            who = f"{count(led, 'workload')} {'is' if led == 1 else 'are'} led there" if led else "no workload is led there"
            yield f"It is one of {pool} of the ring, which label {rules.pool_key} tells from others: {who}."
    elif node.labels.get(rules.label_key) == explained.ring and tainted:
        yield f"It has {marks} already."
    else:
        yield f"nodes/apply.sh gives it {marks}."


def _guides(plan: IsolationPlan, ring: str) -> Iterator[Guide]:
    members = plan.trust.members
    return (guide for guide in plan.guides if str(guide.workload) in members and members[str(guide.workload)].ring == ring)


def _occupants(load: NodeLoad) -> Grid | None:
    rows = tuple((who.name, who.group, _kind(who), f"{who.pods:,}", _each(who)) for who in load.occupants)
    return Grid(("Workload", "Group", "Why", "Pods", "Each takes"), rows, frozenset({3})) if rows else None


def _kind(who: Occupant) -> str:
    return {"planned": "planned", "shared": "shared resident", "fixed": "part of the node"}[who.kind]


def _each(who: Occupant) -> str:
    return ", ".join(amount(name, who.each[name]) for name in sorted(who.each, key=rank) if name != "pods" and who.each[name])


def _usage(load: NodeLoad) -> Grid | None:
    rows = tuple(
        (name, *(amount(name, value) for value in (use.requested, use.allocatable, use.free)), percent(use.share))
        for name, use in sorted(load.usage.items(), key=lambda item: rank(item[0]))
    )
    return Grid(("Resource", "Requested", "Allocatable", "Free", "Taken"), rows, frozenset({1, 2, 3, 4})) if rows else None


def _changes(plan: IsolationPlan, explained: NodeExplained, load: NodeLoad) -> Iterator[str]:
    if explained.node.unschedulable:
        yield f"- kubectl uncordon {explained.node.name}, then plan again: only then do pods come."
    if load.standing == "excluded":
        yield "- Another selector in nodes.exclude of the policy."
    yield from claims.rivals(explained.ring, explained.claims)
    yield from _with_its_group(plan, explained)
    for outlook in plan.losses:
        for lost in outlook.worst if outlook.of == "node" else ():
            if lost.name == explained.node.name and lost.pending:
                pods = sum(lost.pending.values())
                yield f"- Without it {count(pods, 'pod')} of ring {outlook.ring} would be pending: {_names(lost.pending)}."


def _with_its_group(plan: IsolationPlan, explained: NodeExplained) -> Iterator[str]:
    """Say that a node of a group stays with the others."""
    rules = plan.policy.nodes.groups
    group = None if explained.node.shape else group_of(explained.node, rules.by)
    if group and explained.ring and rules.split == NEVER:
        size = len(grouped(plan.cluster.nodes, rules.by)[group])
        yield f"- It changes its ring only with all of node group {group.name} ({count(size, 'node')})."


def _names(pending: Mapping[str, int]) -> str:
    return listed((f"{name} {pods:,}" for name, pods in sorted(pending.items(), key=lambda pair: (-pair[1], pair[0]))), MOST)


def data(explained: NodeExplained) -> dict[str, Any]:
    """Return what is known as plain data."""
    known = {"node": explained.node.name, "ring": explained.ring, "shape": explained.node.shape}
    return known | {"claims": claims.data(explained.claims)}
