"""Tolerations with operators that are off by default."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        for index, toleration in template.tolerations:
            if toleration.operator in ("Gt", "Lt"):
                message = f"tolerates taint {toleration.key} by operator {toleration.operator}"
                yield template.sighting(message, f"tolerations[{index}].operator")


RULE = Rule(
    id="toleration-compares",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A toleration compares numbers",
    why="Gt and Lt work behind a feature gate that is off by default, and policies that compare key and value overlook them.",
    how="With the gate on, a toleration `Lt 1000` passes every ring whose taint has a smaller number as its value.",
    fix="write operator Equal with the value that is meant",
    source="https://github.com/kubernetes/enhancements/tree/master/keps/sig-scheduling/5471-enable-sla-based-scheduling",
    question=_question,
)
