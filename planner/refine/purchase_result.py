"""What a purchase has come to: nodes in a cluster, a placement on them, and goals of which the cost is one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.kubernetes.cluster import Cluster
from models.solver.indexed_problem import IndexedProblem
from models.solver.outcome import COST, DATA, FEASIBLE, MILLION, MOVES, UNDECIDED, Goal, Outcome
from models.solver.purchase import Purchase

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from planner.solve import SearchContext

UNPLACED = "unplaced"
WHOLE = 1000
"""Head-room in permille where nothing is taken."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A cluster in which the bought nodes stand, the problem of placing its pods there, and the best answer found to it."""

    cluster: Cluster
    formulation: IndexedProblem
    outcome: Outcome

    def uses_all(self, outcome: Outcome) -> bool:
        """Say whether all pods have a place, and every bought node is in a ring."""
        pairs = zip(self.formulation.nodes, outcome.ring_of, strict=True)
        return not any(outcome.unplaced) and all(ring >= 0 for node, ring in pairs if node.shape)

    def again(self, context: "SearchContext", most_pairs: int) -> "SearchContext":
        """Return the context for placing again what a purchase has placed: less work, since its own placement will do."""
        placed = any(node.shape for node in self.formulation.nodes) and not any(self.outcome.unplaced)
        return context.with_budget(exact=most_pairs, conflict=0.0) if placed else context

    def cost(self, outcome: Outcome) -> float:
        """Return what the nodes that are in a ring cost."""
        pairs = zip(self.formulation.nodes, outcome.ring_of, strict=True)
        return sum(node.price for node, ring in pairs if ring >= 0) / MILLION


def as_outcome(purchase: Purchase, order: Sequence[int]) -> Outcome:
    """Return the placement of a purchase with node n under the number order[n]."""
    ring_of = [-1] * len(order)
    for node, ring in enumerate(purchase.ring_of):
        ring_of[order[node]] = ring
    counts = tuple(tuple(sorted((order[node], pods) for node, pods in here)) for here in purchase.counts)
    return Outcome(UNDECIDED if any(purchase.unplaced) else FEASIBLE, tuple(ring_of), counts, purchase.unplaced)


def with_cost(goals: tuple[Goal, ...], cost: Goal, churn: bool) -> tuple[Goal, ...]:
    """Put the cost behind the pods without a place, and behind the moves too where running pods stay first."""
    before = [goal.name.startswith(UNPLACED) or (churn and goal.name in (DATA, MOVES)) for goal in goals]
    position = before.index(False) if False in before else len(goals)
    return (*goals[:position], cost, *goals[position:])


def with_bound(plan: "IsolationPlan", bound: float) -> "IsolationPlan":
    """Return the plan with no more than this proven of its cost."""
    goals = tuple(replace(goal, bound=min(goal.bound, bound)) if goal.name == COST else goal for goal in plan.goals)
    return replace(plan, goals=goals)


def without_proof(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Return the goals with what is certain of them without any proof."""
    return tuple(replace(goal, bound=float(WHOLE) if goal.sense == "max" else 0.0) for goal in goals)
