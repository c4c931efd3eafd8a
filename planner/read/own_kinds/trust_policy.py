"""A TrustPolicy document -> the policy; every unknown field, unknown level and contradiction in it is a fault."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from models.field_path import Step, steps_of
from models.frozen_map import FrozenMap
from models.kubernetes.node_group import SPLITS
from models.serialise import Problems, WireError, camel, decode
from models.trust import PolicyNodes, TrustPolicy
from planner.errors import BadInput
from planner.read.documents.did_you_mean import nearest
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.own_kinds.trust_policy_checks import check_policy
from planner.read.values import name_syntax

API_VERSION = "ringfence.dev/v1alpha1"
KIND = "TrustPolicy"
_SHAPE = "a TrustPolicy has apiVersion, kind, metadata and spec"
_OUTER = ("apiVersion", "kind", "metadata", "spec")
_NOT_IN_SPEC = ("name", "where")
_STAND_INS: dict[str, Any] = {"must be a map": {}, "must be a list": [], "is missing": ""}
_WORDS = {"nodes.groups.split": f"write {' or '.join(SPLITS)}"}
_FIXES = {"unknown field": "remove it, or correct its spelling", "is missing": "add it"}


def read_policy(document: Document) -> TrustPolicy:
    """Build the policy, or raise BadInput with every fault of the document."""
    notebook = Notebook()
    spot = spot_of(document, notebook)
    if (document.api_version, document.kind) != (API_VERSION, KIND):
        kind = f"{document.api_version} {document.kind}"
        spot.at("kind").fault(f"not a TrustPolicy but {kind}", f"write apiVersion: {API_VERSION} and kind: {KIND}")
        raise BadInput(notebook.faults)
    answer = _read(spot, document.tree())
    if notebook.faults or answer is None:
        raise BadInput(notebook.faults)
    return answer


def _read(spot: Spot, tree: dict[str, Any]) -> TrustPolicy | None:
    _name_unknown(spot, tree, _OUTER)
    name = _name(spot, tree.get("metadata"))
    spec = tree.get("spec")
    if not isinstance(spec, dict):
        spot.at("spec").fault("is missing" if spec is None else "must be a map", _SHAPE)
        return None
    known = [camel(field) for field in TrustPolicy.__dataclass_fields__ if field not in _NOT_IN_SPEC]
    _name_unknown(spot.at("spec"), spec, known, dict(_inner_fields(PolicyNodes())))
    given = {key: value for key, value in spec.items() if key in known and value is not None}
    _name_flat(spot.at("spec.mayShare"), given)
    policy, faulty = _decode(spot, name, given)
    check_policy(spot.at("spec"), policy, faulty)
    return policy


def _name_flat(spot: Spot, fields: dict[str, Any]) -> None:
    """Note a list of levels where lists of them are to stand, and leave it out."""
    given = fields.get("mayShare")
    if isinstance(given, list) and given and all(isinstance(name, str) for name in given):
        spot.fault("must be a list of lists, one for all that share", f"write mayShare: [[{', '.join(given)}]]")
        del fields["mayShare"]


def _decode(spot: Spot, name: str, fields: dict[str, Any]) -> tuple[TrustPolicy, set[str]]:
    """Decode the fields; what is faulty gives way to what fits in its place, so that all others are checked too."""
    faulty, seen = _note_missing(spot, fields), set[tuple[str, str]]()
    given = {"levels": [], **{key: _copy(value) for key, value in fields.items()}, "name": name, "where": str(spot.where)}
    while True:
        try:
            return decode(TrustPolicy, given), faulty
        except WireError as error:
            faulty |= _note(spot, error.problems)
            for path, reason in error.problems:
                if (path, reason) in seen:  # a key that looks like a path leads elsewhere
                    given[str(steps_of(path)[0])] = None
                else:
                    _mend(given, steps_of(path), reason)
            seen.update(error.problems)
            given = {"levels": [], **{key: value for key, value in given.items() if value is not None}}


def _copy(value: Any) -> Any:
    """Copy a value; what has an alias in YAML is there as often as it is named."""
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _note(spot: Spot, problems: Problems) -> set[str]:
    """Note what does not fit, and that it is not to be looked at again; return the fields in which it is."""
    for path, reason in problems:
        reason, fix = _in_two(reason)
        spot.at("spec").at(path).fault(reason, fix or _WORDS.get(path, ""))
    if spot.document:
        spot.document.stand_ins += tuple(f"spec.{path}" for path, _ in problems)
    return {str(steps_of(path)[0]) for path, _ in problems}


def _mend(given: dict[str, Any], steps: Sequence[Step], reason: str) -> None:
    """Put what fits in the place of what does not, or take it away; where its key is none that paths can name, all around it."""
    parent: Any = given
    try:
        for step in steps[:-1]:
            parent = parent[step]
        fits = next((deepcopy(fits) for said, fits in _STAND_INS.items() if reason.startswith(said)), None)
        if fits is None and isinstance(parent, dict):
            del parent[steps[-1]]
        else:
            parent[steps[-1]] = "" if fits is None else fits
    except (KeyError, IndexError, TypeError):
        given.pop(str(steps[0]), None)


def _note_missing(spot: Spot, fields: dict[str, Any]) -> set[str]:
    if "levels" in fields:
        return set()
    spot.at("spec.levels").fault("is missing", "list the trust levels, most trusted first: levels: [restricted, internal]")
    return {"levels"}


def _in_two(reason: str) -> tuple[str, str]:
    """Part what the decoder says into the reason and what to do."""
    first, semicolon, fix = reason.partition("; ")
    return first, fix if semicolon else _FIXES.get(first, "")


def _inner_fields(nodes: PolicyNodes) -> Iterator[tuple[str, str]]:
    """Yield the fields below spec.nodes, each with its path: people look for node groups at the top."""
    for part, path in ((nodes.groups, "spec.nodes.groups"), (nodes, "spec.nodes")):
        yield from ((camel(field.name), f"{path}.{camel(field.name)}") for field in dataclasses.fields(part))


def _name_unknown(spot: Spot, tree: dict[str, Any], known: Iterable[str], inner: Mapping[str, str] = FrozenMap()) -> None:
    for key in tree:
        if key not in known:
            near = nearest(str(key), known) or inner.get(str(key), "")
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(sorted(known))}"
            spot.key(str(key)).fault("unknown field", hint)


def _name(spot: Spot, metadata: Any) -> str:
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not name_syntax.is_dns_name(name):
        reason = "is missing" if name is None else f"{name!r} is no name"
        spot.at("metadata.name").fault(reason, "write lower-case letters, digits, '-' and '.'")
        return ""
    return name
