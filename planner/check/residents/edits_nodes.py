"""Agents that may change the nodes they run on, and all others."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.powers import edits_nodes
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.daemons:
        if edits_nodes(estate, template):
            who = f"ServiceAccount {'/'.join(template.account)}"
            yield template.sighting(f"{who} may change every node: labels, taints and cordons of all rings")


RULE = Rule(
    id="resident-edits-nodes",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A DaemonSet may change every node",
    why="An agent that removes a taint on its own node may remove it everywhere: RBAC knows no rights on one's own node alone.",
    how="Its token, read on a node of low trust, takes the taint off a trusted node, or puts the ring's label on this one.",
    fix="let the kubelet or the pool's API set taints; take the right to patch nodes from the agent",
    source="https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
    question=_question,
)
