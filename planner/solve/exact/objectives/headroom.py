"""Goal 4: the ring that is shortest of its scarcest resource has as large a free share as possible, in permille."""

from collections.abc import Mapping, Sequence

import numpy as np

from planner.solve.exact.variables import Variables
from planner.solve.instance.arrays import Facts, Ints, units
from planner.solve.runtime.cp_sat import Model

WHOLE = 1000
LARGEST = 2**58


def at_least(model: Model, variables: Variables, permille: int) -> None:
    """Demand that every rated ring keeps `permille` of each resource free.

    Where the numbers would overflow they are rounded in favour of the ring, so that a refusal stays a proof.
    """
    facts = variables.facts
    requests, capacity, load = scaled(facts)
    missing = facts.counts
    for r in facts.rated:
        mine = [c for c in facts.plain if facts.ring_of_class[c] == r]
        nodes = [(n, literals[r]) for n in range(len(capacity)) if r in (literals := variables.rings_of(n))]
        for k in facts.amounts:
            asked = WHOLE * int((requests[mine, k] * missing[mine]).sum())
            terms = [(-WHOLE * int(requests[c, k]), variables.missing(c)) for c in mine if requests[c, k]]
            shares = [(WHOLE * int(load[n, r, k]) - (WHOLE - permille) * int(capacity[n, k]), lit) for n, lit in nodes]
            if asked or load[[n for n, _ in nodes], r, k].any():
                model.linear([*terms, *shares], high=-asked)


def scaled(facts: Facts) -> tuple[Ints, Ints, Ints]:
    """Return requests, capacity and daemons' load in units that keep sums small, rounded in favour of the ring."""
    width = facts.requests.shape[1]
    unit = units(np.vstack([facts.requests, facts.capacity, facts.load.reshape(-1, width)]))
    total = facts.capacity.clip(min=0).sum(axis=0) + (facts.requests * facts.counts[:, None]).sum(axis=0)
    unit *= np.array([-(-WHOLE * int(t) // (int(u) * LARGEST)) or 1 for t, u in zip(total, unit, strict=True)])
    return facts.requests // unit, -(-facts.capacity.clip(min=0) // unit), facts.load // unit


def permille(facts: Facts, ring_of: Sequence[int], counts: Sequence[Mapping[int, int]]) -> int:
    """Return the head-room of a plan: the least over the rated rings."""
    return min(shares(facts, ring_of, counts), default=WHOLE)


def shares(facts: Facts, ring_of: Sequence[int], counts: Sequence[Mapping[int, int]]) -> list[int]:
    """Return each rated ring's free share of its scarcest resource, in permille, rounded down."""
    placed = np.array([sum(counts[c].values()) for c in range(len(counts))], dtype=np.int64)
    return [_share(facts, r, np.asarray(ring_of), placed) for r in facts.rated]


def _share(facts: Facts, ring: int, ring_of: Ints, placed: Ints) -> int:
    inside = ring_of == ring
    mine = [c for c in facts.plain if facts.ring_of_class[c] == ring]
    demand = (facts.requests[mine] * placed[mine, None]).sum(axis=0) + facts.load[inside, ring].sum(axis=0)
    capacity = facts.capacity[inside].clip(min=0).sum(axis=0)
    rates = [WHOLE * (int(capacity[k]) - int(demand[k])) // int(capacity[k]) for k in facts.amounts if demand[k] > 0]
    return min(rates, default=WHOLE)
