"""Of every field of the kinds that we read the API server refuses what we say is of the wrong type, and only that."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.errors import BadInput
from planner.read import read_cluster
from planner.read.cluster.objects import ClusterObjects
from planner.read.documents.field import Notebook
from planner.read.schema.known_kinds import NODE, SERVED
from planner.read.validation.unknown_fields import types
from tests.cluster.bed import ControlPlane
from tests.cluster.judging import POLICY

BAD_REQUEST = 400
UNDECODED = ("unmarshal", "quantities must match")
KINDS = {
    f"{version}{kind}": (f"{group}/{version}".lower().removeprefix("/"), kind)
    for group, kind in (NODE, *SERVED, *ClusterObjects(Notebook()).kinds)
    for version in ("V1", "V2")
    if f"{version}{kind}" in types()
}
WRONG = {"str": 5, "int": 1 << 31, "long": 1 << 63, "bool": "yes", "either": [5]}
SOUND = {"str": "", "int": -1 << 31, "long": (1 << 63) - 1, "bool": True, "either": 5}
"""Of the right type, whatever it means."""
Steps = tuple[str | int, ...]


def _held(name: str, above: Steps, seen: set[str]) -> Iterator[tuple[Steps, str]]:
    """Yield the path of everything below a type that must be of some type, and of which; each type once."""
    seen.add(name)
    for key, held in types()[name].items():
        path, inner = (*above, key), held
        if not above and key in ("apiVersion", "kind"):
            continue
        while inner:
            yield path, inner
            if inner[0] not in "[{":
                break
            path, inner = (*path, 0 if inner[0] == "[" else "key"), inner[1:-1]
        if inner in types() and inner not in seen:
            yield from _held(inner, path, seen)


def _all() -> dict[str, dict[Steps, str]]:
    seen: set[str] = set()
    return {name: dict(_held(name, (), seen)) for name in KINDS}


HELD = _all()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_of_another_type_than_ours_no_api_server_decodes(scheduler_only: ControlPlane, tmp_path: Path, kind: str) -> None:
    held = HELD[kind]
    refused = {_written(path): _refused(scheduler_only, _with(kind, path, _wrong(what))) for path, what in held.items()}
    assert [path for path, said in refused.items() if not any(each in said for each in UNDECODED)] == []
    for number, (path, what) in enumerate(held.items()):
        assert _written(path) in _faults(_with(kind, path, _wrong(what)), tmp_path / f"{number}.json")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_of_our_types_the_api_server_decodes(scheduler_only: ControlPlane, tmp_path: Path, kind: str) -> None:
    for number, (path, what) in enumerate(HELD[kind].items()):
        given = _with(kind, path, _sound(what))
        assert not _refused(scheduler_only, given), path
        assert not [said for said in _faults(given, tmp_path / f"{number}.json").values() if said.startswith("must be a")]


def _wrong(held: str) -> Any:
    return WRONG.get(held, "x")


def _sound(held: str) -> Any:
    return [] if held.startswith("[") else SOUND.get(held, {})


def _with(kind: str, path: Steps, value: Any) -> dict[str, Any]:
    """Make an object of which only a name and this field are written."""
    for step in reversed(path):
        value = [value] if step == 0 else {step: value}
    version, made = KINDS[kind]
    given = {"apiVersion": version, "kind": made, "metadata": {"name": "w"}, **value}
    return given if path[0] != "metadata" or len(path) == 1 else {**given, "metadata": {"name": "w", **value["metadata"]}}


def _refused(plane: ControlPlane, given: dict[str, Any]) -> str:
    """Return what the API server says where it cannot decode an object; what else it may say of it is not asked for."""
    place = {**given, "metadata": {"name": "w"}}
    code, answer = plane.try_request("POST", f"{plane.client.path(place, named=False)}?dryRun=All&fieldValidation=Strict", given)
    return str(answer["message"]) if code == BAD_REQUEST else ""


def _faults(given: dict[str, Any], file: Path) -> dict[str, str]:
    file.write_text(json.dumps(given), encoding="utf-8")
    try:
        read_cluster([], [str(file)], POLICY)
    except BadInput as bad:
        return {fault.field: fault.reason for fault in bad.faults}
    return {}


def _written(path: Steps) -> str:
    return "".join(f"[{step}]" if step == 0 else f".{step}" for step in path).lstrip(".")
