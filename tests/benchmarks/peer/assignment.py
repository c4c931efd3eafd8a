"""An assignment model for HiGHS: how many pods of each workload are on each node, and which ring a node is of."""

from typing import Any

import numpy as np

from models.solver.problem import Problem
from tests.benchmarks.peer.answer import Answer, NoAnswerError, candidates, without_rules
from tests.benchmarks.peer.pairs import best_known

MOST_VARIABLES = 1_000_000
TOLERANCE = 1e-6
"""By how much of it a bound in floating point may be too high."""


def assignment(problem: Problem, seconds: float) -> Answer:
    """Build and solve the model."""
    import highspy

    offers = candidates(problem, best_known(problem))
    size = len(offers) * (len(problem.classes) + len(problem.rings))
    if size > MOST_VARIABLES:
        raise NoAnswerError(f"does not build: {size:,} variables, {len(problem.classes):,} workloads on {len(offers):,} nodes")
    without_rules(problem)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", float(seconds))
    highs.passModel(_model(highspy, problem, offers))
    highs.run()
    info = highs.getInfo()
    bound = max(0, int(np.ceil(info.mip_dual_bound * (1 - TOLERANCE)))) if np.isfinite(info.mip_dual_bound) else 0
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise NoAnswerError(f"no placement in {seconds:.0f} s, bound {bound / 10**6:,.4f}")
    found = np.rint(np.array(highs.getSolution().col_value)).astype(int)
    counts = found[: len(problem.classes) * len(offers)].reshape(len(problem.classes), len(offers))
    nodes = [(offer, tuple((int(c), int(counts[c, n])) for c in np.flatnonzero(counts[:, n]))) for n, offer in enumerate(offers)]
    return Answer(tuple(node for node in nodes if node[1]), bound)


def _model(highspy: Any, problem: Problem, offers: list[int]) -> Any:
    """Write the model by rows: pods of a workload, then room of a node in a resource for a ring, then one ring for each node."""
    classes, nodes, rings = len(problem.classes), len(offers), len(problem.rings)
    most = [[one.count if _fits(problem, c, offer) else 0 for offer in offers] for c, one in enumerate(problem.classes)]
    rows = _Rows()
    for c, one in enumerate(problem.classes):
        rows.add(one.count, one.count, {c * nodes + n: 1.0 for n in range(nodes)})
    for n, offer in enumerate(offers):
        first = classes * nodes + n * rings
        for k, have in enumerate(problem.offers[offer].capacity):
            for r in range(rings):
                load = {c * nodes + n: float(one.requests[k]) for c, one in enumerate(problem.classes) if one.ring == r}
                rows.add(-np.inf, 0.0, {**{at: value for at, value in load.items() if value}, first + r: -float(have)}, have)
        rows.add(-np.inf, 1.0, {first + r: 1.0 for r in range(rings)})
    costs = [0.0] * (classes * nodes) + [float(problem.offers[offer].price) for offer in offers for _ in range(rings)]
    return rows.model(highspy, costs, [float(x) for row in most for x in row] + [1.0] * (nodes * rings))


def _fits(problem: Problem, c: int, offer: int) -> bool:
    shape = problem.offers[offer].shape
    return any(problem.offers[other].shape == shape for other in problem.classes[c].offers)


class _Rows:
    """The rows of a linear model, each divided by what is large in it."""

    def __init__(self) -> None:
        self.starts, self.columns, self.values = [0], list[int](), list[float]()
        self.lower, self.upper = list[float](), list[float]()

    def add(self, least: float, most: float, terms: dict[int, float], unit: float = 1.0) -> None:
        self.columns += terms
        self.values += [value / max(unit, 1.0) for value in terms.values()]
        self.starts.append(len(self.columns))
        self.lower.append(least)
        self.upper.append(most)

    def model(self, highspy: Any, costs: list[float], most: list[float]) -> Any:
        made = highspy.HighsLp()
        made.num_col_, made.num_row_ = len(costs), len(self.lower)
        made.col_cost_, made.col_lower_, made.col_upper_ = np.array(costs), np.zeros(len(costs)), np.array(most)
        made.row_lower_, made.row_upper_ = np.array(self.lower), np.array(self.upper)
        made.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        made.a_matrix_.start_, made.a_matrix_.index_ = np.array(self.starts), np.array(self.columns)
        made.a_matrix_.value_ = np.array(self.values)
        made.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
        return made
