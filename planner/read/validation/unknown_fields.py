"""Fields that no API server knows, or that hold what they cannot, are faults, as kubectl apply has them.

A misspelt one would be planned as if it were not there; a number where a string has to be is in no cluster ever. Known are the
fields of 1.34 to 1.37, type by type in fields.json, which tests/read/api_fields.py writes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec

from planner.read.documents.did_you_mean import nearest
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.remarks import remark
from planner.read.documents.syntax import type_errors
from planner.read.schema.known_kinds import SERVED, group_of

_POD = "V1PodSpec"
_STABLE = re.compile(r"(?:.+/)?(v[0-9]+)", re.ASCII)
_MADE_BY_MACHINES = ("CSINode", "CSIStorageCapacity", "Node", "Pod", "ResourceSlice")
"""Of these there are many, and nobody wrote them: what is new in them is not told one by one."""
_POSITION = re.compile(r"\[\d+\]")


def check(document: Document, notebook: Notebook) -> bool:
    """Note every field of an object that is unknown, or holds what is of the wrong type; say whether none is a fault.

    What an API server has stored is none, newer than ringfence or not: objects of a live cluster, and those exported from one,
    of which it is said what is not known. What is of the wrong type is mended, so that the rest of the document can be looked at.
    """
    root = _root(document)
    if not root or document.place is None or document.mended is not None or _goes_unsaid(document) or _fits(document, root):
        return True
    tree, spot = document.tree(), spot_of(document, notebook)
    unknown = list(_unknown_fields(spot, tree, root))
    if document.is_record:
        if unknown:
            _say(spot, document.kind, tree["metadata"], [spot.key(key).path for spot, key, *_ in unknown])
        return True
    of_pods = types()[_POD] if (group_of(document.api_version), document.kind) in SERVED else {}
    for index, (there, key, known, value) in enumerate(unknown):
        if notebook.faults.is_full:
            notebook.faults.more += len(unknown) - index
            break
        absent = [other for other in known if other not in value]
        near = "" if key in of_pods else nearest(key, absent)
        fix = "move it into the pod's spec" if key in of_pods else _advice(there, document.kind)
        there.key(key).fault("unknown field", f"did you mean {near!r}?" if near else fix)
        if near:
            # The field that is meant would be missed as well, and that is the same fault.
            document.stand_ins += (there.at(near).path,)
    misfits: list[str] = []
    before = len(notebook.faults) + notebook.faults.more
    mended = _mend(spot, tree, root, misfits)
    is_mended = len(notebook.faults) + notebook.faults.more > before
    if is_mended:
        document.stand_ins, document.mended = (*document.stand_ins, *misfits), mended
    return not unknown and not is_mended


def _say(spot: Spot, kind: str, metadata: dict[str, Any], paths: list[str]) -> None:
    names = (metadata.get("namespace"), metadata.get("name"))
    spot.state(
        "/".join([kind, *(name for name in names if isinstance(name, str))]), remark("unknown fields", fields=tuple(paths))
    )


def _advice(spot: Spot, kind: str) -> str:
    """Say what to do about a field that is like none of those known in its place."""
    place = _POSITION.sub("", f"{kind.lower()}.{spot.path}".rstrip("."))
    return f"remove it, or see kubectl explain {place}"


def _goes_unsaid(document: Document) -> bool:
    """Say whether a cluster has stored an object of a kind of which nothing is told: that is seen faster than whether it fits."""
    return document.kind in _MADE_BY_MACHINES and document.is_record


def _fits(document: Document, root: str) -> bool:
    """Say, as fast as msgspec reads, whether all fields are known, and of the right types; it may say no to some that are."""
    try:
        if isinstance(document.body, dict):
            msgspec.convert(document.body, _strict(root))
        else:
            _decoder(root).decode(document.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _unknown_fields(spot: Spot, value: Any, held: str) -> Iterator[tuple[Spot, str, dict[str, str], dict[str, Any]]]:
    """Yield of each unknown field where it is, how it is called, which are known there, and what the map has that it is in."""
    if held.startswith("[") and isinstance(value, list):
        for position, item in enumerate(value):
            yield from _unknown_fields(spot.at(f"[{position}]"), item, held[1:-1])
    elif held in types() and isinstance(value, dict):
        known = types()[held]
        for key, item in value.items():
            if key in known:
                yield from _unknown_fields(spot.at(key), item, known[key])
            else:
                yield spot, key, known, value


def _mend(spot: Spot, value: Any, held: str, misfits: list[str]) -> Any:
    """Copy a value with what fits in the place of all that is of the wrong type: these are faults, `misfits` gets their paths."""
    if value is None or not held:
        return value
    leaf = _LEAVES.get(held)
    wanted = leaf.named if leaf else ("array",) if held.startswith("[") else ("object",)
    if not (leaf.takes(value) if leaf else isinstance(value, list if held.startswith("[") else dict)):
        spot.fault(
            *(_too_wide(value, leaf.bits) if leaf and leaf.bits and _is_whole(value) else type_errors.said_of(wanted, value))
        )
        if not spot.notebook.faults.is_full:  # of more faults nobody asks whether they speak of a stand-in
            misfits.append(spot.path)
        return type_errors.STAND_INS.get(wanted[0], {})
    if leaf:
        return value
    if isinstance(value, list):
        return [_mend(spot.at(f"[{index}]"), item, held[1:-1], misfits) for index, item in enumerate(value)]
    known, every = types().get(held, {}), held[1:-1] if held.startswith("{") else ""
    return {key: _mend(spot.key(key), item, known.get(key, every), misfits) for key, item in value.items()}


def _too_wide(value: float, bits: int) -> tuple[str, str]:
    most = 2 ** (bits - 1)
    beyond = f"less than {-most}" if value < 0 else f"more than {most - 1}"
    digits = str(int(value))
    return f"{digits if len(digits) <= 40 else digits[:37] + '...'} is {beyond}", f"write a number of {bits} bits"


def _is_whole(value: Any) -> bool:
    """Say whether a value is a whole number; a float without a fraction is one, as where YAML becomes JSON."""
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What has no fields: how msgspec calls it and reads it, what is taken where that refuses a value; a number has bits."""

    named: tuple[str, ...]
    kind: Any
    takes: Callable[[Any], bool]
    bits: int = 0


