"""A plan as a picture or a graph, in the format that is asked for."""

from collections.abc import Callable

from models.answer.plan import IsolationPlan
from models.source import NOWHERE
from planner.errors import BadInput, Fault


def _svg(plan: IsolationPlan) -> str:
    from planner.view.picture.draw import svg

    return svg(plan)


def _png(plan: IsolationPlan) -> bytes:
    from planner.view.graph.png import png

    return png(plan)


def _html(plan: IsolationPlan) -> str:
    from planner.view.page.page import html

    return html(plan)


def _mermaid(plan: IsolationPlan) -> str:
    from planner.view.graph.mermaid import mermaid

    return mermaid(plan)


def _dot(plan: IsolationPlan) -> str:
    from planner.view.graph.dot import dot

    return dot(plan)


def _graphml(plan: IsolationPlan) -> str:
    from planner.view.graph.graphml import graphml

    return graphml(plan)


FORMATS: dict[str, Callable[[IsolationPlan], str | bytes]] = {
    "svg": _svg,
    "png": _png,
    "html": _html,
    "mmd": _mermaid,
    "dot": _dot,
    "graphml": _graphml,
}
"""Format, which is also the ending of the file's name -> what draws it."""


def graph(plan: IsolationPlan, format: str) -> str | bytes:  # noqa: A002  the word that users know it by
    """Draw a plan; only PNG is bytes. BadInput where the format is unknown or cannot be made on this machine."""
    if format not in FORMATS:
        known = ", ".join(FORMATS)
        raise BadInput([Fault(NOWHERE, "format", f"no such format: {format!r}", f"use one of {known}")])
    return FORMATS[format](plan)
