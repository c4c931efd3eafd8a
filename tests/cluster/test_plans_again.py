"""A cluster that has its rings is planned again after its workloads have grown and shrunk: a node changes its ring, unmixed."""

from collections import Counter
from pathlib import Path
from typing import Any

from tests.cluster.client import MERGE
from tests.cluster.life import Life, Rest, made_true
from tests.cluster.observe import mixtures, owner_of, running
from tests.cluster.scenario import Scenario
from tests.cluster.stage import Stage
from tests.cluster.test_plans_rolling import ENDING_FIRST, MILLI_CPU, deployment, node, write
from tests.manifests.test_real_applications import kustomization

Object = dict[str, Any]
LARGE, SMALL = 4, 2


def test_a_node_that_changes_its_ring_is_emptied_before_others_come(plane, ringfence, kubectl_path, tmp_path):
    stage = Stage(plane, ringfence, tmp_path, kubectl_path)
    scenario = two_rings_on_three_nodes(tmp_path)
    stage.plan("plan", *scenario.arguments())
    with made_true(stage, scenario, "plan", None) as life:
        assert life.rest() == Rest()
        scale(life, "restricted", SMALL)
        plane.wait(lambda: pods(life)["restricted"] == SMALL, "the larger one has shrunk")
        scale(life, "untrusted", LARGE)
        again = stage.plan("again", "--kubeconfig", plane.kubeconfig, "--policy", scenario.policy)
        assert {ring["name"]: len(ring["nodes"]) for ring in again["rings"]} == {"restricted": 1, "untrusted": 2}
        stage.script(stage.patch("again") / "nodes" / "apply.sh")
        plane.wait(lambda: pods(life) == {"restricted": SMALL, "untrusted": LARGE, "agent": 1}, "all run in their rings")
        assert mixtures(life.pods.events, life.ring) == []
        stage.script(stage.folder / "again-patch" / "nodes" / "undo.sh")
        assert mixtures(life.pods.events, life.ring) == []


def pods(life: Life) -> Counter[str]:
    """Count the pods that run, by workload."""
    return Counter(owner_of(pod, life.ring_of)[2] for pod in list(life.pods.objects.values()) if running(pod))


def scale(life: Life, name: str, replicas: int) -> None:
    life.plane.request("PATCH", f"/apis/apps/v1/namespaces/rolling/deployments/{name}", {"spec": {"replicas": replicas}}, MERGE)


def two_rings_on_three_nodes(folder: Path) -> Scenario:
    """Return a workload that fills two nodes, beside a DaemonSet of its level, and one that fills a third."""
    base = kustomization(folder / "base", resources=["workloads.json"])
    made = [deployment("restricted", LARGE, 450, ENDING_FIRST), deployment("untrusted", SMALL, 450, ENDING_FIRST), daemon()]
    write(base / "workloads.json", "List", items=made)
    write(folder / "nodes.json", "List", items=[node(f"again-{at}") for at in range(3)])
    policy = {"metadata": {"name": "again"}, "spec": {"levels": ["restricted", "untrusted"]}}
    write(folder / "trust.json", "TrustPolicy", "ringfence.dev/v1alpha1", **policy)
    return Scenario("again", base, folder / "nodes.json", folder / "trust.json")


def daemon() -> Object:
    """Return a DaemonSet of the level of the larger workload."""
    made = deployment("restricted", 0, MILLI_CPU // 20, {})
    template = {**made["spec"]["template"], "metadata": {"labels": {"app": "agent", "ringfence.dev/trust-level": "restricted"}}}
    spec = {"selector": {"matchLabels": {"app": "agent"}}, "template": template}
    return {**made, "kind": "DaemonSet", "metadata": {**made["metadata"], "name": "agent"}, "spec": spec}
