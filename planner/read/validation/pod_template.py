"""What API servers refuse in a pod template beside what bears on placement: its own fields, and how they go together.

Source: pkg/apis/core/validation/validation.go, ValidatePodTemplateSpec and what it calls, and ValidatePodCreate, as a template of
which no pod can be made is of no use. An image that is missing is no fault: what completes a manifest may write it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from planner.read.documents.document import Document
from planner.read.documents.field import Spot
from planner.read.validation import unknown_fields as fields
from planner.read.validation.containers import Found, Map, maps
from planner.read.validation.object_rules import hold
from planner.read.validation.pod_cross_fields import pod_faults
from planner.read.validation.pod_tables import FIELDS, REQUIRED, SINGLE
from planner.read.validation.pod_values import ALONE, Check, listed, text
from planner.read.validation.storage import CLAIM
from planner.read.values import names

_POD = "V1PodSpec"
_MOST = 65536
_Steps = tuple[Any, ...]
"""The way to a value, (steps to what it is in, key or position): a path is joined only where something is wrong."""


_Field = tuple[Check | None, set[str], "_Type | None"]
"""How to look at a field, the texts that were found to be sound where nothing else counts, and the type of what is below it."""


class _Type(NamedTuple):
    """What is known of the fields of a type of the API; of those that need no look nothing is."""

    fields: dict[str, "_Field"]
    required: tuple[str, ...]
    least: int
    single: Mapping[str, int]


def check_template(spot: Spot, document: Document, path: str, claimed: Collection[str | None], may_end: bool) -> None:
    """Refuse what validation does in the template at `path`, or in the pod itself, as it is written.

    `claimed` are the names of the volumes that its StatefulSet adds, `may_end` says whether it may have a deadline.
    """
    template: Any = document.tree()
    for step in filter(None, path.split(".")):
        template = template.get(step) or {}
    for where, reason, fix in _annotation_faults(template) if path else ():
        spot.at(f"{path}.metadata.annotations").key(where).fault(reason, fix)
    spec, here = template.get("spec"), spot.at(f"{path}.spec" if path else "spec")
    if isinstance(spec, dict):
        for where, reason, fix in (*_faults(spec, _kind(_POD)), *pod_faults(spec, claimed, may_end)):
            here.at(where).fault(reason, fix)
        _check_claims(here, [one for one in enumerate(maps(spec, "volumes")) if one[1].get("name") not in claimed])


def _check_claims(spot: Spot, volumes: Iterable[tuple[int, Map]]) -> None:
    """Refuse ephemeral volumes whose claims could not be made."""
    for at, volume in volumes:
        if volume.get("ephemeral") is None:
            continue
        template, there = volume["ephemeral"].get("volumeClaimTemplate"), spot.at(f"volumes[{at}].ephemeral.volumeClaimTemplate")
        if template is None:
            there.fault("is missing", "write what is to be claimed")
        else:
            hold(there.at("spec"), template.get("spec") or {}, CLAIM)


def _annotation_faults(template: Mapping[str, Any]) -> Iterator[Found]:
    found = (template.get("metadata") or {}).get("annotations")
    if not isinstance(found, dict):
        return
    for key, value in found.items():
        if not names.is_label_key(key.lower()):
            yield key, f"{key!r} is no key of an annotation", names.KEY
        elif not isinstance(value, str) and value is not None:
            yield key, f"must be a string, not {value!r}", "put it in quotes"


@cache
def _kind(name: str) -> _Type | None:
    """Join the tables of a type; None where nothing in it, or below, needs a look."""
    plain = name.removeprefix("V1")
    checks = FIELDS.get(plain, {})
    held = {key: fields.type_in(inner) for key, inner in fields.types()[name].items()}
    below = {key: _kind(inner) if inner else None for key, inner in held.items()}
    known: dict[str, _Field] = {key: (checks.get(key), set(), inner) for key, inner in below.items() if inner or key in checks}
    required, (least, single) = REQUIRED.get(plain, ()), SINGLE.get(plain, (0, ()))
    return _Type(known, required, least, {key: at for at, key in enumerate(single)}) if known or required or single else None


def _faults(spec: dict[str, Any], kind: _Type | None) -> list[Found]:
    found: list[Found] = []
    if kind:
        _walk((), spec, kind, found)
    return found


def _walk(steps: _Steps, value: dict[str, Any], kind: _Type, found: list[Found]) -> None:
    """Look at a map and at what is below it: few calls for each map, as most of what is read is sound."""
    fields, required, _, single = kind
    for key, item in value.items():
        if item is None or key not in fields:
            continue
        check, sound, inner = fields[key]
        if check is not None and not (type(item) is str and (check is text or item in sound)):
            _look(steps, key, item, check, sound, value, found)
        if inner is not None:
            _go_on((steps, key), item, inner, found)
    for key in required:
        if not value.get(key) and value.get(key) in _EMPTY:
            found.append((_join(steps, key), "is missing", f"write {key}, or leave out what needs it"))
    if single:
        _look_for_one(steps, value, kind, found)


def _go_on(steps: _Steps, item: Any, kind: _Type, found: list[Found]) -> None:
    if type(item) is dict:
        _walk(steps, item, kind, found)
    elif type(item) is list:
        for at, each in enumerate(item):
            if type(each) is dict:
                _walk((steps, at), each, kind, found)


_EMPTY: Sequence[Any] = (None, "", [])


def _join(steps: _Steps, last: str = "") -> str:
    path = last
    while steps:
        steps, step = steps
        shown = f"[{step}]" if isinstance(step, int) else step
        path = f"{shown}.{path}" if path and path[0] != "[" else shown + path
    return path


def _look(steps: _Steps, key: str, item: Any, check: Check, sound: set[str], beside: dict[str, Any], found: list[Found]) -> None:
    several = type(item) is list
    for at, each in enumerate(item) if several else ((0, item),):
        wrong = None if each is None else check(each, beside)
        if wrong is not None:
            where = wrong.at or (f"{key}[{at}]" if several else key)
            found.append((_join(steps, where), wrong.reason, wrong.fix))
        elif type(item) is str and check in ALONE and len(sound) < _MOST:
            sound.add(item)


def _look_for_one(steps: _Steps, value: dict[str, Any], kind: _Type, found: list[Found]) -> None:
    given = [key for key in value if key in kind.single and value[key] is not None]
    if len(given) > 1:
        first, *more = sorted(given, key=kind.single.__getitem__)
        found.extend((_join(steps, key), f"is given beside {first}", "keep one of the two") for key in more)
    elif len(given) < kind.least:
        found.append((_join(steps), "says none of what it may be", listed(tuple(kind.single))))
