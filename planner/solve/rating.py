"""What a placement that was found for a harder problem is worth in the problem itself."""

from dataclasses import replace

from models.outcome import COST, MILLION, Goal, Outcome
from models.problem import Problem
from planner.solve.facts import facts_of
from planner.solve.objectives import headroom, moves, relabels


def rated(problem: Problem, outcome: Outcome, best: tuple[Goal, ...]) -> Outcome:
    """Return the outcome, which places all pods, with the values of its goals; `best` brings what is proven of the problem."""
    counts = tuple(dict(on) for on in outcome.counts)
    values = {
        COST: sum(node.price for node, ring in zip(problem.nodes, outcome.ring_of, strict=True) if ring >= 0) / MILLION,
        **{goal.name: goal.value for goal in moves.goals(problem, moves.count(problem, counts), 0)},
        "relabels": relabels.count(problem, outcome.ring_of),
        "headroom": headroom.permille(facts_of(problem), outcome.ring_of, counts),
    }
    return replace(outcome, goals=tuple(replace(goal, value=values.get(goal.name, 0)) for goal in best))
