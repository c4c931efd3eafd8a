"""A selector matches labels if all its pairs and expressions do.

Source: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector.
"""

import re
from collections.abc import Mapping

from models.kubernetes.labels import LabelSelector, Requirement

_INTEGER = re.compile(r"[+-]?[0-9]+")
_INT64 = 1 << 63


def matches(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Say whether the labels match; no selector matches nothing, an empty one everything."""
    if selector is None:
        return False
    return all(labels.get(key) == value for key, value in selector.match_labels.items()) and all(
        requirement_matches(requirement, labels) for requirement in selector.match_expressions
    )


def is_empty(selector: LabelSelector) -> bool:
    """Say whether the selector asks for nothing, and so matches everything."""
    return not selector.match_labels and not selector.match_expressions


def requirement_matches(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    """Say whether one expression is true of the labels; one that the API would refuse is true of none."""
    value, values = labels.get(requirement.key), requirement.values
    match requirement.operator:
        case "In":
            return value is not None and value in values
        case "NotIn":
            return bool(values) and (value is None or value not in values)
        case "Exists":
            return not values and value is not None
        case "DoesNotExist":
            return not values and value is None
        case "Gt" | "Lt":
            return _compares(requirement, value)
    return False


def _compares(requirement: Requirement, value: str | None) -> bool:
    label = _integer(value or "")
    limit = _integer(requirement.values[0]) if len(requirement.values) == 1 else None
    if label is None or limit is None:
        return False
    return label > limit if requirement.operator == "Gt" else label < limit


def _integer(text: str) -> int | None:
    """Read what Go's ParseInt reads as a 64-bit number: no spaces, no underscores, ASCII digits."""
    if not _INTEGER.fullmatch(text):
        return None
    # so many digits are no 64-bit number, and Python refuses to read some thousands of them
    number = int(text) if len(text) <= 40 else _INT64
    return number if -_INT64 <= number < _INT64 else None
