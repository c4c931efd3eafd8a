"""Node objects in Git."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import pairs


def _question(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("", "Node"):
        if (
            not item.document.is_inventory
            and not item.is_stored
            and (item.get("spec", "taints") or pairs(item.tree, "metadata", "labels"))
        ):
            yield item.sighting("is a Node in a manifest: its labels and taints end with the machine")


RULE = Rule(
    id="node-in-manifests",
    breaks=OUTPUT,
    severity=WARNING,
    sentence="Labels and taints are written on Node objects in Git",
    why="The provider owns nodes: it makes new ones without them, and some undo them. A sync may even remove what others set.",
    how="The next upgrade or repair replaces the machine, and the pool stands open.",
    fix="write label and taint into the pool: NodePool, node group, machine deployment or Terraform",
    source="https://learn.microsoft.com/azure/aks/use-node-taints",
    question=_question,
)
