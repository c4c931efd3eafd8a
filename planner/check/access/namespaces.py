"""Who may change namespaces."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in estate.access.of_all(("update", "patch"), "", "namespaces"):
        yield grant.sighting(f"{grant.subject} may change the labels and annotations of every namespace{holders(grant, estate)}")


RULE = Rule(
    id="may-edit-namespaces",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may change the labels of namespaces",
    why="Labels and annotations of a namespace say its trust level, its Pod Security level and the node selectors of its pods.",
    how="Relabel a namespace of low trust with a trusted level; the next rollout moves its pods there.",
    fix="take update and patch on namespaces away from it, or guard the level's label by an admission policy",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#namespace-modification",
    question=_question,
)
