"""The first capacity review of a plan: for a terminal, for a pull request, for programs."""

from typing import Any

from models.plan import IsolationPlan
from models.tradeoff import Tradeoff


def summary(plan: IsolationPlan, width: int = 100, colour: bool = False) -> str:
    """Write the review for a terminal; without colour it is plain text, the same bytes for the same plan and width."""
    from planner.view.terminal import terminal

    return terminal(plan, width, colour)


def summary_markdown(plan: IsolationPlan) -> str:
    """Write the review as Markdown."""
    from planner.view.markdown import markdown

    return markdown(plan)


def summary_data(plan: IsolationPlan) -> dict[str, Any]:
    """Return the review as dictionaries, lists, numbers and text."""
    from planner.view.data import data

    return data(plan)


def tradeoff(curve: Tradeoff, width: int = 100, colour: bool = False) -> str:
    """Write the curve of cost against sharing for a terminal."""
    from planner.view import tradeoff as view
    from planner.view.terminal import pages

    return pages(curve.name, view.opening(curve), (view.section(curve),), width, colour)


def tradeoff_markdown(curve: Tradeoff) -> str:
    """Write the curve as Markdown."""
    from planner.view import tradeoff as view
    from planner.view.markdown import pages

    return pages(curve.name, view.opening(curve), (view.section(curve),))


def tradeoff_data(curve: Tradeoff) -> dict[str, Any]:
    """Return the curve as dictionaries, lists, numbers and text."""
    from planner.view.tradeoff import data

    return data(curve)
