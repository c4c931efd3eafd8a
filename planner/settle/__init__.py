"""The solver's numbers become a plan: names, nodes, reasons, and what remains open."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.cluster import Cluster, Statement
from models.formulation import Formulation
from models.frozen import FrozenMap
from models.node import Node
from models.outcome import FEASIBLE, UNDECIDED, Goal, Outcome
from models.plan import Buy, IsolationPlan, Placement, Repair, RingPlan, Separation, SharedResident
from models.trust import Trust, TrustPolicy
from models.workload import WorkloadId
from planner.rules import noderesources
from planner.rules.loss import ZONE
from planner.settle import by_hand, losses
from planner.settle.share import Landing, landings
from planner.settle.shortage import shortages
from planner.settle.statements import not_modelled, unenforced
from planner.settle.unplaced import unplaced
from planner.trust.sizes import size_of


@dataclass(frozen=True, slots=True)
class Extras:
    """What the solver was asked beside the placement: what separation costs, and the cheapest repair."""

    separation: Separation | None = None
    repairs: tuple[Repair, ...] = ()


def settle(
    formulation: Formulation,
    outcome: Outcome,
    cluster: Cluster,
    policy: TrustPolicy,
    trust: Trust,
    extras: Extras,
) -> IsolationPlan:
    """Write the plan that the outcome stands for."""
    landed = landings(formulation, outcome)
    rings = _rings(formulation, outcome, trust, policy.nodes.pool_key)
    failed = unplaced(formulation, landed, rings, cluster, policy)
    outlooks = losses.outlooks(formulation, landed, rings, cluster, policy)
    idle = tuple(node.name for node, ring in zip(formulation.nodes, outcome.ring_of, strict=True) if ring < 0)
    conflict = _conflict(formulation, outcome)
    return IsolationPlan(
        name=policy.name,
        verdict=_verdict(losses.verdict(outcome.verdict, bool(failed), outlooks, policy.survive), rings, policy),
        policy=policy,
        cluster=cluster,
        trust=trust,
        goals=_goals(formulation, outcome, policy),
        rings=rings,
        placements=_placements(formulation, landed, trust),
        shared=_shared(formulation, landed, rings, trust),
        unplaced=failed,
        shortages=() if outcome.verdict == FEASIBLE else shortages(formulation, outcome),
        conflict=conflict,
        conflict_smallest=outcome.conflict_smallest or len(conflict) == 1,
        repairs=extras.repairs,
        separation=extras.separation,
        not_modelled=(
            *not_modelled(cluster, policy, trust, rings),
            *losses.statements(cluster, policy, outlooks),
            *too_small(formulation),
        ),
        unenforced=unenforced(cluster, policy, trust, idle),
        losses=outlooks,
        by_hand=by_hand.statements(cluster, policy, trust, rings),
    )


def too_small(formulation: Formulation) -> Iterator[Statement]:
    """Name the shapes that nobody buys."""
    for shape, who in formulation.too_small.items():
        yield Statement(f"NodeShape {shape}", f"is not bought: {who}, which runs on nodes of every ring, does not fit on it")


def _verdict(said: str, rings: Sequence[RingPlan], policy: TrustPolicy) -> str:
    """Take a yes back where a ring has fewer nodes than it must, or more than it may."""
    sizes = ((size_of(ring.groups, policy), len(ring.nodes)) for ring in rings)
    kept = all(size.least <= have <= size.most for size, have in sizes)
    return UNDECIDED if said == FEASIBLE and not kept else said


def _rings(formulation: Formulation, outcome: Outcome, trust: Trust, pool_key: str) -> tuple[RingPlan, ...]:
    nodes: list[list[Node]] = [[] for _ in trust.rings]
    for node, ring in zip(formulation.nodes, outcome.ring_of, strict=True):
        if ring >= 0:
            nodes[ring].append(node)
    return tuple(
        RingPlan(ring.name, ring.groups, tuple(node.name for node in mine), buy=_buy(mine, pool_key))
        for ring, mine in zip(trust.rings, nodes, strict=True)
    )


def _buy(nodes: Sequence[Node], pool_key: str) -> tuple[Buy, ...]:
    counts = Counter((node.shape, node.labels[ZONE], node.labels.get(pool_key, "")) for node in nodes if node.shape)
    return tuple(Buy(shape, zone, counts[shape, zone, pool], pool) for shape, zone, pool in sorted(counts))


def _goals(formulation: Formulation, outcome: Outcome, policy: TrustPolicy) -> tuple[Goal, ...]:
    """Add the relabelling that no plan avoids: nodes whose label names a ring that no longer exists."""
    known = set(formulation.problem.rings)
    labels = (node.labels.get(policy.nodes.label_key) for node in formulation.nodes)
    foreign = sum(label is not None and label not in known for label in labels)
    return tuple(
        replace(goal, value=goal.value + foreign, bound=goal.bound + foreign) if goal.name == "relabels" else goal
        for goal in outcome.goals
    )


def _placements(formulation: Formulation, landed: dict[WorkloadId, Landing], trust: Trust) -> tuple[Placement, ...]:
    found = []
    for name, landing in sorted(landed.items()):
        if landing.ring:
            on = _by_name(formulation, landing)
            group = trust.members[str(name)].group
            counted = landing.workload.counted
            found.append(Placement(name, group, landing.ring, sum(on.values()), on, counted))
    return tuple(found)


def _by_name(formulation: Formulation, landing: Landing) -> FrozenMap[int]:
    return FrozenMap({formulation.nodes[node].name: count for node, count in landing.on.items() if count})


def _shared(
    formulation: Formulation, landed: dict[WorkloadId, Landing], rings: Sequence[RingPlan], trust: Trust
) -> tuple[SharedResident, ...]:
    ring_of = {name: ring.name for ring in rings for name in ring.nodes}
    found = []
    for name, landing in sorted(landed.items()):
        if trust.members[str(name)].everywhere:
            nodes = [formulation.nodes[node].name for _, node, _ in landing.parts]
            reached = sorted({ring_of[node] for node in nodes if node in ring_of})
            request = noderesources.requests(landing.workload.template)
            found.append(SharedResident(name, tuple(reached), len(nodes), request))
    return tuple(found)


def _conflict(formulation: Formulation, outcome: Outcome) -> tuple[WorkloadId, ...]:
    """Name the workloads that the classes in conflict stand for, or the parts of them that are meant."""
    found: set[WorkloadId] = set()
    for at, parts in zip(outcome.conflict, outcome.conflict_parts or ((),) * len(outcome.conflict), strict=True):
        group = formulation.batches[at]
        found |= {group[part].workload.id for part in parts or range(len(group)) if group[part].count}
    return tuple(sorted(found))
