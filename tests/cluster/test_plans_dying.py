"""A machine dies as machines do: it stops answering, its pods are evicted after a while, and at last its node is deleted."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.cluster import losses
from tests.cluster.client import MERGE
from tests.cluster.drains import MAKERS
from tests.cluster.life import MINDFUL, QUICK, Life, Rest, made_true
from tests.cluster.observe import owner_of
from tests.cluster.scenario import Scenario
from tests.cluster.stage import Stage
from tests.cluster.test_plans_survive import surviving

Object = dict[str, Any]
BEATS = "example.com/beats"
"""The label of nodes that a fake kubelet looks after: where it is taken off, the machine is dead."""
HASTY = {
    "kube-apiserver": ["--default-not-ready-toleration-seconds=1", "--default-unreachable-toleration-seconds=1"],
    "kube-controller-manager": ["--node-monitor-period=1s", "--node-monitor-grace-period=16s"],
    "kwok": ["--manage-all-nodes=false", f"--manage-nodes-with-label-selector={BEATS}", "--node-lease-duration-seconds=8"],
}
"""Minutes become seconds: when a node counts as dead, and how long its pods are left there."""
SEED = 1006


@pytest.fixture(scope="module")
def mortal(start_plane):
    """Return a whole control plane whose nodes can die."""
    with start_plane(flags=HASTY | MINDFUL, scheduler_config=QUICK) as plane:
        yield plane


def beating(scenario: Scenario) -> Scenario:
    """Let a fake kubelet look after every node."""
    nodes = scenario.inventory()
    for node in nodes:
        node["metadata"]["labels"][BEATS] = "yes"
    file = scenario.nodes.with_name("beating.yaml")
    file.write_text(yaml.safe_dump_all(nodes), encoding="utf-8")
    return replace(scenario, nodes=file)


def test_the_pods_of_a_dead_machine_run_elsewhere_and_those_of_statefulsets_once_its_node_is_deleted(
    mortal, ringfence, kubectl_path, tmp_path
):
    stage = Stage(mortal, ringfence, tmp_path, kubectl_path)
    scenario, policy = surviving(stage, SEED)
    scenario = beating(scenario)
    stage.plan("plan", *scenario.arguments(policy), "--time-limit", 20)
    with made_true(stage, scenario, "plan", None) as life:
        assert life.rest() == Rest()
        ring, node = stateful_home(life)
        stateful = Counter("/".join(owner_of(pod, life.ring_of)) for pod in on(life, node, "StatefulSet"))
        mortal.request("PATCH", f"/api/v1/nodes/{node}", {"metadata": {"labels": {BEATS: None}}}, MERGE)
        mortal.wait(lambda: all(map(leaving, on(life, node, *MAKERS))), "every pod of the dead machine is evicted", 90)
        mortal.wait(lambda: losses.missing(life)[ring] <= stateful, "all but StatefulSets' pods run elsewhere")
        assert stateful
        assert losses.missing(life)[ring] == stateful
        assert all(map(leaving, on(life, node, "StatefulSet")))
        losses.take_away(life, [node])
        losses.rest(life)
        assert losses.missing(life)[ring] == losses.said(life.plan["losses"], "node", node, ring).tied
        assert life.mixtures() == []


def on(life: Life, node: str, *kinds: str) -> list[Object]:
    """Return the pods of some kinds of workloads that are on a node, also those that are being deleted."""
    there = [pod for pod in life.pods.objects.values() if pod["spec"].get("nodeName") == node]
    return [pod for pod in there if owner_of(pod, life.ring_of)[0] in kinds]


def leaving(pod: Object) -> bool:
    """Say whether the pod is being deleted."""
    return "deletionTimestamp" in pod["metadata"]


def stateful_home(life: Life) -> tuple[str, str]:
    """Return the ring and node with most pods of StatefulSets, and of as many kinds as there are."""
    nodes = [(ring["name"], node) for ring in life.plan["rings"] for node in ring["nodes"]]
    return max(nodes, key=lambda one: (len(on(life, one[1], "StatefulSet")), len(on(life, one[1], *MAKERS)), one))
