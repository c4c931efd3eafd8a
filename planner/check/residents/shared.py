"""Pods on nodes of every ring that could take these over."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.powers import host_powers
from planner.check.estate.wildcard import wildcard
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        found_at, powers = wildcard(template, estate), host_powers(template)
        if powers and (estate.is_shared(template) or (template.is_daemon and found_at)):
            message = f"runs on nodes of every ring with {some(powers, 5)}"
            yield template.sighting(message, found_at[0] if found_at else "")


RULE = Rule(
    id="shared-residents",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A resident of every ring could take over its nodes",
    why="Whoever takes over one of these pods has every node that it runs on, of all trust levels.",
    how="One hole in an exporter or log shipper, a poisoned image, or the rights of its namespace are enough.",
    fix="drop what it need not have, pin its image by digest, or run a copy of its own in each ring",
    source="https://kubernetes.io/docs/concepts/security/multi-tenancy/#node-isolation",
    question=_question,
)
