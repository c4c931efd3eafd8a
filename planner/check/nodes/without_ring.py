"""Nodes outside every ring, where there are rings."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.dedicated import is_hard
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.rules.ring_membership import is_excluded

_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


def _question(estate: Estate) -> Iterator[Sighting]:
    policy = estate.policy
    if policy is None or estate.plan or not any(policy.nodes.label_key in node.labels for node in estate.today):
        return
    for node in estate.today:
        is_left_alone = is_excluded(node, policy.nodes) or any(label in node.labels for label in _CONTROL_PLANE)
        is_shut = any(is_hard(taint) for taint in node.taints) or node.unschedulable
        if policy.nodes.label_key not in node.labels and not is_left_alone and not is_shut:
            yield Sighting(f"Node/{node.name}", "is in no ring, and takes every pod: levels may mix on it", node.where)


RULE = Rule(
    id="node-without-ring",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A node is in no ring",
    why="It has no taint: pods of every level that select no ring may meet on it.",
    how="A pool that grew after the plan, or that somebody added by hand.",
    fix="plan again with this node, or name it under nodes.exclude of the policy",
    source="docs/concepts.md",
    question=_question,
)
