"""Karpenter pools whose nodes have other taints than they say."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.dedicated import is_hard, sets_apart
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import entries, text
from planner.words import some

_POOL = "karpenter.sh/nodepool"


def _question(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("karpenter.sh", "NodePool"):
        said = {
            (text(taint, "key"), text(taint, "value"), text(taint, "effect"))
            for taint in entries(item.tree, "spec", "template", "spec", "taints")
        }
        nodes = [node for node in estate.today if node.labels.get(_POOL) == item.name]
        other = [
            node.name
            for node in nodes
            if {(taint.key, taint.value, taint.effect) for taint in node.taints if is_hard(taint) and sets_apart(taint.key)}
            != said
        ]
        if other:
            message = f"{some(other)} have other taints than it says: Karpenter replaces these nodes, all of them"
            yield item.sighting(message, "spec.template.spec.taints")


RULE = Rule(
    id="nodepool-drifts",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="The nodes of a NodePool have other taints than it says",
    why="A changed taint is drift: Karpenter replaces every node of the pool, as fast as its budgets let it.",
    how="A taint that is added to a pool in use drains the pool.",
    fix="make a new NodePool with the taint and let the old one run empty, or set disruption budgets first",
    source="https://karpenter.sh/docs/concepts/disruption/#drift",
    question=_question,
)
