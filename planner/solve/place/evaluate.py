"""What a placement comes to by the goals: as one vector to compare by, found for a harder problem, and where there is none."""

from dataclasses import replace

from models.solver.outcome import COST, MILLION, UNDECIDED, Goal, Outcome
from models.solver.problem import Problem
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment, count_missing, count_ringless, empty_assignment
from planner.solve.instance.goal_values import (
    WHOLE,
    count_moved,
    count_relabelled,
    count_unplaced,
    goals_of_moves,
    headroom_of,
    priorities_of,
)


def with_goal_values(problem: Problem, outcome: Outcome, best: tuple[Goal, ...]) -> Outcome:
    """Return the outcome, which places all pods, with the values of its goals; `best` brings what is proven of the problem."""
    counts = tuple(dict(on) for on in outcome.counts)
    values = {
        COST: sum(node.price for node, ring in zip(problem.nodes, outcome.ring_of, strict=True) if ring >= 0) / MILLION,
        **{goal.name: goal.value for goal in goals_of_moves(problem, count_moved(problem, counts), 0)},
        "relabels": count_relabelled(problem, outcome.ring_of),
        "headroom": headroom_of(facts_of(problem), outcome.ring_of, counts),
    }
    return replace(outcome, goals=tuple(replace(goal, value=values.get(goal.name, 0)) for goal in best))


def nothing_tried(problem: Problem) -> Outcome:
    """Return the outcome of a search that had no time for anything."""
    plan = empty_assignment(problem)
    tiers = priorities_of(problem)
    counts = [(f"unplaced (priority {tier})", count_unplaced(problem, plan.counts, tier)) for tier in tiers if len(tiers) > 1]
    least = (
        *counts,
        ("unplaced", count_unplaced(problem, plan.counts)),
    )
    goals = (
        *(Goal(name, value, 0) for name, value in least),
        *goals_of_moves(problem, count_moved(problem, plan.counts), 0),
        Goal("relabels", count_relabelled(problem, plan.ring_of), 0),
        Goal("headroom", WHOLE, WHOLE, "max"),
    )
    counted = tuple(tuple(sorted(on.items())) for on in plan.counts)
    return Outcome(UNDECIDED, plan.ring_of, counted, count_missing(problem, plan), goals)


def goal_vector(facts: Facts, plan: Assignment) -> tuple[int, ...]:
    """Return what the goals say of a plan, most important first and smaller better."""
    problem = facts.problem
    tiers = (count_unplaced(problem, plan.counts, priority) for priority in priorities_of(problem))
    rest = (count_moved(problem, plan.counts), count_relabelled(problem, plan.ring_of))
    return (count_ringless(facts, plan), *tiers, *rest, -headroom_of(facts, plan.ring_of, plan.counts))
