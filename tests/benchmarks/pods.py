"""Pods as `kubectl get pods -A` exports them: with status, owners, projected volumes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NODES = 1000
TIME = "2026-09-01T08:00:00Z"
TOLERATIONS = [
    {"key": f"node.kubernetes.io/{trouble}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for trouble in ("not-ready", "unreachable")
]


def pod(at: int) -> dict[str, Any]:
    """Make pod number `at`: ten of them share an owner, every fifth has two containers."""
    owner, namespace = at // 10, f"team-{at // 1000:03}"
    name = f"service-{owner:05}-7d9c5b{owner % 10000:04}-{at % 10}x{at % 7}q2"
    containers = [container(owner, part) for part in range(2 if at % 5 == 0 else 1)]
    labels = {
        "app.kubernetes.io/name": f"service-{owner:05}",
        "app.kubernetes.io/part-of": namespace,
        "pod-template-hash": f"7d9c5b{owner % 10000:04}",
        "ringfence.dev/trust-level": ("restricted", "internal", "untrusted")[owner % 3],
    }
    metadata = {
        "annotations": {"kubectl.kubernetes.io/restartedAt": TIME, "prometheus.io/scrape": "true", "prometheus.io/port": "8080"},
        "creationTimestamp": TIME,
        "generateName": name[:-5],
        "labels": labels,
        "name": name,
        "namespace": namespace,
        "ownerReferences": [
            {
                "apiVersion": "apps/v1",
                "blockOwnerDeletion": True,
                "controller": True,
                "kind": "ReplicaSet",
                "name": f"service-{owner:05}-7d9c5b{owner % 10000:04}",
                "uid": f"{owner:08x}-aaaa-4bbb-8ccc-{owner:012x}",
            }
        ],
        "resourceVersion": str(10_000_000 + at),
        "uid": f"{at:08x}-1111-4222-8333-{at:012x}",
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec(at, containers),
        "status": status(at, containers),
    }


def container(owner: int, part: int) -> dict[str, Any]:
    """Make one container of an owner's pods."""
    environment = [{"name": f"SETTING_{number}", "value": f"value-{number}-of-{owner}"} for number in range(6)]
    field = {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}
    check = {"failureThreshold": 3, "httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10}
    return {
        "env": [*environment, field],
        "image": f"registry.example/team/service-{owner:05}:1.{owner % 40}.{part}",
        "imagePullPolicy": "IfNotPresent",
        "livenessProbe": {**check, "initialDelaySeconds": 15, "successThreshold": 1, "timeoutSeconds": 1},
        "name": f"container-{part}",
        "ports": [{"containerPort": 8080 + part, "name": f"http-{part}", "protocol": "TCP"}],
        "readinessProbe": {**check, "successThreshold": 1, "timeoutSeconds": 1},
        "resources": {
            "limits": {"memory": f"{256 + owner % 8 * 64}Mi"},
            "requests": {"cpu": f"{100 + owner % 10 * 50}m", "memory": f"{256 + owner % 8 * 64}Mi"},
        },
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "volumeMounts": [{"mountPath": "/var/run/secrets/token", "name": "kube-api-access-x7k2p", "readOnly": True}],
    }


def spec(at: int, containers: list[dict[str, Any]]) -> dict[str, Any]:
    """Make the pod's spec as the API server fills it in."""
    token = {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}
    root = {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}}
    return {
        "containers": containers,
        "dnsPolicy": "ClusterFirst",
        "enableServiceLinks": True,
        "nodeName": f"node-{at % NODES:04}",
        "preemptionPolicy": "PreemptLowerPriority",
        "priority": 0,
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "serviceAccountName": "default",
        "terminationGracePeriodSeconds": 30,
        "tolerations": TOLERATIONS,
        "volumes": [{"name": "kube-api-access-x7k2p", "projected": {"defaultMode": 420, "sources": [token, root]}}],
    }


def status(at: int, containers: list[dict[str, Any]]) -> dict[str, Any]:
    """Make the status of a running pod."""
    kinds = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    return {
        "conditions": [{"lastProbeTime": None, "lastTransitionTime": TIME, "status": "True", "type": kind} for kind in kinds],
        "containerStatuses": [
            {
                "containerID": f"containerd://{at:064x}",
                "image": each["image"],
                "imageID": f"registry.example/team/image@sha256:{at:064x}",
                "lastState": {},
                "name": each["name"],
                "ready": True,
                "restartCount": 0,
                "started": True,
                "state": {"running": {"startedAt": TIME}},
            }
            for each in containers
        ],
        "hostIP": f"10.0.{at % NODES // 250}.{at % 250}",
        "phase": "Running",
        "podIP": f"10.{1 + at // 62500}.{at // 250 % 250}.{at % 250}",
        "qosClass": "Burstable",
        "startTime": TIME,
    }


def nodes() -> dict[str, Any]:
    """Make the nodes the pods run on."""
    allocatable = {"cpu": "63", "memory": "250Gi", "pods": "110"}
    items = [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": f"node-{at:04}", "labels": {"kubernetes.io/hostname": f"node-{at:04}"}},
            "status": {"allocatable": allocatable},
        }
        for at in range(NODES)
    ]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def write_json(file: Path, count: int) -> None:
    """Write a List of pods as one line of JSON, as `kubectl get --raw` gives it."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write('{"apiVersion":"v1","kind":"List","items":[')
        for at in range(count):
            stream.write(("," if at else "") + json.dumps(pod(at), separators=(",", ":")))
        stream.write("]}")


def write_yaml(file: Path, count: int) -> None:
    """Write a List of pods as `kubectl get -o yaml` does."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write('apiVersion: v1\nkind: List\nmetadata:\n  resourceVersion: ""\nitems:\n')
        for at in range(count):
            stream.writelines(f"{line}\n" for line in block(pod(at), 0, "- "))


def block(value: Any, indent: int, lead: str = "") -> Iterator[str]:
    """Write a map or a list in block style; a hundred times faster than a general dumper."""
    pad = " " * indent
    pairs = ((f"{key}:", item) for key, item in value.items()) if isinstance(value, dict) else (("-", item) for item in value)
    for head, item in pairs:
        line = f"{pad}{lead}{head}"
        deeper = indent + len(lead)
        if isinstance(item, dict | list) and item and head != "-":
            yield line
            yield from block(item, deeper + (2 if isinstance(item, dict) else 0))
        elif isinstance(item, dict) and item:
            yield from block(item, deeper, "- ")
        else:
            yield f"{line} {scalar(item)}"
        pad, lead = " " * deeper, ""
        indent = deeper


def scalar(item: Any) -> str:
    """Write a scalar as YAML, quoted where a plain one would mean something else."""
    if isinstance(item, str):
        plain = item[:1].isalpha() and not set(item) & set(":#'\"") and item.lower() not in ("true", "false", "null", "yes", "no")
        return item if plain else json.dumps(item)
    return json.dumps(item)
