"""A node that only a rollout needs: the plan gives it to the ring whose pods are replaced one by one, and the rollout ends."""

import json
from pathlib import Path
from typing import Any

from tests.cluster import rollouts
from tests.cluster.life import Rest, made_true
from tests.cluster.scenario import Scenario
from tests.cluster.stage import Stage
from tests.manifests.test_real_applications import kustomization

Object = dict[str, Any]
SURGING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
ENDING_FIRST = {"type": "Recreate"}
MILLI_CPU = 1000


def test_a_rollout_finds_the_room_that_only_it_needs(plane, ringfence, kubectl_path, tmp_path):
    stage = Stage(plane, ringfence, tmp_path, kubectl_path)
    scenario = two_full_nodes_and_one_more(tmp_path)
    stage.plan("plan", *scenario.arguments())
    with made_true(stage, scenario, "plan", None) as life:
        assert life.rest() == Rest()
        assert rollouts.roll_out(life)
        assert life.rest() == Rest()
        assert life.mixtures() == []
        assert {ring["name"]: len(ring["nodes"]) for ring in life.plan["rings"]} == {"restricted": 2, "untrusted": 1}


def two_full_nodes_and_one_more(folder: Path) -> Scenario:
    """Return two workloads that fill a node each: a third one is of use to that with the surge, and would even out the other."""
    base = kustomization(folder / "base", resources=["workloads.json"])
    made = [deployment("restricted", 4, 240, SURGING), deployment("untrusted", 4, 250, ENDING_FIRST)]
    write(base / "workloads.json", "List", items=made)
    write(folder / "nodes.json", "List", items=[node(f"rolling-{at}") for at in range(3)])
    policy = {"metadata": {"name": "rolling"}, "spec": {"levels": ["restricted", "untrusted"]}}
    write(folder / "trust.json", "TrustPolicy", "ringfence.dev/v1alpha1", **policy)
    return Scenario("rolling", base, folder / "nodes.json", folder / "trust.json")


def write(file: Path, kind: str, version: str = "v1", **content: Any) -> None:
    file.write_text(json.dumps({"apiVersion": version, "kind": kind, **content}), encoding="utf-8")


def node(name: str) -> Object:
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": "a"}
    status = {"allocatable": {"cpu": f"{MILLI_CPU}m", "memory": "8Gi", "pods": "110"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "status": status}


def deployment(level: str, replicas: int, milli_cpu: int, strategy: Object) -> Object:
    labels = {"app": level, "ringfence.dev/trust-level": level}
    container = {"name": "main", "image": "registry.test/image:1", "resources": {"requests": {"cpu": f"{milli_cpu}m"}}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": level}}, "template": template, "strategy": strategy}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": level, "namespace": "rolling"}, "spec": spec}
