"""How much of its scarcest resource each ring has free, counted from what stands on its nodes."""

from collections import Counter
from collections.abc import Mapping

from models.kubernetes.resources import PODS, is_amount
from models.kubernetes.workload import Workload
from planner.rules.plugins import noderesources
from planner.verify.state import Scene

WHOLE = 1000


def headroom(made: Scene) -> int:
    """Return the least free share of any ring and resource in permille, as large as it may be said to be.

    What shared residents and static pods take is no room of the ring. Nodes that none of its pods may use are counted here,
    though not by the solver, so its figure may be smaller.
    """
    asked = {workload.id: _asked(workload) for workload in made.plan.cluster.workloads}
    wanted: dict[str, set[str]] = {}
    for placement in made.plan.placements:
        if placement.on and placement.workload.kind != "DaemonSet":
            wanted.setdefault(placement.ring, {PODS}).update(asked.get(placement.workload, ()))
    taken = _shared(made)
    shares = [_share(made, ring, name, taken) for ring, names in wanted.items() for name in sorted(names)]
    return min(shares, default=WHOLE)


def _asked(workload: Workload) -> list[str]:
    request = noderesources.requests(workload.template)
    return [name for name, amount in request.items() if amount > 0 and noderesources.compared(name) and is_amount(name)]


def _share(made: Scene, ring: str, name: str, taken: Mapping[str, Counter[str]]) -> int:
    sites = [site for site in made.world.sites.values() if made.ring_of.get(site.node.name) == ring]
    free = sum(site.free.get(name, site.node.allocatable.get(name, 0)) for site in sites)
    room = sum(max(0, site.node.allocatable.get(name, 0) - taken[site.node.name][name]) for site in sites)
    return WHOLE * free // room if room else WHOLE


def _shared(made: Scene) -> dict[str, Counter[str]]:
    """Return what those take, per node, that stand there whatever its ring."""
    found: dict[str, Counter[str]] = {name: Counter() for name in made.world.sites}
    for resident in made.plan.cluster.residents:
        if resident.node in found:
            found[resident.node].update({**noderesources.requests(resident.pod), PODS: 1})
    for workload in made.plan.cluster.workloads:
        member = made.plan.trust.members.get(str(workload.id))
        if member and member.everywhere:
            for node in set(made.reached.get(workload.id, ())) - set(made.pending.get(workload.id, ())):
                found[node].update({**noderesources.requests(workload.template), PODS: 1})
    return found
