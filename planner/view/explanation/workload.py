"""Why a workload is in its ring, who else would take its pods, and what would change it."""

from collections.abc import Iterator
from typing import Any

from models.answer.explanation import Ground, WorkloadExplained
from models.answer.plan import IsolationPlan, Unplaced
from models.trust import Membership
from planner.rules import affinity_hint as guides
from planner.rules.plugins import nodeaffinity
from planner.view import node_label
from planner.view.format import count, listed
from planner.view.summary import grades, moved_pods, phrases
from planner.view.summary.sections import Grid, Section
from planner.view.usage import ONE_WAY, Load

MOST = 3
"""So many names are listed in a sentence or a cell."""


def _member(plan: IsolationPlan, explained: WorkloadExplained) -> Membership:
    return plan.trust.members[str(explained.workload.id)]


def _short(plan: IsolationPlan, explained: WorkloadExplained) -> Unplaced | None:
    return next((left for left in plan.unplaced if left.workload == explained.workload.id), None)


def opening(plan: IsolationPlan, explained: WorkloadExplained) -> str:
    """Say in one sentence where it is."""
    pods, member = sum(explained.on.values()), _member(plan, explained)
    where = f"on {count(len(explained.on), 'node')}"
    if member.everywhere:
        return f"a shared resident: {count(pods, 'pod')} {where}, in whatever ring."
    if explained.home is None:
        return f"group {member.group}, of which no ring was made."
    short = _short(plan, explained)
    of = f" of {pods + short.pods:,}" if short else ""
    return f"{count(pods, 'pod')}{of} in ring {member.ring}, {where}." if pods else f"ring {member.ring} has no place for it."


def sections(plan: IsolationPlan, numbers: Load, explained: WorkloadExplained) -> Iterator[Section]:
    """Yield why, where, who else would take it, and what would change it."""
    short = _short(plan, explained)
    if short:
        yield Section(f"No place for {count(short.pods, 'pod')}", tuple(_refused(plan, short)), alarm=True)
    yield Section("Why this ring", tuple(_why(plan, explained)))
    yield Section("Where its pods are", (), _places(plan, numbers, explained))
    one_more = "Which nodes it reaches" if explained.workload.is_daemon else "Who would take one more of its pods"
    yield Section(one_more, (), _grounds(explained))
    yield Section("What would change it", tuple(_changes(plan, explained)))


def _refused(plan: IsolationPlan, short: Unplaced) -> Iterator[str]:
    yield f"kube-scheduler would say: {phrases.refusal(plan, short)}"
    if repair := phrases.repairs(plan):
        yield repair


def _why(plan: IsolationPlan, explained: WorkloadExplained) -> Iterator[str]:
    workload, member = explained.workload, _member(plan, explained)
    if member.everywhere:
        yield "The policy lets it run on nodes of every ring (everywhere): whoever takes it over reaches them all."
    else:
        doubt = "; only the workload says so, no claim in the policy limits who may carry this level" if member.believed else ""
        yield f"Its group is {member.group}: {member.because}{doubt}."
        yield from _together(plan, member)
    yield from _how_sure(plan, explained)
    if workload.counted and not workload.is_daemon:
        yield f"{count(workload.pods, 'pod')} are counted: {workload.counted}."
    yield from _steering(plan, explained)
    for mover in moved_pods.moving(plan):
        if mover.workload == workload.id:
            running = f"{sum(workload.running.values()):,} running pods {'moves' if mover.pods == 1 else 'move'}"
            yield f"{mover.pods:,} of its {running}: {moved_pods.places(plan, mover)}."
            if mover.loses:
                yield f"{moved_pods.losing(mover)}."
    if str(workload.where):
        yield f"It was read from {workload.where}."


def _how_sure(plan: IsolationPlan, explained: WorkloadExplained) -> Iterator[str]:
    """Say how sure the workload's ring is, and how many of its own pods may stay pending."""
    for ring in plan.rings:
        if ring.name == _member(plan, explained).ring and ring.grade:
            own = ring.grade.workloads.get(str(explained.workload.id), 0)
            yield f"Ring {ring.name} is {grades.told(plan, ring)}{f', {own:,} of its own at most' if own else ''}."


def _together(plan: IsolationPlan, member: Membership) -> Iterator[str]:
    for groups in [ring.groups for ring in plan.rings if ring.name == member.ring]:
        others = [group for group in groups if group != member.group]
        if others:
            yield f"Ring {member.ring} holds {listed(others)} too, with which it may share nodes (mayShare)."
        else:
            yield f"Ring {member.ring} holds nothing else: the group shares nodes with no other."


