"""Buffers keep so much room that, wherever the loss strikes, what it leaves without a node has the room of a placeholder."""

import re
from dataclasses import replace

import pytest
import yaml

from models.trust import Survive
from planner import formats, pipeline
from tests.shop_that_buys import AGENT, node, quiet, workload, write

TYPE, RING = "node.kubernetes.io/instance-type", "ringfence.node-restriction.kubernetes.io/ring"
TAINT, ZONE = "ringfence.dev/ring", "topology.kubernetes.io/zone"


def typed(name, kind, cpu, zone="z-1", **more):
    there = node(name, cpu, zone)
    there["metadata"]["labels"][TYPE] = kind
    there["status"]["allocatable"] |= more
    return there


def buffered(tmp_path, work, inventory, **survive):
    plan = pipeline.plan(write(tmp_path, work, inventory, survive=survive), quiet, exact=True)
    return plan, formats.buffers(plan, pipeline.review(plan, quiet, quick=True))


def pairs(text):
    """Return template and buffer of each ring; a file of comments has none."""
    documents = [document for document in yaml.safe_load_all(text) if document]
    assert [document["kind"] for document in documents] == ["PodTemplate", "CapacityBuffer"] * (len(documents) // 2)
    told = {}
    for template, buffer in zip(documents[::2], documents[1::2], strict=True):
        assert buffer["apiVersion"] == "autoscaling.x-k8s.io/v1beta1"
        assert buffer["spec"]["podTemplateRef"]["name"] == template["metadata"]["name"] == buffer["metadata"]["name"]
        told[template["template"]["spec"]["nodeSelector"][RING]] = template["template"]["spec"], buffer["spec"]["replicas"]
    return told


WORK = [workload("api", "restricted", "1500m", 4), workload("plugin", "untrusted", "1", 2), AGENT]
NODES = [*(typed(f"n-{n}", "small", "4") for n in range(5)), typed("n-5", "big", "8")]


def test_a_ring_that_may_lose_a_node_has_a_spare_one_that_its_placeholder_fills(tmp_path):
    plan, text = buffered(tmp_path, WORK, NODES, nodes=1)
    told = pairs(text)
    assert set(told) == {ring.name for ring in plan.rings}
    for ring in plan.rings:
        pod, spare = told[ring.name]
        assert spare == 1
        asked = pod["containers"][0]["resources"]["requests"]
        kind = pod["nodeSelector"][TYPE]
        assert asked["cpu"] == {"small": "3900m", "big": "7900m"}[kind]  # a daemon takes 100m
        assert {"key": "ringfence.dev/ring", "operator": "Equal", "value": ring.name, "effect": "NoSchedule"} in pod[
            "tolerations"
        ]
        each = {"api": 1500, "plugin": 1000}
        for name in ring.nodes:
            lost = sum(p.on.get(name, 0) * each.get(p.workload.name, 0) for p in plan.placements)
            assert lost <= int(asked["cpu"].removesuffix("m"))


@pytest.mark.parametrize(
    ("nodes", "spare"),
    [
        pytest.param({"z-1": 2, "z-2": 2}, 4, id="two zones of two nodes"),
        pytest.param({"z-1": 2, "z-2": 2, "z-3": 2}, 3, id="three zones of two nodes"),
        pytest.param({"z-1": 1, "z-2": 1, "z-3": 1}, 2, id="three zones of one node"),
    ],
)
def test_of_placeholders_in_all_zones_enough_are_left(tmp_path, nodes, spare):
    inventory = [typed(f"{zone}-{n}", "small", "4", zone) for zone, count in nodes.items() for n in range(count)]
    work = [workload("api", "restricted", "1", len(inventory))]
    apart = {"labelSelector": {"matchLabels": {"app": "api"}}, "topologyKey": "kubernetes.io/hostname", "maxSkew": 1}
    work[0]["spec"]["template"]["spec"]["topologySpreadConstraints"] = [{**apart, "whenUnsatisfiable": "DoNotSchedule"}]
    _, text = buffered(tmp_path, work, inventory, zones=1)
    ((pod, count),) = pairs(text).values()
    assert count == spare
    (constraint,) = pod["topologySpreadConstraints"]
    assert (constraint["topologyKey"], constraint["maxSkew"], constraint["whenUnsatisfiable"]) == (ZONE, 1, "DoNotSchedule")
    assert constraint["minDomains"] == len(nodes)
    most_in_a_zone = -(-count // len(nodes))
    assert count - most_in_a_zone >= max(nodes.values()) > count - 1 - -(-(count - 1) // len(nodes))


@pytest.mark.parametrize(
    ("inventory", "survive", "says"),
    [
        pytest.param([typed("n-1", "small", "4")] * 1, {"zones": 1}, "in one zone", id="a zone to lose, and one zone"),
        pytest.param([node("n-1", "4"), node("n-2", "8")], {"nodes": 1}, "no node of a known type", id="sizes without a type"),
    ],
)
def test_a_ring_that_can_have_none_is_named(tmp_path, inventory, survive, says):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "2", 2)], inventory), quiet, exact=True)
    plan = replace(plan, policy=replace(plan.policy, survive=Survive(**survive)))
    text = formats.buffers(plan, pipeline.review(plan, quiet, quick=True))
    assert re.search(rf"# Ring restricted has none: .*{says}", text)
    assert pairs(text) == {}


def test_a_policy_that_asks_for_nothing_has_no_buffers(tmp_path):
    with pytest.raises(ValueError, match="write survive"):
        formats.check_buffers(pipeline.plan(write(tmp_path, WORK, NODES), quiet, exact=True))
