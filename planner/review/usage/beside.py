"""Puts what pods use, and are recommended to request, beside what they request: by workload, and added up by ring."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from models.answer.plan import IsolationPlan
from models.answer.review import NodeReview, RingReview
from models.answer.review_usage import Beside, RingUse, UsageReview, WorkloadUse
from models.frozen_map import FrozenMap
from models.kubernetes.workload import Workload
from planner.review.usage.known import COUNTED, Known, Seen, of_all
from planner.review.usage.owners import containers
from planner.view.reach import per_pod


def usage(plan: IsolationPlan, rings: Sequence[RingReview], nodes: Sequence[NodeReview], known: Known) -> UsageReview:
    """Return what is known of every workload in every ring, those that request most beyond their use first."""
    work = {str(workload.id): workload for workload in plan.cluster.workloads}
    by_ring: dict[str, list[NodeReview]] = defaultdict(list)
    for node in nodes:
        by_ring[node.ring].append(node)
    rows = [row for ring in rings for row in _workloads(ring.name, by_ring[ring.name], work, known)]
    told = tuple(_ring(ring.name, [row for row in rows if row.ring == ring.name], by_ring[ring.name], known) for ring in rings)
    spare = {row: max((b.requested - b.value) * total for b, total in _weighed(row, rings)) for row in rows if row.used}
    ordered = sorted(rows, key=lambda row: (-spare.get(row, 0), row.ring, row.workload))
    return UsageReview(told, tuple(ordered), known.strangers)


def _weighed(row: WorkloadUse, rings: Iterable[RingReview]) -> Iterator[tuple[Beside, float]]:
    """Yield what is used of each resource, with the part of the ring that one of it is."""
    whole = next(ring.whole.amounts for ring in rings if ring.name == row.ring)
    yield from ((used, 1 / max(1, whole[name].allocatable if name in whole else 0)) for name, used in row.used.items())


def _workloads(ring: str, nodes: Iterable[NodeReview], work: Mapping[str, Workload], known: Known) -> Iterator[WorkloadUse]:
    pods: Counter[str] = Counter()
    for node in nodes:
        pods.update(node.pods)
        pods.update(name for name in node.daemons if name in work)
    for name in sorted(pods):
        yield _workload(ring, work[name], pods[name], known.containers.get(name, {}))


def _workload(ring: str, workload: Workload, pods: int, seen: Mapping[str, Seen]) -> WorkloadUse:
    asked, wanted = per_pod(workload.template), tuple(containers(workload))
    sides = []
    for is_advice in (False, True):
        amounts = {name: of_all(seen, wanted, name, is_advice) for name in COUNTED}
        sides.append({n: Beside(asked.get(n, 0) * pods, value * pods) for n, value in amounts.items() if value is not None})
    return WorkloadUse(str(workload.id), ring, pods, FrozenMap(sides[0]), FrozenMap(sides[1]))


def _ring(ring: str, rows: Sequence[WorkloadUse], nodes: Iterable[NodeReview], known: Known) -> RingUse:
    on_nodes: Counter[str] = Counter()
    measured = [known.nodes[node.name] for node in nodes if node.name in known.nodes]
    for amounts in measured:
        on_nodes.update({name: amounts[name] for name in COUNTED if name in amounts})
    return RingUse(
        ring=ring,
        workloads=len(rows),
        with_use=sum(1 for row in rows if row.used),
        with_advice=sum(1 for row in rows if row.advised),
        used=_added(row.used for row in rows),
        advised=_added(row.advised for row in rows),
        measured=len(measured),
        on_nodes=FrozenMap(dict(on_nodes)),
    )


def _added(sides: Iterable[Mapping[str, Beside]]) -> FrozenMap[Beside]:
    requested: Counter[str] = Counter()
    value: Counter[str] = Counter()
    for side in sides:
        for name, known in side.items():
            requested[name] += known.requested
            value[name] += known.value
    return FrozenMap({name: Beside(requested[name], value[name]) for name in value})
