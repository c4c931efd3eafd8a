"""Fields that no API server knows are faults, as kubectl apply has them: a misspelt one would be planned as if it were not there.

Known are the fields of 1.34 to 1.37, type by type in fields.json, which tests/read/api_fields.py writes.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from planner.read.document import Document
from planner.read.maker import DEFAULT_NAMESPACE
from planner.read.spelling import nearest
from planner.read.spot import Notebook, Spot, spot_of
from planner.words import some

_POD = "V1PodSpec"
_POSITION = re.compile(r"\[\d+\]")


def check(document: Document, notebook: Notebook) -> bool:
    """Note every unknown field of an object that makes pods, and say whether none is a fault.

    What an API server stores is none, newer than ringfence or not: objects of a live cluster, and those exported from one, of
    which it is said what is not known. Pods are copies of what their owners say.
    """
    if document.place is None or document.mended is not None or _fits(document):
        return True
    tree = document.tree()
    unknown = list(_unknown(spot_of(document, notebook), tree, _root(document)))
    if isinstance(tree.get("metadata"), dict) and "uid" in tree["metadata"]:
        if unknown and document.kind != "Pod":
            _say(spot_of(document, notebook), document.kind, tree["metadata"], [spot.key(key).path for spot, key, _ in unknown])
        return True
    for spot, key, absent in unknown:
        near = "" if key in types()[_POD] else nearest(key, absent)
        spot.key(key).fault("unknown field", f"did you mean {near!r}?" if near else _advice(spot, key, document.kind))
        if near:
            document.stand_ins += (spot.at(near).path,)
    return not unknown


def _say(spot: Spot, kind: str, metadata: dict[str, Any], paths: list[str]) -> None:
    message = f"{some(paths)}: fields that are not known here, of a newer API server or misspelt, are not modelled"
    spot.state(f"{kind}/{metadata.get('namespace', DEFAULT_NAMESPACE)}/{metadata.get('name', '')}", message)


def _advice(spot: Spot, key: str, kind: str) -> str:
    """Say what to do about a field that is like none of those known in its place."""
    if key in types()[_POD]:
        return "move it into the pod's spec"
    place = _POSITION.sub("", f"{kind.lower()}.{spot.path}".rstrip("."))
    return f"remove it, or see kubectl explain {place}"


def _fits(document: Document) -> bool:
    """Say, as fast as msgspec reads, whether all fields are known; where something is no map or list it may say no as well."""
    try:
        if isinstance(document.body, dict):
            msgspec.convert(document.body, _strict(_root(document)))
        else:
            _decoder(_root(document)).decode(document.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _unknown(spot: Spot, value: Any, name: str) -> Iterator[tuple[Spot, str, list[str]]]:
    """Yield of each unknown field where it is, how it is called, and which known ones are absent there."""
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _unknown(spot.at(f"[{position}]"), item, name)
    elif isinstance(value, dict):
        known = types()[name]
        for key, item in value.items():
            if key not in known:
                yield spot, key, [other for other in known if other not in value]
            elif known[key]:
                yield from _unknown(spot.at(key), item, known[key])


def _root(document: Document) -> str:
    return f"V1{document.kind}"


@cache
def types() -> dict[str, dict[str, str]]:
    """Read the fields of each type, with the type of those that have fields themselves."""
    content = Path(__file__).with_name("fields.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, dict[str, str]])


@cache
def _strict(name: str) -> Any:
    """Make a Struct that takes the fields of a type and no others, whatever is in those that have no fields themselves."""
    known = types()[name]
    names = {f"f{at}": key for at, key in enumerate(known)}
    kinds = [(own, _strict_or_list(known[key]) if known[key] else Any, None) for own, key in names.items()]
    return msgspec.defstruct(name, kinds, rename=names, forbid_unknown_fields=True, gc=False)


def _strict_or_list(name: str) -> Any:
    kind, many = _strict(name), cast("Any", list)
    return kind | many[kind] | None


@cache
def _decoder(name: str) -> Any:
    return msgspec.json.Decoder(_strict(name))
