"""What each ring can lose, foretold from the plan's final state."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from models.answer.plan import Outlook, RingPlan
from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import WorkloadId
from models.solver.indexed_problem import IndexedProblem
from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from models.trust import Survive, TrustPolicy
from planner.rules import ring_membership
from planner.rules.placement import failure_repacking
from planner.rules.placement.failure_repacking import Guest
from planner.rules.placement.failure_report import NODE, ZONE, Prospect
from planner.settle.distribute import Landing
from planner.settle.unplaced import peopled

NAMED = 3


def outlooks(
    formulation: IndexedProblem,
    landed: Mapping[WorkloadId, Landing],
    rings: Sequence[RingPlan],
    cluster: Cluster,
    policy: TrustPolicy,
) -> tuple[Outlook, ...]:
    """Say for every ring which pods would be pending after the loss of a node, and of a zone."""
    ordered = sorted(landed.values(), key=lambda landing: (-landing.workload.template.priority, landing.workload.id))
    world, _ = peopled(formulation, ordered, rings, cluster, policy)
    guests: dict[str, Counter[Guest]] = {}
    for landing in ordered:
        if landing.ring and not landing.workload.is_daemon:
            for batch, node, count in landing.parts:
                here = guests.setdefault(formulation.nodes[node].name, Counter())
                here[str(landing.workload.id), batch.pod] += count
    return Prospect(world, cluster, policy.nodes, {ring.name: ring.nodes for ring in rings}, guests).outlooks()


def verdict(said: str, unplaced: bool, outlooks: Sequence[Outlook] | None, survive: Survive) -> str:
    """Take a yes back that the rules do not bear out: pods without a place, or a loss after which no place was found.

    `outlooks` is None where nobody looked.
    """
    if said != FEASIBLE:
        return said
    if unplaced:
        return INFEASIBLE
    wanted = {NODE: survive.nodes, ZONE: survive.zones}
    is_open = any(wanted.values()) if outlooks is None else any(outlook.failing and wanted[outlook.of] for outlook in outlooks)
    return UNDECIDED if is_open else said


def statements(cluster: Cluster, policy: TrustPolicy, outlooks: Sequence[Outlook]) -> Iterator[Disclosure]:
    """Say what surviving does not mean, where the policy asks for it."""
    survive = policy.survive
    if not (survive.nodes or survive.zones):
        return
    yield Disclosure.of(DisclosureCode.LOSS_MEANING, "survive")
    for outlook in outlooks:
        if outlook.tying and {NODE: survive.nodes, ZONE: survive.zones}[outlook.of]:
            names = tuple(sorted({name for lost in outlook.worst for name in lost.tied}))
            yield Disclosure.of(DisclosureCode.PODS_TIED, f"ring {outlook.ring}", workloads=names, domain=outlook.of)
    planned = (node for node in cluster.nodes if not ring_membership.is_excluded(node, policy.nodes))
    loose = [node.name for node in planned if failure_repacking.ZONE not in node.labels] if survive.zones else []
    if loose:
        more, named = max(0, len(loose) - NAMED), tuple(loose[:NAMED])
        given = {"case": "some" if more else "all", "label": failure_repacking.ZONE}
        yield Disclosure.of(DisclosureCode.ZONE_MISSING, "survive", nodes=named, more=more, **given)
