"""What is said of a workload or a node: each sentence where it is true, and not where it is not."""

from dataclasses import replace

import pytest

from models.answer.plan import Guide
from models.frozen_map import FrozenMap
from models.kubernetes.workload import WorkloadId
from models.trust import Survive
from planner.formats import explained
from planner.paper import Paper
from planner.view.summary.front import explanation
from tests.explain.homes import API, API_AT_HOME, NODES, PLUGIN_AT_HOME, at, made
from tests.shop_that_buys import running, workload

DEPLOYMENT = WorkloadId("Deployment", "shop", "api")
RING, TAINT = "ringfence.node-restriction.kubernetes.io/ring", "ringfence.dev/ring"
EXCLUDE = {"nodes": {"exclude": {"matchLabels": {"home": "none"}}}}
SHARES = "may share with ring untrusted, but this plan keeps them apart"
MIGHT = "If restricted might share with untrusted (mayShare)"
OWN = "Its own node selector or affinity keeps it off"


def said(plan, name):
    return " ".join(explanation(plan, explained(plan, name), Paper(1000)).split())


def led(plan, required):
    guide = Guide(DEPLOYMENT, "kubernetes.io/hostname", ("r-2",), required=required)
    return replace(plan, guides=(guide,))


@pytest.mark.parametrize(
    ("claims", "doubt"),
    [
        pytest.param([], True, id="whose level nobody else may carry is not said"),
        pytest.param([{"level": "restricted", "namespaces": ["shop"]}], False, id="whose level a claim limits"),
    ],
)
def test_a_workload(tmp_path, claims, doubt):
    plan = made(tmp_path, [API, PLUGIN_AT_HOME], NODES, claims=claims)
    assert ("only the workload says so" in said(plan, str(DEPLOYMENT))) is doubt


@pytest.mark.parametrize(
    ("sharing", "there", "absent"),
    [
        pytest.param((), MIGHT, SHARES, id="the policy would have to let them share"),
        pytest.param((("restricted", "untrusted"),), SHARES, MIGHT, id="the policy lets them already"),
    ],
)
def test_what_would_open_another_ring(tmp_path, sharing, there, absent):
    plan = made(tmp_path, [API, PLUGIN_AT_HOME], NODES)
    text = said(replace(plan, trust=replace(plan.trust, sharing=sharing)), str(DEPLOYMENT))
    assert there in text
    assert absent not in text


@pytest.mark.parametrize(
    ("required", "there", "absent"),
    [
        pytest.param(False, "preferred node affinity; where these are full its pods go to any other", "required", id="preferred"),
        pytest.param(True, "by required node affinity.", "where these are full", id="required"),
    ],
)
def test_a_guide_is_no_wish_of_its_own(tmp_path, required, there, absent):
    text = said(led(made(tmp_path, [API, PLUGIN_AT_HOME], [*NODES, at("r", "r-2")]), required), str(DEPLOYMENT))
    assert there in text
    assert absent not in text
    assert OWN not in text


def test_its_own_node_selector_is_said(tmp_path):
    assert f"{OWN} 2 nodes: u-1, u-2." in said(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], NODES), str(DEPLOYMENT))


@pytest.mark.parametrize(
    ("spec", "policy", "words"),
    [
        pytest.param({}, {}, "in no ring: no pod needs it", id="that no ring needs"),
        pytest.param({"unschedulable": True}, {}, "kubectl uncordon spare", id="that is cordoned"),
        pytest.param({}, EXCLUDE, "Another selector in nodes.exclude", id="that is left alone"),
    ],
)
def test_a_node_outside_every_ring(tmp_path, spec, policy, words):
    text = said(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], [*NODES, at("none", "spare", **spec)], **policy), "spare")
    every = ("in no ring: no pod needs it", "kubectl uncordon spare", "Another selector in nodes.exclude")
    assert [one for one in every if one in text] == [words]


@pytest.mark.parametrize(
    ("label", "taint", "words"),
    [
        pytest.param("restricted", "restricted", "It has label", id="has its marks already"),
        pytest.param("restricted", "untrusted", "nodes/apply.sh gives it label", id="has the taint of another ring"),
        pytest.param("untrusted", "restricted", "nodes/apply.sh gives it label", id="has the label of another ring"),
    ],
)
def test_how_a_node_becomes_one_of_its_ring(tmp_path, label, taint, words):
    node = at("r", "r-1", taints=[{"key": TAINT, "value": taint, "effect": "NoSchedule"}])
    node["metadata"]["labels"][RING] = label
    assert words in said(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], [node, *NODES[1:]]), "r-1")


