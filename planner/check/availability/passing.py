"""Pods that a node takes for some time only."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.dedicated import sets_apart
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Change, Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    permanent = {taint.key for node in estate.today for taint in node.taints if taint.effect == "NoExecute"}
    for template in estate.templates:
        for index, toleration in template.tolerations:
            is_set = sets_apart(toleration.key) or toleration.key in permanent - {""}
            if toleration.toleration_seconds is not None and is_set and toleration.effect in ("", "NoExecute"):
                message = f"tolerates taint {toleration.key} for {toleration.toleration_seconds} s: then its pods are deleted"
                path = f"tolerations[{index}].tolerationSeconds"
                yield template.sighting(message, path, changes=(Change(path, toleration.toleration_seconds),))


RULE = Rule(
    id="evicted-by-taint",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="A pod tolerates the taint of its pool for some time only",
    why="It is scheduled there, deleted after these seconds, and scheduled there again.",
    how="A toleration with tolerationSeconds for a taint that stays.",
    fix="remove tolerationSeconds from the toleration of a taint that stays",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#concepts",
    question=_question,
)
