"""Every pod of every workload is accounted for: placed, unplaced, shared or stated, and none twice."""

from collections import Counter
from collections.abc import Collection, Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan, Placement
from models.kubernetes.workload import Workload, WorkloadId
from planner.verify.finding import error
from planner.verify.rings.membership import Belonging

WHY_COUNT = "A pod that the plan forgets has no place reserved, and may end up anywhere."
WHY_SAID = "Who reads why there are so many pods would trust a wrong reason."
WHY_PLACE = "The patch binds a workload to the nodes of its ring; pods planned elsewhere would stay pending."
WHY_MIX = "No node may hold pods of two rings: this is what the plan is for."


def check(plan: IsolationPlan, belongings: dict[str, Belonging]) -> Iterator[Finding]:
    """Yield what is wrong with the accounts."""
    known = {workload.id: workload for workload in plan.cluster.workloads}
    yield from _unknown(plan, known)
    yield from _twice(plan)
    yield from _accounts(plan)
    nodes = {node.name for node in plan.cluster.nodes}
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
            yield error(FindingCode.WORKLOAD_UNKNOWN, name, "is in the plan, but there is no such workload", WHY_COUNT)


def _twice(plan: IsolationPlan) -> Iterator[Finding]:
    counts = Counter([*(p.workload for p in plan.placements), *(s.workload for s in plan.shared)])
    for name, count in sorted(counts.items()):
        if count > 1:
            yield error(FindingCode.PLACEMENT_TWICE, name, f"is placed or shared {count} times", WHY_COUNT)


def _accounts(plan: IsolationPlan) -> Iterator[Finding]:
    placed: Counter[WorkloadId] = Counter()
    missing: Counter[WorkloadId] = Counter()
    for placement in plan.placements:
        placed[placement.workload] += sum(placement.on.values())
    for left in plan.unplaced:
        missing[left.workload] += left.pods
        if left.pods < 1:
            yield error(FindingCode.UNPLACED_COUNT, left.workload, f"{left.pods} pods are unplaced", WHY_COUNT)
    named = {*placed, *missing, *(resident.workload for resident in plan.shared)}
    stated = {statement.subject for statement in plan.not_modelled}
    for workload in plan.cluster.workloads:
        if workload.id not in named:
            if (workload.pods or workload.is_daemon) and str(workload.id) not in stated:
                yield error(
                    FindingCode.WORKLOAD_DROPPED, workload.id, "is neither placed, unplaced, shared nor stated", WHY_COUNT
                )
        elif not workload.is_daemon and placed[workload.id] + missing[workload.id] != workload.pods:
            said = f"{placed[workload.id]} placed and {missing[workload.id]} unplaced pods are not {workload.pods}"
            yield error(FindingCode.PODS_MISCOUNTED, workload.id, said, WHY_COUNT)


def _sums(placement: Placement, belongs: Belonging) -> Iterator[Finding]:
    name = placement.workload
    if placement.pods != sum(placement.on.values()) or any(count < 1 for count in placement.on.values()):
        yield error(FindingCode.PLACEMENT_SUM, name, f"{placement.pods} pods are not the sum of those on its nodes", WHY_COUNT)
    if belongs.group and placement.group != belongs.group.name:
        yield error(
            FindingCode.PLACEMENT_GROUP, name, f"is placed as {placement.group!r}, but is {belongs.group.name!r}", WHY_PLACE
        )


def _why(placement: Placement, workload: Workload) -> Iterator[Finding]:
    if placement.counted != workload.counted:
        said = (
            f"says {placement.counted or 'nothing'!r} of how its pods were counted, and it is {workload.counted or 'nothing'!r}"
        )
        yield error(FindingCode.COUNTED_UNTRUE, placement.workload, said, WHY_SAID)


def _where(placement: Placement, nodes: set[str], groups: Collection[str], inside: Collection[str]) -> Iterator[Finding]:
    name = placement.workload
    if placement.group not in groups:
        yield error(
            FindingCode.PLACEMENT_RING, name, f"is placed in ring {placement.ring!r}, which its group is not in", WHY_PLACE
        )
    for node in placement.on:
        if node not in nodes:
            yield error(
                FindingCode.PLACEMENT_NODE_UNKNOWN, name, f"is placed on {node!r}, which is no node of the cluster", WHY_PLACE
            )
        elif node not in inside:
            yield error(
                FindingCode.PLACEMENT_OUTSIDE_RING, name, f"is placed on {node}, outside ring {placement.ring!r}", WHY_PLACE
            )


def _mixed(plan: IsolationPlan) -> Iterator[Finding]:
    held: dict[str, set[str]] = {}
    for placement in plan.placements:
        for node in placement.on:
            held.setdefault(node, set()).add(placement.ring)
    for node, rings in sorted(held.items()):
        if len(rings) > 1:
            yield error(FindingCode.NODE_MIXES, node, f"holds pods of the rings {', '.join(sorted(rings))}", WHY_MIX)
