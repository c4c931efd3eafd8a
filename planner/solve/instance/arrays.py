"""A Problem as arrays, with what follows from it at once: which rings a node can serve and what their daemons take there."""

from dataclasses import dataclass
from functools import reduce
from math import gcd

import numpy as np
import numpy.typing as npt

from models.kubernetes.resources import is_amount
from models.solver.problem import PodClass, Problem
from planner.solve.instance.ring_sizes import has_limited_rings

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
EVERYWHERE = -1
"""No number to set: the ring of those that are on the nodes of every ring."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Arrays over classes (C), nodes (N), rings (R) and resources (K).

    `room[n, r, k]` is what a node has left for plain pods once it is in ring r and that ring's daemons are charged, and
    `load[n, r, k]` what those daemons take. `usable[n, r]` says whether the node can serve the ring; `fit[c, n]` how many
    pods of a plain class fit on the node alone. `rated` are the rings whose head-room counts: those with plain pods that
    take any room. `weights[c]` is what it counts that a running pod of a class stays.
    """

    problem: Problem
    requests: Ints
    capacity: Ints
    load: Ints
    room: Ints
    usable: Bools
    fit: Ints
    plain: tuple[int, ...]
    daemons: tuple[int, ...]
    rated: tuple[int, ...]
    ring_of_class: Ints
    counts: Ints
    ring_today: Ints
    running: Ints
    weights: Ints

    @property
    def amounts(self) -> tuple[int, ...]:
        """Return the columns of resources of which there is more or less, and a share that is free."""
        return tuple(k for k, name in enumerate(self.problem.resources) if is_amount(name))

    @property
    def ringless_allowed(self) -> bool:
        """Say whether rules between daemons, or limits of rings, may leave a node without a ring that could serve one."""
        return has_limited_rings(self.problem) or bool(ruled_daemons(self.problem))


def ruled_daemons(problem: Problem) -> set[int]:
    """Return the daemon classes of one ring that a rule over domains mentions."""
    named = {c for rule in problem.aparts for c in (rule.owner, *rule.others)}
    named |= {c for together in problem.togethers for c in (together.owner, *together.targets)}
    named |= {c for spread in problem.spreads for c in (spread.owner, *spread.matched)}
    return {c for c in named if problem.classes[c].daemon and problem.classes[c].ring != EVERYWHERE}


def facts_of(problem: Problem) -> Facts:
    """Digest the problem."""
    kinds, rings, width = problem.classes, len(problem.rings), len(problem.resources)
    requests = np.array([c.requests for c in kinds], dtype=np.int64).reshape(len(kinds), width)
    capacity = np.array([n.capacity for n in problem.nodes], dtype=np.int64).reshape(len(problem.nodes), width)
    capacity, load = _charge(problem, requests, capacity, rings)
    room = capacity[:, None, :] - load
    usable = _usable(problem, room)
    plain = tuple(i for i, c in enumerate(kinds) if not c.daemon)
    running = np.zeros((len(kinds), len(problem.nodes)), dtype=np.int64)
    for i, c in enumerate(kinds):
        for node, count in c.running.items():
            running[i, int(node)] = count
    return Facts(
        problem=problem,
        requests=requests,
        capacity=capacity,
        load=load,
        # cut off only here: below zero it has told which rings a node cannot serve
        room=np.maximum(room, 0),
        usable=usable,
        fit=_fit(problem, requests, capacity, room, usable),
        plain=plain,
        daemons=tuple(i for i, c in enumerate(kinds) if c.daemon),
        rated=tuple(
            sorted({kinds[i].ring for i in plain if kinds[i].count > 0 and kinds[i].ring >= 0 and any(kinds[i].requests)})
        ),
        ring_of_class=np.array([c.ring for c in kinds], dtype=np.int64),
        counts=np.array([0 if c.daemon else c.count for c in kinds], dtype=np.int64),
        ring_today=np.array([n.ring_today for n in problem.nodes], dtype=np.int64),
        running=running,
        weights=np.array([c.weight for c in kinds], dtype=np.int64),
    )


def _charge(problem: Problem, requests: Ints, capacity: Ints, rings: int) -> tuple[Ints, Ints]:
    """Charge daemons: those of all rings to the capacity, those of one ring to that ring's load.

    A node without any capacity (cordoned) takes no planned pods, so its daemons are not weighed either.
    """
    open_nodes = capacity.max(axis=1, initial=0) > 0
    load = np.zeros((len(problem.nodes), rings, len(problem.resources)), dtype=np.int64)
    capacity = capacity.copy()
    for i, c in enumerate(problem.classes):
        if not c.daemon:
            continue
        on = np.array([n for n in c.candidates if open_nodes[n]], dtype=np.int64)
        if c.ring == EVERYWHERE:
            capacity[on] -= requests[i]
        else:
            load[on, c.ring] += requests[i]
    return capacity, load


def _usable(problem: Problem, room: Ints) -> Bools:
    usable = np.zeros(room.shape[:2], dtype=np.bool_)
    for n, node in enumerate(problem.nodes):
        usable[n, list(node.rings)] = True
    usable &= (room >= 0).all(axis=2)
    for clash in problem.clashes:
        first, second = problem.classes[clash.first], problem.classes[clash.second]
        if clash.first != clash.second and first.daemon and second.daemon:
            _exclude(usable, first, second)
    return usable


def _exclude(usable: Bools, first: PodClass, second: PodClass) -> None:
    """Two daemons that clash on a node close it to the ring that would have both; what is everywhere is not ours to judge."""
    both = sorted(set(first.candidates) & set(second.candidates))
    rings = {first.ring, second.ring} - {EVERYWHERE}
    # DaemonSets of two rings never meet on a node
    if len(rings) == 1:
        usable[both, rings.pop()] = False


def _fit(problem: Problem, requests: Ints, capacity: Ints, room: Ints, usable: Bools) -> Ints:
    fit = np.zeros((len(problem.classes), len(problem.nodes)), dtype=np.int64)
    for i, c in enumerate(problem.classes):
        if c.daemon or not c.candidates:
            continue
        on = np.array(c.candidates, dtype=np.int64)
        # -1, not 0: into no room at all pods would fit that ask for nothing
        space = capacity[on] if c.ring == EVERYWHERE else np.where(usable[on, c.ring, None], room[on, c.ring], -1)
        fit[i, on] = np.clip(fits(space, requests[i]), 0, c.count)
    for clash in problem.clashes:
        if clash.first == clash.second:
            np.minimum(fit[clash.first], 1, out=fit[clash.first])
    return fit


def fits(space: Ints, request: Ints) -> Ints:
    """Return how many pods of one request fit into each row of `space`; a row below zero fits none."""
    asked = np.flatnonzero(request > 0)
    closed = (space < 0).any(axis=1)
    if not len(asked):
        return np.where(closed, 0, 2**31)
    result: Ints = np.where(closed, 0, (space[:, asked] // request[asked]).min(axis=1))
    return result


def units(amounts: Ints) -> Ints:
    """Return the greatest common divisor of each column, at least 1, so that the solver sees small numbers."""
    return np.array([max(1, reduce(gcd, map(int, column), 0)) for column in amounts.T], dtype=np.int64)
