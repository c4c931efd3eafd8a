"""Goal 1: as few pods as possible without a place, those of higher priority first."""

from collections.abc import Mapping, Sequence

from models.solver.problem import Problem
from planner.solve.exact.variables import Expression, Variables
from planner.solve.runtime.cp_sat import Model


def cost(model: Model, problem: Problem, variables: Variables, priority: int | None = None) -> Expression:  # noqa: ARG001
    """Return the number of pods without a place, of one priority or of all."""
    wanted = [c for c in variables.facts.plain if priority in (None, problem.classes[c].priority)]
    return tuple((1, variables.missing(c)) for c in wanted)


def count(problem: Problem, counts: Sequence[Mapping[int, int]], priority: int | None = None) -> int:
    """Count the same in a placement."""
    wanted = [i for i, c in enumerate(problem.classes) if not c.daemon and priority in (None, c.priority)]
    return sum(problem.classes[i].count - sum(counts[i].values()) for i in wanted)


def priorities(problem: Problem) -> tuple[int, ...]:
    """Return the priorities that planned pods have, highest first."""
    return tuple(sorted({c.priority for c in problem.classes if not c.daemon and c.count}, reverse=True))
