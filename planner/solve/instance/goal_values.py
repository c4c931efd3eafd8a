"""What a placement comes to by each goal, counted from the Problem alone; `exact` has the same goals as models."""

from collections.abc import Mapping, Sequence

import numpy as np

from models.solver.outcome import DATA, MOVES, Goal
from models.solver.problem import PodClass, Problem
from planner.solve.instance.arrays import Facts, Ints, units

WHOLE = 1000
"""All of it, in permille."""
LARGEST = 2**58
"""Sums stay below this, so that CP-SAT can still add some of them in 64 bits."""

Counts = Sequence[Mapping[int, int]]


def count_unplaced(problem: Problem, counts: Counts, priority: int | None = None) -> int:
    """Count the pods without a place, of one priority or of all."""
    wanted = [i for i, c in enumerate(problem.classes) if not c.daemon and priority in (None, c.priority)]
    return sum(problem.classes[i].count - sum(counts[i].values()) for i in wanted)


def priorities_of(problem: Problem) -> tuple[int, ...]:
    """Return the priorities that planned pods have, highest first."""
    return tuple(sorted({c.priority for c in problem.classes if not c.daemon and c.count}, reverse=True))


def still_wanted(pod_class: PodClass) -> int:
    """Return how many of the running pods are still wanted; daemons do not move, they come and go with the rings of nodes."""
    return 0 if pod_class.daemon else min(sum(pod_class.running.values()), pod_class.count)


def count_moved(problem: Problem, counts: Counts) -> int:
    """Return the weight of the running pods that are still wanted and leave their node."""
    return sum(
        pod_class.weight * (still_wanted(pod_class) - _staying(pod_class, counts[c]))
        for c, pod_class in enumerate(problem.classes)
        if still_wanted(pod_class)
    )


def _staying(pod_class: PodClass, on: Mapping[int, int]) -> int:
    return sum(min(running, on.get(int(node), 0)) for node, running in pod_class.running.items())


def goals_of_moves(problem: Problem, value: int, bound: int) -> tuple[Goal, ...]:
    """Write what was won, and what is proven to be least, in pods: those that leave data behind, if any could, and all.

    As of every goal, what is proven of all that move holds under what the goal before has come to.
    """
    weight = max((pod_class.weight for pod_class in problem.classes), default=1)
    if weight == 1:
        return (Goal(MOVES, value, bound),)
    lost = value // weight
    return Goal(DATA, lost, bound // weight), Goal(MOVES, lost + value % weight, lost + max(0, bound - lost * weight))


def count_relabelled(problem: Problem, ring_of: Sequence[int]) -> int:
    """Count the nodes that lose the ring they carry today."""
    return sum(n.ring_today >= 0 and n.ring_today != ring for n, ring in zip(problem.nodes, ring_of, strict=True))


def headroom_of(facts: Facts, ring_of: Sequence[int], counts: Counts) -> int:
    """Return the head-room of a placement, in permille: the least over the rated rings."""
    return min(free_shares(facts, ring_of, counts), default=WHOLE)


def free_shares(facts: Facts, ring_of: Sequence[int], counts: Counts) -> list[int]:
    """Return each rated ring's free share of its scarcest resource, in permille, rounded down."""
    placed = np.array([sum(counts[c].values()) for c in range(len(counts))], dtype=np.int64)
    return [_free_share(facts, r, np.asarray(ring_of), placed) for r in facts.rated]


def _free_share(facts: Facts, ring: int, ring_of: Ints, placed: Ints) -> int:
    inside = ring_of == ring
    mine = [c for c in facts.plain if facts.ring_of_class[c] == ring]
    demand = (facts.requests[mine] * placed[mine, None]).sum(axis=0) + facts.load[inside, ring].sum(axis=0)
    capacity = facts.capacity[inside].clip(min=0).sum(axis=0)
    rates = [WHOLE * (int(capacity[k]) - int(demand[k])) // int(capacity[k]) for k in facts.amounts if demand[k] > 0]
    return min(rates, default=WHOLE)


def in_small_units(facts: Facts) -> tuple[Ints, Ints, Ints]:
    """Return requests, capacity and daemons' load in units that keep sums small, rounded in favour of the ring."""
    width = facts.requests.shape[1]
    unit = units(np.vstack([facts.requests, facts.capacity, facts.load.reshape(-1, width)]))
    total = facts.capacity.clip(min=0).sum(axis=0) + (facts.requests * facts.counts[:, None]).sum(axis=0)
    unit *= np.array([-(-WHOLE * int(t) // (int(u) * LARGEST)) or 1 for t, u in zip(total, unit, strict=True)])
    return facts.requests // unit, -(-facts.capacity.clip(min=0) // unit), facts.load // unit
