"""What a placement that was found for a harder problem is worth in the problem itself, and what none at all is."""

from dataclasses import replace

from models.solver.outcome import COST, MILLION, UNDECIDED, Goal, Outcome
from models.solver.problem import Problem
from planner.solve.exact.objectives import headroom, moved_pods, relabelled_nodes, unplaced_pods
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import empty, missing


def rated(problem: Problem, outcome: Outcome, best: tuple[Goal, ...]) -> Outcome:
    """Return the outcome, which places all pods, with the values of its goals; `best` brings what is proven of the problem."""
    counts = tuple(dict(on) for on in outcome.counts)
    values = {
        COST: sum(node.price for node, ring in zip(problem.nodes, outcome.ring_of, strict=True) if ring >= 0) / MILLION,
        **{goal.name: goal.value for goal in moved_pods.goals(problem, moved_pods.count(problem, counts), 0)},
        "relabels": relabelled_nodes.count(problem, outcome.ring_of),
        "headroom": headroom.permille(facts_of(problem), outcome.ring_of, counts),
    }
    return replace(outcome, goals=tuple(replace(goal, value=values.get(goal.name, 0)) for goal in best))


def untried(problem: Problem) -> Outcome:
    """Return the outcome of a search that had no time for anything."""
    plan = empty(problem)
    tiers = unplaced_pods.priorities(problem)
    counts = [
        (f"unplaced (priority {tier})", unplaced_pods.count(problem, plan.counts, tier)) for tier in tiers if len(tiers) > 1
    ]
    least = (
        *counts,
        ("unplaced", unplaced_pods.count(problem, plan.counts)),
    )
    goals = (
        *(Goal(name, value, 0) for name, value in least),
        *moved_pods.goals(problem, moved_pods.count(problem, plan.counts), 0),
        Goal("relabels", relabelled_nodes.count(problem, plan.ring_of), 0),
        Goal("headroom", headroom.WHOLE, headroom.WHOLE, "max"),
    )
    counted = tuple(tuple(sorted(on.items())) for on in plan.counts)
    return Outcome(UNDECIDED, plan.ring_of, counted, missing(problem, plan), goals)
