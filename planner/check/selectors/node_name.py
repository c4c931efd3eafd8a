"""Pods that name their node themselves."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Change, Sighting
from planner.read.documents.tree import text


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        name = text(template.spec, "nodeName")
        if name and not template.runs and not template.is_static:
            message = f"spec.nodeName {name}: bypasses kube-scheduler and every NoSchedule taint"
            yield template.sighting(message, "nodeName", changes=(Change("nodeName", name),))


RULE = Rule(
    id="node-name",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A pod template names its node",
    why="It goes past kube-scheduler, and so past every NoSchedule taint; only NoExecute makes the kubelet refuse it.",
    how="Whoever may create pods writes the name of a trusted node, and runs there.",
    fix="remove spec.nodeName and select the nodes by label; let an admission policy refuse it to all but kube-scheduler",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename",
    question=_question,
)
