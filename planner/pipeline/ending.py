"""What becomes of a plan when an end is asked for, or time is up, before kube-scheduler was simulated on it to the end.

Part of the pipeline, which is why it may call every room.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.plan import IsolationPlan
    from planner.pipeline.promise import Keeper
    from planner.solve.sat import Clock

Progress = Callable[[str], None]


class Asked(Exception):  # noqa: N818  nobody but this file sees it
    """An end was asked for, or time is up."""


def until_asked(progress: Progress, clock: "Clock") -> Progress:
    """Go on until an end is asked for, or time is up."""

    def go_on(phrase: str) -> None:
        if clock.over():
            raise Asked
        progress(phrase)

    return go_on


def kept(keeper: "Keeper", packing: "IsolationPlan", clock: "Clock") -> "IsolationPlan":
    """Return a plan that kube-scheduler keeps; what the keeper is sure of so far if that ends before it is known."""
    from planner.solve.halt import in_time

    try:
        made = in_time(lambda: keeper.keep(packing), clock.left())
    except Asked:
        made = None
    return made or keeper.so_far(packing)
