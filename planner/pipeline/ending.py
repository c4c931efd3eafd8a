"""What becomes of a plan when an end is asked for before kube-scheduler was simulated on it.

Part of the pipeline, which is why it may call every room.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.plan import IsolationPlan
    from planner.pipeline.promise import Keeper

Progress = Callable[[str], None]


class Asked(Exception):  # noqa: N818  nobody but this file sees it
    """An end was asked for."""


def until_asked(progress: Progress) -> Progress:
    """Go on until an end is asked for."""
    from planner.solve.halt import HALT

    def go_on(phrase: str) -> None:
        if HALT.asked:
            raise Asked
        progress(phrase)

    return go_on


def kept(keeper: "Keeper", packing: "IsolationPlan") -> "IsolationPlan":
    """Return a plan that kube-scheduler keeps; the packing, marked as such, if an end is asked for before that is known."""
    from planner.pipeline import promise

    try:
        return keeper.keep(packing)
    except Asked:
        return promise.exact(packing)
