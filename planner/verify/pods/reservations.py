"""Room is reserved for workloads in their own rings, each once, and there is as much of it.

Reserved pods bear no rule but what a node lets in and has room for. How many more find room is bounded from above, node by node
for each reserve, and by the sums for all reserves of a ring: what is beyond that cannot be there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.answer.finding import Finding, FindingCode
from models.answer.plan import Reserve
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Membership
from planner.rules.placement.pod_class import Site
from planner.rules.placement.scheduler_filters import static_reason
from planner.rules.plugins import noderesources
from planner.verify.finding import error
from planner.verify.state import Scene, variants

Told = tuple[str, dict[str, Any]]
"""A case of what is wrong with a reserve, and what its sentence names."""


def check(scene: Scene) -> Iterator[Finding]:
    """Yield the reserves of nobody, of another ring, and those that are larger than the room that is left."""
    known = {workload.id: workload for workload in scene.plan.cluster.workloads}
    counts = Counter((reserve.ring, reserve.workload) for reserve in scene.plan.reserves)
    together: dict[str, Counter[str]] = {}
    for reserve in scene.plan.reserves:
        wrong = _misplaced(scene, reserve, known)
        if not wrong and counts[reserve.ring, reserve.workload] > 1:
            wrong = "twice", {}
        if wrong := wrong or _beyond(scene, reserve, known[reserve.workload]):
            case, facts = wrong
            yield error(FindingCode.RESERVE_UNTRUE, reserve.workload, case=case, **facts)
        else:
            asked = together.setdefault(reserve.ring, Counter())
            for name, amount in noderesources.wanted(noderesources.requests(known[reserve.workload].template)):
                asked[name] += amount * reserve.pods
    for name, asked in sorted(together.items()):
        yield from _short(scene, name, asked)


def _misplaced(scene: Scene, reserve: Reserve, known: Mapping[WorkloadId, Workload]) -> Told | None:
    if reserve.workload not in known:
        return "unknown", {}
    home = scene.plan.trust.members.get(str(reserve.workload), Membership()).ring
    if reserve.ring != home or not home:
        return "elsewhere", {"ring": reserve.ring, "home": home}
    return ("no pods", {"pods": reserve.pods}) if reserve.pods < 1 else None


def _beyond(scene: Scene, reserve: Reserve, workload: Workload) -> Told | None:
    """Return how much is reserved beyond what each node of the ring could take of it by itself."""
    sites = _sites(scene, reserve.ring)
    room = max((_room(scene, pod, sites) for pod in variants(workload, reserve.ring, scene.plan)), default=0)
    if reserve.pods <= room:
        return None
    return "beyond", {"pods": reserve.pods, "ring": reserve.ring, "room": room}


def _sites(scene: Scene, ring: str) -> list[Site]:
    return [site for name, site in scene.world.sites.items() if scene.ring_of.get(name) == ring]


def _room(scene: Scene, pod: Pod, sites: Sequence[Site]) -> int:
    needs = noderesources.wanted(noderesources.requests(pod))
    open_to = (site for site in sites if not static_reason(pod, site.node, scene.world))
    return sum(min(max(0, _free(site, name)) // amount for name, amount in needs) for site in open_to)


def _free(site: Site, name: str) -> int:
    return site.free.get(name, site.node.allocatable.get(name, 0))


def _short(scene: Scene, ring: str, asked: Mapping[str, int]) -> Iterator[Finding]:
    for name in sorted(asked):
        free = sum(max(0, _free(site, name)) for site in _sites(scene, ring))
        if asked[name] > free:
            yield error(FindingCode.RESERVE_UNTRUE, ring, case="together", asked=asked[name], resource=name, free=free)
