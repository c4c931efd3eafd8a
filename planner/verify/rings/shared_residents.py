"""DaemonSets are on exactly the nodes they reach, and those on nodes of every ring are listed with all the rings they join."""

from collections.abc import Iterator, Mapping

from models.answer.finding import Finding, FindingCode
from models.answer.plan import SharedResident
from models.kubernetes.workload import Workload
from planner.rules.plugins import noderesources
from planner.verify.finding import error
from planner.verify.rings.membership import Belonging
from planner.verify.state import Scene


def check(scene: Scene, belongings: Mapping[str, Belonging]) -> Iterator[Finding]:
    """Yield what is wrong about DaemonSets and shared residents."""
    listed = {resident.workload: resident for resident in scene.plan.shared}
    placed = {placement.workload: placement for placement in scene.plan.placements}
    for workload in scene.plan.cluster.workloads:
        belongs, resident = belongings[str(workload.id)], listed.get(workload.id)
        if belongs.everywhere:
            yield from _resident(scene, workload, resident)
        elif resident is not None:
            yield error(FindingCode.SHARED_UNTRUE, workload.id)
        elif workload.is_daemon and workload.id in placed:
            on, reached = dict(placed[workload.id].on), dict.fromkeys(scene.reached[workload.id], 1)
            if on != reached:
                yield error(FindingCode.DAEMON_NODES, workload.id, said=len(on), reached=len(reached))


def _resident(scene: Scene, workload: Workload, resident: SharedResident | None) -> Iterator[Finding]:
    if resident is None:
        yield error(FindingCode.SHARED_MISSING, workload.id)
        return
    reached = scene.reached[workload.id]
    rings = tuple(sorted({scene.ring_of[node] for node in reached if node in scene.ring_of}))
    if tuple(sorted(resident.rings)) != rings:
        yield error(FindingCode.SHARED_RINGS, workload.id, rings=rings)
    if resident.nodes != len(reached):
        yield error(FindingCode.SHARED_NODES, workload.id, reached=len(reached), said=resident.nodes)
    if resident.requests != noderesources.requests(workload.template):
        yield error(FindingCode.SHARED_REQUESTS, workload.id)
