"""The solver's numbers become a plan: names, nodes, reasons, and what remains open."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.answer.plan import (
    Buy,
    IsolationPlan,
    NewGroup,
    Outlook,
    Placement,
    Repair,
    RingPlan,
    Separation,
    SharedResident,
    Unplaced,
)
from models.disclosure import Disclosure, DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.node import Node
from models.kubernetes.workload import WorkloadId
from models.solver.indexed_problem import IndexedProblem
from models.solver.outcome import FEASIBLE, UNDECIDED, Goal, Outcome
from models.trust import Trust, TrustPolicy
from planner.rules.placement.failure_repacking import ZONE
from planner.rules.plugins import noderesources
from planner.settle.disclosures import by_hand, failures
from planner.settle.disclosures.general import late, not_modelled, unenforced
from planner.settle.distribute import Landing, landings
from planner.settle.growth import growth_of
from planner.settle.new_groups import new_groups, with_own_names
from planner.settle.shortage import shortages
from planner.settle.unplaced import unplaced, untried
from planner.trust.sizes import size_of
from planner.wording.disclosures import all_said, said

ALL, PLACES, NOTHING = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Extras:
    """What the solver was asked beside the placement: what separation costs, and the cheapest repair.

    `looks` is how closely the plan is looked at, as ALL that is said of plans takes time: with PLACES not at what each ring can
    lose, and with NOTHING neither at that nor at why pods have no place. `new_groups` would do where whole groups do not.
    """

    separation: Separation | None = None
    repairs: tuple[Repair, ...] = ()
    looks: int = ALL
    new_groups: tuple[NewGroup, ...] = ()


def settle(
    formulation: IndexedProblem,
    outcome: Outcome,
    cluster: Cluster,
    policy: TrustPolicy,
    trust: Trust,
    extras: Extras,
) -> IsolationPlan:
    """Write the plan that the outcome stands for."""
    landed = landings(formulation, outcome)
    rings = _rings(formulation, outcome, trust, policy.nodes.pool_key)
    failed = unplaced(formulation, landed, rings, cluster, policy) if extras.looks >= PLACES else untried(landed)
    outlooks = failures.outlooks(formulation, landed, rings, cluster, policy) if extras.looks == ALL else None
    idle = tuple(node.name for node, ring in zip(formulation.nodes, outcome.ring_of, strict=True) if ring < 0)
    conflict = _conflict(formulation, outcome)
    news = new_groups(formulation, outcome.ring_of, policy) if outcome.verdict == FEASIBLE else extras.new_groups
    return IsolationPlan(
        name=policy.name,
        verdict=_verdict(_looked_at(outcome.verdict, extras, failed, outlooks, policy), rings, policy),
        policy=policy,
        cluster=cluster,
        trust=trust,
        goals=goals_of(formulation, outcome, policy),
        rings=rings,
        placements=_placements(formulation, landed, trust),
        shared=_shared(formulation, landed, rings, trust),
        unplaced=failed,
        shortages=() if outcome.verdict == FEASIBLE else shortages(formulation, outcome),
        conflict=conflict,
        # Of one nothing can be left out.
        conflict_smallest=outcome.conflict_smallest or len(conflict) == 1,
        repairs=extras.repairs,
        separation=extras.separation,
        not_modelled=(
            *not_modelled(cluster, policy, trust, rings),
            *(late(extras.looks == NOTHING) if outlooks is None else all_said(failures.statements(cluster, policy, outlooks))),
            *too_small(formulation),
        ),
        unenforced=unenforced(cluster, policy, trust, rings, idle),
        losses=outlooks or (),
        by_hand=by_hand.statements(cluster, policy, trust, rings),
        new_groups=tuple(with_own_names(news, cluster.nodes, policy)),
        growth=growth_of(cluster, policy, rings),
    )


def _looked_at(
    said: str, extras: Extras, failed: tuple[Unplaced, ...], outlooks: tuple[Outlook, ...] | None, policy: TrustPolicy
) -> str:
    """Take a yes back that the rules do not bear out, or for which there was no time to ask them."""
    if said == FEASIBLE and extras.looks == NOTHING:
        return UNDECIDED
    return failures.verdict(said, bool(failed), outlooks, policy.survive)


def too_small(formulation: IndexedProblem) -> Iterator[Statement]:
    """Name the shapes that nobody buys."""
    for shape, who in formulation.too_small.items():
        yield said(Disclosure.of(DisclosureCode.SHAPE_TOO_SMALL, f"NodeShape {shape}", workload=str(who)))


def _verdict(said: str, rings: Sequence[RingPlan], policy: TrustPolicy) -> str:
    """Take a yes back where a ring has fewer nodes than it must, or more than it may."""
    sizes = ((size_of(ring.groups, policy), len(ring.nodes)) for ring in rings)
    kept = all(size.least <= have <= size.most for size, have in sizes)
    return UNDECIDED if said == FEASIBLE and not kept else said


def _rings(formulation: IndexedProblem, outcome: Outcome, trust: Trust, pool_key: str) -> tuple[RingPlan, ...]:
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


def goals_of(formulation: IndexedProblem, outcome: Outcome, policy: TrustPolicy) -> tuple[Goal, ...]:
    """Add what no plan avoids: pods that no nodes hold, and to relabel nodes whose label names a ring that no longer exists."""
    known = set(formulation.problem.rings)
    labels = (node.labels.get(policy.nodes.label_key) for node in formulation.nodes)
    foreign = sum(label is not None and label not in known for label in labels)
    left_out = Counter({"relabels": foreign}) + _by_goal(formulation, formulation.beyond)
    never = Counter({"relabels": foreign}) + _by_goal(formulation, formulation.never)
    return tuple(
        replace(goal, value=goal.value + left_out[goal.name], bound=goal.bound + never[goal.name]) for goal in outcome.goals
    )


def _by_goal(formulation: IndexedProblem, pods: Sequence[int]) -> Counter[str]:
    """Add up pods that the problem does not count, class by class, under the names of the goals that count them."""
    counts: Counter[str] = Counter()
    # There are no counts at all where the problem leaves no pods out.
    for pod_class, count in zip(formulation.problem.classes, pods, strict=False):
        counts.update({"unplaced": count, f"unplaced (priority {pod_class.priority})": count})
    return counts


def _placements(formulation: IndexedProblem, landed: dict[WorkloadId, Landing], trust: Trust) -> tuple[Placement, ...]:
    placements = []
    for name, landing in sorted(landed.items()):
        if landing.ring:
            on = _by_name(formulation, landing)
            group = trust.members[str(name)].group
            counted = landing.workload.counted
            placements.append(Placement(name, group, landing.ring, sum(on.values()), on, counted))
    return tuple(placements)


def _by_name(formulation: IndexedProblem, landing: Landing) -> FrozenMap[int]:
    return FrozenMap({formulation.nodes[node].name: count for node, count in landing.on.items() if count})


def _shared(
    formulation: IndexedProblem, landed: dict[WorkloadId, Landing], rings: Sequence[RingPlan], trust: Trust
) -> tuple[SharedResident, ...]:
    ring_of = {name: ring.name for ring in rings for name in ring.nodes}
    residents = []
    for name, landing in sorted(landed.items()):
        if trust.members[str(name)].everywhere:
            nodes = [formulation.nodes[node].name for _, node, _ in landing.parts]
            reached = sorted({ring_of[node] for node in nodes if node in ring_of})
            request = noderesources.requests(landing.workload.template)
            residents.append(SharedResident(name, tuple(reached), len(nodes), request))
    return tuple(residents)


def _conflict(formulation: IndexedProblem, outcome: Outcome) -> tuple[WorkloadId, ...]:
    """Name the workloads that the classes in conflict stand for, or the parts of them that are meant."""
    workloads: set[WorkloadId] = set()
    for number, parts in zip(outcome.conflict, outcome.conflict_parts or ((),) * len(outcome.conflict), strict=True):
        group = formulation.batches[number]
        workloads |= {group[part].workload.id for part in parts or range(len(group)) if group[part].count}
    return tuple(sorted(workloads))
