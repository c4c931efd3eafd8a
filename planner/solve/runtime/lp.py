"""A thin linear model: columns and rows in arrays, solved by OR-Tools' simplex, or by SCIP where numbers are to be whole."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Solved:
    """The columns' values, and what each row's limit is worth."""

    values: Floats
    duals: Floats
    cost: float


@dataclass(slots=True)
class Linear:
    """Minimise cost · x with low <= A x <= high and 0 <= x <= most; A in triplets."""

    cost: Floats
    most: Floats
    low: Floats
    high: Floats
    rows: Ints
    columns: Ints
    entries: Floats

    def model(self) -> Any:
        """Write it as OR-Tools reads it."""
        from ortools.math_opt import model_pb2

        model = model_pb2.ModelProto()
        width, height = len(self.cost), len(self.low)
        model.variables.ids.extend(range(width))
        model.variables.lower_bounds.extend([0.0] * width)
        model.variables.upper_bounds.extend(self.most.tolist())
        model.variables.integers.extend([False] * width)
        model.linear_constraints.ids.extend(range(height))
        model.linear_constraints.lower_bounds.extend(self.low.tolist())
        model.linear_constraints.upper_bounds.extend(self.high.tolist())
        # MathOpt wants its matrices sorted by row, and by column within a row
        order = np.lexsort((self.columns, self.rows))
        model.linear_constraint_matrix.row_ids.extend(self.rows[order].tolist())
        model.linear_constraint_matrix.column_ids.extend(self.columns[order].tolist())
        model.linear_constraint_matrix.coefficients.extend(self.entries[order].tolist())
        priced = np.flatnonzero(self.cost)
        model.objective.linear_coefficients.ids.extend(priced.tolist())
        model.objective.linear_coefficients.values.extend(self.cost[priced].tolist())
        return model

    def solve(self) -> Solved | None:
        """Return the best values with their duals; None where there are none."""
        from ortools.math_opt import parameters_pb2

        answer = self._ask(self.model(), parameters_pb2.SOLVER_TYPE_GLOP, parameters_pb2.SolveParametersProto())
        if not len(answer.solutions) or not answer.solutions[0].HasField("primal_solution"):
            return None
        solution = answer.solutions[0]
        values, duals = self._values(solution.primal_solution), np.zeros(len(self.low))
        if solution.HasField("dual_solution"):
            duals[list(solution.dual_solution.dual_values.ids)] = list(solution.dual_solution.dual_values.values)
        return Solved(values, duals, float(solution.primal_solution.objective_value))

    def whole(self, columns: Ints, below: float, choices: int, steps: int, close: float) -> list[Floats]:
        """Return a few choices of values, the cheapest first, with whole numbers in the columns; none costs more than `below`.

        The search ends after so many steps, or once nothing can be cheaper by more than `close`, relative to the cost.
        """
        from ortools.math_opt import parameters_pb2

        priced = np.flatnonzero(self.cost)
        cheap = replace(
            self,
            low=np.append(self.low, -np.inf),
            high=np.append(self.high, below),
            rows=np.concatenate([self.rows, np.full(len(priced), len(self.low))]),
            columns=np.concatenate([self.columns, priced]),
            entries=np.concatenate([self.entries, self.cost[priced]]),
        )
        model = cheap.model()
        for column in columns.tolist():
            model.variables.integers[column] = True
        limits = parameters_pb2.SolveParametersProto(
            # as in CP-SAT: one thread, and the same draws, give the same answer on every machine
            threads=1,
            random_seed=1,
            node_limit=steps,
            relative_gap_tolerance=close,
            solution_pool_size=choices,
            cuts=parameters_pb2.EMPHASIS_OFF,
            heuristics=parameters_pb2.EMPHASIS_LOW,
        )
        solutions = [solution.primal_solution for solution in self._choices(model, limits)]
        solutions.sort(key=lambda solution: solution.objective_value)
        return [self._values(solution) for solution in solutions]

    def _choices(self, model: Any, limits: Any) -> Any:
        """Return the solutions; one alone where OR-Tools finds fault with the order of several that cost the same."""
        from ortools.math_opt import parameters_pb2
        from pybind11_abseil.status import StatusNotOk

        try:
            return self._ask(model, parameters_pb2.SOLVER_TYPE_GSCIP, limits).solutions
        except StatusNotOk:
            limits.solution_pool_size = 1
            return self._ask(model, parameters_pb2.SOLVER_TYPE_GSCIP, limits).solutions

    def _ask(self, model: Any, solver: Any, limits: Any) -> Any:
        from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2
        from ortools.math_opt.core.python import solver as core

        asked = parameters_pb2.SolverInitializerProto(), limits, model_parameters_pb2.ModelSolveParametersProto()
        return core.solve(model, solver, *asked, None, callback_pb2.CallbackRegistrationProto(), None, None)

    def _values(self, solution: Any) -> Floats:
        values: Floats = np.zeros(len(self.cost))
        values[list(solution.variable_values.ids)] = list(solution.variable_values.values)
        return values
