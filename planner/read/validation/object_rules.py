"""Rules for single fields of objects, and the walk that finds the fields: tables say which rule goes where.

Source: apimachinery pkg/api/validation and pkg/util/validation, pkg/apis/apps/validation for numbers of pods and shares of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from planner.read.documents.field import Spot
from planner.read.values import name_syntax

Rule = Callable[[Spot, Any], None]
Table = Mapping[str, Rule]
"""Path -> rule; [] in a path stands for every item of a list. Fields that are left out, or null, are not looked at."""

_PERCENT = re.compile(r"[0-9]+%", re.ASCII)
_ADD = "write it"


def hold(spot: Spot, tree: Any, table: Table) -> None:
    """Hold an object against a table."""
    for path, rule in table.items():
        for field, value in _values_at(tree, path):
            rule(spot.at(field), value)


def below(path: str, table: Table) -> Table:
    """Return the table for what is found at the path."""
    return {f"{path}.{field}".rstrip("."): rule for field, rule in table.items()}


def within(tree: Any, path: str) -> Any:
    """Return what is at a path, None where it leads nowhere."""
    for step in path.split("."):
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _values_at(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    if path and "[]" not in path:
        value = within(tree, path)
        if value is not None:
            yield path, value
        return
    places = [("", tree)]
    for step in path.split(".") if path else ():
        name = step.removesuffix("[]")
        inner = ((f"{index}.{name}" if index else name, value.get(name)) for index, value in places if isinstance(value, dict))
        places = [(index, value) for index, value in inner if value is not None]
        if name != step:
            places = [
                (f"{index}[{n}]", item) for index, value in places if isinstance(value, list) for n, item in enumerate(value)
            ]
    yield from places


def between(least: int, most: int = 2**31 - 1) -> Rule:
    """Take whole numbers from `least` to `most`."""

    def check(spot: Spot, value: Any) -> None:
        number = whole(value)
        if number is None:
            spot.fault(f"must be a whole number, not {value!r}", "write a whole number")
        elif number < least:
            reason = f"{number} is negative" if least == 0 else f"{number} is less than {least}"
            spot.fault(reason, f"write {least} or more")
        elif number > most:
            spot.fault(f"{number} is more than {most}", f"write {most} or less")

    return check


def whole(value: Any) -> int | None:
    """Return a whole number as Kubernetes reads it (1.0 is one); None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == int(value) else None


def one_of(*choices: str) -> Rule:
    """Take these words; "" is among them where the API server has a default for it."""
    *words, last = filter(None, choices)
    fix = f"write {', '.join(words)} or {last}" if words else f"write {last}"

    def check(spot: Spot, value: Any) -> None:
        if value not in choices:
            spot.fault(f"{value!r} is not a choice", fix)

    return check


def needs(*fields: str) -> Rule:
    """Take what has something in each of these fields."""

    def check(spot: Spot, value: Any) -> None:
        for field in fields:
            if not isinstance(value, dict) or value.get(field) in (None, "", []):
                spot.at(field).fault("is missing", _ADD)

    return check


def share(spot: Spot, value: Any) -> None:
    """Take a number of pods, or a share of them up to 100%."""
    if is_amount(value):
        at_most_all(spot, value)
    else:
        spot.fault(f"{value!r} is no number of pods", "write 0 or more, or a share such as 25%")


def at_most_all(spot: Spot, value: Any) -> None:
    """Take what is no share of more than 100%."""
    if isinstance(value, str) and amount(value) > 100:
        spot.fault("is more than 100%", "write 100% or less")


def is_amount(value: Any) -> bool:
    """Say whether something is a number of pods or a share of them."""
    return _PERCENT.fullmatch(value) is not None if isinstance(value, str) else (whole(value) or 0) >= 0


def amount(value: Any) -> int:
    """Return the number in a number or a share; 0 for what is neither."""
    if isinstance(value, str):
        return int(value.removesuffix("%")) if is_amount(value) else 0
    return max(whole(value) or 0, 0)


def dns_name(spot: Spot, value: Any) -> None:
    """Take what objects are called."""
    if not name_syntax.is_dns_name(str(value)):
        spot.fault(f"{value!r} is no name", name_syntax.NAME)


def dns_label(spot: Spot, value: Any) -> None:
    """Take what namespaces are called."""
    if not name_syntax.is_dns_label(str(value)):
        spot.fault(f"{value!r} is no name", name_syntax.LABEL)


def empty_or(rule: Rule) -> Rule:
    """Take what is empty, and what the rule takes."""

    def check(spot: Spot, value: Any) -> None:
        if value:
            rule(spot, value)

    return check


def key(spot: Spot, value: Any) -> None:
    """Take keys of labels, and what is called as they are; capitals are allowed before the slash."""
    if not is_key(str(value)):
        spot.fault(f"{value!r} is no qualified name", name_syntax.KEY)


@lru_cache(maxsize=65536)
def is_key(text: str) -> bool:
    """Say whether something may be called so, capitals before the slash aside."""
    prefix, slash, name = text.rpartition("/")
    return name_syntax.is_label_key(f"{prefix.lower()}{slash}{name}")
