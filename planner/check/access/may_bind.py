"""Who may bind pods to nodes."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.access import Subject
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_BINDINGS = ("pods/binding", "bindings")
"""The subresource that kube-scheduler uses, and the resource of its own that does the same."""


def _question(estate: Estate) -> Iterator[Sighting]:
    told = set[tuple[Subject, str]]()
    for grant in (grant for resource in _BINDINGS for grant in estate.access.allowing(("create",), "", resource)):
        key = grant.subject, grant.namespace
        if not grant.names and key not in told and grant.subject.user not in estate.access.admission.schedulers:
            told.add(key)
            yield grant.sighting(f"{grant.subject} may bind pods to any node, {grant.scope}{holders(grant, estate)}")


RULE = Rule(
    id="may-bind",
    breaks=SECURITY,
    severity=ERROR,
    sentence="Somebody beside kube-scheduler may bind pods to nodes",
    why="A binding goes past kube-scheduler, and with it past every NoSchedule taint.",
    how="Create a pod with a schedulerName that nobody serves, then POST a Binding to a trusted node.",
    fix="take create on pods/binding and bindings away from it; only schedulers need it",
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/",
    question=_question,
)