def _whole(bits: int) -> _Leaf:
    most = 2 ** (bits - 1)
    kind = Annotated[int, msgspec.Meta(ge=-most, le=most - 1)]
    return _Leaf(("int",), kind, lambda value: _is_whole(value) and -most <= value < most, bits)


_LEAVES = {
    "str": _Leaf(("str",), str, lambda value: isinstance(value, str)),
    "bool": _Leaf(("bool",), bool, lambda value: isinstance(value, bool)),
    "int": _whole(32),
    "long": _whole(64),
    "either": _Leaf(
        ("str", "int"), str | int | float, lambda value: isinstance(value, str | int | float) and not isinstance(value, bool)
    ),
}


def _root(document: Document) -> str:
    """Return the type of an object; nothing where its version is not stable, and so not known."""
    version = _STABLE.fullmatch(document.api_version)
    name = f"{version[1].capitalize()}{document.kind}" if version else ""
    return name if name in types() else ""


@cache
def types() -> dict[str, dict[str, str]]:
    """Read the fields of each type, with what each holds.

    That is the name of a type with fields of its own, str, bool, int (of 32 bits), long (of 64), either (a number or a string),
    {} for a map and {str} for one of strings, any of these in [] for a list of it, or nothing for what may be anything.
    """
    content = Path(__file__).with_name("fields.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, dict[str, str]])


def type_in(held: str) -> str:
    """Return the type with fields of its own that a field holds, or a list of; nothing where there is none."""
    name = held.strip("[]")
    return name if name in types() else ""


@cache
def _strict(name: str) -> Any:
    """Make a Struct that takes the fields of a type and no others, of the right types."""
    known = types()[name]
    # Some fields are called like Python's keywords (from, continue).
    names = {f"f{index}": key for index, key in enumerate(known)}
    kinds = [(own, _as_msgspec_type(known[key]), None) for own, key in names.items()]
    return msgspec.defstruct(name, kinds, rename=names, forbid_unknown_fields=True, gc=False)


def _as_msgspec_type(held: str) -> Any:
    """Return what msgspec takes for what a field holds; null is as good as nothing everywhere."""
    if not held:
        return Any
    many, mapped = cast("Any", list), cast("Any", dict)
    if held.startswith("["):
        return many[_as_msgspec_type(held[1:-1])] | None
    if held.startswith("{"):
        return mapped[str, _as_msgspec_type(held[1:-1])] | None
    return (_strict(held) if held in types() else _LEAVES[held].kind) | None


@cache
def _decoder(name: str) -> Any:
    return msgspec.json.Decoder(_strict(name))
