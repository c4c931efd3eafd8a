"""A plan written down anew from its own inputs: the groups, the problem, and the plan as the solver's answer to it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.kubernetes.node_group import group_of
from models.solver.outcome import UNDECIDED, Outcome

if TYPE_CHECKING:
    from models.solver.indexed_problem import IndexedProblem
    from models.trust import Trust

HEADROOM = "headroom"


@dataclass(frozen=True, slots=True)
class Remade:
    """A plan, who trusts whom by its policy, and its placement as an answer to the problem that its inputs pose.

    Which ordinals of a StatefulSet are where the plan does not say: those come first that may be there.
    """

    plan: IsolationPlan
    trust: "Trust"
    formulation: "IndexedProblem"
    outcome: Outcome


def rebuild(plan: IsolationPlan) -> Remade:
    """Write a plan down anew, with its rings and the nodes that it has bought."""
    from planner.formulate import formulate
    from planner.formulate.offers import without_offers
    from planner.trust import arranged, trust

    trusted = arranged(trust(plan.policy, plan.cluster), [ring.groups for ring in plan.rings])
    formulation = formulate(plan.cluster, plan.policy, trusted, _homes(plan))
    formulation = (
        replace(formulation, problem=without_offers(formulation.problem), offers=()) if formulation.offers else formulation
    )
    return Remade(plan, trusted, formulation, _outcome(plan, formulation))


def _homes(plan: IsolationPlan) -> dict[str, str]:
    """Return the rings of bought nodes, and of node groups where something may be bought: they are settled before that.

    An owned node that costs something and is of no ring is not to be used.
    """
    inside, nodes = {name: ring.name for ring in plan.rings for name in ring.nodes}, plan.cluster.nodes
    is_priced, by = any(node.shape or node.price for node in nodes), plan.policy.nodes.groups.by
    idle = [node for node in nodes if is_priced and (node.shape or node.name not in inside)]
    wanted = is_priced or plan.cluster.shapes
    settled = [node for node in nodes if wanted and node.name in inside and group_of(node, by)]
    return {node.name: inside.get(node.name, "") for node in (*idle, *settled)}


def _outcome(plan: IsolationPlan, formulation: "IndexedProblem") -> Outcome:
    inside = {name: number for number, ring in enumerate(plan.trust.rings) for name in _nodes_of(plan, ring.name)}
    ring_of = tuple(inside.get(node.name, -1) for node in formulation.nodes)
    index = {node.name: number for number, node in enumerate(formulation.nodes)}
    left = {
        placement.workload: Counter({index[name]: pods for name, pods in placement.on.items() if name in index})
        for placement in plan.placements
    }
    counts, unplaced = [], []
    for group, pod_class in zip(formulation.batches, formulation.problem.classes, strict=True):
        here: Counter[int] = Counter()
        for batch in group:
            if batch.workload.is_daemon:
                here.update(dict.fromkeys(_daemons(pod_class.candidates, pod_class.ring, ring_of), 1))
            elif batch.fixed_to:
                here[index[batch.fixed_to]] += 1
            else:
                here.update(_take(left.get(batch.workload.id, Counter()), batch.count, frozenset(pod_class.candidates)))
        counts.append(tuple(sorted(here.items())))
        unplaced.append(0 if pod_class.daemon else pod_class.count - here.total())
    return Outcome(UNDECIDED, ring_of, tuple(counts), tuple(unplaced))


def _nodes_of(plan: IsolationPlan, name: str) -> tuple[str, ...]:
    return next((ring.nodes for ring in plan.rings if ring.name == name), ())


def _daemons(candidates: tuple[int, ...], ring: int, ring_of: tuple[int, ...]) -> Iterator[int]:
    return (node for node in candidates if ring in (-1, ring_of[node]))


def _take(left: "Counter[int]", count: int, candidates: frozenset[int]) -> "Counter[int]":
    """Take up to so many pods from where they are and may be."""
    taken: Counter[int] = Counter()
    for node in sorted(left):
        part = min(left[node], count - taken.total()) if node in candidates else 0
        if part > 0:
            taken[node] = part
            left[node] -= part
    return taken


def differences(anew: Remade) -> Iterator[Finding]:
    """Yield what a plan says of its groups, of what its rings lack, and of the room that is left, and that is not so."""
    from planner.formulate.residents import rings_of_unpatched_pods
    from planner.settle.shortage import shortages
    from planner.solve import with_goal_values

    plan, trusted = anew.plan, anew.trust
    for name, member in trusted.members.items():
        said = plan.trust.members.get(name)
        if said is not None and said != member:
            facts = {"group": said.group, "said": said.because, "true": member.because}
            yield Finding.of(FindingCode.MEMBERSHIP_BECAUSE, ERROR, name, **facts)
    if (plan.trust.groups, plan.trust.rings, plan.trust.sharing) != (trusted.groups, trusted.rings, trusted.sharing):
        yield Finding.of(FindingCode.TRUST_DIFFERS, ERROR, plan.name, groups=tuple(group.name for group in trusted.groups))
    if plan.cluster.may_move_by_hand and not rings_of_unpatched_pods(replace(plan.cluster, may_move_by_hand=False), trusted):
        yield Finding.of(FindingCode.BY_HAND_UNTRUE, ERROR, plan.name, case="none run")
    due = shortages(anew.formulation, anew.outcome)
    if set(plan.shortages) != set(due) or len(plan.shortages) != len(due):
        yield Finding.of(FindingCode.SHORTAGE_UNTRUE, ERROR, plan.name, case="others", due=due)
    values = {goal.name: goal.value for goal in with_goal_values(anew.formulation.problem, anew.outcome, plan.goals).goals}
    for goal in plan.goals:
        if goal.name == HEADROOM and goal.value != values[HEADROOM]:
            counts = {"said": goal.value, "true": values[HEADROOM]}
            yield Finding.of(FindingCode.GOAL_HEADROOM, ERROR, goal.name, case="counted anew", **counts)
