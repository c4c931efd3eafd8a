"""Every way around the rings is refused by a real API server, and all that is legitimate is admitted: the tables, row by row.

Nothing runs on this control plane: what a row changes was created before the policies, and stays as it is.
"""

from collections.abc import Iterator

import pytest

from tests.cluster.admission.admitted import ADMITTED
from tests.cluster.admission.asking import ask, before
from tests.cluster.admission.bypasses import BYPASSES
from tests.cluster.admission.in_force import FORBIDDEN, in_force
from tests.cluster.admission.requests import Naming, namespace
from tests.cluster.admission.shop import SPACES, policy_documents
from tests.cluster.bed import ControlPlane
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
        plane.apply(before({**BYPASSES, **ADMITTED}, NAMING))
        with in_force(plane, policy_documents(ringfence, tmp_path_factory.mktemp("doors"))):
            yield plane


@pytest.mark.parametrize("sentence", BYPASSES)
def test_a_way_around_the_rings_is_refused(guarded: ControlPlane, sentence: str) -> None:
    code, answer = ask(guarded, sentence, BYPASSES[sentence], NAMING)
    assert code == FORBIDDEN, answer["message"]
    assert OURS in answer["message"], answer["message"]
    assert "resulted in error" not in answer["message"], answer["message"]


@pytest.mark.parametrize("sentence", ADMITTED)
def test_what_is_legitimate_is_admitted(guarded: ControlPlane, sentence: str) -> None:
    code, answer = ask(guarded, sentence, ADMITTED[sentence], NAMING)
    assert code < 300, answer["message"]
