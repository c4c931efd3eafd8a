"""What a plan says of the orders in which its pods may arrive, word for word. Part of the pipeline, like promise.py."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.solver.outcome import FEASIBLE
from planner.refine import loop

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan

SCHEDULER, FURTHER = "kube-scheduler", "further rollouts"
_LEFT = re.compile(r": (\d+) pods? stayed pending in one of them or another")
_ROLLED = re.compile(
    r"\d+ more in which all workloads roll out at the same time were simulated"
    r"(, \d+ of them while autoscalers have fewer pods)?: "
    r"(no pod stayed pending|\d+ left pods pending, \d+ at most"
    r"(; the policy's guide: require may hold pods on nodes of their own)?)"
)


def is_true(plan: "IsolationPlan", message: str) -> bool:
    """Say whether the sentence on simulated orders is one that can be said of the plan.

    Whoever ends the search early has the usual orders only. How many pods stayed pending where ties were broken otherwise is not
    looked at again; that some did is against the verdict where it is feasible.
    """
    found = _LEFT.search(message)
    left = int(found[1]) if found else 0
    if found and (plan.verdict == FEASIBLE or not left):
        return False
    return any(loop.simulated(plan, names, ways, left) == message for names in tried(plan) for ways in _ways(plan))


def tried(plan: "IsolationPlan") -> "Iterator[tuple[str, ...]]":
    """Yield the orders that may have been tried: all that are, and the usual ones alone."""
    from planner import simulate
    from planner.simulate.scheduler.arrival_orders import usual
    from planner.simulate.scheduler.pods import cast_of

    cast, wide = cast_of(plan), loop.orders(plan)
    yield from dict.fromkeys(usual(names, cast) for names in (wide, wide[: len(simulate.ORDERS)]))


def _ways(plan: "IsolationPlan") -> tuple[int, ...]:
    return tuple({1, loop.ties_of(plan) + 1})


def are_rollouts(plan: "IsolationPlan", message: str) -> bool:
    """Say whether a sentence on further rollouts can be said of the plan; their number is not counted again."""
    pods = sum(workload.pods for workload in plan.cluster.workloads)
    return pods > loop.SMALL and loop.rolls_out(plan) and bool(_ROLLED.fullmatch(message))
