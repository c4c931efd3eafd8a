"""What `ringfence patch` writes for bought nodes, read by the real Karpenter: it makes the nodes of the plan."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from models.answer.plan import IsolationPlan
from planner import pipeline
from tests.cluster.bed import ControlPlane
from tests.cluster.client import RefusedError
from tests.cluster.conftest import StartPlane
from tests.cluster.observe import running
from tests.cluster.provisioner import NODE_CLASS, define
from tests.cluster.provisioner import running as karpenter_running
from tests.cluster.stage import Run, Stage
from tests.cluster.tools import KARPENTER

RING = "ringfence.node-restriction.kubernetes.io/ring"
TAINT = "ringfence.dev/ring"
LEVEL = "ringfence.dev/trust-level"
ZONE, TYPE = "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"
OURS = "ringfence.dev/v1alpha1"
PATIENCE = 180
Object = dict[str, Any]


@pytest.fixture(autouse=True)
def _there_is_karpenter(programs: Path) -> None:
    if not KARPENTER.is_built():
        reason = "Karpenter is not built: run make cluster-test, or python -m tests.cluster.tools karpenter"
        pytest.fail(reason) if os.environ.get("RINGFENCE_CI") else pytest.skip(reason)


@pytest.fixture(name="plane")
def _plane(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return a control plane of one's own: Karpenter's kinds are for good."""
    with start_plane() as plane:
        define(plane)
        yield plane


def workload(kind: str, name: str, level: str, cpu: str, **spec: Any) -> Object:
    labels = {"app": name, LEVEL: level} if level else {"app": name}
    pod = {"terminationGracePeriodSeconds": 0, "containers": [{"name": "main", "image": "web:1"}], **spec.pop("pod", {})}
    pod["containers"][0]["resources"] = {"requests": {"cpu": cpu, "memory": "256Mi"}}
    selector = {"matchLabels": {"app": name}}
    template = {"metadata": {"labels": labels}, "spec": pod}
    metadata = {"name": name, "namespace": "shop"}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"selector": selector, "template": template, **spec},
    }


def apart(name: str) -> Object:
    term = {"labelSelector": {"matchLabels": {"app": name}}, "topologyKey": "kubernetes.io/hostname"}
    return {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}


def shape(name: str, cpu: str, price: float, **labels: str) -> Object:
    allocatable = {"cpu": cpu, "memory": "6Gi", "pods": "58"}
    ours = {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "karpenter.sh/capacity-type": "on-demand", **labels}
    spec = {"allocatable": allocatable, "labels": ours, "zones": ["z-1", "z-2"], "price": price}
    return {"apiVersion": OURS, "kind": "NodeShape", "metadata": {"name": name}, "spec": spec}


OWNED = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "own", "labels": {"kubernetes.io/hostname": "own", ZONE: "z-1", TYPE: "small"}},
    "status": {"allocatable": {"cpu": "3920m", "memory": "6Gi", "pods": "58"}},
}
STEADY = {"strategy": {"type": "Recreate"}}
TOLERANT = {"tolerations": [{"operator": "Exists"}], "priorityClassName": "system-node-critical"}
WORKLOADS = [
    workload("Deployment", "api", "restricted", "1500m", replicas=3, pod=apart("api"), **STEADY),
    workload("Deployment", "plugin", "untrusted", "1", replicas=9, **STEADY),
    workload("DaemonSet", "agent", "", "50m", pod=TOLERANT),
]
POLICY = {
    "apiVersion": OURS,
    "kind": "TrustPolicy",
    "metadata": {"name": "shop"},
    "spec": {"levels": ["restricted", "untrusted"], "everywhere": [{"kind": "DaemonSet", "namespaces": ["shop"]}]},
}


@dataclass(slots=True)
class Shop:
    """A plan that buys, and the folder of its patches."""

    stage: Stage
    plan: IsolationPlan
    patch: Path
    objects: list[Object]

    @property
    def pools(self) -> list[Object]:
        return list(yaml.safe_load_all((self.patch / "pools" / "karpenter.yaml").read_text(encoding="utf-8")))

    @property
    def bought(self) -> Counter[tuple[str, str, str]]:
        return Counter({(ring.name, buy.shape, buy.zone): buy.count for ring in self.plan.rings for buy in ring.buy})

    def nodes(self) -> dict[str, Object]:
        """Return the nodes that Karpenter has made and that are ready for pods."""
        found = {each["metadata"]["name"]: each for each in self.stage.plane.items("/api/v1/nodes")}
        return {name: node for name, node in found.items() if "karpenter.sh/initialized" in node["metadata"]["labels"]}

    def pods(self) -> list[Object]:
        return self.stage.plane.items("/api/v1/namespaces/shop/pods")


