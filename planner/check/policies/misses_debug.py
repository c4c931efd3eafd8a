"""Policies that do not see containers which are added to running pods."""

import re
from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.gates import expressions, policies
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_CONTAINERS = re.compile(r"securityContext|privileged|\bimage\b|capabilities")


def _question(estate: Estate) -> Iterator[Sighting]:
    for gate in policies(estate):
        is_blind = gate.is_asked("", "pods", "CREATE") and not gate.is_asked("", "pods/ephemeralcontainers", "UPDATE")
        if is_blind and any(_CONTAINERS.search(expression) for _, expression in expressions(gate)):
            yield gate.item.sighting("judges containers, and is not asked about pods/ephemeralcontainers", gate.path)


RULE = Rule(
    id="policy-misses-debug",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A policy about containers does not see ephemeral ones",
    why="Containers that are added to a running pod come by the subresource pods/ephemeralcontainers, and past this policy.",
    how="kubectl debug adds a privileged container, or one of another image, to a trusted pod.",
    fix="add pods/ephemeralcontainers (UPDATE) to its rules, and spec.ephemeralContainers to its expressions",
    source="https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/",
    question=_question,
)
