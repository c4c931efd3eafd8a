"""What is asked of a plan, as users write it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

from models.answer.plan import IsolationPlan
from planner.review import Questions
from planner.review.what_if.changes import parsed_grow, parsed_lose, parsed_merge
from planner.review.what_if.onboard import read_tenant

if TYPE_CHECKING:
    from planner.review.what_if.changes import Change


class Asked(TypedDict, total=False):
    """Changes to plan for, each as its option is written; whether it is to be `quick`.

    Plans `before` it are called by their names, and it by its own, where it is said what has changed.
    """

    grow: Sequence[str]
    lose: Sequence[str]
    merge: Sequence[str]
    onboard: Sequence[str]
    quick: bool
    before: Sequence[tuple[str, IsolationPlan]]
    name: str


def questions(plan: IsolationPlan, **asked: Unpack[Asked]) -> Questions:
    """Read what is asked; ValueError and BadInput say what is no change."""
    changes: list[Change] = [parsed_grow(text) for text in asked.get("grow", ())]
    changes += [parsed_lose(text) for text in asked.get("lose", ())]
    changes += [parsed_merge(text) for text in asked.get("merge", ())]
    changes += [read_tenant(file, plan) for file in asked.get("onboard", ())]
    return Questions(tuple(changes), asked.get("quick", False), tuple(asked.get("before", ())), asked.get("name", ""))
