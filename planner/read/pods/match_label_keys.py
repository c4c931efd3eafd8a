"""Keys of labels whose values a selector takes from the pod itself: merged into it, and refused, as the API server does.

Source: pkg/registry/core/pod/strategy.go applyMatchLabelKeysAndMismatchLabelKeys and applyMatchLabelKeys,
pkg/apis/core/validation/validation.go ValidateMatchLabelKeysAndMismatchLabelKeys.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.kubernetes.labels import LabelSelector, Requirement
from planner.read.documents.field import Spot
from planner.read.pods.origin import Origin
from planner.read.values import name_syntax

_MATCH, _MISMATCH = "matchLabelKeys", "mismatchLabelKeys"


def merge_keys(
    spot: Spot, selector: LabelSelector | None, same: Sequence[str], other: Sequence[str], origin: Origin
) -> LabelSelector | None:
    """AND `key In (value of the pod's own label)` or NotIn for each key that the pod has; pods that live have it already."""
    _check(spot.at(_MATCH), same, selector)
    _check(spot.at(_MISMATCH), other, selector)
    for index, key in enumerate(same):
        if key in other:
            spot.at(f"{_MATCH}[{index}]").fault(f"{key} is also in {_MISMATCH}", "keep it in one of the two")
    if selector is None:
        return None
    added = [*_requirements(same, "In", origin), *_requirements(other, "NotIn", origin)]
    # Of a pod that lives the API server has merged the keys, so each of them stands in its selector, too.
    if not origin.is_live:
        _check_twice(spot.at(_MATCH), same, other, selector, added)
    new = tuple(requirement for requirement in added if requirement not in selector.match_expressions)
    return replace(selector, match_expressions=(*selector.match_expressions, *new)) if new else selector


def _check(spot: Spot, keys: Sequence[str], selector: LabelSelector | None) -> None:
    if keys and selector is None:
        spot.fault("is given without a labelSelector", "add a labelSelector, or leave the keys out")
        return
    for index, key in enumerate(keys):
        if not name_syntax.is_label_key(key):
            spot.at(f"[{index}]").fault(f"{key!r} is no label key", name_syntax.KEY)


def _requirements(keys: Iterable[str], operator: str, origin: Origin) -> list[Requirement]:
    return [Requirement(key, operator, (origin.labels[key],)) for key in keys if key in origin.labels]


def _check_twice(
    spot: Spot, same: Sequence[str], other: Sequence[str], selector: LabelSelector, added: Sequence[Requirement]
) -> None:
    """Refuse a key that the selector has, too: in an expression after what names it, which that of the pod's own label is."""
    seen = set(selector.match_labels)
    for requirement in (*selector.match_expressions, *added):
        key = requirement.key
        if key in seen and key in same and key not in other:
            index = len(same) - 1 - [*reversed(same)].index(key)
            spot.at(f"[{index}]").fault(f"{key} is also in the labelSelector, or here twice", "keep it in one of the two, once")
        seen.add(key)
