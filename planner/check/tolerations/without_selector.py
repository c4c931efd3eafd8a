"""A pod that is let into a pool, and not kept in it."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.dedicated import is_pool_label, sets_apart
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        if template.is_daemon or template.runs or template.spec.get("nodeName"):
            continue
        if any(map(is_pool_label, template.required_keys | template.preferred_keys)) or _names_nodes(template):
            continue
        for index, toleration in template.tolerations:
            if sets_apart(toleration.key) and toleration.effect in ("", "NoSchedule"):
                message = f"tolerates taint {toleration.key}, and no selector or required affinity leads it to those nodes"
                yield template.sighting(message, f"tolerations[{index}]")
                break


def _names_nodes(template: Template) -> bool:
    return "kubernetes.io/hostname" in template.required_keys


RULE = Rule(
    id="toleration-without-selector",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A pod tolerates a pool's taint and does not select the pool",
    why="A toleration opens a door and leads nobody through it: the pod may still land on a shared node beside strangers.",
    how="Pods of a trusted team stand on common nodes, where anybody can break into them.",
    fix="add a nodeSelector, or required node affinity, for the label of the pool",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#example-use-cases",
    question=_question,
)
