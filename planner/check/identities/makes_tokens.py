"""Who may make tokens of other service accounts."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.promotions import promotion, promotions
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_RIGHTS = (("create", "", "serviceaccounts/token"),)


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in promotions(estate, _RIGHTS):
        yield promotion(grant, "make tokens of service accounts", estate)


RULE = Rule(
    id="may-make-tokens",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may make tokens of other service accounts",
    why="A token is its service account, wherever it is used: with one of a trusted workload its rights are had from any ring.",
    how="Request a token of a controller in kube-system, and go on with its rights.",
    fix="bind create on serviceaccounts/token in single namespaces (RoleBinding), or limit it by resourceNames",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request",
    question=_question,
)
