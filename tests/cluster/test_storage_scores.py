"""kube-scheduler weighs nodes by what a pod's volumes leave of their storage as the rules and planner.simulate have it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.version import STORAGE_SCORED, known
from models.trust import TrustPolicy
from planner.read import read_cluster
from planner.rules.plugins.volumebinding import filled, rejects
from planner.simulate.scores import volumebinding
from tests.cluster.client import MERGE
from tests.cluster.conftest import StartPlane
from tests.cluster.lockstep import telling, told

POLICY = TrustPolicy("scores", ("any",), untagged="any", pod_templates=FrozenMap())
STORAGE, HOSTNAME = "storage.k8s.io/v1", "kubernetes.io/hostname"
NODES = ("a", "b", "c")
PLUG_IN = "VolumeBinding"
COUNTING, SILENT, BY_HAND = "counting.test.dev", "silent.test.dev", "kubernetes.io/no-provisioner"
CLASSES = {"small": COUNTING, "grand": COUNTING, "either": COUNTING, "silent": SILENT, "local": BY_HAND}
THERE = (
    ("small", "a", {"capacity": "10Gi"}),
    ("small", "b", {"capacity": "100Gi"}),
    ("small", "c", {"capacity": "4Gi", "maximumVolumeSize": "4Gi"}),
    ("grand", "a", {"capacity": "7Gi"}),
    ("grand", "b", {"capacity": "2Gi", "maximumVolumeSize": "5Gi"}),
    ("grand", "c", {"capacity": "1Ti"}),
    ("either", "a", {"capacity": "6Gi"}),
    ("either", "b", {"capacity": "6Gi"}),
)
BY_POD: dict[str, tuple[tuple[str, str], ...]] = {
    "one-claim": (("small", "3Gi"),),
    "two-of-a-class-that-fit-alone": (("small", "3Gi"), ("small", "2Gi")),
    "more-than-there-is-altogether": (("grand", "3Gi"),),
    "the-mean-of-two-classes": (("small", "3Gi"), ("grand", "1Gi")),
    "a-class-of-which-nobody-tells": (("silent", "3Gi"),),
    "beside-one-of-which-somebody-does": (("silent", "9Gi"), ("grand", "2Gi")),
    "volumes-that-are-there": (("local", "3Gi"),),
    "a-volume-that-is-there-beside-storage": (("either", "3Gi"), ("small", "1Gi")),
}
VOLUMES = (
    ("volumes-that-are-there", "local", "a", "4Gi"),
    ("volumes-that-are-there", "local", "b", "9Gi"),
    ("a-volume-that-is-there-beside-storage", "either", "a", "5Gi"),
)
Object = dict[str, Any]


def thing(kind: str, name: str, api_version: str = "v1", labels: dict[str, str] | None = None, **fields: Any) -> Object:
    named = {"name": name, "labels": labels or {}}
    whole = kind in ("Node", "PersistentVolume", "StorageClass", "CSIDriver")
    return {"apiVersion": api_version, "kind": kind, "metadata": named if whole else {**named, "namespace": "scores"}, **fields}


def node(name: str) -> Object:
    status = {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}, "capacity": {}}
    return thing("Node", name, labels={HOSTNAME: name}, status=status)


def storage() -> list[Object]:
    """Write the classes, their drivers, and what there is."""
    made = [thing("CSIDriver", name, STORAGE, spec={"storageCapacity": name == COUNTING}) for name in (COUNTING, SILENT)]
    made += [
        thing("StorageClass", name, STORAGE, provisioner=maker, volumeBindingMode="WaitForFirstConsumer")
        for name, maker in CLASSES.items()
    ]
    for name, there, amounts in THERE:
        selects = {"matchLabels": {HOSTNAME: there}}
        made.append(
            thing("CSIStorageCapacity", f"{name}-{there}", STORAGE, storageClassName=name, nodeTopology=selects, **amounts)
        )
    return made


def volume(pod: str, storage_class: str, there: str, size: str) -> Object:
    expressions = [{"key": HOSTNAME, "operator": "In", "values": [there]}]
    spec = {
        "capacity": {"storage": size},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": storage_class,
        "local": {"path": "/mnt"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": expressions}]}},
    }
    return thing("PersistentVolume", f"{pod}-{there}", labels={"of": pod}, spec=spec, status={"phase": "Available"})


def claims(pod: str) -> list[Object]:
    kept = {"selector": {"matchLabels": {"of": pod}}}
    given = [
        {"storageClassName": name, "resources": {"requests": {"storage": size}}, **(kept if name in ("local", "either") else {})}
        for name, size in BY_POD[pod]
    ]
    return [
        thing("PersistentVolumeClaim", f"{pod}-{at}", spec={"accessModes": ["ReadWriteOnce"], **spec})
        for at, spec in enumerate(given)
    ]


def pod(name: str) -> Object:
    volumes = [{"name": f"v{at}", "persistentVolumeClaim": {"claimName": f"{name}-{at}"}} for at in range(len(BY_POD[name]))]
    return thing("Pod", name, spec={"containers": [{"name": "main", "image": "registry.test/image:1"}], "volumes": volumes})


@pytest.fixture(scope="module")
def scored(start_plane: StartPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict, dict]]:
    """Return what the rules and kube-scheduler give each pod's nodes."""
    things = [*map(node, NODES), *storage(), *(volume(*one) for one in VOLUMES)]
    things += [each for name in BY_POD for each in claims(name)]
    pods = [pod(name) for name in BY_POD]
    file = tmp_path_factory.mktemp("scores") / "cluster.json"
    with start_plane(controllers=False, kwok=False, flags={"kube-scheduler": ["--v=10"]}) as plane:
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*things, *pods]}), encoding="utf-8")
        plane.create_namespaces(["scores"])
        plane.create(things)
        for each in things:
            if each["kind"] == "PersistentVolume":  # the API server leaves the status out when it is created
                plane.request("PATCH", f"{plane.client.path(each)}/status", {"status": each["status"]}, MERGE)
        plane.create(pods)
        plane.wait(lambda: all(map(_has_node, plane.request("GET", "/api/v1/pods")["items"])), "every pod has its node")
        yield _ours(file, plane.version), told(plane, 0)


def _has_node(given: Object) -> bool:
    """Say whether a pod has a node, though it may wait for its volumes there, which nobody makes here."""
    return bool(given["spec"].get("nodeName") or given.get("status", {}).get("nominatedNodeName"))


def _ours(file: Path, version: str) -> dict[str, dict[str, int]]:
    cluster = read_cluster([], [str(file)], POLICY)
    if known(version) < STORAGE_SCORED:
        return {}
    return {
        one.id.name: {
            there.name: volumebinding.score(filled(one.template, there, cluster))
            for there in cluster.nodes
            if not rejects(one.template, there, cluster)
        }
        for one in cluster.workloads
    }


@pytest.mark.parametrize("name", BY_POD)
def test_nodes_are_weighed_by_what_volumes_leave(scored: tuple[dict, dict], name: str):
    ours, theirs = scored
    assert telling({PLUG_IN: ours.get(name, {})}) == telling({PLUG_IN: theirs.get(f"scores/{name}", {}).get(PLUG_IN, {})})


def test_not_all_nodes_are_weighed_alike(scored: tuple[dict, dict]):
    ours, _ = scored
    assert not ours or sum(len(set(nodes.values())) > 1 for nodes in ours.values()) > len(BY_POD) // 2
