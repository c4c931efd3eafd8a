"""What ends the search when an end is asked for or time is up, and how much is said of a plan by then."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from planner.settle import Extras
    from planner.solve import SearchContext

Progress = Callable[[str], None]


class Asked(Exception):  # noqa: N818  nobody but this file sees it
    """An end was asked for, or time is up."""


def until_asked(context: "SearchContext") -> Progress:
    """Say what is done until an end is asked for, or time is up."""

    def go_on(phrase: str) -> None:
        if context.deadline.over():
            raise Asked
        context.progress(phrase)

    return go_on


def settle_in_time(
    settle: "Callable[[Extras], IsolationPlan]", extras: "Extras", seconds: float | None, tuning: Tuning = TUNING
) -> "IsolationPlan":
    """Write a plan, with as much as there is time to say of it; what goes without saying takes none."""
    from planner.settle import NOTHING, PLACES
    from planner.solve.runtime.interrupt import in_time

    plan = in_time(lambda: settle(extras), seconds if seconds is None else tuning.looking * seconds) if seconds != 0 else None
    if plan is None:
        brief = replace(extras, looks=PLACES)
        plan = in_time(lambda: settle(brief), seconds if seconds is None else (1 - tuning.looking) * seconds)
    return plan or settle(replace(extras, looks=NOTHING))
