"""Whose token makes pods in every namespace, where nobody knows how far he is trusted."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.promotions import lowest, promotion, promotions
from planner.check.estate.rights import MAKERS, WRITES, is_lesser
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    """Ask of service accounts alone, whose tokens lie on nodes; of pods that have a level may-raise-level tells."""
    for grant in promotions(estate, [(verb, *maker) for maker in MAKERS for verb in WRITES]):
        if is_lesser(grant.subject, estate) and lowest(grant.subject, estate) is None:
            yield promotion(grant, "make pods", estate)


RULE = Rule(
    id="may-make-pods",
    breaks=SECURITY,
    severity=WARNING,
    sentence="The token of a service account makes pods in every namespace",
    why="Whoever makes pods says where they go: with this token a pod of one's own is had on a node of any ring.",
    how="Take over the controller, or its node, and make a pod that tolerates everything, as any account of its namespace.",
    fix="bind the right in the namespaces that it works in, or run it in the ring of the most trusted level",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
    question=_question,
)
