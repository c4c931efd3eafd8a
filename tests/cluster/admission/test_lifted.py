"""A real API server gives pods the ring that only can be meant, and never one that they may not enter: the table, row by row."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.admission.admitted import ADMITTED, HOMES
from tests.cluster.admission.asking import ask, before, ring_in, spec_in
from tests.cluster.admission.bypasses import BYPASSES
from tests.cluster.admission.in_force import DRY, FORBIDDEN, adding, headers, in_force
from tests.cluster.admission.lifted import LEFT, LIFTED, REFUSED, ROWS, Row
from tests.cluster.admission.requests import LABEL, Naming, Object, namespace, pod
from tests.cluster.admission.shop import SPACES, emitted
from tests.cluster.admission.test_doors import COMPARES, OURS
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.stage import Run

NAMING = Naming()


@pytest.fixture(scope="module")
def lifting(start_plane: StartPlane, ringfence: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Return a control plane with what was there before, and all policies in force."""
    policies = emitted(ringfence, tmp_path_factory.mktemp("doors"))
    with start_plane(controllers=False, kwok=False, flags=COMPARES) as plane:
        plane.create([*map(namespace, SPACES), namespace("vault-3", level="restricted")])
        plane.apply(before({**BYPASSES, **ADMITTED}, NAMING))
        with in_force(plane, policies["policy"]), adding(plane, policies["mutating-policy"], pod("payments")):
            yield plane


def _make(plane: ControlPlane, sentence: str, row: Row) -> tuple[int, Any]:
    thing = NAMING.name(sentence, row.thing)
    return plane.try_request("POST", plane.client.path(thing, named=False) + DRY, thing, more=headers(row.who))


@pytest.mark.parametrize("sentence", ROWS)
def test_a_pod_ends_in_its_ring_or_is_refused(lifting: ControlPlane, sentence: str) -> None:
    row = ROWS[sentence]
    code, answer = _make(lifting, sentence, row)
    if row.ring == REFUSED:
        assert code == FORBIDDEN, answer
        assert OURS in answer["message"]
        return
    assert code < 300, answer["message"]
    if row.ring != LEFT:
        assert ring_in(answer) == row.ring
        _keeps(spec_in(answer), row.keeps or {})
    else:
        assert LABEL not in spec_in(answer).get("nodeSelector", {})


def _keeps(spec: Object, kept: Object) -> None:
    assert kept.get("nodeSelector", {}).items() <= spec["nodeSelector"].items()
    assert all(toleration in spec["tolerations"] for toleration in kept.get("tolerations", ()))


@pytest.mark.parametrize("sentence", [sentence for sentence, row in LIFTED.items() if "has a ring" in sentence])
def test_what_has_its_ring_stays_as_it_was_written(lifting: ControlPlane, sentence: str) -> None:
    _, answer = _make(lifting, sentence, LIFTED[sentence])
    assert spec_in(answer)["nodeSelector"] == spec_in(LIFTED[sentence].thing)["nodeSelector"]
    ours = [each for each in spec_in(answer)["tolerations"] if "effect" not in each]
    assert ours == spec_in(LIFTED[sentence].thing)["tolerations"]


@pytest.mark.parametrize("sentence", BYPASSES)
def test_no_way_around_the_rings_is_opened(lifting: ControlPlane, sentence: str) -> None:
    """A row is refused as ever, or ends in the ring of its namespace and nowhere else."""
    row = BYPASSES[sentence]
    code, answer = ask(lifting, sentence, row, NAMING)
    if code == FORBIDDEN:
        assert OURS in answer["message"]
        return
    assert code < 300, answer["message"]
    assert ring_in(answer) == HOMES[answer["metadata"]["namespace"]]


@pytest.mark.parametrize("sentence", ADMITTED)
def test_what_is_legitimate_is_admitted(lifting: ControlPlane, sentence: str) -> None:
    code, answer = ask(lifting, sentence, ADMITTED[sentence], NAMING)
    assert code < 300, answer["message"]
