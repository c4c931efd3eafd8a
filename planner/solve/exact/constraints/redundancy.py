"""After each loss, the pods of a ring that were on the lost nodes can be elsewhere in the ring, all others staying.

One scenario per loss and ring: how many pods of each class are on each node then. The rules that more pods can only break
hold for all pods; spread and affinity are asked of the pods that come, not of those that stay.
"""

from collections.abc import Iterator
from dataclasses import replace

from models.solver.problem import Affinity, FailureDomain, Problem, TopologySpread
from planner.solve.exact.constraints import anti_affinity, capacity, host_ports, topology_spread
from planner.solve.exact.variables import Variables, any_literal
from planner.solve.instance.arrays import EVERYWHERE, units
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Add a scenario for each loss and each ring that it can hit."""
    for loss in problem.losses:
        hit = {ring for n in loss.nodes for ring in variables.rings_of(n)}
        for ring in sorted(hit):
            _add_scenario(model, problem, Scenario(variables, loss, ring))


def _add_scenario(model: Model, problem: Problem, scenario: "Scenario") -> None:
    ring = scenario.ring
    mine = [c for c in scenario.facts.plain if problem.classes[c].ring == ring]
    _move(model, scenario)
    _fit(model, scenario)
    touched = {c for c in mine if scenario.moves(c)}
    # rules among pods that stay hold already, and would only make the model larger
    part = replace(
        problem,
        clashes=tuple(x for x in problem.clashes if {x.first, x.second} & touched),
        aparts=tuple(x for x in problem.aparts if {x.owner, *x.others} & touched),
    )
    host_ports.add(model, part, scenario)
    anti_affinity.add(model, part, scenario)
    for rule in problem.spreads:
        if rule.owner in touched:
            topology_spread.even_out(model, problem, scenario, _without(rule, scenario.gone), scenario.comes_to)
    for together in problem.togethers:
        if together.owner in touched:
            _Company(model, scenario, together).add()


def _without(rule: TopologySpread, gone: frozenset[int]) -> TopologySpread:
    return replace(rule, domains=tuple(tuple(n for n in domain if n not in gone) for domain in rule.domains))


def _move(model: Model, scenario: "Scenario") -> None:
    """Let the pods that were on the lost nodes be on others; those that stay, stay."""
    before = scenario.before
    for c in scenario.facts.plain:
        if scenario.moves(c):
            nodes = scenario.nodes_of(c)
            whole = [(-1, variable) for _, variable in before.placed_in(c, before.nodes_of(c))]
            model.linear([*scenario.placed_in(c, nodes), *whole], low=0, high=0)
            for n in nodes:
                (_, total), (_, stays) = scenario.placed(c, n)[0], before.placed(c, n)[0]
                literal = scenario.in_ring(n, scenario.ring)
                model.linear([(1, total), (-1, stays)], low=0)
                if literal != model.true:
                    model.linear([(1, total), (-model.high(total), literal)], high=0)


def _fit(model: Model, scenario: "Scenario") -> None:
    """Keep each remaining node within its room."""
    facts = scenario.facts
    unit = units(facts.requests)
    requests = facts.requests // unit
    guests: dict[int, list[int]] = {}
    for c in facts.plain:
        if facts.ring_of_class[c] in (scenario.ring, EVERYWHERE):
            for n in scenario.nodes_of(c):
                guests.setdefault(n, []).append(c)
    for n in sorted(set(guests) - scenario.gone):
        if scenario.in_ring(n, scenario.ring) != ~model.true:
            room = capacity.room_in(facts, n, scenario.ring) // unit
            capacity.fill(model, scenario, (n, scenario.ring), guests[n], requests, room)


class Scenario(Variables):
    """How many pods of each class are on each node once a ring has lost its nodes in the loss."""

    def __init__(self, before: Variables, loss: FailureDomain, ring: int) -> None:
        """Create the totals of the classes that lose pods; all others are as before."""
        self.before, self.ring = before, ring
        self.gone, self.tied = frozenset(loss.nodes), frozenset(loss.tied)
        self._come: dict[tuple[int, int], int] = {}
        super().__init__(before.model, before.facts, before.idle)

    def _ring_literals(self, node: int) -> dict[int, int]:
        return self.before.rings_of(node)

    def _pod_variables(self, c: int) -> dict[int, int]:
        nodes = [] if self.pod_class(c).daemon else self.before.nodes_of(c)
        if self.facts.ring_of_class[c] != self.ring:
            return {n: self.before.placed(c, n)[0][1] for n in nodes}
        left = [n for n in nodes if n not in self.gone]
        if not self.moves(c):
            return {n: self.before.placed(c, n)[0][1] for n in left}
        return {n: self.model.integer(0, int(self.facts.fit[c, n])) for n in left}

    def moves(self, c: int) -> bool:
        """Say whether pods of the class may have to find another place."""
        if self.pod_class(c).daemon or c in self.tied or self.facts.ring_of_class[c] != self.ring:
            return False
        return not self.gone.isdisjoint(self.before.nodes_of(c))

    def _make_present(self, c: int, node: int) -> int:
        pod_class = self.pod_class(c)
        if pod_class.daemon and node in self.gone and node in pod_class.candidates:
            # a node of the loss is lost if it is in the ring; in another ring it stays with its daemons
            return ~self.in_ring(node, self.ring) if pod_class.ring == EVERYWHERE else self._elsewhere(c, node)
        if pod_class.daemon or not self.moves(c):
            return self._elsewhere(c, node)
        return super()._make_present(c, node)

    def _elsewhere(self, c: int, node: int) -> int:
        lost = node in self.gone and self.facts.ring_of_class[c] == self.ring
        return ~self.model.true if lost else self.before.present(c, node)

    def stays(self, c: int, node: int) -> int:
        """Return the literal "a pod of the class was on the node and stays there"."""
        return self._elsewhere(c, node) if self.moves(c) else self.present(c, node)

    def comes(self, c: int, node: int) -> int:
        """Return the literal "a pod of the class comes to the node"."""
        if not self.moves(c) or not self.placed(c, node):
            return ~self.model.true
        if (c, node) not in self._come:
            literal = self._come[c, node] = self.model.boolean()
            terms = [*self.placed(c, node), *((-w, v) for w, v in self.before.placed(c, node))]
            self.model.linear(terms, low=1, only_if=[literal])
            self.model.linear(terms, high=0, only_if=[~literal])
        return self._come[c, node]

    def comes_to(self, c: int, nodes: tuple[int, ...]) -> int:
        """Return the literal "a pod of the class comes to one of the nodes"."""
        return any_literal(self.model, [self.comes(c, n) for n in nodes])


class _Company:
    """Required affinity of the pods that come: somebody who stays, somebody who came earlier, or nobody for the very first."""

    def __init__(self, model: Model, scenario: Scenario, rule: Affinity) -> None:
        self.model, self.scenario, self.rule = model, scenario, rule
        self.targets = sorted(set(rule.targets))
        self.keyed = sorted({n for key in rule.keys for domain in key for n in domain})
        self.last = sum(len(scenario.nodes_of(c)) for c in scenario.facts.plain if scenario.moves(c))

    def add(self) -> None:
        where = [{n: domain for domain in key for n in domain} for key in self.rule.keys]
        for n in self.scenario.nodes_of(self.rule.owner):
            comes = self.scenario.comes(self.rule.owner, n)
            if any(n not in term for term in where):
                self.model.any_of([~comes])
                continue
            opening = [self._opening(n)] if self.rule.owner in self.targets else []
            for term in where:
                self.model.any_of([*opening, *self._near(n, term[n])], only_if=[comes])

    def _near(self, node: int, domain: tuple[int, ...]) -> Iterator[int]:
        mine = self._rank(self.rule.owner, node)
        for target in self.targets:
            for n in domain:
                stays = self.scenario.stays(target, n)
                if stays != ~self.model.true:
                    yield stays
                comes = self.scenario.comes(target, n)
                if comes != ~self.model.true and (target, n) != (self.rule.owner, node):
                    earlier = self.model.boolean()
                    self.model.any_of([comes], only_if=[earlier])
                    self.model.linear([(1, mine), (-1, self._rank(target, n))], low=1, only_if=[earlier])
                    yield earlier

    def _opening(self, node: int) -> int:
        """Return the literal "the first pod here is the very first": nobody asked for stays, and all of them come later."""
        opening = self.model.boolean()
        mine = self._rank(self.rule.owner, node)
        for target in self.targets:
            for n in self.keyed:
                stays = self.scenario.stays(target, n)
                if stays != ~self.model.true:
                    self.model.any_of([~stays], only_if=[opening])
                comes = self.scenario.comes(target, n)
                if comes != ~self.model.true and (target, n) != (self.rule.owner, node):
                    self.model.linear([(1, self._rank(target, n)), (-1, mine)], low=1, only_if=[opening, comes])
        return opening

    def _rank(self, c: int, node: int) -> int:
        return self.scenario.rank(c, node, self.last)
