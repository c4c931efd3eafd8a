"""Plans, curves and explanations in the format that is asked for: tables and Markdown for people, JSON and YAML for programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.answer.explanation import Explained
    from models.answer.finding import Finding
    from models.answer.plan import IsolationPlan
    from models.answer.review import Review
    from models.answer.tradeoff import Tradeoff
    from planner.check.report import Report
    from planner.paper import Paper

FINDINGS: Sequence[str] = (
    "table",
    "json",
    "sarif",
    "junit",
    "github",
    "gitlab",
    "markdown",
    "openreports",
    "policyreport",
    "svg",
)
GRAPHS: Sequence[str] = ("svg", "png", "html", "mmd", "dot", "graphml")
REVIEWS: Sequence[str] = ("html", "md", "json", "csv")


def summary(plan: "IsolationPlan", kind: str, paper: "Paper", is_verbose: bool = False) -> str:
    """Write the review: a table, all of it where it `is_verbose`, Markdown, JSON or YAML."""
    from planner.view.summary import front as view

    if kind == "markdown":
        return view.summary_markdown(plan)
    return view.summary(plan, paper, is_verbose) if kind == "table" else _dumped(view.summary_data(plan), kind)


def tradeoff_text(curve: "Tradeoff", kind: str, paper: "Paper") -> str:
    """Write the curve of cost against sharing: a table, Markdown, JSON or YAML."""
    from planner.view.summary import front as view

    if kind == "markdown":
        return view.tradeoff_markdown(curve)
    return view.tradeoff(curve, paper) if kind == "table" else _dumped(view.tradeoff_data(curve), kind)


def findings(report: "Report", kind: str, paper: "Paper") -> str:
    """Write what `check` found in one of the formats of FINDINGS."""
    from planner.check import output

    return output.write(report, kind, paper)


def finding_text(finding: "Finding") -> str:
    """Write what `verify` found on lines of their own."""
    from planner.wording.findings import notice
    from planner.words import visible

    message, why, fix = notice(finding)
    lines = [f"{finding.severity}: {finding.code}: {finding.subject}: {message}"]
    lines += [f"  why: {why}"] * bool(why) + [f"  fix: {fix}"] * bool(fix)
    return "".join(f"{visible(line)}\n" for line in lines)


def baseline(report: "Report") -> str:
    """Write the baseline that accepts all that `check` found, and what a baseline accepted already, with what that said."""
    from planner.check.baseline import document_of
    from planner.emit import yaml

    kept = [(entry.finding, entry.given) for entry in report.accepted if entry.by == "baseline"]
    return yaml.dump(document_of([*kept, *((finding, {}) for finding in report.findings)]))


def _dumped(data: dict[str, Any], kind: str) -> str:
    from planner.emit import yaml

    if kind == "yaml":
        return yaml.dump(data)
    import json

    from planner.words import visible_json

    return visible_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"


def explained(plan: "IsolationPlan", name: str) -> "Explained":
    """Explain what has this name on the cluster as the plan leaves it, of `lookup.find`; BadInput where there is none."""
    from models.answer.plan import RingPlan
    from models.kubernetes.node import Node
    from models.kubernetes.node_group import NodeGroup
    from planner import explain
    from planner.explain import lookup
    from planner.verify import stage

    asked = lookup.find(plan, name)
    if isinstance(asked, RingPlan):
        return explain.ring(plan, asked)
    scene = stage(plan)
    if isinstance(asked, NodeGroup):
        return explain.group(plan, scene.world, asked)
    if isinstance(asked, Node):
        return explain.node(plan, scene.world, asked)
    return explain.workload(plan, scene.world, scene.reached, asked)


def explain(plan: "IsolationPlan", name: str, kind: str, paper: "Paper") -> str:
    """Say why what has this name is where it is, or list all there are: as `summary` is written."""
    from planner.view.summary import front as view

    answer = explained(plan, name) if name else None
    if kind == "markdown":
        return view.explanation_markdown(plan, answer)
    return view.explanation(plan, answer, paper) if kind == "table" else _dumped(view.explanation_data(plan, answer), kind)


def review(answer: "Review", kind: str, paper: "Paper", table: str = "charges") -> str:
    """Write a capacity review: what fits on a screen ("table"), or all of it in one of the formats of REVIEWS."""
    from planner.review.report import front

    return front.terminal(answer, paper) if kind == "table" else front.text(answer, kind, table)


def check_buffers(plan: "IsolationPlan") -> None:
    """Raise ValueError where the policy asks for no spare nodes."""
    from planner.review.report import buffers as objects

    objects.check(plan)


def buffers(plan: "IsolationPlan", answer: "Review") -> str:
    """Write the spare nodes of all rings as CapacityBuffers in YAML."""
    from planner.review.report import buffers as objects

    return objects.text(plan, answer)


def review_schema() -> str:
    """Write the JSON Schema of a review in JSON."""
    import json

    from planner.review.report.data import schema

    return json.dumps(schema(), indent=2) + "\n"


def graph(plan: "IsolationPlan", kind: str) -> str | bytes:
    """Draw a plan in one of the formats of GRAPHS."""
    from planner.view.graph import formats as drawing

    return drawing.graph(plan, kind)


def headline(plan: "IsolationPlan") -> str:
    """Return the verdict of a plan, and how many objects make pods that it says nothing of."""
    from planner.view.summary.phrases import headline as words

    return words(plan)


def hidden(plan: "IsolationPlan") -> str:
    """Name the objects that make pods which are not planned, the first few of them."""
    from planner.view.format import clean, listed

    return clean(listed(plan.hidden, 5))


def risk(plan: "IsolationPlan") -> str:
    """Say how many pods may stay pending, whose and when; empty where none may, as far as is known."""
    from planner.view.summary.grades import risk as words
    from planner.view.utilisation import load

    return words(plan, sum(ring.pods for ring in load(plan).rings))
