"""Goal 4: the ring that is shortest of its scarcest resource has as large a free share as possible, in permille."""

from planner.solve.exact.variables import Variables
from planner.solve.instance.goal_values import WHOLE, in_small_units
from planner.solve.runtime.cp_sat import Model


def at_least(model: Model, variables: Variables, permille: int) -> None:
    """Demand that every rated ring keeps `permille` of each resource free.

    Where the numbers would overflow they are rounded in favour of the ring, so that a refusal stays a proof.
    """
    facts = variables.facts
    requests, capacity, load = in_small_units(facts)
    for r in facts.rated:
        mine = [c for c in facts.plain if facts.ring_of_class[c] == r]
        nodes = [(n, literals[r]) for n in range(len(capacity)) if r in (literals := variables.rings_of(n))]
        for k in facts.amounts:
            asked = WHOLE * int((requests[mine, k] * facts.counts[mine]).sum())
            terms = [(-WHOLE * int(requests[c, k]), variables.missing(c)) for c in mine if requests[c, k]]
            shares = [(WHOLE * int(load[n, r, k]) - (WHOLE - permille) * int(capacity[n, k]), lit) for n, lit in nodes]
            if asked or load[[n for n, _ in nodes], r, k].any():
                model.linear([*terms, *shares], high=-asked)
