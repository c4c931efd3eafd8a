"""Who may run commands in pods of every namespace."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in estate.access.of_all(("create", "get"), "", "pods/exec"):
        yield grant.sighting(f"{grant.subject} may run commands in pods of every namespace{holders(grant, estate)}")


RULE = Rule(
    id="may-enter-pods",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may run commands in pods of every ring",
    why="Rings are about nodes: whoever may exec reaches every ring through the API server, from wherever he runs.",
    how="A token of this subject, taken on a node of low trust, opens a shell in a trusted pod.",
    fix="bind the right in single namespaces (RoleBinding), or to people only",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
    question=_question,
)
