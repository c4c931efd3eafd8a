"""Who may drive pods off their nodes, and choose where they go instead."""

from collections.abc import Iterator, Sequence

from models.answer.finding import WARNING
from planner.check.access.holders import holders
from planner.check.estate.access import Grant, Subject
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_DRIVES: Sequence[tuple[tuple[str, ...], str]] = ((("create",), "pods/eviction"), (("delete", "deletecollection"), "pods"))
_STEERS = ("nodes", "nodes/status")


def _question(estate: Estate) -> Iterator[Sighting]:
    steering: dict[Subject, Grant] = {}
    for resource in _STEERS:
        for grant in estate.access.allowing(("update", "patch"), "", resource):
            if not grant.namespace and not grant.names:
                steering.setdefault(grant.subject, grant)
    told = set[Subject]()
    for verbs, resource in _DRIVES:
        for grant in estate.access.allowing(verbs, "", resource):
            if grant.subject in steering and grant.subject not in told:
                told.add(grant.subject)
                told_of = f"{grant.subject} may drive pods off their nodes, {grant.scope}, and cordon or taint nodes"
                yield grant.sighting(f"{told_of}{holders(grant, estate)}")


RULE = Rule(
    id="may-steal-pods",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may drive pods onto a node of his choice",
    why="Who evicts a pod and cordons all other nodes decides where it starts again: beside him.",
    how="Taint or cordon every node of the ring but the one that was taken over, then evict the target.",
    fix="divide the two rights between two subjects, or let a policy limit which nodes and pods they are about",
    source="https://github.com/kubescape/kubescape/pull/3223",
    question=_question,
)
