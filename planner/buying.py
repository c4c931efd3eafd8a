"""Buying: the cheapest nodes beside the owned ones, and then the best placement on what there is.

Part of the pipeline, which is why it may call every room.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.frozen import FrozenMap
from models.outcome import COST, FEASIBLE, INFEASIBLE, MILLION, UNDECIDED, Goal, Outcome

if TYPE_CHECKING:
    from models.certificate import Certificate
    from models.cluster import Cluster
    from models.formulation import Formulation
    from models.node import Node
    from models.plan import IsolationPlan
    from models.problem import Problem
    from models.purchase import Purchase
    from models.trust import Trust, TrustPolicy
    from models.workload import WorkloadId
    from planner.solve import Limits

NOBODY: FrozenMap[str] = FrozenMap()
UNPLACED = "unplaced"
WHOLE = 1000
"""Head-room in permille where nothing is taken."""
MOST_TRIED = 300
"""Up to so many nodes, all that could be bought is bought to see that it does not help."""


def is_wanted(cluster: "Cluster") -> bool:
    """Say whether there is anything to buy, or to save."""
    return bool(cluster.shapes) or any(node.price for node in cluster.nodes)


@dataclass(frozen=True, slots=True)
class Bought:
    """A cluster in which the bought nodes stand, the problem of placing its pods there, and the best answer found to it."""

    cluster: "Cluster"
    formulation: "Formulation"
    outcome: Outcome


@dataclass(slots=True)
class Buyer:
    """Buys for one cluster; `formulation` is its problem, with all that could be bought as offers.

    `brief` are the limits for buying once more. With `churn` running pods stay before costs are saved. `goals` and `certificate`
    are what was reached and proven at first.
    """

    formulation: "Formulation"
    cluster: "Cluster"
    policy: "TrustPolicy"
    trust: "Trust"
    progress: Callable[[str], None]
    brief: "Limits"
    churn: bool = False
    goals: tuple[Goal, ...] = ()
    certificate: "Certificate | None" = None

    def first(self, limits: "Limits") -> "IsolationPlan":
        """Plan with the nodes that are cheapest."""
        return self._plan(self._bought(limits))

    def more(self, wanted: "Counter[WorkloadId]") -> "IsolationPlan | None":
        """Plan once more with room for so many more pods of each workload; None where not all pods find a place."""
        found = self._again(wanted)
        return self._plan(found) if found else None

    def _plan(self, made: Bought) -> "IsolationPlan":
        from planner.settle import Extras, settle

        plan = settle(made.formulation, made.outcome, made.cluster, self.policy, self.trust, Extras())
        return replace(plan, certificate=self.certificate)

    def _bought(self, limits: "Limits") -> Bought:
        """Buy at least cost, then place the pods as well as can be on the nodes that there are."""
        from planner.solve import purchase, rated, solve

        problem = self.formulation.problem
        self.progress("choosing which nodes to buy")
        found = purchase(problem, limits, self.progress)
        made = self._built(found, problem)
        best = solve(made.formulation.problem, limits, self.progress)
        if any(found.unplaced) and any(best.unplaced):
            return replace(made, outcome=self._short(made, best, limits))
        if not _uses_all(made, best):
            best = replace(made.outcome, goals=_unproven(best.goals))
        verdict = best.verdict if best.verdict == FEASIBLE else UNDECIDED
        self.certificate, self.goals = found.certificate, _with_cost(best.goals, found.bound)
        return replace(made, outcome=replace(rated(made.formulation.problem, best, self.goals), verdict=verdict))

    def _again(self, wanted: "Counter[WorkloadId]") -> Bought | None:
        """Buy once more, with room for so many more pods of each workload; None where not all pods find a place."""
        from planner import steer
        from planner.solve import purchase, rated, solve

        problem = steer.reserved(self.formulation, wanted)
        made = self._built(purchase(problem, self.brief, self.progress), problem)
        own = made.formulation.problem
        even = steer.bare(own, solve(steer.reserved(made.formulation, wanted), self.brief, self.progress))
        found = even if even and _uses_all(made, even) else steer.bare(own, made.outcome)
        return replace(made, outcome=rated(own, found, _later(self.goals))) if found else None

    def _built(self, found: "Purchase", problem: "Problem") -> Bought:
        """Put the bought nodes into the cluster, and the purchase's placement into the words of its problem."""
        owned = problem.nodes
        nodes = self._numbered(found.bought, found.ring_of[len(owned) :])
        homes = {slot.name: "" for slot, ring in zip(owned, found.ring_of, strict=False) if slot.price and ring < 0}
        homes |= {node.name: problem.rings[ring] for node, ring in zip(nodes, found.ring_of[len(owned) :], strict=True)}
        cluster, formulation = self._with(nodes, homes)
        number = {node.name: at for at, node in enumerate(formulation.nodes)}
        order = [number[name] for name in (*(slot.name for slot in owned), *(node.name for node in nodes))]
        return Bought(cluster, formulation, _moved(found, order))

    def _with(self, nodes: "Sequence[Node]", homes: Mapping[str, str] = NOBODY) -> "tuple[Cluster, Formulation]":
        from planner.formulate import formulate

        everyone = tuple(sorted((*self.cluster.nodes, *nodes), key=lambda node: node.name))
        cluster = replace(self.cluster, nodes=everyone)
        return cluster, formulate(replace(cluster, shapes=()), self.policy, self.trust, homes)

    def _numbered(self, bought: Sequence[int], rings: Sequence[int]) -> "list[Node]":
        """Name the bought nodes: those of each offer are numbered ring by ring."""
        from planner.formulate.offers import numbered

        last: Counter[int] = Counter()
        named: dict[int, Node] = {}
        for at in sorted(range(len(bought)), key=lambda one: (rings[one], one)):
            last[bought[at]] += 1
            named[at] = numbered(self.formulation.offers[bought[at]], last[bought[at]])
        return [named[at] for at in range(len(bought))]

    def _short(self, made: Bought, best: Outcome, limits: "Limits") -> Outcome:
        """Say what is known where not all pods find a place: that buying more does not help is proven, or nothing is."""
        proof = self._hopeless(limits)
        cost = Goal(COST, _cost(made, best), 0.0)
        if proof is None:
            goals = _inserted(_unproven(best.goals), cost)
            return replace(best, verdict=UNDECIDED, goals=goals, conflict=(), conflict_parts=(), conflict_smallest=False)
        proven = {goal.name: goal.bound for goal in proof.goals if goal.name.startswith(UNPLACED)}
        goals = tuple(replace(goal, bound=proven.get(goal.name, goal.bound)) for goal in _unproven(best.goals))
        return replace(proof, ring_of=best.ring_of, counts=best.counts, unplaced=best.unplaced, goals=_inserted(goals, cost))

    def _hopeless(self, limits: "Limits") -> Outcome | None:
        """Return why not all pods find a place even if all is bought that there is; None where that is not known."""
        from planner.formulate.offers import numbered
        from planner.solve import solve

        problem = self.formulation.problem
        pods = sum(one.count for one in problem.classes if not one.daemon)
        counts = [min(pods, problem.most[offer.shape]) for offer in problem.offers]
        if sum(counts) > MOST_TRIED:
            return None
        examples = zip(self.formulation.offers, counts, strict=True)
        nodes = [numbered(example, number) for example, count in examples for number in range(1, count + 1)]
        found = solve(self._with(nodes)[1].problem, limits, self.progress)
        return found if found.verdict == INFEASIBLE and any(found.unplaced) else None


