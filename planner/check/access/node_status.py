"""Who may change nodes' status."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in estate.access.of_all(("update", "patch"), "", "nodes/status"):
        yield grant.sighting(f"{grant.subject} may change the status of every node{holders(grant, estate)}")


RULE = Rule(
    id="may-fake-nodes",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may change what nodes say of themselves",
    why="kube-scheduler believes a node's status: with it pods are drawn to one node, or driven from others.",
    how="Offer devices or room that only one's own node has; pods that want them come there.",
    fix="leave nodes/status to the kubelets; take update and patch away from it",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    question=_question,
)
