"""The fewest nodes that hold all pods, with a proven lower bound: what separation is measured by."""

from models.problem import Problem
from planner.solve.build import MOST_SUMS
from planner.solve.check import breaches
from planner.solve.constraints import add_all
from planner.solve.division import Division
from planner.solve.exact import read, suggestion
from planner.solve.facts import Facts, facts_of
from planner.solve.kinds import merge
from planner.solve.limits import Limits
from planner.solve.occupancy import Occupancy
from planner.solve.packing import Packing
from planner.solve.plan import Plan, missing
from planner.solve.sat import SUMS, Clock, Model
from planner.solve.subproblem import fresh
from planner.solve.variables import Variables


def fewest(problem: Problem, limits: Limits) -> tuple[int, int]:
    """Return the fewest nodes found (-1 if no way to hold all pods was found) and a proven lower bound."""
    facts, clock = facts_of(fresh(problem)), Clock(limits.seconds)
    plan, bound = _packed(facts), _bound(facts, limits, clock)
    value = -1 if plan is None else used(plan)
    if value != bound and int((facts.fit > 0).sum()) <= limits.exact:
        value, bound = _exactly(facts, plan, bound, limits, clock)
    return value, bound if value < 0 else min(bound, value)


def used(plan: Plan) -> int:
    """Count the nodes that belong to a ring."""
    return sum(ring >= 0 for ring in plan.ring_of)


def _packed(facts: Facts) -> Plan | None:
    """Open a node only where the open ones have no room."""
    cluster = Occupancy(facts)
    Packing(cluster, lazy=True).fill()
    plan = cluster.plan()
    broken = next(breaches(facts.problem, plan.ring_of, plan.counts), None)
    return None if broken or any(missing(facts.problem, plan)) else plan


def _bound(facts: Facts, limits: Limits, clock: Clock) -> int:
    """Ask the sums, which know nothing of single nodes."""
    merged = merge(facts)
    if len(merged.groups) * len(facts.problem.rings) > MOST_SUMS:
        return 0
    division = Division(merged, idle=True)
    for variable in division.left_out:
        division.model.linear([(1, variable)], high=0)
    division.model.minimize([(1, variable) for variable in division.nodes.values()])
    return max(0, division.model.solve(limits.work / 8, clock, SUMS).bound)


def _exactly(facts: Facts, plan: Plan | None, bound: int, limits: Limits, clock: Clock) -> tuple[int, int]:
    """Ask the model of single nodes, in which a node may be left without a ring."""
    model = Model()
    variables = Variables(model, facts, idle=True)
    add_all(model, facts.problem, variables)
    for c in facts.plain:
        model.linear([(1, variables.missing(c))], high=0)
    rings = [variables.rings_of(n) for n in range(len(facts.problem.nodes))]
    terms = [(1, literal) for literals in rings for literal in literals.values()]
    model.linear(terms, low=bound)
    model.minimize(terms)
    if plan is not None:
        model.hint(suggestion(variables, plan))
    answer = model.solve(limits.work / 4, clock)
    if answer.found:
        found = read(variables, answer.values)
        if not next(breaches(facts.problem, found.ring_of, found.counts), None):
            plan = min((p for p in (plan, found) if p is not None), key=used)
    return (-1 if plan is None else used(plan)), max(bound, answer.bound)
