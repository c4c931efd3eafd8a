"""Pods that are given devices (DRA): the plan puts no more on a node than it has, and the real scheduler allocates them so."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import undoing
from tests.cluster.life import Rest, made_true
from tests.cluster.scenario import Scenario
from tests.cluster.stage import Stage
from tests.manifests.test_real_applications import kustomization

Object = dict[str, Any]
GROUP = "resource.k8s.io/v1"
DRIVER = "cards.test.dev"
HOSTS = {"large-1": 4, "large-2": 4, "small-1": 2, "small-2": 2, "bare-1": 0, "bare-2": 0}
"""How many cards each node has; of those of a large one three are large."""


def device_class(name: str, large: str) -> Object:
    attribute = f'device.attributes["{DRIVER}"].large'
    selectors = [{"cel": {"expression": f'device.driver == "{DRIVER}" && {attribute} == {large}'}}]
    return {"apiVersion": GROUP, "kind": "DeviceClass", "metadata": {"name": name}, "spec": {"selectors": selectors}}


def slice_of(node: str, cards: int) -> Object:
    devices = [
        {"name": f"card-{at}", "attributes": {"large": {"bool": node.startswith("large") and at < 3}}} for at in range(cards)
    ]
    pool = {"name": node, "generation": 1, "resourceSliceCount": 1}
    spec = {"driver": DRIVER, "nodeName": node, "pool": pool, "devices": devices}
    return {"apiVersion": GROUP, "kind": "ResourceSlice", "metadata": {"name": node}, "spec": spec}


def template(namespace: str, name: str, device: str, count: int) -> Object:
    requests = [{"name": "card", "exactly": {"deviceClassName": device, "count": count}}]
    metadata = {"namespace": namespace, "name": name}
    spec = {"spec": {"devices": {"requests": requests}}}
    return {"apiVersion": GROUP, "kind": "ResourceClaimTemplate", "metadata": metadata, "spec": spec}


def deployment(namespace: str, name: str, level: str, replicas: int, claim: str = "") -> Object:
    resources: Object = {"requests": {"cpu": "100m", "memory": "64Mi"}}
    spec: Object = {"containers": [{"name": "main", "image": "registry.test/image:1", "resources": resources}]}
    if claim:
        resources["claims"] = [{"name": "card"}]
        spec["resourceClaims"] = [{"name": "card", "resourceClaimTemplateName": claim}]
    labels = {"app": name, "ringfence.dev/trust-level": level}
    pods = {"metadata": {"labels": labels}, "spec": spec}
    body = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": pods, "strategy": {"type": "Recreate"}}
    metadata = {"namespace": namespace, "name": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": body}


def node(name: str) -> Object:
    allocatable = {"cpu": "4", "memory": "8Gi", "pods": "58"}
    metadata = {"name": name, "labels": {"kubernetes.io/hostname": name}}
    status = {"allocatable": allocatable, "nodeInfo": {"kubeletVersion": "v1.37.2"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": status}


def scenario(folder: Path, trainers: int) -> Scenario:
    """Trainers take two large cards each, so that a node holds one of them; renderers of the other level a small one each."""
    objects = [
        *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in ("cards-own", "cards-guests")),
        device_class("large", "true"),
        device_class("small", "false"),
        *(slice_of(name, cards) for name, cards in HOSTS.items() if cards),
        template("cards-own", "two-large", "large", 2),
        template("cards-guests", "one-small", "small", 1),
        deployment("cards-own", "trainer", "restricted", trainers, "two-large"),
        deployment("cards-own", "web", "restricted", 3),
        deployment("cards-guests", "renderer", "untrusted", 4, "one-small"),
    ]
    files = {"workloads": objects, "nodes": [node(name) for name in HOSTS]}
    there = kustomization(folder / "base", resources=["workloads.json"])
    for name, items in files.items():
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        ((there if name == "workloads" else folder) / f"{name}.json").write_text(text, encoding="utf-8")
    policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "cards"}}
    policy["spec"] = {"levels": ["restricted", "untrusted"]}
    (folder / "trust.json").write_text(json.dumps(policy), encoding="utf-8")
    return Scenario("cards", there, folder / "nodes.json", folder / "trust.json")


@pytest.fixture(name="stage")
def _stage(plane, ringfence, kubectl_path, tmp_path):
    return Stage(plane, ringfence, tmp_path, kubectl_path)


def test_every_pod_is_given_its_devices_where_the_plan_has_room_for_it(stage: Stage):
    cards = scenario(stage.folder, 2)
    stage.plan("plan", *cards.arguments())
    with made_true(stage, cards, "plan", None) as life:
        assert life.rest() == Rest()
        homes = {name: ring["name"] for ring in life.plan["rings"] for name in ring["nodes"]}
        where = {name: homes[name] for name, cards in HOSTS.items() if cards}
        assert where == {"large-1": "restricted", "large-2": "restricted", "small-1": "untrusted", "small-2": "untrusted"}
        claims = [
            one for one in stage.plane.items("/apis/resource.k8s.io/v1/resourceclaims") if "cards" in one["metadata"]["namespace"]
        ]
        given = [result for one in claims for result in one["status"]["allocation"]["devices"]["results"]]
        assert len(given) == 2 * 2 + 4
        assert undoing.cramped(life) == {}
        files, answer = undoing.patched_again(life)
        assert files == []
        assert answer == "apply.sh: every node already has what it needs.\n"


def test_where_there_are_too_few_devices_the_plan_says_no_as_the_scheduler_does(stage: Stage):
    cards = scenario(stage.folder, 3)
    assert stage.try_plan("plan", *cards.arguments()) == 1
    (left,) = stage.planned("plan")["unplaced"]
    assert (left["workload"]["name"], left["pods"]) == ("trainer", 1)
    assert "cannot allocate all claims" in left["message"]
