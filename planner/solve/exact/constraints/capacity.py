"""A node's pods, and the daemons of its ring, ask for no more than it has."""

from collections.abc import Sequence

import numpy as np

from models.solver.problem import Problem
from planner.solve.exact.variables import Variables
from planner.solve.instance.arrays import EVERYWHERE, Facts, Ints, units
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Per node, ring and resource: the ring's pods fit into what the ring's daemons leave; pods of no ring fit as well."""
    facts = variables.facts
    unit = units(facts.requests)
    requests = facts.requests // unit
    guests: list[list[int]] = [[] for _ in problem.nodes]
    for c in facts.plain:
        for n in variables.nodes_of(c):
            guests[n].append(c)
    for n, here in enumerate(guests):
        for ring in sorted({problem.classes[c].ring for c in here}):
            fill(model, variables, (n, ring), here, requests, room_in(facts, n, ring) // unit)


def room_in(facts: Facts, node: int, ring: int) -> Ints:
    """Return what the node leaves to plain pods in the ring."""
    result: Ints = np.maximum(facts.capacity[node], 0) if ring == EVERYWHERE else facts.room[node, ring]
    return result


def fill(model: Model, variables: Variables, place: tuple[int, int], here: Sequence[int], requests: Ints, room: Ints) -> None:
    """Keep the pods on one node within the room that it has if it is in the ring."""
    node, ring = place
    ring_of = variables.facts.ring_of_class
    mine = [c for c in here if ring_of[c] in (ring, EVERYWHERE)]
    literal = variables.in_ring(node, ring)
    for k in range(len(room)):
        terms = [(int(requests[c, k]), variables.placed(c, node)[0][1]) for c in mine if requests[c, k]]
        if sum(weight * model.high(variable) for weight, variable in terms) <= room[k]:
            continue
        # where all pods are of the ring, the literal goes into the sum: that is tighter for the linear relaxation
        if literal == model.true or any(ring_of[c] == EVERYWHERE for c in mine):
            model.linear(terms, high=int(room[k]), only_if=() if literal == model.true else (literal,))
        else:
            model.linear([*terms, (-int(room[k]), literal)], high=0)
