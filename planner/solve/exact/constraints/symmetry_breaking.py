"""Nodes that no rule can tell apart are filled in their order."""

import itertools
from collections.abc import Hashable

from models.solver.problem import Problem
from planner.solve.exact.variables import Variables
from planner.solve.instance.arrays import Facts
from planner.solve.runtime.cp_sat import Model

ALONE, ALONE_AND_STANDING = -1, -2
"""Stand for the number of a domain that has one node."""


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Order interchangeable neighbours by ring, and within a ring by their number of pods, fullest first."""
    facts = variables.facts
    guests: dict[int, list[int]] = {}
    for c in facts.plain:
        for n in variables.nodes_of(c):
            guests.setdefault(n, []).append(c)
    for group in interchangeable(problem, facts):
        # a ring weighs more than all pods that a node can hold, so rings order nodes first
        step = 1 + sum(int(facts.fit[c, group[0]]) for c in guests.get(group[0], []))
        for first, second in itertools.pairwise(group):
            ahead = _rank(variables, first, guests.get(first, []), step)
            behind = _rank(variables, second, guests.get(second, []), step)
            model.linear([*ahead, *((-w, v) for w, v in behind)], high=0)


def _rank(variables: Variables, node: int, guests: list[int], step: int) -> list[tuple[int, int]]:
    rings = [(step * (number + 1), literal) for number, literal in enumerate(variables.rings_of(node).values())]
    return [*rings, *((-1, v) for c in guests for _, v in variables.placed(c, node))]


def interchangeable(problem: Problem, facts: Facts) -> list[list[int]]:
    """Return the groups of two and more nodes that could swap their contents and nothing would change."""
    marks: list[list[Hashable]] = [[] for _ in problem.nodes]
    for c, pod_class in enumerate(problem.classes):
        for n in pod_class.candidates:
            marks[n].append(c)
        for n in map(int, pod_class.running):
            # where pods run, a node is like no other: it counts which of them stay
            marks[n].append(("runs", n))
    _mark_domains(problem, marks)
    groups: dict[Hashable, list[int]] = {}
    for n, node in enumerate(problem.nodes):
        key = (node.shape, node.capacity, node.rings, node.ring_today, tuple(marks[n]), facts.usable[n].tobytes())
        groups.setdefault(key, []).append(n)
    return [group for group in groups.values() if len(group) > 1]


def _mark_domains(problem: Problem, marks: list[list[Hashable]]) -> None:
    """Note each node's domains; a node alone in its domain differs from no other such node."""
    families: list[tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]] = [(apart.domains, ()) for apart in problem.aparts]
    families += [(key, ()) for together in problem.togethers for key in together.keys]
    families += [(spread.domains, spread.standing) for spread in problem.spreads]
    for family, (domains, standing) in enumerate(dict.fromkeys(families)):
        for number, domain in enumerate(domains):
            # A domain that stands counts whatever ring its node is in, so the node is like those of other such domains only.
            alone = ALONE_AND_STANDING if number in standing else ALONE
            for n in domain:
                marks[n].append(("domain", family, number if len(domain) > 1 else alone))
    for number, loss in enumerate(problem.losses):
        for n in loss.nodes:
            marks[n].append(("lost", number))
