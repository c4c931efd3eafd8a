"""Who may give himself rights that he has not."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.access import RBAC
from planner.check.estate.estate import Estate
from planner.check.estate.promotions import promotion, promotions
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_RIGHTS = tuple((verb, RBAC, resource) for verb in ("escalate", "bind") for resource in ("clusterroles", "roles"))
_WORST = frozenset(("cluster-admin",))


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in promotions(estate, _RIGHTS, _WORST):
        yield promotion(grant, "give himself roles of more rights than he has", estate)


RULE = Rule(
    id="may-escalate",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may give himself any right",
    why="Nobody may grant what he has not, but for who has escalate or bind: that is as good as all rights.",
    how="Bind the role cluster-admin to one's own service account with a token from a node of low trust.",
    fix="take escalate and bind away, or limit bind by resourceNames to the roles that it hands out",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb",
    question=_question,
)
