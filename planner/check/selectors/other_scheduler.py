"""Pods that another scheduler binds."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import text

_DEFAULT = ("", "default-scheduler")


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        name = text(template.spec, "schedulerName")
        if name not in _DEFAULT:
            yield template.sighting(f"schedulerName {name}: whether that respects taints is up to it", "schedulerName")


RULE = Rule(
    id="other-scheduler",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A pod is bound by another scheduler",
    why="Taints, selectors and affinity are rules of kube-scheduler; another one binds where it likes.",
    how="A scheduler of one's own, with the right to create pods/binding, puts its pods on any node.",
    fix="use kube-scheduler, or make sure that this scheduler runs TaintToleration and NodeAffinity; limit who may bind",
    source="https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/",
    question=_question,
)
