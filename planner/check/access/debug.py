"""Who may put containers into running pods."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in estate.access.of_all(("update", "patch"), "", "pods/ephemeralcontainers"):
        yield grant.sighting(f"{grant.subject} may put containers into running pods of every namespace{holders(grant, estate)}")


RULE = Rule(
    id="may-debug-pods",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may put containers into pods of every ring",
    why="An ephemeral container runs beside the target, on its node, with whatever admission lets through.",
    how="kubectl debug with a profile that asks for privileges, on a trusted pod.",
    fix="bind the right in single namespaces (RoleBinding), or to a group of administrators",
    source="https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/",
    question=_question,
)
