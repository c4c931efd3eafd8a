"""A thin CP-SAT model: integers by index, linear constraints, one deterministic worker.

It speaks to the protocol buffers of OR-Tools directly, because `cp_model` imports pandas (over a second).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model_helper as cmh

from planner.solve.runtime.deadline import Deadline
from planner.solve.runtime.interrupt import HALT

Terms = Iterable[tuple[int, int]]
LOWEST, HIGHEST = -(2**63), 2**63 - 1
"""What 64 bits hold."""
OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN = "optimal", "feasible", "infeasible", "unknown"
SEARCH, SUMS, PLAIN = (
    "search",
    "sums",
    "plain",
)  # for choices; for long sums, where linear programming does it; as a second opinion
PER_CONSTRAINT = 5e-6
"""A measure, as deterministic time has no word for it: what it costs to write a constraint down, and to read it."""
_STATUS = {"OPTIMAL": OPTIMAL, "FEASIBLE": FEASIBLE, "INFEASIBLE": INFEASIBLE, "UNKNOWN": UNKNOWN}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one solve said: status, the variables' values (empty if none), the proven lower bound, the work spent."""

    status: str
    values: tuple[int, ...]
    bound: int
    spent: float

    @property
    def found(self) -> bool:
        """Say whether there is a solution."""
        return self.status in (OPTIMAL, FEASIBLE)


class Model:
    """Integer variables and linear constraints; a literal is a boolean's index, or ~index for its negation."""

    def __init__(self) -> None:
        """Start empty, with the constant `true`."""
        self.proto: Any = cmh.CpModelProto()
        self.true = self.integer(1, 1)

    def integer(self, low: int, high: int) -> int:
        """Create an integer variable and return its index."""
        variable = self.proto.variables.add()
        variable.domain.extend([low, high])
        return len(self.proto.variables) - 1

    def boolean(self) -> int:
        """Create a boolean variable and return its index."""
        return self.integer(0, 1)

    def high(self, variable: int) -> int:
        """Return the variable's upper bound."""
        return int(self.proto.variables[variable].domain[1])

    def linear(self, terms: Terms, low: int | None = None, high: int | None = None, only_if: Sequence[int] = ()) -> None:
        """Demand low <= sum(coefficient * literal or variable) <= high, where all literals of `only_if` hold."""
        weights, constant = flatten(terms)
        constraint = self.proto.constraints.add()
        if only_if:
            constraint.enforcement_literal.extend(list(only_if))
        constraint.linear.vars.extend(list(weights))
        constraint.linear.coeffs.extend(list(weights.values()))
        bounds = [LOWEST if low is None else low - constant, HIGHEST if high is None else high - constant]
        constraint.linear.domain.extend(bounds)

    def any_of(self, literals: Iterable[int], only_if: Sequence[int] = ()) -> None:
        """Demand that one of the literals holds."""
        constraint = self.proto.constraints.add()
        constraint.bool_or.literals.extend(list(literals))
        if only_if:
            constraint.enforcement_literal.extend(list(only_if))

    def at_most_one(self, literals: Iterable[int]) -> None:
        """Demand that at most one of the literals holds."""
        self.proto.constraints.add().at_most_one.literals.extend(list(literals))

    def minimize(self, terms: Terms) -> None:
        """Set the objective; a constant part is not allowed to hide in it."""
        weights, constant = flatten(terms)
        self.proto.clear_objective()
        self.proto.objective.vars.extend([*weights, self.true])
        self.proto.objective.coeffs.extend([*weights.values(), constant])

    def hint(self, values: Mapping[int, int]) -> None:
        """Suggest values to start from, in place of earlier suggestions."""
        self.proto.clear_solution_hint()
        self.proto.solution_hint.vars.extend(list(values))
        self.proto.solution_hint.values.extend(list(values.values()))

    def forget_objective(self) -> None:
        """Make it a question of feasibility."""
        self.proto.clear_objective()

    def copy(self) -> "Model":
        """Return an independent copy."""
        twin = Model.__new__(Model)
        twin.proto = cmh.CpModelProto()
        twin.proto.copy_from(self.proto)
        twin.true = self.true
        return twin

    def solve(self, work: float, deadline: Deadline, style: str = SEARCH) -> Answer:
        """Solve within `work` deterministic units; the bound is an integer that CP-SAT proved for the objective."""
        wrapper = cmh.SolveWrapper()
        wrapper.set_parameters(_parameters(deadline.affordable(work), deadline, style))
        with HALT.while_running(wrapper.stop_search):
            response: Any = wrapper.solve(self.proto)  # type: ignore[no-untyped-call]
        status = _STATUS.get(response.status.name)
        if status is None:
            raise AssertionError("invalid model: " + cmh.CpSatHelper.validate_model(self.proto))
        is_solved = status in (OPTIMAL, FEASIBLE)
        values = tuple(response.solution) if is_solved else ()
        bound = response.inner_objective_lower_bound if self.proto.has_objective() else 0
        deadline.spend(response.deterministic_time + len(self.proto.constraints) * PER_CONSTRAINT)
        return Answer(status, values, int(bound), response.deterministic_time)


def flatten(terms: Terms) -> tuple[dict[int, int], int]:
    """Merge terms per variable; a negated literal ~v counts as 1 - v, whence the constant."""
    weights: dict[int, int] = {}
    constant = 0
    for coefficient, literal in terms:
        if literal < 0:
            constant += coefficient
            weights[~literal] = weights.get(~literal, 0) - coefficient
        else:
            weights[literal] = weights.get(literal, 0) + coefficient
    return weights, constant


def _parameters(work: float, deadline: Deadline, style: str) -> Any:
    parameters = cmh.SatParameters()
    # several race, and whoever is first has the answer: one alone gives the same on every machine
    parameters.num_workers = 1
    parameters.catch_sigint_signal = False  # Ctrl-C ends the whole search, not this part of it
    parameters.random_seed = 1
    parameters.max_deterministic_time = work
    if style == SUMS:
        parameters.linearization_level = 2
        parameters.cp_model_probing_level = 0
        parameters.symmetry_level = 0
        parameters.max_presolve_iterations = 1
    if style == PLAIN:
        parameters.cp_model_presolve = False
        parameters.random_seed = 2
        parameters.linearization_level = 2
    left = deadline.left()
    if left is not None:
        parameters.max_time_in_seconds = left
    return parameters
