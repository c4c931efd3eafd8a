"""The first capacity review of a plan: for a terminal, for a pull request, for programs."""

from typing import TYPE_CHECKING, Any

from models.answer import explanation as answers
from models.answer.plan import IsolationPlan
from models.answer.tradeoff import Tradeoff
from planner.paper import PLAIN, Paper

if TYPE_CHECKING:
    from planner.view.summary.sections import Section

Explained = answers.Explained | None
"""What is explained; None for the list of what can be."""


def summary(plan: IsolationPlan, paper: Paper = PLAIN, is_verbose: bool = False) -> str:
    """Write the review for a terminal; without colour it is plain text, the same bytes for the same plan and width."""
    from planner.view.summary.terminal import terminal

    return terminal(plan, paper, is_verbose)


def summary_markdown(plan: IsolationPlan) -> str:
    """Write the review as Markdown."""
    from planner.view.summary.markdown import markdown

    return markdown(plan)


def summary_data(plan: IsolationPlan) -> dict[str, Any]:
    """Return the review as dictionaries, lists, numbers and text."""
    from planner.view.summary.data import data

    return data(plan)


def tradeoff(curve: Tradeoff, paper: Paper = PLAIN) -> str:
    """Write the curve of cost against sharing for a terminal."""
    from planner.view.summary import tradeoff as view
    from planner.view.summary.terminal import pages

    return pages(curve.name, view.opening(curve), (view.section(curve),), paper)


def tradeoff_markdown(curve: Tradeoff) -> str:
    """Write the curve as Markdown."""
    from planner.view.summary import tradeoff as view
    from planner.view.summary.markdown import pages

    return pages(curve.name, view.opening(curve), (view.section(curve),))


def tradeoff_data(curve: Tradeoff) -> dict[str, Any]:
    """Return the curve as dictionaries, lists, numbers and text."""
    from planner.view.summary.tradeoff import data

    return data(curve)


def explanation(plan: IsolationPlan, explained: Explained, paper: Paper = PLAIN) -> str:
    """Write for a terminal why something is where it is, or what can be asked about."""
    from planner.view.summary.terminal import pages

    return pages(*_explained(plan, explained), paper)


def explanation_markdown(plan: IsolationPlan, explained: Explained) -> str:
    """Write the same as Markdown."""
    from planner.view.summary.markdown import pages

    return pages(*_explained(plan, explained))


def _explained(plan: IsolationPlan, explained: Explained) -> "tuple[str, str, tuple[Section, ...]]":
    """Return its name, the sentence that says it all, and the sections."""
    from planner.view.explanation import front as view
    from planner.view.utilisation import load

    numbers = load(plan)
    if explained is None:
        return plan.name, view.contents_opening(plan), view.contents(plan, numbers)
    return view.name(explained), view.opening(plan, numbers, explained), view.sections(plan, numbers, explained)


def explanation_data(plan: IsolationPlan, explained: Explained) -> dict[str, Any]:
    """Return the same as dictionaries, lists, numbers and text."""
    from planner.view.explanation import front as view
    from planner.view.utilisation import load

    return view.contents_data(plan) if explained is None else view.data(plan, load(plan), explained)
