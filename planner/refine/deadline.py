"""What becomes of a plan when an end is asked for, or time is up, before kube-scheduler was simulated on it to the end.

Part of the pipeline, which is why it may call every room.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from planner.refine.loop import Keeper
    from planner.settle import Extras
    from planner.solve.runtime.deadline import Deadline

Progress = Callable[[str], None]
LOOKING = 0.5
"""So much of the time that is left goes into all that can be said of a plan, before less is said."""


class Asked(Exception):  # noqa: N818  nobody but this file sees it
    """An end was asked for, or time is up."""


def until_asked(progress: Progress, clock: "Deadline") -> Progress:
    """Go on until an end is asked for, or time is up."""

    def go_on(phrase: str) -> None:
        if clock.over():
            raise Asked
        progress(phrase)

    return go_on


def settled(settle: "Callable[[Extras], IsolationPlan]", extras: "Extras", seconds: float | None) -> "IsolationPlan":
    """Write a plan, with as much as there is time to say of it; what goes without saying takes none."""
    from planner.settle import NOTHING, PLACES
    from planner.solve.runtime.interrupt import in_time

    made = in_time(lambda: settle(extras), seconds if seconds is None else LOOKING * seconds) if seconds != 0 else None
    if made is None:
        brief = replace(extras, looks=PLACES)
        made = in_time(lambda: settle(brief), seconds if seconds is None else (1 - LOOKING) * seconds)
    return made or settle(replace(extras, looks=NOTHING))


def kept(keeper: "Keeper", packing: "IsolationPlan", seconds: float | None = None) -> "IsolationPlan":
    """Return a plan that kube-scheduler keeps; what the keeper is sure of so far if that ends before it is known.

    It ends after so many `seconds` at the latest, if there is a limit.
    """
    from planner.solve.runtime.interrupt import in_time

    try:
        made = in_time(lambda: keeper.keep(packing), seconds)
    except Asked:
        made = None
    return made or keeper.so_far(packing)
