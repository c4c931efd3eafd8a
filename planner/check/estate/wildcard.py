"""Tolerations that let a pod into rings that are not named in them."""

from functools import lru_cache

from models.kubernetes.labels import Toleration
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template

_CHART, _MANAGER = "helm.sh/chart", "app.kubernetes.io/managed-by"


def wildcard(template: Template, estate: Estate) -> tuple[str, str] | None:
    """Return the path of a toleration that lets the pod into every ring, and what it is; None where there is none."""
    for index, toleration in template.tolerations:
        if toleration.operator != "Exists" or toleration.effect not in ("", "NoSchedule"):
            continue
        if not toleration.key:
            return f"tolerations[{index}]", "tolerates every taint: operator Exists without a key"
        if _has_several_values(toleration, estate):
            return f"tolerations[{index}]", f"tolerates taint {toleration.key} whatever its value, and there are several"
    return None


def wildcards(template: Template, estate: Estate) -> list[int]:
    """Return the numbers of all tolerations that let the pod into rings which they do not name."""
    return [
        index
        for index, toleration in template.tolerations
        if toleration.operator == "Exists" and (not toleration.key or _has_several_values(toleration, estate))
    ]


def _has_several_values(toleration: Toleration, estate: Estate) -> bool:
    """Say whether the key sets nodes apart for several: it is that of the policy, or is seen with more than one value."""
    if estate.policy and toleration.key == estate.policy.nodes.taint_key:
        return True
    return len(_values(estate).get(toleration.key, ())) > 1


@lru_cache(maxsize=1)
def _values(estate: Estate) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for node in estate.today:
        for taint in node.taints:
            values.setdefault(taint.key, set()).add(taint.value)
    for template in estate.templates:
        for _, toleration in template.tolerations:
            if toleration.operator in ("", "Equal") and toleration.value:
                values.setdefault(toleration.key, set()).add(toleration.value)
    return values


def is_of_a_chart(template: Template) -> bool:
    """Say whether a Helm chart wrote the object."""
    labels = {**template.labels, **template.item.labels}
    return _CHART in labels or labels.get(_MANAGER) == "Helm"
