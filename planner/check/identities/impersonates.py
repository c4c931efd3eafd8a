"""Who may act as somebody else."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.promotions import promotion, promotions
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_RIGHTS = tuple(("impersonate", "", resource) for resource in ("users", "groups", "serviceaccounts"))
_WORST = frozenset(("system:masters", "kubernetes-admin", "system:admin"))


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in promotions(estate, _RIGHTS, _WORST):
        yield promotion(grant, "act as somebody else", estate)


RULE = Rule(
    id="may-impersonate",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may act as anybody",
    why="Who impersonates a user, group or service account has all its rights, and so those of every ring.",
    how="Ask the API server as kube-scheduler to bind a pod to a trusted node, or as system:masters for all there is.",
    fix="take impersonate away, or limit it by resourceNames to those whom it has to act for",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#impersonate-verb",
    question=_question,
)