def _moved(found: "Purchase", order: Sequence[int]) -> Outcome:
    """Return the placement with node n under the number order[n]."""
    ring_of = [-1] * len(order)
    for at, ring in enumerate(found.ring_of):
        ring_of[order[at]] = ring
    counts = tuple(tuple(sorted((order[at], pods) for at, pods in here)) for here in found.counts)
    return Outcome(UNDECIDED if any(found.unplaced) else FEASIBLE, tuple(ring_of), counts, found.unplaced)


def _uses_all(made: Bought, outcome: Outcome) -> bool:
    """Say whether all pods have a place, and every bought node is in a ring."""
    pairs = zip(made.formulation.nodes, outcome.ring_of, strict=True)
    return not any(outcome.unplaced) and all(ring >= 0 for node, ring in pairs if node.shape)


def _cost(made: Bought, outcome: Outcome) -> float:
    pairs = zip(made.formulation.nodes, outcome.ring_of, strict=True)
    return sum(node.price for node, ring in pairs if ring >= 0) / MILLION


def _with_cost(goals: tuple[Goal, ...], bound: int) -> tuple[Goal, ...]:
    return _inserted(goals, Goal(COST, 0.0, bound / MILLION))


def _inserted(goals: tuple[Goal, ...], cost: Goal) -> tuple[Goal, ...]:
    """Put the cost behind the pods without a place, and before all else."""
    first = tuple(goal for goal in goals if goal.name.startswith(UNPLACED))
    return (*first, cost, *goals[len(first) :])


def _unproven(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Return the goals with what is certain of them without any proof."""
    return tuple(replace(goal, bound=float(WHOLE) if goal.sense == "max" else 0.0) for goal in goals)


def _later(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Return the goals for other bought nodes: what was proven of the first ones holds for the cost alone."""
    return tuple(proven if proven.name == COST else loose for proven, loose in zip(goals, _unproven(goals), strict=True))
