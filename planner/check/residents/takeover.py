"""Pods that own the node they run on."""

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
        powers = host_powers(template)
        is_everywhere = estate.is_shared(template) or (template.is_daemon and wildcard(template, estate))
        if powers and not is_everywhere and not template.is_static:
            yield template.sighting(f"has {some(powers, 5)}: its nodes are as trusted as it is, and no more")


RULE = Rule(
    id="node-takeover",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A pod can take over its node",
    why="The trust level of the pod becomes that of its node, and of every pod beside it.",
    how="A privileged container, or one that writes to a folder of the node, leaves its container at will.",
    fix="drop the privileges, or give the workload a level, and so a ring, of its own",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
    question=_question,
)
