"""A pool that pods select, and that keeps nobody out."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.dedicated import is_hard, is_isolating, sets_apart
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        if template.is_daemon or template.runs:
            continue
        for key, value in sorted(_selected(template).items()):
            if not is_isolating(key, estate.policy):
                continue
            message = _open(template, key, value, estate)
            if message:
                yield template.sighting(message, "nodeSelector" if key in template.node_selector else "affinity")


def _selected(template: Template) -> dict[str, str]:
    selected = dict(template.node_selector)
    for term in template.terms if len(template.terms) == 1 else ():
        selected |= {requirement.key: requirement.values[0] for requirement in term if len(requirement.values) == 1}
    return selected


def _open(template: Template, key: str, value: str, estate: Estate) -> str:
    """Say why strangers may enter the pool: its nodes have no taint, or its pods go there without tolerating any."""
    nodes = [node for node in estate.today if node.labels.get(key) == value]
    bare = [node.name for node in nodes if not any(is_hard(taint) and sets_apart(taint.key) for taint in node.taints)]
    if nodes:
        return f"selects {key}={value}, and {some(bare)} of these nodes have no taint that keeps others out" if bare else ""
    tolerated = any(sets_apart(toleration.key) or not toleration.key for _, toleration in template.tolerations)
    return "" if tolerated else f"selects {key}={value} and tolerates no taint: those nodes keep nobody out, or not this pod in"


RULE = Rule(
    id="selector-without-taint",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A pool is selected and has no taint",
    why="A selector binds the pods that carry it; every other pod may still come to the same nodes.",
    how="A pod without any selector is scheduled into the pool like onto any other node.",
    fix="taint the nodes of the pool (NoSchedule), and let its own pods tolerate that taint",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#example-use-cases",
    question=_question,
)
