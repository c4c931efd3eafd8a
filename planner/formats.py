"""Plans, curves and explanations in the format that is asked for: tables and Markdown for people, JSON and YAML for programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.answer.explanation import NodeExplained, WorkloadExplained
    from models.answer.plan import IsolationPlan
    from models.answer.tradeoff import Tradeoff

GRAPHS: Sequence[str] = ("svg", "png", "html", "mmd", "dot", "graphml")


def summary(made: "IsolationPlan", kind: str, width: int, colour: bool) -> str:
    """Write the first capacity review: a table, Markdown, JSON or YAML."""
    from planner.view.summary import front as view

    if kind == "markdown":
        return view.summary_markdown(made)
    return view.summary(made, width, colour) if kind == "table" else _dumped(view.summary_data(made), kind)


def tradeoff_text(curve: "Tradeoff", kind: str, width: int, colour: bool) -> str:
    """Write the curve of cost against sharing: a table, Markdown, JSON or YAML."""
    from planner.view.summary import front as view

    if kind == "markdown":
        return view.tradeoff_markdown(curve)
    return view.tradeoff(curve, width, colour) if kind == "table" else _dumped(view.tradeoff_data(curve), kind)


def _dumped(data: dict[str, Any], kind: str) -> str:
    from planner.emit import yaml

    if kind == "yaml":
        return yaml.dump(data)
    import json

    from planner.words import visible_json

    return visible_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"


def explained(plan: "IsolationPlan", name: str) -> "WorkloadExplained | NodeExplained":
    """Explain the workload or the node of this name on the cluster as the plan leaves it; BadInput where there is none."""
    from models.kubernetes.node import Node
    from planner import explain
    from planner.explain import lookup
    from planner.verify import stage

    asked, scene = lookup.find(plan, name), stage(plan)
    if isinstance(asked, Node):
        return explain.node(plan, scene.world, asked)
    return explain.workload(plan, scene.world, scene.reached, asked)


def explain(made: "IsolationPlan", name: str, kind: str, width: int, colour: bool) -> str:
    """Say why the workload or the node of this name is where it is, or list all there are: as `summary` is written."""
    from planner.view.summary import front as view

    found = explained(made, name) if name else None
    if kind == "markdown":
        return view.explanation_markdown(made, found)
    return view.explanation(made, found, width, colour) if kind == "table" else _dumped(view.explanation_data(made, found), kind)


def graph(made: "IsolationPlan", kind: str) -> str | bytes:
    """Draw a plan in one of the formats of GRAPHS."""
    from planner.view.graph import formats as drawing

    return drawing.graph(made, kind)
