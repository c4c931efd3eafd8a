"""A pod that tolerates every taint, or a taint whatever its value."""

from collections.abc import Iterator

from models.answer.finding import ERROR, INFO, WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.powers import host_powers
from planner.check.estate.template import Template
from planner.check.estate.wildcard import is_of_a_chart, wildcard, wildcards
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_CRITICAL = ("system-node-critical", "system-cluster-critical")


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        found_at = wildcard(template, estate)
        if found_at is None or estate.is_shared(template) or template.is_static or is_of_a_chart(template):
            continue
        if template.is_daemon and host_powers(template):
            continue  # which shared-residents tells, with what it could do
        path, message = found_at
        changes = () if template.is_daemon else template.without_tolerations(wildcards(template, estate))
        yield template.sighting(message, path, severity=_severity(template), changes=changes)


def _severity(template: Template) -> str:
    """Return how bad it is: a DaemonSet is often meant to be everywhere, one of a system class nearly always."""
    if not template.is_daemon:
        return ERROR
    return INFO if template.spec.get("priorityClassName") in _CRITICAL else WARNING


RULE = Rule(
    id="tolerates-every-ring",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A pod tolerates the taint of every ring",
    why="No taint keeps it out: kube-scheduler may put it on a node of any trust level.",
    how="Whoever may create a pod adds `operator: Exists` without a key, and waits until it is scheduled beside its target.",
    fix="name the one taint that it is to pass; name shared residents under spec.everywhere of the policy",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#concepts",
    question=_question,
)
