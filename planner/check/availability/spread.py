"""Spread constraints that count nodes which their pods may not enter."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.dedicated import is_hard, is_pool_label, sets_apart
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Change, Sighting
from planner.read.documents.tree import numbered, text


def _question(estate: Estate) -> Iterator[Sighting]:
    has_rings = any(is_hard(taint) and sets_apart(taint.key) for node in estate.today for taint in node.taints)
    for template in estate.templates:
        tolerates = any(sets_apart(toleration.key) for _, toleration in template.tolerations)
        selects = any(map(is_pool_label, template.required_keys))
        for index, constraint in numbered(template.spec, "topologySpreadConstraints"):
            is_hard_one = text(constraint, "whenUnsatisfiable") in ("", "DoNotSchedule")
            counts = text(constraint, "nodeTaintsPolicy") != "Honor"
            is_led = selects and text(constraint, "nodeAffinityPolicy") != "Ignore"
            if is_hard_one and counts and not is_led and (has_rings or tolerates):
                message = f"spreads over {text(constraint, 'topologyKey')} and counts nodes whose taints keep it off"
                path = f"topologySpreadConstraints[{index}]"
                honor = Change(f"{path}.nodeTaintsPolicy", constraint.get("nodeTaintsPolicy"), "Honor")
                yield template.sighting(message, path, changes=(honor,))


RULE = Rule(
    id="spread-counts-tainted",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="A spread constraint counts nodes that its pods may not enter",
    why="An empty node of another ring counts as the emptiest place: pods that may not go there stay pending.",
    how="A new ring is tainted, and the next rollout of a spread Deployment hangs.",
    fix="set nodeTaintsPolicy: Honor, or require the pool by selector or affinity",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    question=_question,
)