@pytest.mark.parametrize(
    ("ring", "pool", "words"),
    [
        pytest.param("restricted", "pool-1", "1 workload is led there", id="of its ring and pool"),
        pytest.param("restricted", "pool-2", "no workload is led there", id="of another pool"),
        pytest.param("untrusted", "pool-1", "no workload is led there", id="of another ring that has such a pool"),
    ],
)
def test_who_is_led_to_the_pool_of_a_bought_node(tmp_path, ring, pool, words):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], NODES)
    name = next(one.nodes[0] for one in plan.rings if one.name == ring)
    key = plan.policy.nodes.pool_key
    nodes = tuple(
        replace(one, shape="small", labels=FrozenMap({**one.labels, key: "pool-1"})) if one.name == name else one
        for one in plan.cluster.nodes
    )
    guided = replace(plan, guides=(Guide(DEPLOYMENT, key, (pool,)),), cluster=replace(plan.cluster, nodes=nodes))
    assert words in said(guided, name)


def test_a_bought_node_without_pods_is_called_to_spare(tmp_path):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], NODES)
    used = {name for one in plan.placements for name in one.on}
    bare = replace(plan, placements=tuple(replace(one, on=FrozenMap({})) for one in plan.placements))
    bought = replace(bare.cluster, nodes=tuple(replace(one, shape="small") for one in plan.cluster.nodes))
    spare = "it is to spare"
    for name in used:
        assert spare in said(replace(bare, cluster=bought), name)
        assert spare not in said(replace(plan, cluster=bought), name)
        assert spare not in said(bare, name)


LOSSES, WASTE = "for the pods that come when", "for what kube-scheduler wastes as it binds pods one by one"


@pytest.mark.parametrize(
    ("survive", "packing", "words"),
    [
        pytest.param(Survive(), "", f"to spare, {WASTE}.", id="kube-scheduler"),
        pytest.param(Survive(1, 0), "exact", f"to spare, {LOSSES} a node is lost.", id="a loss, in a packing"),
        pytest.param(
            Survive(1, 1), "", f"to spare, {LOSSES} a node or a zone is lost and {WASTE}.", id="both, in a plan that is kept"
        ),
    ],
)
def test_what_a_node_is_to_spare_for(tmp_path, survive, packing, words):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], NODES)
    nodes = tuple(replace(one, shape="small") for one in plan.cluster.nodes)
    bare = replace(plan, cluster=replace(plan.cluster, nodes=nodes), placements=(), packing=packing)
    assert words in said(replace(bare, policy=replace(plan.policy, survive=survive)), "r-1")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param([], "1 pod of ring restricted runs there today and must go elsewhere.", id="of one other ring"),
        pytest.param(
            running("plugin", "untrusted", "3", "u-1", nodeSelector={"home": "u"}),
            "1 pod of its ring runs there today, and would have to move if it were in another. "
            "1 pod of ring restricted runs there today and must go elsewhere: today it mixes rings.",
            id="of its own ring too",
        ),
    ],
)
def test_whose_pods_run_there_today(tmp_path, more, words):
    workloads = [API, PLUGIN_AT_HOME, *running("api", "restricted", "1", "u-1"), *more]
    assert words in said(made(tmp_path, workloads, NODES), "u-1")


GROUP = {"eks.amazonaws.com/nodegroup": "web"}
WHOLE, PARTS = "Only the whole group can change its ring", "or a part of it becomes a group of its own"
ITS_GROUP = "It changes its ring only with all of node group web (2 nodes)."
RIVAL = "Workloads of ring untrusted could run here too. No rule keeps them off: the plan chose ring restricted by its goals"


@pytest.mark.parametrize(
    ("name", "split", "there", "absent"),
    [
        pytest.param("web", "never", WHOLE, PARTS, id="a group that stays whole"),
        pytest.param("web", "allow", PARTS, WHOLE, id="a group that may be divided"),
        pytest.param("r-1", "never", ITS_GROUP, PARTS, id="a node of a group that stays whole"),
        pytest.param("r-1", "allow", RIVAL, ITS_GROUP, id="a node of a group that may be divided"),
        pytest.param("web", "never", RIVAL, "each with its bound", id="who else could use a group"),
        pytest.param("u-1", "never", "ring untrusted", "node group", id="a node that stands alone"),
    ],
)
def test_what_would_change_a_node_group(tmp_path, name, split, there, absent):
    nodes = [at("r", "r-1"), at("r", "r-2"), at("u", "u-1")]
    for each in nodes[:2]:
        each["metadata"]["labels"] |= GROUP
    plugin = workload("plugin", "untrusted", "1", 1, nodeSelector={"kubernetes.io/hostname": "u-1"})
    other = workload("other", "untrusted", "1", 1)
    plan = made(tmp_path, [API_AT_HOME, plugin, other], nodes, nodes={"groups": {"split": split}})
    text = said(plan, name)
    assert there in text
    assert absent not in text


def test_a_ring_names_its_groups(tmp_path):
    nodes = [at("r", "r-1"), at("r", "r-2"), *NODES[1:]]
    for each in nodes[:2]:
        each["metadata"]["labels"] |= GROUP
    text = said(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], nodes), "restricted")
    assert "Ring restricted: 2 nodes; 1 workload, 2 pods" in text
    assert "Node group Nodes What they are" in text
