"""What a field of a pod may hold: a word of a few, a number in a range, a name, a path; and what to write else."""

import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from planner.read.values import names
from planner.read.values.quantity import NotAQuantity, parse


class Wrong(NamedTuple):
    """What is wrong with a value, and what to do; `at` names a field beside or below it that is to blame instead."""

    reason: str
    fix: str
    at: str = ""


Check = Callable[[Any, Mapping[str, Any]], Wrong | None]
"""Looks at a value, and at the map that has it: an empty text counts as absent unless it says otherwise."""

ALONE: set[Check] = set()
"""The checks that look at nothing but the value."""


def _alone(check: Check) -> Check:
    ALONE.add(check)
    return check


LAST = 2**31 - 1
_PORT = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_SYSCTL = re.compile(r"(?=.{1,253}$)([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
_PART = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SEARCH = re.compile(rf"(?=.{{1,254}}$){_PART}(\.{_PART})*\.?|\.")
_SUBSCRIPT = re.compile(r"(metadata\.(?:labels|annotations))\['(.*)'\]", re.DOTALL)


def listed(words: tuple[str, ...]) -> str:
    """Offer words: "write A, B or C"."""
    return f"write {' or '.join(filter(None, (', '.join(words[:-1]), words[-1])))}"


def one_of(*words: str, empty: bool = False) -> Check:
    """Take one of these words; `empty` says that an empty text counts as absent."""

    @_alone
    def check(value: Any, _: Mapping[str, Any]) -> Wrong | None:
        if value in words or (empty and value == ""):
            return None
        return Wrong(f"{value!r} is not a choice", listed(words))

    return check


def between(least: int, most: int = LAST, shown: str = "") -> Check:
    """Take whole numbers of a range."""

    @_alone
    def check(value: Any, _: Mapping[str, Any]) -> Wrong | None:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return None
        if isinstance(value, float) and value.is_integer() and least <= value <= most:
            return None
        over = "or more" if most in (LAST, math.inf) else f"to {most}"
        return Wrong(f"{value!r} is not allowed here", f"write a whole number, {shown or f'{least} {over}'}")

    return check


def like(is_sound: Callable[[str], object], what: str, fix: str) -> Check:
    """Take texts of a form."""

    @_alone
    def check(value: Any, _: Mapping[str, Any]) -> Wrong | None:
        if not isinstance(value, str):
            return text(value, _)
        return None if not value or is_sound(value) else Wrong(f"{value!r} is no {what}", fix)

    return check


def text(value: Any, _: Mapping[str, Any]) -> Wrong | None:
    """Take any text."""
    return None if isinstance(value, str) else Wrong(f"must be a string, not {value!r}", "put it in quotes")


def _is_address(value: str) -> bool:
    """Say whether it is an IP address; the API server lets numbers begin with 0."""
    plain = re.sub(r"(^|[.:])0+(?=[0-9])", r"\1", value)
    try:
        return "%" not in value and bool(ipaddress.ip_address(plain))
    except ValueError:
        return False


def _has_no_steps_back(path: str) -> bool:
    return ".." not in path.split("/")


def is_inside(path: str) -> bool:
    """Say whether a path leads from a folder to what is in it."""
    return not path.startswith("/") and _has_no_steps_back(path)


label = like(names.is_dns_label, "name", names.LABEL)
name = like(names.is_dns_name, "name", names.NAME)
key = like(names.is_label_key, "name", names.KEY)
port_name = like(
    _PORT.fullmatch, "name of a port", "write at most 15 lower-case letters, digits and single '-', one letter at least"
)
variable = like(lambda name: name.isascii() and name.isprintable() and "=" not in name, "name", "write ASCII without '='")
address = like(_is_address, "IP address", "write one such as 10.9.8.7")
search = like(_SEARCH.fullmatch, "domain", names.NAME)
sysctl = like(_SYSCTL.fullmatch, "name of a sysctl", "write one such as net.core.somaxconn")
header = like(re.compile(r"[-A-Za-z0-9]+").fullmatch, "name of a header", "write letters, digits and '-'")
file_key = like(
    lambda key: re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key) and key != "." and not key.startswith(".."),
    "key",
    "write letters, digits, '-', '_' and '.'",
)
absolute = like(lambda path: path.startswith("/"), "path from the root", "start it with /")
straight = like(_has_no_steps_back, "path without '..'", "write it without '..'")
inside = like(is_inside, "path within the volume", "write it without / at its start and without '..'")
file_inside = like(
    lambda path: is_inside(path) and not path.startswith(".."),
    "path within the volume",
    "write it without / or '..' at its start",
)
trimmed = like(lambda image: image == image.strip(), "image", "remove the blanks at its ends")


_number = between(1, 65535)
_profile = one_of("Localhost", "RuntimeDefault", "Unconfined", empty=True)


@_alone
def port(value: Any, beside: Mapping[str, Any]) -> Wrong | None:
    """Take the number or the name of a port."""
    return port_name(value or "-", beside) if isinstance(value, str) else _number(value, beside)


def not_negative(value: Any, _: Mapping[str, Any]) -> Wrong | None:
    """Take amounts of 0 and more."""
    try:
        return Wrong(f"{value} is negative", "write 0 or more") if parse(value) < 0 else None
    except NotAQuantity as bad:
        return Wrong(bad.reason, bad.fix)


def pod_field(*fields: str) -> Check:
    """Take references to these fields of a pod, or to one of its labels and annotations."""

    def check(value: Any, _: Mapping[str, Any]) -> Wrong | None:
        path = value.get("fieldPath") if isinstance(value, Mapping) else None
        if not isinstance(path, str) or not path or path in fields:
            return None
        found = _SUBSCRIPT.fullmatch(path)
        if found and names.is_label_key(found[2] if found[1].endswith("labels") else found[2].lower()):
            return None
        return Wrong(
            f"{path!r} is no field that can be had here", "see kubectl explain pod, or name another", "fieldRef.fieldPath"
        )

    return check


def for_localhost(value: Any, beside: Mapping[str, Any]) -> Wrong | None:
    """Take the types of a profile, and a path of it where it is the node's own."""
    wrong = _profile(value, beside)
    has_path = beside.get("localhostProfile") is not None
    if wrong is None and value and (value == "Localhost") is not has_path:
        reason = "goes with type: Localhost only" if has_path else "is missing, as type is Localhost"
        return Wrong(reason, "write both, or neither", "localhostProfile")
    return wrong
