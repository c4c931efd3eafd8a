"""Pods that a plan has room for and that stay pending all the same: those that it names, for the reason that it gives."""

import re
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
HELD = re.compile("held by|schedulerName")
GATE, SCHEDULER = "example.com/quota", "scheduler-of-another-make"


def test_pending_are_the_pods_of_which_the_plan_says_who_holds_them(plane, ringfence, kubectl_path, tmp_path):
    stage = Stage(plane, ringfence, tmp_path, kubectl_path)
    scenario = with_pods_that_are_held(tmp_path)
    plan = stage.plan("plan", *scenario.arguments())
    said = [(one["subject"], one["message"]) for one in plan["notModelled"]]
    held = [(subject, message.partition(":")[0]) for subject, message in said if HELD.match(message)]
    assert held == [("/".join(FOREIGN), f"schedulerName {SCHEDULER}"), ("/".join(GATED), f"held by scheduling gates ({GATE})")]
    with made_true(stage, scenario, "plan", None) as life:
        come_to(life, {GATED: 2, FOREIGN: 2})
        assert {refusal(pod) for pod in pods_of(life, GATED)} == {"Scheduling is blocked due to non-empty scheduling gates"}
        assert {refusal(pod) for pod in pods_of(life, FOREIGN)} == {""}
        for pod in pods_of(life, GATED):
            plane.request("PATCH", path(pod), {"spec": {"schedulingGates": None}}, MERGE)
        come_to(life, {FOREIGN: 2})
        (home,) = (ring["nodes"] for ring in plan["rings"] if ring["name"] == life.ring_of[FOREIGN])
        for pod in pods_of(life, FOREIGN):
            target = {"apiVersion": "v1", "kind": "Binding", "target": {"apiVersion": "v1", "kind": "Node", "name": home[0]}}
            plane.request("POST", f"{path(pod)}/binding", {**target, "metadata": {"name": pod["metadata"]["name"]}})
        assert life.rest() == Rest()
        assert life.mixtures() == []


def come_to(life: Life, wanted: dict[Key, int]) -> None:
    """Wait until so many pods of these workloads do not run, and all others do; insist that it stays so for a while."""
    planned = sum(each["pods"] for each in life.plan["placements"])
    life.plane.wait(lambda: len(life.pods.objects) >= planned and pending(life) == wanted, f"pending are {wanted}")
    life.plane.until_still(life.pods, QUIET)
    assert pending(life) == wanted


def pending(life: Life) -> dict[Key, int]:
    """Count by workload the pods that do not run."""
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
