"""The same policies as files of a real API server: in force from its first request, and out of reach of any."""

from collections.abc import Iterator

import pytest

from planner.emit.policies.static import PLACE
from tests.cluster.admission.admitted import ADMITTED, HOMES
from tests.cluster.admission.asking import ask, ring_in
from tests.cluster.admission.bypasses import BYPASSES
from tests.cluster.admission.in_force import DRY, FORBIDDEN, headers
from tests.cluster.admission.requests import ADMIN, DEVELOPER, EVERYTHING, LABEL, MERGE, Naming, Request, Table, namespace, pod
from tests.cluster.admission.shop import SPACES, patched
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.stage import Run

NAMING = Naming()
OURS = "ValidatingAdmissionPolicy 'ringfence-"


def of_new_things(table: Table) -> Table:
    """Leave out the rows that change what was there before: nothing that they refuse was."""
    return {sentence: row for sentence, row in table.items() if row.verb != MERGE and not row.sub}


@pytest.fixture(scope="module")
def static(start_plane: StartPlane, ringfence: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Return a control plane whose API server has the emitted folder."""
    target = patched(ringfence, tmp_path_factory.mktemp("static"), "--engine", "static") / "static-policy"
    configuration = target / "admission-configuration.yaml"
    configuration.write_text(configuration.read_text(encoding="utf-8").replace(PLACE, str(target)), encoding="utf-8")
    gates = "--feature-gates=TaintTolerationComparisonOperators=true"
    flags = {"kube-apiserver": [gates, f"--admission-control-config-file={configuration}"]}
    with start_plane(controllers=False, kwok=False, flags=flags) as plane:
        plane.create([*map(namespace, SPACES), namespace("vault-3", level="restricted")])
        yield plane


@pytest.mark.parametrize("sentence", of_new_things(BYPASSES))
def test_a_way_around_the_rings_is_refused_or_leads_into_its_own_ring(static: ControlPlane, sentence: str) -> None:
    code, answer = ask(static, sentence, BYPASSES[sentence], NAMING)
    if code < FORBIDDEN:
        assert ring_in(answer) == HOMES[answer["metadata"]["namespace"]]
        return
    assert code == FORBIDDEN, answer["message"]
    assert OURS in answer["message"], answer["message"]
    assert ".static.k8s.io'" in answer["message"]


@pytest.mark.parametrize("sentence", of_new_things(ADMITTED))
def test_what_is_legitimate_is_admitted(static: ControlPlane, sentence: str) -> None:
    code, answer = ask(static, sentence, ADMITTED[sentence], NAMING)
    assert code < 300, answer["message"]


def test_a_pod_without_a_ring_gets_it(static: ControlPlane) -> None:
    code, answer = ask(static, "lone", Request(DEVELOPER, pod("payments")), NAMING)
    assert code < 300, answer
    assert answer["spec"]["nodeSelector"] == {LABEL: "restricted"}


@pytest.mark.parametrize("kind", ["validatingadmissionpolicies", "mutatingadmissionpolicies"])
def test_no_request_reaches_the_policies(static: ControlPlane, kind: str) -> None:
    assert static.items(f"/apis/admissionregistration.k8s.io/v1/{kind}") == []
    code, _ = static.try_request("DELETE", f"/apis/admissionregistration.k8s.io/v1/{kind}/ringfence-pods.static.k8s.io")
    assert code == 404


def test_they_are_in_force_again_from_the_first_moment_after_a_restart(static: ControlPlane) -> None:
    static.restart("kube-apiserver")
    stranger = pod("default", tolerations=EVERYTHING)
    code, _ = static.try_request("POST", f"/api/v1/namespaces/default/pods{DRY}", stranger, more=headers(DEVELOPER))
    assert code == FORBIDDEN
    code, _ = static.try_request("POST", f"/api/v1/namespaces/default/pods{DRY}", stranger, more=headers(ADMIN))
    assert code == 201
