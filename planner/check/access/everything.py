"""Subjects that may do whatever they like."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.access import Subject
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    told = set[tuple[Subject, str]]()
    for grant in estate.access.grants:
        key = grant.subject, grant.namespace
        if grant.is_everything and not grant.namespace and key not in told:
            told.add(key)
            yield grant.sighting(f"{grant.subject} may {grant.verbs} everything in every namespace{holders(grant, estate)}")


RULE = Rule(
    id="may-do-everything",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may do everything",
    why="His pods' nodes are worth the whole cluster: whoever reads the token there has every ring.",
    how="A controller with cluster-admin runs on a shared node; a neighbour breaks out of his container and reads its token.",
    fix="give it the rights that it uses, or run it in a ring of its own, of the most trusted level",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
    question=_question,
)
