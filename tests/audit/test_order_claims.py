"""Plans know which claims keep their pods pending whatever the nodes are, and still do once they are read from their document."""

from pathlib import Path
from typing import Any

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner import pipeline
from tests.shop_that_buys import Document, node, quiet, workload, write

CLASS = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "local"}}
LOCAL = {**CLASS, "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
WANTED = {"accessModes": ["ReadWriteOnce"], "storageClassName": "local", "resources": {"requests": {"storage": "1Gi"}}}
THERE = {"accessModes": ["ReadWriteOnce"], "storageClassName": "local", "capacity": {"storage": "1Gi"}}
THERE |= {"hostPath": {"path": "/data"}}
MOUNTED = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
WEB = workload("web", "restricted", "1", 1, **MOUNTED)
BOUND = {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}, "uid": "u-1"}
GONE = {"deletionTimestamp": "2026-01-02T03:04:05Z"}
NO_VOLUME = "node(s) didn't find available persistent volumes to bind"


def claim(metadata: Document | None = None, phase: str = "Pending", name: str = "data", **spec: Any) -> Document:
    own = {"name": name, "namespace": "shop", **(metadata or {})}
    made: Document = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": own, "status": {"phase": phase}}
    return {**made, "spec": {**WANTED, **spec}}


def volume(metadata: Document | None = None, phase: str = "Available", **spec: Any) -> Document:
    own = {"name": "pv", **(metadata or {})}
    made: Document = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": own, "status": {"phase": phase}}
    return {**made, "spec": {**THERE, **spec}}


def kept(uid: str) -> Document:
    return {"claimRef": {"namespace": "shop", "name": "data", "uid": uid}}


ROWS: dict[str, tuple[list[Document], str]] = {
    "a bound claim": ([claim(BOUND, "Bound", volumeName="pv"), volume(phase="Bound", **kept("u-1"))], ""),
    "a claim that is being deleted": (
        [claim({**BOUND, **GONE}, "Bound", volumeName="pv"), volume(phase="Bound", **kept("u-1"))],
        'persistentvolumeclaim "data" is being deleted',
    ),
    "a claim that has lost its volume": (
        [claim(BOUND, "Lost", volumeName="pv"), volume(phase="Bound", **kept("u-2"))],
        'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"',
    ),
    "a claim of a volume that will do": ([claim(volumeName="pv"), volume()], ""),
    "a claim of a volume that will not": (
        [claim(volumeName="pv"), volume(storageClassName="slow")],
        "pod has unbound immediate PersistentVolumeClaims",
    ),
    "a volume that is there": ([claim(), volume()], ""),
    "a volume of an earlier claim": ([claim({"uid": "u-2"}), volume(phase="Released", **kept("u-1"))], NO_VOLUME),
    "a volume of a claim that is to be made anew": ([claim(), volume(phase="Released", **kept("u-1"))], NO_VOLUME),
    "a volume of the claim that is in the cluster": ([claim(), volume(phase="Bound", **kept("u-1"))], ""),
    "a volume of other attributes": ([claim(volumeAttributesClassName="gold"), volume()], NO_VOLUME),
    "a volume of the same attributes": (
        [claim(volumeAttributesClassName="gold"), volume(volumeAttributesClassName="gold")],
        "",
    ),
    "a volume that is being deleted": ([claim(), volume(GONE)], NO_VOLUME),
}


def judged_again(folder: Path, work: list[Document], said: str) -> None:
    """Plan, read the plan from its document, have that verified, and compare why the pod is pending."""
    made = pipeline.plan(write(folder, work, [node("a"), node("b")]), quiet)
    path = folder / "plan.yaml"
    path.write_text(pipeline.plan_text(made), encoding="utf-8")
    again = pipeline.load(str(path))
    assert again == made
    assert [one for one in pipeline.verify(again) if one.severity == "error"] == []
    assert made.verdict == (INFEASIBLE if said else FEASIBLE)
    assert all(said in (one.alone or one.message) for one in made.unplaced)


@pytest.mark.parametrize(("objects", "said"), ROWS.values(), ids=ROWS)
def test_a_pod_has_its_claim(tmp_path: Path, objects: list[Document], said: str) -> None:
    judged_again(tmp_path, [WEB, LOCAL, *objects], said)


@pytest.mark.parametrize(("start", "said"), [(0, ""), (5, "node(s) didn't match PersistentVolume's node affinity")])
def test_the_pods_of_a_set_have_the_claims_of_their_numbers(tmp_path: Path, start: int, said: str) -> None:
    made = workload("db", "restricted", "1", 1, kind="StatefulSet")
    made["spec"] |= {"replicas": 1, "ordinals": {"start": start}}
    made["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": WANTED}]
    nowhere = {"nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "no", "operator": "Exists"}]}]}}}
    far = claim(BOUND, "Bound", name="data-db-5", volumeName="pv"), volume(phase="Bound", **nowhere)
    judged_again(tmp_path, [made, LOCAL, *far, volume({"name": "free"})], said)


def test_verify_finds_a_pod_placed_whose_claim_is_being_deleted(tmp_path: Path) -> None:
    made = pipeline.plan(write(tmp_path, [WEB, LOCAL, *ROWS["a bound claim"][0]], [node("a")]), quiet)
    path, text, bound = tmp_path / "plan.yaml", pipeline.plan_text(made), "        uid: u-1\n        bound: true\n"
    assert text.count(bound) == 1
    path.write_text(text.replace(bound, f"{bound}        deleting: true\n"), encoding="utf-8")
    errors = [one for one in pipeline.verify(pipeline.load(str(path))) if one.severity == "error"]
    assert any('persistentvolumeclaim "data" is being deleted' in one.parameters.get("reason", "") for one in errors)
