"""The whole way, from manifests to a build of base and patches: what no single room shows."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from models.answer.finding import ERROR, WARNING
from planner import pipeline, solve
from planner.pipeline import Inputs

RING = "ringfence.node-restriction.kubernetes.io/ring"
LEVEL = "ringfence.dev/trust-level"
Document = dict[str, Any]


def deployment(api_version: str, level: str, **placement: Any) -> Document:
    spec = {"containers": [{"name": "main", "image": "web:1", "resources": {"requests": {"cpu": "1"}}}], **placement}
    template = {"metadata": {"labels": {"app": "web", LEVEL: level}}, "spec": spec}
    selector = {"matchLabels": {"app": "web"}}
    return {
        "apiVersion": api_version,
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"replicas": 1, "strategy": {"type": "Recreate"}, "selector": selector, "template": template},
    }


def node(name: str) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}},
    }


POLICY = {
    "apiVersion": "ringfence.dev/v1alpha1",
    "kind": "TrustPolicy",
    "metadata": {"name": "shop"},
    "spec": {"levels": ["restricted", "untrusted"], "podTemplates": {"example.com/v1/Deployment": "spec.template"}},
}


@pytest.fixture
def inputs(tmp_path: Path):
    def write(documents: list[Document]) -> Inputs:
        found = {"workloads": documents, "nodes": [node("a"), node("b")], "policy": [POLICY]}
        for name, items in found.items():
            (tmp_path / f"{name}.yaml").write_text("---\n".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
        paths = {name: str(tmp_path / f"{name}.yaml") for name in found}
        return Inputs((paths["workloads"],), (paths["nodes"],), paths["policy"])

    return write


def quiet(message: str) -> None:
    """Say nothing of the progress."""


def built(kubectl, folder: Path, documents: list[Document], made) -> list[Document]:
    """Build the manifests with the patches of a plan that went through a file."""
    (folder / "plan.yaml").write_text(pipeline.plan_text(made), encoding="utf-8")
    again = pipeline.load(str(folder / "plan.yaml"))
    assert again == made
    assert [each for each in pipeline.verify(again) if each.severity in (ERROR, WARNING)] == []
    pipeline.patch(again, str(folder / "ringfence"))
    base = folder / "base"
    base.mkdir()
    (base / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": documents}), encoding="utf-8")
    (base / "kustomization.yaml").write_text("resources: [all.json]\n", encoding="utf-8")
    (folder / "overlay").mkdir()
    above = "resources: [../base]\ncomponents: [../ringfence]\n"
    (folder / "overlay" / "kustomization.yaml").write_text(above, encoding="utf-8")
    done = kubectl("kustomize", folder / "overlay")
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def pod_spec(document: Document) -> Document:
    found: Document = document["spec"]["template"]["spec"]
    return found


@pytest.mark.kubectl
def test_two_workloads_of_one_kind_and_name_in_two_groups_go_into_rings_of_their_own(kubectl, tmp_path, inputs) -> None:
    documents = [deployment("apps/v1", "restricted"), deployment("example.com/v1", "untrusted")]
    made = pipeline.plan(inputs(documents), quiet)
    assert [(str(each.workload), each.ring) for each in made.placements] == [
        ("Deployment/shop/web", "restricted"),
        ("Deployment.example.com/shop/web", "untrusted"),
    ]
    after = {each["apiVersion"]: pod_spec(each)["nodeSelector"][RING] for each in built(kubectl, tmp_path, documents, made)}
    assert after == {"apps/v1": "restricted", "example.com/v1": "untrusted"}


@pytest.mark.kubectl
def test_a_template_that_still_asks_for_the_ring_it_was_in_is_moved(kubectl, tmp_path, inputs) -> None:
    stale = {"matchExpressions": [{"key": RING, "operator": "In", "values": ["untrusted"]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [stale]}}
    documents = [deployment("apps/v1", "restricted", nodeSelector={RING: "old"}, affinity={"nodeAffinity": required})]
    made = pipeline.plan(inputs(documents), quiet)
    assert (made.verdict, made.unplaced) == ("feasible", ())
    (after,) = built(kubectl, tmp_path, documents, made)
    assert pod_spec(after)["nodeSelector"] == {RING: "restricted"}
    again = pipeline.patch(pipeline.plan(inputs([after]), quiet), str(tmp_path / "again"))
    (guards,) = [path for path in again if path.startswith("workloads/") and "/deployment-" in path]
    assert "these are guards, and change nothing" in (tmp_path / "again" / guards).read_text(encoding="utf-8")
    found = pod_spec(after)["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert found == {"nodeSelectorTerms": [{"matchExpressions": [{"key": RING, "operator": "In", "values": ["restricted"]}]}]}


@pytest.mark.parametrize(
    ("replicas", "also"),
    [
        pytest.param(1, "fewest_nodes", id="and then counts nodes"),
        pytest.param(9, "repairs", id="and then looks for a repair"),
    ],
)
def test_what_packs_to_the_end_of_its_time_leaves_some_within_the_limit(monkeypatch, inputs, replicas: int, also: str) -> None:
    web = deployment("apps/v1", "restricted")
    web["spec"]["replicas"] = replicas
    now = [0.0]
    monkeypatch.setattr("planner.solve.runtime.deadline.time", SimpleNamespace(monotonic=lambda: now[0]))
    for name in ("solve", also):
        monkeypatch.setattr(solve, name, to_the_end(now, getattr(solve, name)))
    pipeline.plan(inputs([web]), quiet, seconds=60, exact=True)
    assert 40 < now[0] <= 60


def to_the_end(now: list[float], real):
    """Take all the time that there is for it."""

    def taking(problem, *given):
        found = real(problem, *given)
        now[0] += next(one.deadline.left() for one in given if isinstance(one, solve.SearchContext))
        return found

    return taking
