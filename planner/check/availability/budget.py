"""Budgets that let no pod go."""

from collections.abc import Iterator, Mapping

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.estate.template import Template
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import pairs, text


def _question(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("policy", "PodDisruptionBudget"):
        matched = [template for template in estate.templates if _is_protected(template, item) and not template.is_daemon]
        pods = sum(_replicas(template, estate) for template in matched)
        if matched and _allowed(item.spec(), pods) <= 0:
            yield item.sighting(f"allows none of its {pods} pods to be evicted: a drain of their nodes does not end", "spec")


def _is_protected(template: Template, budget: Item) -> bool:
    wanted = pairs(budget.tree, "spec", "selector", "matchLabels")
    has_more = bool(budget.spec("selector").get("matchExpressions"))
    return template.namespace == budget.namespace and bool(wanted) and not has_more and wanted.items() <= template.labels.items()


def _replicas(template: Template, estate: Estate) -> int:
    """Count the pods that its controller keeps at least: what an autoscaler says comes before what is written."""
    for scaler in estate.of_kind("autoscaling", "HorizontalPodAutoscaler"):
        target = scaler.spec("scaleTargetRef")
        named = text(target, "kind"), scaler.namespace, text(target, "name")
        if named == (template.item.kind, template.namespace, template.item.name):
            least = scaler.spec().get("minReplicas", 1)
            return least if isinstance(least, int) else 1
    replicas = template.item.spec().get("replicas")
    return replicas if isinstance(replicas, int) else 1


def _allowed(spec: Mapping[str, object], pods: int) -> int:
    """Count the pods that may go: percentages are rounded up, as the disruption controller does it."""
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if most is not None:
        return _amount(most, pods)
    return pods - _amount(1 if least is None else least, pods) if pods else 1


def _amount(value: object, pods: int) -> int:
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return -(-int(value[:-1]) * pods // 100)
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value if isinstance(value, int) else 0


RULE = Rule(
    id="drain-blocked",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="A budget lets no pod go",
    why="A drain waits for ever, so its nodes cannot change their ring.",
    how="One replica and minAvailable: 1, or maxUnavailable: 0.",
    fix="run one more replica, or allow one pod to be unavailable",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    question=_question,
)
