"""Plans made by hand from manifests, and the build that kustomize makes of base and patches."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Raw, Workload, WorkloadId, Written
from models.serialise import decode
from models.solver.outcome import FEASIBLE
from models.trust import Membership, PolicyNodes, Trust, TrustPolicy

Document = dict[str, Any]

LABEL = "ringfence.node-restriction.kubernetes.io/ring"
TAINT = "ringfence.dev/ring"
RING = "restricted"
ADDED = {"key": TAINT, "operator": "Equal", "value": RING}
EVERY = {"key": TAINT, "operator": "Exists"}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"

GPU = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
SSD = {"key": "disk", "operator": "In", "values": ["ssd"]}
ZONE = {"key": "zone", "operator": "In", "values": ["a"]}
IN_RING = {"key": LABEL, "operator": "In", "values": [RING]}
NOTHING = {"kustomization.yaml", "nodes/apply.sh", "nodes/undo.sh"}
"""What is written of a plan in which no workload must change."""

VERSIONS = {
    "Pod": "v1",
    "PodTemplate": "v1",
    "ReplicationController": "v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "Rollout": "argoproj.io/v1alpha1",
}
SELECTING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
PATHS = {"Pod": "spec", "PodTemplate": "template.spec", "CronJob": "spec.jobTemplate.spec.template.spec"}


def manifest(kind: str = "Deployment", name: str = "web", namespace: str | None = "shop", **placement: Any) -> Document:
    """Write a workload whose pod spec has `placement` beside a container."""
    ends = {"restartPolicy": "Never"} if kind in ("Job", "CronJob") else {}
    inner: Document = {"containers": [{"name": "main", "image": "web:1", "args": ["on", "1.10"]}], **ends, **placement}
    for part in reversed(path_of(kind).split(".")):
        inner = {part: inner}
    if kind in SELECTING:
        inner["spec"]["selector"] = {"matchLabels": {"app": name}}
    if kind in (*SELECTING, "ReplicationController"):
        inner["spec"]["template"]["metadata"] = {"labels": {"app": name}}
    if kind == "CronJob":
        inner["spec"]["schedule"] = "30 2 * * *"
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": VERSIONS.get(kind, "apps/v1"), "kind": kind, "metadata": {"name": name, **where}, **inner}


def path_of(kind: str) -> str:
    return PATHS.get(kind, "spec.template.spec")


def pod_spec(document: Document) -> Document:
    found: Document = document
    for part in path_of(document["kind"]).split("."):
        found = found[part]
    return found


def identity(document: Document) -> WorkloadId:
    meta = document["metadata"]
    group = document["apiVersion"].rpartition("/")[0]
    return WorkloadId(
        document["kind"], meta.get("namespace", "default"), meta["name"], "" if group in ("apps", "batch") else group
    )


def workload(document: Document) -> Workload:
    spec = pod_spec(document)
    fields = ("tolerations", "nodeSelector", "affinity", "topologySpreadConstraints")
    raw = [Raw(json.dumps(spec[field], sort_keys=True)) if field in spec else None for field in fields]
    path = path_of(document["kind"]).removesuffix("spec").removesuffix(".")
    missing: tuple[str, ...] = ()
    for place, found in metadata(document, path).items():
        missing += (place,) if found is None else () if "labels" in found else (f"{place}.labels",)
    labels = Labels((metadata(document, path)[f"{path}.metadata".lstrip(".")] or {}).get("labels") or {})
    pod = Pod(labels=labels, tolerations=tuple(decode(Toleration, one) for one in spec.get("tolerations") or ()))
    return Workload(
        identity(document),
        document["apiVersion"],
        pod,
        labels=Labels(document["metadata"].get("labels") or {}),
        spec_path=path_of(document["kind"]),
        template_path=path,
        written=Written(*raw),
        absent=missing,
    )


def metadata(document: Document, template: str) -> dict[str, Document | None]:
    """Return the metadata of an object, of its pod template and of a CronJob's job template, by their paths."""
    places = ["", template, *(["spec.jobTemplate"] if document["kind"] == "CronJob" else [])]
    found = {}
    for place in places:
        inner: Document = document
        for part in filter(None, place.split(".")):
            inner = inner[part]
        found[f"{place}.metadata".lstrip(".")] = inner.get("metadata")
    return found


def plan(
    documents: list[Document],
    rings: Mapping[str, str] | None = None,
    nodes: tuple[Node, ...] = (),
    ring_nodes: Mapping[str, tuple[str, ...]] | None = None,
    exclude: LabelSelector | None = None,
) -> IsolationPlan:
    """Put every document in ring RING, save those that `rings` names (str(id) -> ring; "*" is everywhere, "" nowhere)."""
    members = {}
    for document in documents:
        ring = (rings or {}).get(str(identity(document)), RING)
        members[str(identity(document))] = Membership(everywhere=True) if ring == "*" else Membership("group", ring)
    return IsolationPlan(
        name="shop",
        verdict=FEASIBLE,
        policy=TrustPolicy("shop", (RING,), nodes=PolicyNodes(LABEL, TAINT, exclude)),
        cluster=Cluster(nodes=nodes, workloads=tuple(map(workload, documents))),
        trust=Trust((), (), FrozenMap(members)),
        rings=tuple(RingPlan(name, (name,), found) for name, found in (ring_nodes or {}).items()),
    )


def node(name: str, label: str | None = None, *taints: Taint, **labels: str) -> Node:
    return Node(name, Labels({**labels, **({} if label is None else {LABEL: label})}), taints)


def lay_out(folder: Path, base: list[Document], files: Mapping[str, str], component: str = ".") -> Path:
    """Write base, patches and the overlay that joins them; return the overlay."""
    write(folder / "base" / "all.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": base}))
    write(folder / "base" / "kustomization.yaml", "resources: [all.json]\n")
    for path, content in files.items():
        write(folder / "ringfence" / path, content)
    write(folder / "overlay" / "kustomization.yaml", f"resources: [../base]\ncomponents: [../ringfence/{component}]\n")
    return folder / "overlay"


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def parse(text: str) -> list[Document]:
    return [document for document in yaml.load_all(text, yaml.CSafeLoader) if document]


def required(*terms: object) -> dict[str, object]:
    preferred = [{"weight": 1, "preference": {"matchExpressions": [SSD]}}]
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}, "preferredDuringScheduling": preferred}}


def expressions(*found: object) -> dict[str, object]:
    return {"matchExpressions": list(found)}


def spread(**given):
    return {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", **given}
