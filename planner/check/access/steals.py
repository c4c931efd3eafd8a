"""Who may drive pods off their nodes, and choose where they go instead."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.rights import driving, holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_STEERS = ("nodes", "nodes/status")


def _question(estate: Estate) -> Iterator[Sighting]:
    steering = {grant.subject for resource in _STEERS for grant in estate.access.of_all(("update", "patch"), "", resource)}
    for subject, grant in driving(estate).items():
        if subject in steering:
            message = f"{subject} may drive pods off their nodes, {grant.scope}, and cordon or taint nodes"
            yield grant.sighting(f"{message}{holders(grant, estate)}")


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
