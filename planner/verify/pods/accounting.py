"""Every pod of every workload is accounted for: placed, unplaced, shared or stated, and none twice."""

from collections import Counter
from collections.abc import Collection, Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan, Placement
from models.kubernetes.workload import Workload, WorkloadId
from planner.verify.finding import error
from planner.verify.rings.membership import Belonging


def check(plan: IsolationPlan, belongings: dict[str, Belonging]) -> Iterator[Finding]:
    """Yield what is wrong with the accounts."""
    known = {workload.id: workload for workload in plan.cluster.workloads}
    yield from _unknown(plan, known)
    yield from _twice(plan)
    yield from _accounts(plan)
    nodes = {node.name for node in plan.cluster.nodes}
    # Reversed, so that of two rings of one name the first counts, as it does for whoever looks a ring up.
    inside = {ring.name: (ring.groups, frozenset(ring.nodes)) for ring in reversed(plan.rings)}
    for placement in plan.placements:
        if placement.workload in known:
            yield from _sums(placement, belongings[str(placement.workload)])
            yield from _why(placement, known[placement.workload])
            yield from _where(placement, nodes, *inside.get(placement.ring, ((), frozenset())))
    yield from _mixed(plan)


def _unknown(plan: IsolationPlan, known: dict[WorkloadId, Workload]) -> Iterator[Finding]:
    named = {*(p.workload for p in plan.placements), *(u.workload for u in plan.unplaced), *(s.workload for s in plan.shared)}
    for name in sorted({*named, *plan.conflict}):
        if name not in known:
            yield error(FindingCode.WORKLOAD_UNKNOWN, name)


def _twice(plan: IsolationPlan) -> Iterator[Finding]:
    counts = Counter([*(p.workload for p in plan.placements), *(s.workload for s in plan.shared)])
    for name, count in sorted(counts.items()):
        if count > 1:
            yield error(FindingCode.PLACEMENT_TWICE, name, count=count)


def _accounts(plan: IsolationPlan) -> Iterator[Finding]:
    placed: Counter[WorkloadId] = Counter()
    missing: Counter[WorkloadId] = Counter()
    for placement in plan.placements:
        placed[placement.workload] += sum(placement.on.values())
    for left in plan.unplaced:
        missing[left.workload] += left.pods
        if left.pods < 1:
            yield error(FindingCode.UNPLACED_COUNT, left.workload, pods=left.pods)
    named = {*placed, *missing, *(resident.workload for resident in plan.shared)}
    stated = {statement.subject for statement in plan.not_modelled}
    for workload in plan.cluster.workloads:
        if workload.id not in named:
            if (workload.pods or workload.is_daemon) and str(workload.id) not in stated:
                yield error(FindingCode.WORKLOAD_DROPPED, workload.id)
        elif not workload.is_daemon and placed[workload.id] + missing[workload.id] != workload.pods:
            facts = {"placed": placed[workload.id], "unplaced": missing[workload.id], "pods": workload.pods}
            yield error(FindingCode.PODS_MISCOUNTED, workload.id, **facts)


def _sums(placement: Placement, belongs: Belonging) -> Iterator[Finding]:
    name = placement.workload
    if placement.pods != sum(placement.on.values()) or any(count < 1 for count in placement.on.values()):
        yield error(FindingCode.PLACEMENT_SUM, name, pods=placement.pods)
    if belongs.group and placement.group != belongs.group.name:
        yield error(FindingCode.PLACEMENT_GROUP, name, said=placement.group, true=belongs.group.name)


def _why(placement: Placement, workload: Workload) -> Iterator[Finding]:
    if placement.counted != workload.counted:
        yield error(FindingCode.COUNTED_UNTRUE, placement.workload, said=placement.counted, true=workload.counted)


def _where(placement: Placement, nodes: set[str], groups: Collection[str], inside: Collection[str]) -> Iterator[Finding]:
    name = placement.workload
    if placement.group not in groups:
        yield error(FindingCode.PLACEMENT_RING, name, ring=placement.ring)
    for node in placement.on:
        if node not in nodes:
            yield error(FindingCode.PLACEMENT_NODE_UNKNOWN, name, node=node)
        elif node not in inside:
            yield error(FindingCode.PLACEMENT_OUTSIDE_RING, name, node=node, ring=placement.ring)


def _mixed(plan: IsolationPlan) -> Iterator[Finding]:
    # Counted from where pods are, and not from the rings' lists of nodes: this must hold whatever those say.
    held: dict[str, set[str]] = {}
    for placement in plan.placements:
        for node in placement.on:
            held.setdefault(node, set()).add(placement.ring)
    for node, rings in sorted(held.items()):
        if len(rings) > 1:
            yield error(FindingCode.NODE_MIXES, node, rings=tuple(sorted(rings)))
