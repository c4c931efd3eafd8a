"""Policies with an exemption that everybody fits."""

import re
from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.gates import expressions, policies
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_EVERYBODY = re.compile(r"['\"](system:authenticated|system:serviceaccounts|system:unauthenticated)['\"]")


def _question(estate: Estate) -> Iterator[Sighting]:
    for gate in policies(estate):
        if not gate.places_pods and not gate.is_asked("", "pods", "CREATE"):
            continue
        for path, expression in expressions(gate):
            match = _EVERYBODY.search(expression)
            if match and "userInfo" in expression:
                yield gate.item.sighting(f"exempts {match[1]}, which everybody is in", path)


RULE = Rule(
    id="policy-exempts-everybody",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A policy has an exemption that everybody fits",
    why="The policy is in force and refuses nobody: every user, or every pod's token, is in the group that it exempts.",
    how="Any pod's service account is in system:serviceaccounts, and any user in system:authenticated.",
    fix="exempt single users, service accounts or a group of administrators",
    source="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects",
    question=_question,
)
