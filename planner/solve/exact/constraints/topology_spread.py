"""DoNotSchedule spread: a domain with a pod of the owner holds at most `max_skew` more than the emptiest domain."""

from collections.abc import Callable

from models.solver.problem import Problem, TopologySpread
from planner.solve.exact.variables import Expression, Variables, any_literal
from planner.solve.runtime.cp_sat import Model

Judged = Callable[[int, tuple[int, ...]], int]


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Bound each inhabited domain against the least count of the domains that exist, those with a node in the ring."""
    for spread in problem.spreads:
        if not variables.always_there(spread.owner):
            even_out(model, problem, variables, spread, variables.present_in)


def even_out(model: Model, problem: Problem, variables: Variables, spread: TopologySpread, judged: Judged) -> None:
    """Bound the domains in which a pod is judged, as `judged` says of the owner and a domain."""
    ring = problem.classes[spread.owner].ring
    exist = [
        model.true if number in spread.standing else any_literal(model, [variables.in_ring(n, ring) for n in domain])
        for number, domain in enumerate(spread.domains)
    ]
    counts = [_count(model, problem, variables, spread, domain) for domain in spread.domains]
    most = max((_most(model, count) for count in counts), default=0)
    # any number up to the smallest count is allowed: the model takes the largest where that helps
    least = model.integer(0, most)
    for count, exists in zip(counts, exist, strict=True):
        if exists != ~model.true:
            model.linear([(1, least), *((-w, v) for w, v in count)], high=0, only_if=[exists])
    if spread.min_domains > 1:
        # it may be false where there are enough domains, too: that makes the rule stricter, never looser
        enough = model.boolean()
        model.linear([(1, exists) for exists in exist], low=spread.min_domains, only_if=[enough])
        model.linear([(1, least)], high=0, only_if=[~enough])
    for count, exists, domain in zip(counts, exist, spread.domains, strict=True):
        inhabited = judged(spread.owner, domain)
        if exists != ~model.true and inhabited != ~model.true:
            model.linear([*count, (-1, least)], high=spread.max_skew, only_if=[inhabited])


def _count(model: Model, problem: Problem, variables: Variables, spread: TopologySpread, domain: tuple[int, ...]) -> Expression:
    """Count the matched pods on the domain's nodes that are in the owner's ring; pods of other rings never are."""
    ring = problem.classes[spread.owner].ring
    terms: list[tuple[int, int]] = []
    for matched in sorted(set(spread.matched)):
        for n in domain:
            if variables.always_there(matched):
                if n in problem.classes[matched].candidates and variables.in_ring(n, ring) != ~model.true:
                    terms.append((1, variables.in_ring(n, ring)))
            elif problem.classes[matched].ring == ring or ring < 0:
                terms += variables.placed(matched, n)
    return tuple(terms)


def _most(model: Model, count: Expression) -> int:
    return sum(weight * model.high(variable) for weight, variable in count)
