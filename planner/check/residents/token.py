"""Tokens of strong service accounts on every node."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.powers import account_powers
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.daemons:
        powers = account_powers(estate, template)
        if powers:
            who = f"ServiceAccount {'/'.join(template.account)}"
            yield template.sighting(f"puts the token of {who} on its nodes, which may {some(powers, 5)} in every namespace")


RULE = Rule(
    id="resident-token",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A DaemonSet puts the token of a strong service account on its nodes",
    why="Who takes over one node reads the token below /var/lib/kubelet/pods, and has these rights in the whole cluster.",
    how="From a pod of low trust to its node, to the agent's token, to secrets or pods of every ring.",
    fix="set automountServiceAccountToken: false, or move these rights to a Deployment on a trusted node",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#minimize-distribution-of-privileged-tokens",
    question=_question,
)
