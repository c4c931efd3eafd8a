"""Node objects in Git."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import pairs

_ID = "node-in-manifests"
_ACCEPTED = f"accept.ringfence.dev/{_ID}"
_ONE = "is a Node in a manifest: its labels and taints end with the machine"
_MANY = "is the first of {:,} Nodes in manifests of one file: their labels and taints end with the machines"


def _question(estate: Estate) -> Iterator[Sighting]:
    files: dict[object, list[Item]] = {}
    for item in estate.of_kind("", "Node"):
        if (
            not item.document.is_inventory
            and not item.is_stored
            and (item.get("spec", "taints") or pairs(item.tree, "metadata", "labels"))
        ):
            # What somebody accepts is his own: nobody else's node may be hidden behind it.
            files.setdefault((item.where().file, item.subject if item.annotations.get(_ACCEPTED) else ""), []).append(item)
    for items in files.values():
        yield items[0].sighting(_ONE if len(items) == 1 else _MANY.format(len(items)))


RULE = Rule(
    id=_ID,
    breaks=OUTPUT,
    severity=WARNING,
    sentence="Labels and taints are written on Node objects in Git",
    why="The provider owns nodes: it makes new ones without them, and some undo them. A sync may even remove what others set.",
    how="The next upgrade or repair replaces the machine, and the pool stands open.",
    fix="write label and taint into the pool (NodePool, node group, Terraform); if this is an export, give it with --nodes",
    source="https://learn.microsoft.com/azure/aks/use-node-taints",
    question=_question,
)
