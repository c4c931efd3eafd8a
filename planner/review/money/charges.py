"""Who takes what of a ring: own requests, and shares of what is idle and of what daemons take, that add up to the whole."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from models.answer.plan import IsolationPlan
from models.answer.review import Charge, NodeReview, RingReview
from models.frozen_map import FrozenMap
from models.kubernetes.resources import CPU, MEMORY, PODS
from models.kubernetes.workload import Workload
from planner.view.reach import per_pod

THOUSAND = 1_000


class Payer(NamedTuple):
    """A tenant's part of a namespace; both are empty where nobody is there to pay."""

    tenant: str
    namespace: str


def charges(plan: IsolationPlan, rings: Sequence[RingReview], nodes: Sequence[NodeReview]) -> tuple[Charge, ...]:
    """Return what every namespace takes of every ring, by ring, tenant and namespace."""
    workloads = {str(workload.id): workload for workload in plan.cluster.workloads}
    by_ring = {ring.name: [node for node in nodes if node.ring == ring.name] for ring in rings}
    return tuple(charge for ring in rings if ring.whole.nodes for charge in _of_ring(plan, ring, by_ring[ring.name], workloads))


def _of_ring(
    plan: IsolationPlan, ring: RingReview, nodes: Sequence[NodeReview], workloads: Mapping[str, Workload]
) -> Iterator[Charge]:
    own: dict[Payer, Counter[str]] = defaultdict(Counter)
    for node in nodes:
        for name, pods in node.pods.items():
            asked = per_pod(workloads[name].template)
            own[payer(plan, workloads[name])].update({resource: amount * pods for resource, amount in asked.items()})
    payers = sorted(own) or [Payer("", "")]
    idle = {name: _divided(max(0, amount.free), [own[p][name] for p in payers]) for name, amount in ring.whole.amounts.items()}
    daemons = {name: _divided(amount.daemons, [own[p][name] for p in payers]) for name, amount in ring.whole.amounts.items()}
    weights = [_weight(own[p], ring) for p in payers]
    shares, costs = _divided(THOUSAND * len(nodes), weights), _divided(ring.cost, weights)
    for number, whom in enumerate(payers):
        yield Charge(
            ring=ring.name,
            tenant=whom.tenant,
            namespace=whom.namespace,
            pods=own[whom][PODS],
            own=FrozenMap({name: own[whom][name] for name in ring.whole.amounts}),
            idle=FrozenMap({name: parts[number] for name, parts in idle.items()}),
            daemons=FrozenMap({name: parts[number] for name, parts in daemons.items()}),
            nodes=shares[number],
            cost=costs[number],
        )


def payer(plan: IsolationPlan, workload: Workload) -> Payer:
    """Return the tenant that a workload is of, by its group, its label or its namespace's, and its namespace."""
    group, key = plan.trust.members[str(workload.id)].group, plan.policy.labels.tenant
    of_group = next((known.tenant for known in plan.trust.groups if known.name == group), "")
    of_namespace = plan.cluster.namespaces.get(workload.id.namespace, FrozenMap()).get(key, "")
    said = workload.template.labels.get(key) or workload.labels.get(key) or of_namespace
    return Payer(of_group or said, workload.id.namespace)


def _weight(own: Mapping[str, int], ring: RingReview) -> int:
    """Weigh requests by the mean of their shares of the ring's cpu and memory, in whole numbers."""
    whole = {name: ring.whole.amounts[name].allocatable for name in (CPU, MEMORY) if name in ring.whole.amounts}
    cpu, memory = whole.get(CPU, 0) or 1, whole.get(MEMORY, 0) or 1
    return own[CPU] * memory + own[MEMORY] * cpu


def _divided(whole: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number by weights, so that the parts add up to it: what is left over goes to the largest remainders.

    It is divided evenly where nothing has a weight.
    """
    fair = weights if any(weights) else [1] * len(weights)
    total = sum(fair)
    parts = [whole * weight // total for weight in fair]
    by_remainder = sorted(range(len(fair)), key=lambda number: (-(whole * fair[number] % total), number))
    for number in by_remainder[: whole - sum(parts)]:
        parts[number] += 1
    return parts
