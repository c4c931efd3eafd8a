"""Real applications, tagged by our own policies: plan, patch, build, and compare every object with what it was.

The sets are public manifests that lie beside the repository; the policies beside this file are ours.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.soak import later

pytestmark = [pytest.mark.data, pytest.mark.kubectl]

HERE = Path(__file__).resolve().parent
LABEL = "ringfence.node-restriction.kubernetes.io/ring"
TAINT = "ringfence.dev/ring"
SETS = {
    "argo-cd": ("argo-cd/install.yaml", "argo-cd"),
    "argo-cd, highly available": ("argo-cd/ha/install.yaml", "argo-cd"),
    "kube-prometheus": ("kube-prometheus", "kube-prometheus"),
    "online-boutique": ("online-boutique/kubernetes-manifests", "online-boutique"),
    "online-boutique, release": ("online-boutique/release", "online-boutique"),
    "train-ticket, services": ("train-ticket/quickstart-k8s", "train-ticket"),
    "train-ticket, logging": ("train-ticket/efk-deployment", "train-ticket"),
    "train-ticket, monitoring": ("train-ticket/prometheus-deployment", "train-ticket"),
    "train-ticket, all of it": ("train-ticket", "train-ticket"),
}
LONG = {"argo-cd, highly available", "online-boutique, release", "train-ticket, logging", "train-ticket, all of it"}
"""Sets that take long, or are much like another one."""
KINDS = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"}
Document = dict[str, Any]
Key = tuple[str, str, str]


def node(at: int, rings: dict[str, str]) -> Document:
    """Make the node number `at` of thirty: two shapes, three zones, six of them ready for fluentd."""
    name = f"node-{at:02}"
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/zone": f"zone-{'abc'[at % 3]}",
        **({"beta.kubernetes.io/fluentd-ds-ready": "true"} if at % 5 == 0 else {}),
        **({LABEL: rings[name]} if name in rings else {}),
    }
    taints = [{"key": TAINT, "value": rings[name], "effect": "NoSchedule"}] if name in rings else []
    large = {"cpu": "7910m", "memory": "30Gi", "pods": "58", "ephemeral-storage": "90Gi"}
    small = {"cpu": "3920m", "memory": "14Gi", "pods": "58", "ephemeral-storage": "90Gi"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": taints},
        "status": {"allocatable": large if at % 2 else small, "nodeInfo": {"kubeletVersion": "v1.36.0"}},
    }


def inventory(file: Path, rings: dict[str, str]) -> Path:
    """Write thirty nodes, those that have a ring with its label and taint."""
    items = [node(at, rings) for at in range(1, 31)]
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), encoding="utf-8")
    return file


def load(text: str) -> list[Document]:
    """Read YAML with every scalar as it is written: both sides of a comparison come from the same writer."""
    return [document for document in yaml.load_all(text, yaml.CBaseLoader) if document]


def key(document: Document) -> Key:
    meta = document["metadata"]
    return document["kind"], meta.get("namespace", "default"), meta["name"]


def base(source: Path, folder: Path) -> Path:
    """Copy the manifests of a set into one folder with a kustomization that lists them."""
    folder.mkdir()
    found = [source] if source.is_file() else sorted(file for file in source.rglob("*.y*ml") if file.name != "kustomization.yaml")
    names = []
    for file in found:
        name = file.name if source.is_file() else "--".join(file.relative_to(source).parts)
        shutil.copyfile(file, folder / name)
        names.append(name)
    return kustomization(folder, resources=names)


def kustomization(folder: Path, **lists: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    content = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", **lists}
    (folder / "kustomization.yaml").write_text(json.dumps(content), encoding="utf-8")
    return folder


class Workbench:
    """One set in one folder: runs the commands and kustomize, and insists that they succeed."""

    def __init__(self, ringfence, kubectl, data, folder, name):
        source, policy = SETS[name]
        self.ringfence, self.kubectl, self.folder = ringfence, kubectl, folder
        self.policy = HERE / "policies" / f"{policy}.yaml"
        self.base = base(data / "manifests" / source, folder / "base")

    def plan(self, name: str, workloads: Path, rings: dict[str, str]) -> Document:
        nodes = inventory(self.folder / f"{name}-nodes.json", rings)
        plan = self.folder / f"{name}.yaml"
        # The Namespaces of some have labels: the manifests are the platform's own.
        done = self.ringfence("plan", workloads, "--nodes", nodes, "--nodes", workloads, "--policy", self.policy, "-o", plan)
        assert done.returncode == 0, done.stdout + done.stderr
        return load(plan.read_text(encoding="utf-8"))[0]

    def patch(self, name: str) -> Path:
        done = self.ringfence("patch", self.folder / f"{name}.yaml", "-o", self.folder / f"{name}-patch")
        assert done.returncode == 0, done.stderr
        return self.folder / f"{name}-patch"

    def build(self, folder: Path) -> str:
        done = self.kubectl("kustomize", folder)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


def ring_of_each(plan: Document) -> dict[Key, str | None]:
    """Return the ring of every planned workload; None for a resident of every ring."""
    rings: dict[Key, str | None] = {key_of(entry["workload"]): entry["ring"] for entry in plan["placements"]}
    return rings | {key_of(entry["workload"]): None for entry in plan.get("shared", [])}


def key_of(workload: Document) -> Key:
    return workload["kind"], workload["namespace"], workload["name"]


def losses(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Yield what `before` says and `after` does not: keys may be added to maps, items to the ends of lists."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if name in after:
                yield from losses(value, after[name], f"{path}/{name}")
            else:
                yield f"{path}/{name}: gone"
    elif isinstance(before, list) and isinstance(after, list):
        for at, value in enumerate(before):
            if at < len(after):
                yield from losses(value, after[at], f"{path}/{at}")
            else:
                yield f"{path}/{at}: gone"
    elif before != after:
        yield f"{path}: {before!r} became {after!r}"


def gains(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Yield the paths at which `after` says more than `before`."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in after.items():
            yield from gains(before[name], value, f"{path}/{name}") if name in before else leaves(value, f"{path}/{name}")
    elif isinstance(before, list) and isinstance(after, list):
        for at, value in enumerate(after):
            yield from gains(before[at], value, f"{path}/{at}") if at < len(before) else leaves(value, f"{path}/{at}")


def leaves(value: Any, path: str) -> Iterator[str]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = list(pairs)
    if not inner:
        yield path
    for name, item in inner:
        yield from leaves(item, f"{path}/{name}")


MAY_GAIN = ("/metadata/annotations/ringfence.dev", "/spec/template/spec/nodeSelector/", "/spec/template/spec/tolerations/")


def tolerated(spec: Document, ring: str) -> bool:
    """Say whether a pod spec tolerates the taint of a ring, by the rules of Kubernetes."""
    return any(
        toleration.get("key", TAINT) == TAINT
        and toleration.get("effect") in (None, "", "NoSchedule")
        and (toleration.get("operator") == "Exists" or toleration.get("value") == ring)
        for toleration in spec.get("tolerations", [])
    )


def complaints(before: Document, after: Document, ring: str | None, rings: list[str]) -> Iterator[str]:
    """Yield all that is wrong with one workload in the patched build."""
    yield from losses(before, after)
    yield from (f"{path}: gained" for path in gains(before, after) if not path.startswith(MAY_GAIN))
    spec = after["spec"]["template"]["spec"]
    if spec.get("nodeSelector", {}).get(LABEL) != ring:
        yield f"nodeSelector {spec.get('nodeSelector')}, not ring {ring}"
    if not all(tolerated(spec, name) for name in (rings if ring is None else [ring])):
        yield f"does not tolerate the taint of {ring or 'every ring'}: {spec.get('tolerations')}"
    untolerated = [name for name in rings if name != ring and not tolerated(spec, name)]
    wildcard = any("key" not in toleration for toleration in before["spec"]["template"]["spec"].get("tolerations", []))
    if ring is not None and not wildcard and len(untolerated) != len(rings) - 1:
        yield f"tolerates other rings: {spec.get('tolerations')}"


@pytest.fixture
def bench(request, ringfence, kubectl, data, tmp_path):
    return Workbench(ringfence, kubectl, data, tmp_path, request.param)


@pytest.mark.parametrize("bench", [later(name) if name in LONG else name for name in SETS], indirect=True)
def test_every_workload_keeps_what_it_had_and_gains_its_ring(bench):
    plan = bench.plan("plan", bench.base, {})
    before = {key(document): document for document in load(bench.build(bench.base))}
    patched = kustomization(bench.folder / "patched", resources=["../base"], components=[f"../{bench.patch('plan').name}"])
    text = bench.build(patched)
    after = {key(document): document for document in load(text)}
    ring_of, rings = ring_of_each(plan), [ring["name"] for ring in plan["rings"]]

    assert {name for name in before if name[0] in KINDS} == set(ring_of), "every workload is in the plan"
    assert len(rings) >= 2, "the policy separates something"
    assert before.keys() == after.keys()
    assert [name for name in before if name not in ring_of and before[name] != after[name]] == []
    wrong = {name: list(complaints(before[name], after[name], ring, rings)) for name, ring in ring_of.items()}
    assert {name: found for name, found in wrong.items() if found} == {}
    assert bench.ringfence("verify", bench.folder / "plan.yaml").returncode == 0

    ringed = {name: ring["name"] for ring in plan["rings"] for name in ring["nodes"]}
    built = bench.folder / "built"
    built.mkdir()
    (built / "all.yaml").write_text(text, encoding="utf-8")
    again = bench.plan("again", built, ringed)
    assert {name: ring["name"] for ring in again["rings"] for name in ring["nodes"]} == ringed, "nodes changed their ring"
    kustomization(built, resources=["all.yaml"], components=[f"../{bench.patch('again').name}"])
    assert bench.build(built) == text, "planning and patching what is patched changes it again"
