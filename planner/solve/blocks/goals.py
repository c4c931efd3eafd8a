"""What is proven of goals over all choices of rings for blocks, from what is proven of each that was tried and of the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.solver.outcome import MOVES, Goal, Outcome
from models.solver.problem import Problem
from planner.solve.blocks.master import Proposal
from planner.solve.instance.blocks import rings_of_blocks
from planner.solve.instance.goal_values import WHOLE, goals_of_moves

UNPLACED, RELABELS, HEADROOM = "unplaced", "relabels", "headroom"


@dataclass(frozen=True, slots=True, order=True)
class Vector:
    """What goals come to, the most important first and less better."""

    divided: int
    moves: float
    relabels: float
    occupied: float

    @classmethod
    def promised(cls, proposal: Proposal) -> "Vector":
        """Return what sums promise."""
        return cls(proposal.divided, proposal.moves, proposal.relabels, -proposal.headroom)


def vector_of(problem: Problem, outcome: Outcome) -> Vector:
    """Return what a placement of all pods comes to."""
    values = {goal.name: goal.value for goal in outcome.goals}
    divided = sum(max(0, len(rings) - 1) for rings in rings_of_blocks(problem, outcome.ring_of))
    return Vector(divided, _weighed(problem, values), values[RELABELS], -values[HEADROOM])


def _weighed(problem: Problem, values: dict[str, float]) -> float:
    """Return what moves count, those that lose data more."""
    weight = max((pod_class.weight for pod_class in problem.classes), default=1)
    lost = values.get("data", 0)
    return lost * weight + values[MOVES] - lost


def bounds_over(
    problem: Problem, best: Outcome, others: Iterable[Outcome], further: Proposal | None, is_bounded: bool
) -> tuple[Goal, ...]:
    """Return the goals of the best with what no choice beats; where `is_bounded`, all that is left comes to `further` at least.

    What is proven of a goal holds under what the goals before have come to. So a choice that cannot reach the best in one goal
    says nothing of those after it, and of one that may be better there nothing is known after it.
    """
    later = [goal for goal in best.goals if not goal.name.startswith(UNPLACED)]
    sources = [{goal.name: goal.bound for goal in outcome.goals} for outcome in (best, *others)]
    if further is not None:
        values = {goal.name: goal.value for goal in best.goals}
        moves = goals_of_moves(problem, int(_weighed(problem, values)), further.moves)
        is_open = vector_of(problem, best).divided > further.divided
        own = {goal.name: goal.bound for goal in moves} | {RELABELS: further.relabels, HEADROOM: further.headroom}
        sources.append({} if is_open else own)
    proven = _least(later, sources if is_bounded else [{}])
    return tuple(replace(goal, bound=proven.get(goal.name, goal.bound)) for goal in best.goals)


def _least(goals: Sequence[Goal], sources: Sequence[dict[str, float]]) -> dict[str, float]:
    result = {}
    open_sources = list(sources)
    for goal in goals:
        anything = WHOLE if goal.sense == "max" else 0
        bounds = [source.get(goal.name, anything) for source in open_sources]
        pick = max if goal.sense == "max" else min
        result[goal.name] = pick([*bounds, goal.value])
        pairs = zip(open_sources, bounds, strict=True)
        open_sources = [
            {} if _beats(goal, bound) else source for source, bound in pairs if bound == goal.value or _beats(goal, bound)
        ]
    return result


def _beats(goal: Goal, bound: float) -> bool:
    return bound > goal.value if goal.sense == "max" else bound < goal.value


def without_proof(best: Outcome, alone: Sequence[Goal], is_refused: bool) -> tuple[Goal, ...]:
    """Return the goals of a placement of some pods with what holds for any nodes: the first count of pods without a place."""
    first = next((goal for goal in alone if goal.name.startswith(UNPLACED)), None)
    goals = []
    for goal in best.goals:
        bound = WHOLE if goal.sense == "max" else 0.0
        if first and goal.name in (first.name, UNPLACED):
            bound = min(goal.value, max(first.bound, int(is_refused and goal.name == UNPLACED)))
        goals.append(replace(goal, bound=bound))
    return tuple(goals)
