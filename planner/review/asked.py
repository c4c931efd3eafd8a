"""What is asked of a plan, as users write it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, TypedDict, Unpack

from models.answer.plan import IsolationPlan
from planner.review import Questions
from planner.review.nodes.runway import check_rates, parsed_rate
from planner.review.usage.known import Known, known
from planner.review.what_if.base import planned_from
from planner.review.what_if.changes import parsed_grow, parsed_lose
from planner.review.what_if.onboard import read_tenant
from planner.review.what_if.reshape import parsed_reshape
from planner.review.what_if.rightsize import Rightsize, parsed_margin
from planner.review.what_if.sandbox import read_sandbox
from planner.review.what_if.sharing import parsed_merge, parsed_split

if TYPE_CHECKING:
    from planner.review.what_if.changes import Change


class Asked(TypedDict, total=False):
    """Changes to plan for, each as its option is written; files that tell of `usage`, "-" for `stdin`; whether it is `quick`.

    Plans `before` it are called by their names, and it by its own, where it is said what has changed.
    """

    grow: Sequence[str]
    growth: Sequence[str]
    lose: Sequence[str]
    merge: Sequence[str]
    split: Sequence[str]
    reshape: Sequence[str]
    sandbox: Sequence[str]
    onboard: Sequence[str]
    usage: Sequence[str]
    rightsize: Sequence[str]
    stdin: BinaryIO | None
    quick: bool
    before: Sequence[tuple[str, IsolationPlan]]
    name: str


PARSERS: "dict[str, Callable[[str], Change]]" = {
    "grow": parsed_grow,
    "lose": parsed_lose,
    "merge": parsed_merge,
    "split": parsed_split,
    "reshape": parsed_reshape,
    "sandbox": read_sandbox,
}


def questions(plan: IsolationPlan, **asked: Unpack[Asked]) -> Questions:
    """Read what is asked; ValueError and BadInput say what is no change."""
    given: Mapping[str, Any] = asked
    changes: list[Change] = [parsed(text) for option, parsed in PARSERS.items() for text in given.get(option, ())]
    changes += [read_tenant(file, plan) for file in asked.get("onboard", ())]
    usage = _known(plan, asked.get("usage", ()), asked.get("stdin"))
    margins = [parsed_margin(text) for text in asked.get("rightsize", ())]
    if margins and usage is None:
        raise ValueError("--rightsize needs to know what is used: name files with --usage")
    changes += [Rightsize(margin, usage) for margin in margins if usage]
    rates = tuple(parsed_rate(text) for text in asked.get("growth", ()))
    check_rates(rates, plan)
    for change in changes:
        change.change(plan, planned_from(plan))  # what the plan does not have is said at once, and not after all that is solved
    quick, before = asked.get("quick", False), tuple(asked.get("before", ()))
    return Questions(tuple(changes), quick, before, asked.get("name", ""), usage, rates)


def _known(plan: IsolationPlan, files: Sequence[str], stdin: BinaryIO | None) -> Known | None:
    from planner.read.usage.files import read_usage

    return known(plan, read_usage(files, stdin)) if files else None
