"""A linear model that is solved again and again with other limits on some columns, each time from where it was left."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.solve.runtime.lp import Floats, Ints, Linear


@dataclass(slots=True)
class Warm:
    """Only the values of the columns `limited` and what the limits of the rows `priced` are worth are read."""

    linear: Linear
    limited: Ints
    priced: Ints
    _solver: Any = None
    _asked: tuple[Any, ...] = field(default=())

    def __post_init__(self) -> None:
        """Load the model; without presolve the simplex keeps its basis."""
        from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2
        from ortools.math_opt.core.python import solver

        none = parameters_pb2.SolverInitializerProto()
        self._solver = solver.new(parameters_pb2.SOLVER_TYPE_GLOP, self.linear.model(), none)
        limits = parameters_pb2.SolveParametersProto(presolve=parameters_pb2.EMPHASIS_OFF)
        read = model_parameters_pb2.ModelSolveParametersProto()
        for filter_, ids in (
            (read.variable_values_filter, self.limited.tolist()),
            (read.dual_values_filter, self.priced.tolist()),
            (read.reduced_costs_filter, []),
        ):
            filter_.filter_by_ids = True
            filter_.filtered_ids.extend(ids)
        self._asked = limits, read, None, callback_pb2.CallbackRegistrationProto(), None, None

    def solve(self, low: Floats, high: Floats) -> tuple[float, Floats, Floats] | None:
        """Return cost, values and duals with the limited columns between low and high; None where that cannot be."""
        from ortools.math_opt import model_update_pb2, result_pb2

        update = model_update_pb2.ModelUpdateProto()
        changes = update.variable_updates
        for limits, numbers in ((changes.lower_bounds, low), (changes.upper_bounds, high)):
            limits.ids.extend(self.limited.tolist())
            limits.values.extend(numbers.tolist())
        if not self._solver.update(update):
            raise AssertionError("the simplex does not take other limits")
        answer: Any = self._solver.solve(*self._asked)
        if answer.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
            return None
        solution = answer.solutions[0]
        values, duals = np.zeros(len(self.linear.cost)), np.zeros(len(self.linear.low))
        values[list(solution.primal_solution.variable_values.ids)] = list(solution.primal_solution.variable_values.values)
        duals[list(solution.dual_solution.dual_values.ids)] = list(solution.dual_solution.dual_values.values)
        return float(solution.primal_solution.objective_value), values[self.limited], duals[self.priced]