def _steering(plan: IsolationPlan, explained: WorkloadExplained) -> Iterator[str]:
    guide = guides.of(plan.guides, explained.workload.id)
    if guide:
        rest = "" if guide.required else "; where these are full its pods go to any other of the ring"
        kind = "required" if guide.required else "preferred"
        yield f"It is led to nodes whose {guide.key} is {listed(guide.values)}, by {kind} node affinity{rest}."
    room = sum(reserve.pods for reserve in plan.reserves if reserve.workload == explained.workload.id)
    if room:
        yield f"Its ring has room for {count(room, 'more pod')} like its own, for what kube-scheduler wastes."
    if explained.on and not explained.workload.is_daemon:
        yield ONE_WAY


def _places(plan: IsolationPlan, numbers: Load, explained: WorkloadExplained) -> Grid | None:
    known = {node.name: node for node in plan.cluster.nodes}
    here = [all_node for all_node in numbers.all_nodes if all_node.name in explained.on]
    rows = tuple(
        (
            node.name,
            node_label.ring(node.ring),
            node_label.thing(known[node.name], node),
            f"{explained.on[node.name]:,}",
            node_label.fill(node),
        )
        for node in here
    )
    return Grid(("Node", "Ring", "What it is", "Pods", "Taken of its scarcest"), rows, frozenset({3})) if rows else None


def _grounds(explained: WorkloadExplained) -> Grid | None:
    rows = []
    for ground in ((explained.home,) if explained.home else ()) + explained.others:
        asked = f"ring {ground.ring}" if ground.ring else node_label.OUTSIDE
        asked += ", its own" if ground is explained.home else ", if it were of it" if ground.ring and explained.home else ""
        refused = [f"{reason} ({listed(names, MOST)})" for reason, names in _most_first(ground)]
        refused += [f"left alone by nodes.exclude ({listed(ground.excluded, MOST)})"] if ground.excluded else []
        rows.append((asked, f"{len(ground.takes):,} of {ground.size:,}", listed(ground.takes, MOST), "; ".join(refused)))
    heads = ("Nodes", "Take it", "Which", "kube-scheduler would say of the others")
    return Grid(heads, tuple(rows), frozenset({1})) if rows else None


def _most_first(ground: Ground) -> list[tuple[str, tuple[str, ...]]]:
    return sorted(ground.refuses.items(), key=lambda refusal: (-len(refusal[1]), refusal[0]))


def _changes(plan: IsolationPlan, explained: WorkloadExplained) -> Iterator[str]:
    member = _member(plan, explained)
    if explained.home is None:
        return
    yield f"- Another level would put it into another ring; it has its level from: {member.because}."
    for ground in explained.others:
        if ground.takes:
            yield _open(plan, member, ground)
        if ground.excluded:
            yield f"- nodes.exclude leaves {count(len(ground.excluded), 'node')} alone: {listed(ground.excluded, MOST)}."
    own = sorted(_kept_off(plan, explained))
    if own:
        yield f"- Its own node selector or affinity keeps it off {count(len(own), 'node')}: {listed(own, MOST)}."


def _open(plan: IsolationPlan, member: Membership, ground: Ground) -> str:
    """Say what would open nodes that have room: a ring is shared by groups of which each two may share."""
    nodes = count(len(ground.takes), "node")
    takes = f"would take one more of its pods: {listed(ground.takes, MOST)}"
    if not ground.ring:
        return f"- Of the nodes outside every ring, which no pod needs, {nodes} {takes}."
    trusted = {frozenset(pair) for pair in plan.trust.sharing}
    others = [group for group in ground.groups if frozenset((group, member.group)) not in trusted]
    if others:
        return f"- If {member.group} might share with {listed(others)} (mayShare), {nodes} of ring {ground.ring} {takes}."
    return f"- {member.group} may share with ring {ground.ring}, but this plan keeps them apart; {nodes} of it {takes}."


def _kept_off(plan: IsolationPlan, explained: WorkloadExplained) -> Iterator[str]:
    """Yield the nodes that its own node selector or affinity keeps it off, as far as no guide may be why."""
    guide = guides.of(plan.guides, explained.workload.id)
    home = (explained.home,) if explained.home and not (guide and guide.required) else ()
    for ground in (*home, *explained.others):
        yield from ground.refuses.get(nodeaffinity.REASON, ())


def data(plan: IsolationPlan, explained: WorkloadExplained) -> dict[str, Any]:
    """Return what is known as plain data."""
    member, short = _member(plan, explained), _short(plan, explained)
    answer: dict[str, Any] = {"workload": str(explained.workload.id), "ring": member.ring, "group": member.group}
    answer |= {"because": member.because, "everywhere": member.everywhere, "on": dict(explained.on)}
    answer |= {"unplaced": {"pods": short.pods, "message": short.message}} if short else {}
    answer |= {"home": _ground_data(explained.home)} if explained.home else {}
    return answer | {"others": [_ground_data(ground) for ground in explained.others]}


def _ground_data(ground: Ground) -> dict[str, Any]:
    refuses = {reason: list(names) for reason, names in ground.refuses.items()}
    return {
        "ring": ground.ring,
        "groups": list(ground.groups),
        "takes": list(ground.takes),
        "refuses": refuses,
        "excluded": list(ground.excluded),
    }
