"""Custom resources whose operators make pods that no template shows."""

from collections.abc import Iterator

from models.answer.finding import INFO
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.schema.known_kinds import HIDES, MAY_HIDE


def _question(estate: Estate) -> Iterator[Sighting]:
    shown = {template.item.subject for template in estate.templates}
    for item in estate.items:
        if HIDES.get((item.group, item.kind)) == MAY_HIDE and item.subject not in shown:
            yield item.sighting("makes pods that no template here shows: its operator writes them")


RULE = Rule(
    id="hides-pods",
    breaks=SECURITY,
    severity=INFO,
    sentence="A custom resource makes pods that no template shows",
    why="Neither patches of templates nor this check reach them: what their operator writes decides where they run.",
    how="The operator sets tolerations or a service account of its own.",
    fix="name the path of its pod template in the policy, add what its operator makes, and guard pods by an admission policy",
    source="https://kubernetes.io/docs/concepts/extend-kubernetes/operator/",
    question=_question,
)
