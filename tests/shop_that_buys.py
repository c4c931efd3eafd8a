"""A small shop that must buy nodes, as files that the pipeline reads: its plan is what the tests of every room look at."""

import json
from pathlib import Path
from typing import Any

from planner import pipeline

Document = dict[str, Any]
LEVEL = "ringfence.dev/trust-level"
OURS = "ringfence.dev/v1alpha1"
POLICY: Document = {"levels": ["restricted", "untrusted"], "everywhere": [{"kind": "DaemonSet", "namespaces": ["shop"]}]}


def workload(name: str, level: str, cpu: str, replicas: int, kind: str = "Deployment", **pod: Any) -> Document:
    """Write a workload whose pods take so much cpu each; none comes on top during rollouts."""
    container = {"name": "main", "image": "web:1", "resources": {"requests": {"cpu": cpu, "memory": "256Mi"}}}
    labels = {"app": name, LEVEL: level} if level else {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **pod}}
    spec: Document = {"selector": {"matchLabels": {"app": name}}, "template": template}
    if kind == "Deployment":
        spec |= {"replicas": replicas, "strategy": {"type": "Recreate"}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def running(owner: str, level: str, cpu: str, *nodes: str, **pod: Any) -> list[Document]:
    """Write the pods of a Deployment as they run today."""
    made: Document = {"apiVersion": "apps/v1", "controller": True}
    own = [{**made, "kind": "Deployment", "name": owner}]
    pods = [{**made, "kind": "ReplicaSet", "name": f"{owner}-x"}]
    spec = workload(owner, level, cpu, len(nodes), **pod)["spec"]
    template = spec["template"]
    metadata = {"namespace": "shop", "labels": template["metadata"]["labels"]}
    found: list[Document] = [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "spec": {**spec, "replicas": len(nodes)}}]
    found[0]["metadata"] = {**metadata, "name": f"{owner}-x", "ownerReferences": own}
    del found[0]["spec"]["strategy"]
    for at, where in enumerate(nodes):
        body = {**metadata, "name": f"{owner}-x-{at}", "ownerReferences": pods}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": body, "spec": {**template["spec"], "nodeName": where}}
        found.append({**pod, "status": {"phase": "Running"}})
    return found


def node(name: str, cpu: str = "4", zone: str = "z-1", price: str = "") -> Document:
    """Write a node that is owned."""
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone}
    metadata: Document = {"name": name, "labels": labels}
    if price:
        metadata["annotations"] = {"ringfence.dev/price": price}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": {"allocatable": amounts(cpu)}}


def amounts(cpu: str) -> dict[str, str]:
    return {"cpu": cpu, "memory": "16Gi", "pods": "58"}


def shape(name: str, cpu: str, price: float, **spec: Any) -> Document:
    """Write a shape that can be bought in two zones."""
    given = {"allocatable": amounts(cpu), "zones": ["z-1", "z-2"], "price": price, **spec}
    return {"apiVersion": OURS, "kind": "NodeShape", "metadata": {"name": name}, "spec": given}


def policy(**spec: Any) -> Document:
    return {"apiVersion": OURS, "kind": "TrustPolicy", "metadata": {"name": "shop"}, "spec": {**POLICY, **spec}}


def write(folder: Path, workloads: list[Document], inventory: list[Document], /, **spec: Any) -> pipeline.Inputs:
    """Write the inputs of a plan; what runs is a List beside the nodes, as kubectl get writes it."""
    told = [each for each in workloads if "status" in each or "ownerReferences" in each["metadata"]]
    given = [each for each in workloads if each not in told]
    running: list[Document] = [{"apiVersion": "v1", "kind": "List", "items": told}] if told else []
    files = {"workloads": given, "nodes": inventory, "running": running, "trust": [policy(**spec)]}
    for name, documents in files.items():
        (folder / f"{name}.yaml").write_text("---\n".join(json.dumps(each) + "\n" for each in documents), encoding="utf-8")
    work, there, runs, trust = (str(folder / f"{name}.yaml") for name in files)
    return pipeline.Inputs((work,), (there, runs) if told else (there,), trust)


def quiet(message: str) -> None:
    """Say nothing of the progress."""


API, PLUGIN = workload("api", "restricted", "1500m", 3), workload("plugin", "untrusted", "1", 9)
AGENT = workload("agent", "", "100m", 0, kind="DaemonSet", tolerations=[{"operator": "Exists"}])
SMALL = shape("small", "4100m", 0.2, labels={"kubernetes.io/arch": "amd64", "shop.example/disk": "fast"})
BIG = shape("big.x", "8100m", 0.38, max=3, taints=[{"key": "shop.example/spot", "value": "yes", "effect": "PreferNoSchedule"}])
