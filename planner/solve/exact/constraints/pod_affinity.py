"""Required affinity: there is an order of arrival in which each pod finds its neighbours, or is the first of all.

A pod that opens (the first of all, itself what it asks for) needs nobody, so openings can come first and everybody else
follows whom he needs. Ranks are only needed where classes need each other, or a class itself, in a circle.
"""

from collections.abc import Iterator

from models.solver.problem import Affinity, Problem
from planner.solve.exact.variables import Variables
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Let each inhabited place have an earlier neighbour per term, or be the one opening of its rule."""
    rules = [t for t in problem.togethers if not variables.always_there(t.owner)]
    needs = {t.owner: {c for c in t.targets if c in {u.owner for u in rules}} for t in rules}
    for rule in rules:
        circle = {c for c in reach(needs, rule.owner) if rule.owner in reach(needs, c)} | {rule.owner}
        if len(set(rule.keys)) == 1 and circle == {rule.owner}:
            _by_domain(model, variables, rule)
        else:
            _Ranked(model, variables, rule, circle).add()


def reach(needs: dict[int, set[int]], start: int) -> set[int]:
    """Return the owners on whom `start` depends, directly or not."""
    result: set[int] = set()
    stack = [start]
    while stack:
        for other in needs[stack.pop()] - result:
            result.add(other)
            stack.append(other)
    return result


def _by_domain(model: Model, variables: Variables, rule: Affinity) -> None:
    openings = []
    for n in set(variables.nodes_of(rule.owner)) - {n for domain in rule.keys[0] for n in domain}:
        model.linear(variables.placed(rule.owner, n), high=0)
    for domain in rule.keys[0]:
        owner = variables.present_in(rule.owner, domain)
        if owner == ~model.true:
            continue
        help_ = [variables.present_in(target, domain) for target in sorted(set(rule.targets) - {rule.owner})]
        if rule.owner in rule.targets:
            openings.append(model.boolean())
            help_.append(openings[-1])
        model.any_of(help_, only_if=[owner])
    # kube-scheduler lets only the very first pod in without a neighbour (interpodaffinity, satisfyPodAffinity)
    if openings:
        model.at_most_one(openings)


class _Ranked:
    """The rule where order matters: an integer rank of arrival for each pair of class and node in the circle."""

    def __init__(self, model: Model, variables: Variables, rule: Affinity, circle: set[int]) -> None:
        self.model, self.variables, self.rule, self.circle = model, variables, rule, circle
        self.last = sum(len(variables.nodes_of(c)) for c in sorted(circle))

    def add(self) -> None:
        openings = []
        where = [{n: domain for domain in key for n in domain} for key in self.rule.keys]
        for n in self.variables.nodes_of(self.rule.owner):
            present = self.variables.present(self.rule.owner, n)
            # a node without the key of a term takes nobody, not even the first (interpodaffinity, satisfyPodAffinity)
            if any(n not in term for term in where):
                self.model.any_of([~present])
                continue
            opening = [self._opening(n)] if self.rule.owner in self.rule.targets else []
            openings += opening
            for term in where:
                self.model.any_of([*opening, *self._neighbours(n, term[n])], only_if=[present])
        if openings:
            self.model.at_most_one(openings)

    def _neighbours(self, node: int, domain: tuple[int, ...]) -> Iterator[int]:
        mine = self.variables.rank(self.rule.owner, node, self.last)
        for target in sorted(set(self.rule.targets)):
            if target not in self.circle:
                yield self.variables.present_in(target, domain)
                continue
            for n in domain:
                there = self.variables.present(target, n)
                if (target, n) != (self.rule.owner, node) and there != ~self.model.true:
                    earlier = self.model.boolean()
                    self.model.any_of([there], only_if=[earlier])
                    rank = self.variables.rank(target, n, self.last)
                    self.model.linear([(1, mine), (-1, rank)], low=1, only_if=[earlier])
                    yield earlier

    def _opening(self, node: int) -> int:
        opening = self.model.boolean()
        mine = self.variables.rank(self.rule.owner, node, self.last)
        keyed = sorted({n for key in self.rule.keys for domain in key for n in domain})
        for target in sorted(set(self.rule.targets) & self.circle):
            for n in keyed:
                there = self.variables.present(target, n)
                if (target, n) != (self.rule.owner, node) and there != ~self.model.true:
                    rank = self.variables.rank(target, n, self.last)
                    self.model.linear([(1, rank), (-1, mine)], low=1, only_if=[opening, there])
        return opening
