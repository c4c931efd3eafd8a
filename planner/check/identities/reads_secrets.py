"""Whose token reads the secrets of every namespace."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.promotions import promotion, promotions
from planner.check.estate.rights import is_lesser
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_RIGHTS = tuple((verb, "", "secrets") for verb in ("get", "list", "watch"))


def _question(estate: Estate) -> Iterator[Sighting]:
    """Ask of service accounts alone, whose tokens lie on nodes; of those on every node resident-token tells."""
    residents = {template.account for template in estate.daemons}
    for grant in promotions(estate, _RIGHTS):
        if is_lesser(grant.subject, estate) and grant.subject.account not in residents:
            yield promotion(grant, "read secrets", estate)


RULE = Rule(
    id="may-read-secrets",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A token reads secrets of workloads that are more trusted, or of every namespace",
    why="Rings keep pods apart, not the API: the node that holds this token holds what all rings keep secret.",
    how="list is enough to read them: break out beside the controller, take its token, and list the secrets of the trusted ring.",
    fix="name the secrets or the namespaces that it needs, or run it in the ring of the most trusted level",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
    question=_question,
)