@pytest.fixture(name="shop", params=["static", "limits"])
def _shop(request: Any, plane: ControlPlane, ringfence: Run, kubectl_path: str, tmp_path: Path) -> Shop:
    stage, base = Stage(plane, ringfence, tmp_path, kubectl_path), tmp_path / "base"
    base.mkdir()
    (base / "kustomization.yaml").write_text("resources: [workloads.yaml]\n")
    shapes = [shape("small", "3920m", 0.2), shape("big", "7910m", 0.38, **{"shop.example/disk": "fast"})]
    for file, documents in ((base / "workloads.yaml", WORKLOADS), (tmp_path / "nodes.yaml", [OWNED, *shapes])):
        file.write_text("---\n".join(json.dumps(each) + "\n" for each in documents))
    (tmp_path / "trust.yaml").write_text(json.dumps(POLICY))
    stage.plan("plan", base, "--nodes", tmp_path / "nodes.yaml", "--policy", tmp_path / "trust.yaml")
    patch = tmp_path / "patch"
    how = ["--static"] if request.param == "static" else []
    done = ringfence("patch", tmp_path / "plan.yaml", "-o", patch, "--node-class", NODE_CLASS, *how)
    assert done.returncode == 0, done.stderr
    return Shop(stage, pipeline.load(str(tmp_path / "plan.yaml")), patch, stage.build(base, patch))


def test_the_api_server_takes_the_pools_as_karpenters_own_definitions_say(shop: Shop) -> None:
    assert sum(shop.bought.values()) > 1
    shop.stage.plane.create(shop.pools)
    kept = {each["metadata"]["name"]: each["spec"] for each in shop.stage.plane.items("/apis/karpenter.sh/v1/nodepools")}
    for pool in shop.pools:
        there = kept[pool["metadata"]["name"]]
        assert there["template"]["spec"]["taints"] == pool["spec"]["template"]["spec"]["taints"]
        assert there["template"]["metadata"] == pool["spec"]["template"]["metadata"]
    broken = {**shop.pools[0], "metadata": {"name": "broken"}}
    broken["spec"] = {**broken["spec"], "replicas": 1, "limits": {"cpu": "4"}}
    with pytest.raises(RefusedError, match=r"only 'limits.nodes' is supported on static NodePools"):
        shop.stage.plane.create([broken])


def test_karpenter_makes_the_nodes_of_the_plan_and_the_patched_pods_run_in_their_rings(shop: Shop, tmp_path: Path) -> None:
    plane, exact = shop.stage.plane, all("replicas" in pool["spec"] for pool in shop.pools)
    shop.stage.nodes([OWNED])
    shop.stage.script(shop.patch / "nodes" / "apply.sh")
    with karpenter_running(plane, shop.plan.cluster.shapes, tmp_path):
        plane.create(shop.pools)
        if exact:
            plane.wait(lambda: len(shop.nodes()) == shop.bought.total(), "all nodes that are bought are there", PATIENCE)
        shop.stage.setting(shop.objects)
        shop.stage.workloads(shop.objects, Random(0))
        plane.wait(lambda: _all_run(shop), "every pod runs, on a node that is finished", PATIENCE)
        nodes = shop.nodes()
        made = Counter(_kind(node) for node in nodes.values())
        # Karpenter looks at limits a moment late, so that a burst of pods may overrun them; what it makes is of the plan still.
        assert made == shop.bought if exact else made.keys() <= shop.bought.keys()
        for node in nodes.values():
            ring = node["metadata"]["labels"][RING]
            assert {"key": TAINT, "value": ring, "effect": "NoSchedule"} in node["spec"]["taints"]
        homes = {name: node["metadata"]["labels"][RING] for name, node in nodes.items()}
        homes["own"] = next(ring.name for ring in shop.plan.rings if "own" in ring.nodes)
        for pod in shop.pods():
            if level := pod["metadata"]["labels"].get(LEVEL):
                assert homes[pod["spec"]["nodeName"]] == level


def _all_run(shop: Shop) -> bool:
    wanted = sum(each["spec"].get("replicas", 0) for each in WORKLOADS)
    tagged = [pod for pod in shop.pods() if LEVEL in pod["metadata"]["labels"]]
    # A pod runs as soon as its node is ready; Karpenter marks the node as its own, finished one only some time later.
    finished = {"own", *shop.nodes()}
    return len(tagged) == wanted and all(running(pod) and pod["spec"]["nodeName"] in finished for pod in tagged)


def _kind(node: Object) -> tuple[str, str, str]:
    labels = node["metadata"]["labels"]
    return labels[RING], labels[TYPE], labels[ZONE]
