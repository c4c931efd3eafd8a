"""What the API server's validation refuses in LimitRanges.

Source: pkg/apis/core/validation/validation.go ValidateLimitRange. What is left out and has a default contradicts nothing: the
default is one of the others.
"""

from collections.abc import Mapping
from typing import Any

from planner.read.documents.field import Spot
from planner.read.validation.object_rules import Table, within
from planner.read.values import name_syntax, quantity
from planner.read.values.resource_amounts import HUGE_PAGES, check_name, is_extended

_CONTAINER, _POD, _CLAIM = "Container", "Pod", "PersistentVolumeClaim"
_ORDER = (
    ("min", "max", "min"),
    ("min", "defaultRequest", "defaultRequest"),
    ("min", "default", "default"),
    ("defaultRequest", "default", "defaultRequest"),
    ("defaultRequest", "max", "defaultRequest"),
    ("default", "max", "default"),
)
"""Of the first there may not be more than of the second; which of the two is called wrong."""


def _check_limits(spot: Spot, given: Any) -> None:
    """Refuse two entries of a LimitRange for the same things."""
    seen: set[str] = set()
    for index, item in enumerate(within(given, "limits") or ()):
        kind = str(within(item, "type") or "")
        if kind in seen:
            spot.at(f"limits[{index}].type").fault(f"a second entry for {kind}", "make the two one")
        seen.add(kind)


def _check_limit(spot: Spot, item: Any) -> None:
    """Refuse one entry of a LimitRange that names what there is not, or contradicts itself."""
    kind = str(within(item, "type") or "")
    if kind not in (_CONTAINER, _POD, _CLAIM) and not ("/" in kind and name_syntax.is_label_key(kind)):
        spot.at("type").fault(f"{kind!r} is not a choice", f"write {_CONTAINER}, {_POD} or {_CLAIM}")
    given = {field: _quantities(within(item, field)) for field in ("min", "max", "default", "defaultRequest")}
    ratios = _quantities(within(item, "maxLimitRequestRatio"))
    for field, amounts in {**given, "maxLimitRequestRatio": ratios}.items():
        for name in amounts if kind in (_CONTAINER, _POD) else ():
            check_name(spot.at(field).key(name), name)
    if kind == _CLAIM and "storage" not in {*given["min"], *given["max"]}:
        spot.at("limits").fault("there is neither a least nor a most of storage", "write min.storage or max.storage")
    if kind == _POD:
        for field in ("default", "defaultRequest"):
            if given.pop(field):
                spot.at(field).fault(f"is not allowed where type is {_POD}", "leave it out, or give it to containers")
    _check_order(spot, given)
    _check_ratios(spot.at("maxLimitRequestRatio"), ratios, given)


def _check_order(spot: Spot, given: Mapping[str, Mapping[str, int]]) -> None:
    for less, more, wrong in _ORDER:
        low, high = given.get(less, {}), given.get(more, {})
        for name in low.keys() & high.keys():
            if low[name] > high[name]:
                spot.at(wrong).key(name).fault(f"{less} is more than {more}", "make it the other way round")
    defaults = {**given["max"], **given.get("default", {})}
    for name, amount in given.get("defaultRequest", {}).items():
        is_fixed = is_extended(name) or name.startswith(HUGE_PAGES)
        if is_fixed and amount < defaults.get(name, amount):
            spot.at("defaultRequest").key(name).fault(f"must equal default: {name} cannot be overcommitted", "write the same")


def _check_ratios(spot: Spot, ratios: Mapping[str, int], given: Mapping[str, Mapping[str, int]]) -> None:
    for name, ratio in ratios.items():
        low, high = given["min"].get(name), given["max"].get(name)
        if ratio < quantity.NANO:
            spot.key(name).fault("is less than 1", "a limit is never less than the request: write 1 or more")
        # Multiplied across, as a quotient would be rounded.
        elif low and high is not None and ratio * low > high * quantity.NANO:
            spot.key(name).fault("is more than max / min", "write less, or leave it out")


def _quantities(given: Any) -> dict[str, int]:
    """Return amounts exactly; those that are none were noted before."""
    amounts = {}
    for name, value in (given or {}).items():
        try:
            amounts[name] = quantity.parse(value)
        except quantity.NotAQuantity:
            continue
    return amounts


LIMITS: Table = {"spec": _check_limits, "spec.limits[]": _check_limit}
