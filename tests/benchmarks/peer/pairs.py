"""The model everybody writes first: CP-SAT with one yes-or-no variable for each pair of a pod and a node."""

from collections import defaultdict
from typing import Any

from models.solver.problem import Problem
from tests.benchmarks.peer.answer import Answer, NoAnswerError, candidates, without_rules
from tests.benchmarks.peer.greedy import decreasing_fit

MOST_PAIRS = 1_500_000
WORKERS = 2


def best_known(problem: Problem) -> int:
    """Return what first fit costs, or all that can be bought where it finds no way: no model needs nodes beyond that."""
    try:
        found = decreasing_fit(problem, best=False)
    except NoAnswerError:
        return 2**60
    return 2**60 if found.left(problem) else found.cost(problem)


def pairs(problem: Problem, seconds: float) -> Answer:
    """Build and solve the model."""
    from ortools.sat.python import cp_model

    offers = candidates(problem, best_known(problem))
    pods = [c for c, one in enumerate(problem.classes) for _ in range(one.count)]
    size = len(pods) * len(offers)
    if size > MOST_PAIRS:
        raise NoAnswerError(f"does not build: {size:,} pairs of {len(pods):,} pods and {len(offers):,} nodes")
    without_rules(problem)
    model = cp_model.CpModel()
    uses, on = _variables(model, problem, pods, offers)
    model.minimize(sum(problem.offers[offer].price * use for offer, of in zip(offers, uses, strict=True) for use in of))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, WORKERS
    status = solver.solve(model)
    bound = max(0, int(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise NoAnswerError(f"no placement in {seconds:.0f} s, bound {bound / 10**6:,.4f}")
    return _read(pods, offers, {pair for pair, variable in on.items() if solver.boolean_value(variable)}, bound)


def _variables(model: Any, problem: Problem, pods: list[int], offers: list[int]) -> tuple[list[list[Any]], dict[Any, Any]]:
    """Add the ring of each node, the node of each pod, and the sums of each node."""
    uses = [[model.new_bool_var("") for _ in problem.rings] for _ in offers]
    on: dict[tuple[int, int], Any] = {}
    for p, c in enumerate(pods):
        one = problem.classes[c]
        for n, offer in enumerate(offers):
            if any(other in one.offers for other in _alike(problem, offer)):
                on[p, n] = model.new_bool_var("")
                model.add_implication(on[p, n], uses[n][one.ring])
        model.add_exactly_one([on[p, n] for n in range(len(offers)) if (p, n) in on])
    for n, offer in enumerate(offers):
        model.add_at_most_one(uses[n])
        here = [(p, on[p, n]) for p in range(len(pods)) if (p, n) in on]
        for k, have in enumerate(problem.offers[offer].capacity):
            model.add(sum(problem.classes[pods[p]].requests[k] * variable for p, variable in here) <= have)
    return uses, on


def _alike(problem: Problem, offer: int) -> list[int]:
    return [at for at, other in enumerate(problem.offers) if other.shape == problem.offers[offer].shape]


def _read(pods: list[int], offers: list[int], chosen: set[tuple[int, int]], bound: int) -> Answer:
    there: dict[int, dict[int, int]] = defaultdict(dict)
    for p, n in sorted(chosen):
        there[n][pods[p]] = there[n].get(pods[p], 0) + 1
    return Answer(tuple((offers[n], tuple(sorted(on.items()))) for n, on in sorted(there.items())), bound)
