"""How much of its scarcest resource each ring has free, counted from what stands on its nodes."""

from collections import Counter
from collections.abc import Mapping

from models.kubernetes.resources import PODS, is_amount
from models.kubernetes.workload import Workload
from planner.rules.plugins import noderesources
from planner.verify.state import Scene

WHOLE = 1000


def headroom(scene: Scene) -> int:
    """Return the least free share of any ring and resource in permille, as large as it may be said to be.

    What shared residents and static pods take is no room of the ring. Nodes that none of its pods may use are counted here,
    though not by the solver, so its figure may be smaller.
    """
    asked = {workload.id: _asked(workload) for workload in scene.plan.cluster.workloads}
    wanted: dict[str, set[str]] = {}
    for placement in scene.plan.placements:
        if placement.on and placement.workload.kind != "DaemonSet":
            wanted.setdefault(placement.ring, {PODS}).update(asked.get(placement.workload, ()))
    taken = _shared(scene)
    shares = [_share(scene, ring, name, taken) for ring, names in wanted.items() for name in sorted(names)]
    return min(shares, default=WHOLE)


def _asked(workload: Workload) -> list[str]:
    request = noderesources.requests(workload.template)
    return [name for name, amount in request.items() if amount > 0 and noderesources.compared(name) and is_amount(name)]


def _share(scene: Scene, ring: str, name: str, taken: Mapping[str, Counter[str]]) -> int:
    sites = [site for site in scene.world.sites.values() if scene.ring_of.get(site.node.name) == ring]
    free = sum(site.free.get(name, site.node.allocatable.get(name, 0)) for site in sites)
    room = sum(max(0, site.node.allocatable.get(name, 0) - taken[site.node.name][name]) for site in sites)
    return WHOLE * free // room if room else WHOLE


def _shared(scene: Scene) -> dict[str, Counter[str]]:
    """Return what those take, per node, that stand there whatever its ring."""
    taken: dict[str, Counter[str]] = {name: Counter() for name in scene.world.sites}
    for resident in scene.plan.cluster.residents:
        if resident.node in taken:
            taken[resident.node].update({**noderesources.requests(resident.pod), PODS: 1})
    for workload in scene.plan.cluster.workloads:
        member = scene.plan.trust.members.get(str(workload.id))
        if member and member.everywhere:
            for node in set(scene.reached.get(workload.id, ())) - set(scene.pending.get(workload.id, ())):
                taken[node].update({**noderesources.requests(workload.template), PODS: 1})
    return taken
