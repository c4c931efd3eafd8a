"""Kueue flavors that share nodes."""

from collections.abc import Iterator
from itertools import combinations

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import pairs


def _question(estate: Estate) -> Iterator[Sighting]:
    flavors = [(item, pairs(item.tree, "spec", "nodeLabels")) for item in estate.of_kind("kueue.x-k8s.io", "ResourceFlavor")]
    for (first, mine), (second, theirs) in combinations(flavors, 2):
        both = {**mine, **theirs}
        agree = all(mine.get(key, value) == value for key, value in theirs.items())
        shared = [node.name for node in estate.today if both.items() <= dict(node.labels).items()] if agree else []
        if shared or (agree and not estate.today and (mine.items() <= theirs.items() or theirs.items() <= mine.items())):
            where = f"node {shared[0]}" if shared else "nodes"
            yield second.sighting(
                f"shares {where} with ResourceFlavor/{first.name}: their room is counted twice", "spec.nodeLabels"
            )


RULE = Rule(
    id="flavors-share-nodes",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="Two Kueue flavors are of the same nodes",
    why="Kueue counts the room of such a node for both: it admits more than fits, and pods of two queues meet there.",
    how="A flavor without nodeLabels, or with fewer of them than another.",
    fix="give each flavor a label that no other has, one for each ring",
    source="https://github.com/kubernetes-sigs/kueue/issues/10659",
    question=_question,
)
