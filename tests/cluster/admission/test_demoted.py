"""A workload that fell to a lower level: the plan's own policies let it into the ring that its patch gives it, and no higher."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from tests.cluster.admission.in_force import DRY, FORBIDDEN, headers, in_force
from tests.cluster.admission.requests import DEVELOPER, LABEL, LEVEL, Object, namespace, node, owner, tagged
from tests.cluster.admission.shop import ALLOCATABLE, documents_in
from tests.cluster.conftest import StartPlane
from tests.cluster.stage import Run, Stage

HARD: Object = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
POLICY = {
    "apiVersion": "ringfence.dev/v1alpha1",
    "kind": "TrustPolicy",
    "metadata": {"name": "shop"},
    "spec": {
        "levels": ["restricted", "internal", "untrusted"],
        "claims": [{"level": "restricted", "namespaces": ["payments"]}],
        "requires": [{"level": "restricted", "demote": True, "podSecurity": "restricted"}],
    },
}


def workload(name: str, hard: bool, labels: Object) -> Object:
    made = copy.deepcopy({**owner("Deployment", "payments", labels), "metadata": {"name": name, "namespace": "payments"}})
    for container in made["spec"]["template"]["spec"]["containers"]:
        container["securityContext"] = HARD if hard else {}
    return made


WORKLOADS = {
    "hard": workload("hard", True, tagged("restricted")),
    "soft": workload("soft", False, tagged("restricted")),
}


@pytest.fixture(scope="module")
def written(ringfence: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of manifests, plan and patch."""
    folder = tmp_path_factory.mktemp("demoted")
    (folder / "base").mkdir()
    nodes = [{**node(), "metadata": {"name": f"node-{number}"}, "status": ALLOCATABLE} for number in range(3)]
    inventory = {"apiVersion": "v1", "kind": "List", "items": [namespace("payments"), *nodes]}
    (folder / "nodes.yaml").write_text(json.dumps(inventory), encoding="utf-8")
    (folder / "trust.yaml").write_text(json.dumps(POLICY), encoding="utf-8")
    (folder / "base" / "workloads.yaml").write_text(yaml.safe_dump_all(WORKLOADS.values()), encoding="utf-8")
    (folder / "base" / "kustomization.yaml").write_text("resources: [workloads.yaml]\n", encoding="utf-8")
    inputs = (folder / "base" / "workloads.yaml", "--nodes", folder / "nodes.yaml", "--policy", folder / "trust.yaml")
    for command in (("plan", *inputs, "-o", folder / "plan.yaml"), ("patch", folder / "plan.yaml", "-o", folder / "patch")):
        done = ringfence(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_its_patch_is_admitted_and_its_old_level_is_not(
    start_plane: StartPlane, ringfence: Run, written: Path, kubectl_path: str
) -> None:
    with start_plane(controllers=False, kwok=False) as plane:
        plane.create([namespace("payments")])
        patched = {
            each["metadata"]["name"]: each
            for each in Stage(plane, ringfence, written, kubectl_path).build(written / "base", written / "patch")
            if each["kind"] == "Deployment"
        }
        rings = {name: each["spec"]["template"]["spec"]["nodeSelector"][LABEL] for name, each in patched.items()}
        assert rings == {"hard": "restricted", "soft": "internal"}
        proud, climbing = (copy.deepcopy(patched["soft"]) for _ in range(2))
        proud["spec"]["template"]["metadata"]["labels"][LEVEL] = "restricted"
        climbing["spec"]["template"]["spec"]["nodeSelector"][LABEL] = "restricted"
        with in_force(plane, documents_in(written / "patch", "policy")):
            for thing, admitted in ((patched["hard"], True), (patched["soft"], True), (proud, False), (climbing, False)):
                path = plane.client.path(thing, named=False) + DRY
                code, answer = plane.try_request("POST", path, thing, more=headers(DEVELOPER))
                assert (code < FORBIDDEN) is admitted, answer["message"] if code >= FORBIDDEN else thing
