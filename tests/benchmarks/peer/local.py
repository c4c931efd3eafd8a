"""Rebalancer, Meta's local search, with its specification of isolation; it starts from first-fit decreasing."""

from models.solver.problem import Problem
from tests.benchmarks.peer.answer import Answer, NoAnswerError, candidates, without_rules
from tests.benchmarks.peer.greedy import decreasing_fit

MOST_OBJECTS = 200_000


def local(problem: Problem, seconds: float) -> Answer:
    """Build the problem of assigning objects to containers, and search for as long as there is."""
    from rebalancer import ProblemSolver

    without_rules(problem)
    if (pods := sum(one.count for one in problem.classes)) > MOST_OBJECTS:
        raise NoAnswerError(f"not tried with {pods:,} pods")
    start = decreasing_fit(problem, best=False)
    if left := start.left(problem):
        raise NoAnswerError(f"not tried where first fit, from which it starts, leaves pods without a place ({left:,})")
    spare = _spare(problem, start)
    offers = [offer for offer, _ in start.nodes] + spare
    homes = {f"n{n}": _names(problem, start, n) for n in range(len(start.nodes))}
    homes |= {f"n{n}": [] for n in range(len(start.nodes), len(offers))}
    class_of = {pod: int(pod[1:].partition("-")[0]) for pods in homes.values() for pod in pods}
    if any(len(one.offers) < len(problem.offers) for one in problem.classes):
        raise NoAnswerError("not tried where pods are barred from nodes")
    solver = ProblemSolver(service_name="ringfence", service_scope="benchmark")
    solver.set_object_name("pod").set_container_name("node").set_assignment(homes)
    solver.disable_solution_summary().set_log_level("ERROR")
    _goals(solver, problem, class_of, offers)
    _search(solver, seconds)
    return _read(solver.solve()["assignment"], class_of, offers, f"from first fit at {start.cost(problem) / 10**6:,.2f}")


def _spare(problem: Problem, start: Answer) -> list[int]:
    """Return nodes beside those of the start."""
    spare = candidates(problem, start.cost(problem))
    for offer, _ in start.nodes:
        alike = [other for other in spare if problem.offers[other].shape == problem.offers[offer].shape]
        if alike:
            spare.remove(alike[0])
    return spare


def _names(problem: Problem, start: Answer, n: int) -> list[str]:
    return [f"c{c}-{n}-{at}" for c, count in start.nodes[n][1] for at in range(count)]


def _goals(solver: object, problem: Problem, class_of: dict[str, int], offers: list[int]) -> None:
    """Say what there is of each resource, that rings are apart, and that what is in use costs its price."""
    from rebalancer.specs import CapacitySpec, ConstraintSpec, GoalSpec, GroupIsolationLimitSpec, MinimizeContainersSpec

    for k, name in enumerate(problem.resources):
        scale = max(1, *(offer.capacity[k] for offer in problem.offers))
        wants = {pod: problem.classes[c].requests[k] / scale for pod, c in class_of.items()}
        has = {f"n{n}": problem.offers[offer].capacity[k] / scale for n, offer in enumerate(offers)}
        solver.add_object_dimension(name, wants)  # type: ignore[attr-defined]
        solver.add_container_dimension(name, has)  # type: ignore[attr-defined]
        limit = CapacitySpec(name=f"room for {name}", scope="node", dimension=name)
        solver.add_constraint(ConstraintSpec(capacitySpec=limit))  # type: ignore[attr-defined]
    rings: dict[str, list[str]] = {ring: [] for ring in problem.rings}
    for pod, c in class_of.items():
        rings[problem.rings[problem.classes[c].ring]].append(pod)
    solver.add_partition("ring", rings)  # type: ignore[attr-defined]
    apart = GroupIsolationLimitSpec(name="rings are apart", scope="node", partitionName="ring", groupsAllowed=1)
    solver.add_constraint(ConstraintSpec(groupIsolationLimitSpec=apart))  # type: ignore[attr-defined]
    costs = {f"n{n}": problem.offers[offer].price / 10**6 for n, offer in enumerate(offers)}
    cheap = MinimizeContainersSpec(name="cost", scope="node", dimension="pod_count", containerCosts=costs)
    solver.add_goal(GoalSpec(minimizeContainersSpec=cheap))  # type: ignore[attr-defined]


def _search(solver: object, seconds: float) -> None:
    from rebalancer.specs import LocalSearchSolverSpec, MoveTypeSpec, SingleMoveTypeSpec, SolverSpec, SwapMoveTypeSpec

    moves = [MoveTypeSpec(singleMoveTypeSpec=SingleMoveTypeSpec()), MoveTypeSpec(swapMoveTypeSpec=SwapMoveTypeSpec())]
    spec = LocalSearchSolverSpec(solveTime=int(seconds), moveTypeList=moves)
    solver.add_solver(SolverSpec(localSearchSolverSpec=spec))  # type: ignore[attr-defined]


def _read(assignment: dict[str, str], class_of: dict[str, int], offers: list[int], note: str) -> Answer:
    there: dict[int, dict[int, int]] = {}
    for pod, node in assignment.items():
        on = there.setdefault(int(node[1:]), {})
        on[class_of[pod]] = on.get(class_of[pod], 0) + 1
    return Answer(tuple((offers[n], tuple(sorted(on.items()))) for n, on in sorted(there.items())), note=note)
