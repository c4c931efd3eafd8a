"""Of whole controllers and other objects, too, we refuse what the API server refuses, and name the same field."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from planner.errors import BadInput
from planner.read import read_cluster
from tests.cluster.bed import ControlPlane
from tests.cluster.judging import POLICY
from tests.cluster.objects import ODDITIES, SOUND, SPOILS, changed

CREATED, INVALID = 201, 422
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {"cpu": "1", "pods": "1"}}}
BESIDE = {**SOUND["Deployment"], "metadata": {"name": "beside"}}


@pytest.mark.parametrize("name", SPOILS)
def test_what_the_api_server_refuses_we_refuse_and_name_the_same_field(
    scheduler_only: ControlPlane, tmp_path: Path, name: str
) -> None:
    given = changed(*SPOILS[name])
    code, answer = _answer(scheduler_only, given)
    assert code == INVALID, answer
    theirs, ours = {_plain(each["field"]) for each in answer["details"]["causes"]}, set(map(_plain, _fields(given, tmp_path)))
    assert any(mine == field or mine.startswith((f"{field}.", f"{field}[")) for mine in ours for field in theirs), (ours, theirs)


TAKEN = {**{kind: (kind, {}) for kind in SOUND}, **ODDITIES}


@pytest.mark.parametrize("name", TAKEN)
def test_what_the_api_server_takes_we_take(scheduler_only: ControlPlane, tmp_path: Path, name: str) -> None:
    given = changed(*TAKEN[name])
    code, answer = _answer(scheduler_only, given)
    assert (code, _fields(given, tmp_path)) == (CREATED, []), answer


def _answer(plane: ControlPlane, given: Any) -> tuple[int, Any]:
    return plane.try_request("POST", f"{plane.client.path(given, named=False)}?dryRun=All", given)


def _fields(given: Any, folder: Path) -> list[str]:
    file = folder / "input.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [given, BESIDE, NODE]}), encoding="utf-8")
    try:
        read_cluster([], [str(file)], POLICY)
    except BadInput as bad:
        return [fault.field for fault in bad.faults]
    return []


def _plain(field: str) -> str:
    """Write keys of maps behind dots, theirs and ours alike."""
    return re.sub(r"\[([^\]0-9][^\]]*)\]", r".\1", field)
