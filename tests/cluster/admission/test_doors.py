"""Every way around the rings is refused by a real API server, and all that is legitimate is admitted: the tables, row by row.

Nothing runs on this control plane: what a row changes was created before the policies, and stays as it is.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.admission.admitted import ADMITTED
from tests.cluster.admission.bypasses import BYPASSES
from tests.cluster.admission.in_force import DRY, FORBIDDEN, headers, in_force
from tests.cluster.admission.requests import APPLY, MERGE, POST, Naming, Object, Request, namespace
from tests.cluster.admission.shop import SPACES, policy_documents
from tests.cluster.bed import ControlPlane
from tests.cluster.client import APPLY as APPLY_TYPE
from tests.cluster.client import MERGE as MERGE_TYPE
from tests.cluster.conftest import StartPlane
from tests.cluster.stage import Run

OURS = "ValidatingAdmissionPolicy 'ringfence-"
COMPARES = {"kube-apiserver": ["--feature-gates=TaintTolerationComparisonOperators=true"]}
"""Tolerations may ask for numbers."""
NAMING = Naming()


@pytest.fixture(scope="module")
def guarded(start_plane: StartPlane, ringfence: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Return a control plane with what was there before, and then the policies, in force."""
    with start_plane(controllers=False, kwok=False, flags=COMPARES) as plane:
        plane.create([namespace(name) for name in SPACES])
        before = [NAMING.name(sentence, row.thing) for sentence, row in [*BYPASSES.items(), *ADMITTED.items()] if _is_there(row)]
        plane.apply(_once(before))
        with in_force(plane, policy_documents(ringfence, tmp_path_factory.mktemp("doors"))):
            yield plane


def _is_there(row: Request) -> bool:
    return row.verb == MERGE or bool(row.sub)


def _once(things: list[Object]) -> list[Object]:
    found = {(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]): each for each in things}
    return [each for key, each in found.items() if key[0] != "Namespace" or key[2] not in SPACES]


def _ask(plane: ControlPlane, sentence: str, row: Request) -> tuple[int, Any]:
    """Ask for it without its being done."""
    thing = NAMING.name(sentence, row.thing)
    named = row.verb != POST or bool(row.sub)
    path = plane.client.path(thing, named=named) + (f"/{row.sub}" if row.sub else "") + DRY
    if row.verb == MERGE:
        return plane.try_request("PATCH", path, row.change, MERGE_TYPE, headers(row.who))
    if row.verb == APPLY:
        return plane.try_request("PATCH", f"{path}&fieldManager=row&force=true", thing, APPLY_TYPE, headers(row.who))
    body = row.change if row.sub else thing
    method = "PUT" if row.sub == "finalize" else "POST"
    return plane.try_request(method, path, body, more=headers(row.who))


@pytest.mark.parametrize("sentence", BYPASSES)
def test_a_way_around_the_rings_is_refused(guarded: ControlPlane, sentence: str) -> None:
    code, answer = _ask(guarded, sentence, BYPASSES[sentence])
    assert code == FORBIDDEN, answer["message"]
    assert OURS in answer["message"], answer["message"]
    assert "resulted in error" not in answer["message"], answer["message"]


@pytest.mark.parametrize("sentence", ADMITTED)
def test_what_is_legitimate_is_admitted(guarded: ControlPlane, sentence: str) -> None:
    code, answer = _ask(guarded, sentence, ADMITTED[sentence])
    assert code < 300, answer["message"]
