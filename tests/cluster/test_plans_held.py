"""Pods that a plan has room for and that stay pending all the same: those that it names, for the reason that it gives."""

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.client import MERGE
from tests.cluster.life import QUIET, Life, Rest, made_true
from tests.cluster.observe import Key, owner_of, refusal, running
from tests.cluster.scenario import Scenario, of_sample
from tests.cluster.stage import Stage

Object = dict[str, Any]
GATED, FOREIGN = ("Deployment", "storefront", "gated"), ("Deployment", "storefront", "foreign")
GATE, SCHEDULER = "example.com/quota", "scheduler-of-another-make"


def test_pending_are_the_pods_of_which_the_plan_says_who_holds_them(plane, ringfence, kubectl_path, tmp_path):
    stage = Stage(plane, ringfence, tmp_path, kubectl_path)
    scenario = with_pods_that_are_held(tmp_path)
    plan = stage.plan("plan", *scenario.arguments())
    said = {one["subject"]: one["message"] for one in plan["notModelled"]}
    assert f"held by scheduling gates ({GATE})" in said["/".join(GATED)]
    assert f"schedulerName {SCHEDULER}" in said["/".join(FOREIGN)]
    with made_true(stage, scenario, "plan", None) as life:
        assert pending(life) == {GATED: 2, FOREIGN: 2}
        assert {refusal(pod) for pod in pods_of(life, GATED)} == {"Scheduling is blocked due to non-empty scheduling gates"}
        for pod in pods_of(life, GATED):
            plane.request("PATCH", path(pod), {"spec": {"schedulingGates": None}}, MERGE)
        assert pending(life) == {FOREIGN: 2}
        (home,) = (ring["nodes"] for ring in plan["rings"] if ring["name"] == life.ring_of[FOREIGN])
        for pod in pods_of(life, FOREIGN):
            target = {"apiVersion": "v1", "kind": "Binding", "target": {"apiVersion": "v1", "kind": "Node", "name": home[0]}}
            plane.request("POST", f"{path(pod)}/binding", {**target, "metadata": {"name": pod["metadata"]["name"]}})
        assert life.rest() == Rest()
        assert life.mixtures() == []


def pending(life: Life) -> dict[Key, int]:
    """Wait until nothing has changed for a while; count by workload the pods that do not run."""
    life.plane.until_still(life.pods, QUIET)
    return dict(Counter(owner_of(pod, life.ring_of) for pod in list(life.pods.objects.values()) if not running(pod)))


def pods_of(life: Life, key: Key) -> list[Object]:
    return [pod for pod in list(life.pods.objects.values()) if owner_of(pod, life.ring_of) == key]


def path(pod: Object) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def with_pods_that_are_held(folder: Path) -> Scenario:
    """Return the quickstart with two workloads more: one is gated, one asks for another scheduler."""
    scenario = of_sample("quickstart", folder)
    held = [
        workload(GATED, {"schedulingGates": [{"name": GATE}]}),
        workload(FOREIGN, {"schedulerName": SCHEDULER}),
    ]
    file = scenario.workloads / "workloads.yaml"
    file.write_text(f"{file.read_text(encoding='utf-8')}---\n{yaml.safe_dump_all(held)}", encoding="utf-8")
    return scenario


def workload(key: Key, spec: Object) -> Object:
    kind, space, name = key
    container = {"name": "main", "image": "registry.test/image:1", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
    template = {
        "metadata": {"labels": {"app": name, "ringfence.dev/trust-level": "internal"}},
        "spec": {"containers": [container], **spec},
    }
    body = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"namespace": space, "name": name}, "spec": body}
