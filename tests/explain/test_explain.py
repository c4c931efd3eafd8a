"""Who would take one more pod, and which ring could do what with a node: said by the rules, of the planned cluster."""

from dataclasses import replace

import pytest

from models.answer.plan import Guide
from models.kubernetes.workload import WorkloadId
from planner.errors import BadInput
from planner.formats import explained
from planner.rules.plugins import nodeaffinity, nodeunschedulable, podtopologyspread, tainttoleration
from tests.explain.homes import API, API_AT_HOME, NODES, PLUGIN, PLUGIN_AT_HOME, at, made, only
from tests.shop_that_buys import AGENT, BIG, OURS, SMALL, amounts, node, running, workload

SPOT = [{"key": "spot", "value": "yes", "effect": "NoSchedule"}]


def home(folder, workloads, inventory):
    return explained(made(folder, workloads, inventory), "Deployment/shop/api").home


def other(plan, ring):
    return next(ground for ground in explained(plan, "Deployment/shop/api").others if ground.ring == ring)


@pytest.mark.parametrize(
    ("cpu", "takes", "refuses"),
    [
        pytest.param("1", ("r-1",), {}, id="a node of its ring that has room takes one more"),
        pytest.param("2", (), {"Insufficient cpu": ("r-1",)}, id="a node of its ring that is full lacks what it asks for"),
    ],
)
def test_its_own_ring(tmp_path, cpu, takes, refuses):
    api = only("api", "restricted", cpu, 2, "r")
    found = home(tmp_path, [api, PLUGIN_AT_HOME], NODES)
    assert (found.takes, dict(found.refuses)) == (takes, refuses)


@pytest.mark.parametrize(
    ("api", "nodes", "takes", "refuses"),
    [
        pytest.param(
            API,
            NODES,
            ("u-1", "u-2"),
            {},
            id="nodes of another ring that have room take it, were it of that ring",
        ),
        pytest.param(
            API,
            [*NODES[:2], {**at("u", "u-2"), "spec": {"taints": SPOT}}],
            ("u-1",),
            {tainttoleration.REASON: ("u-2",)},
            id="another taint keeps it off whatever its ring",
        ),
        pytest.param(
            API_AT_HOME,
            NODES,
            (),
            {nodeaffinity.REASON: ("u-1", "u-2")},
            id="its own node selector keeps it off whatever its ring",
        ),
        pytest.param(
            workload("api", "restricted", "2", 2),
            NODES,
            (),
            {"Insufficient cpu": ("u-1", "u-2")},
            id="what is planned there counts",
        ),
    ],
)
def test_another_ring(tmp_path, api, nodes, takes, refuses):
    plugin = only("plugin", "untrusted", "3", 2, "u", tolerations=[{"operator": "Exists"}])
    found = other(made(tmp_path, [api, plugin], nodes), "untrusted")
    assert (found.takes, dict(found.refuses)) == (takes, refuses)


@pytest.mark.parametrize(
    ("spare", "policy", "takes", "refuses", "excluded"),
    [
        pytest.param({}, {}, ("spare",), {}, (), id="a node that no ring needs takes it"),
        pytest.param(
            {"unschedulable": True}, {}, (), {nodeunschedulable.REASON: ("spare",)}, (), id="a node that is cordoned does not"
        ),
        pytest.param(
            {},
            {"nodes": {"exclude": {"matchLabels": {"home": "none"}}}},
            (),
            {},
            ("spare",),
            id="one that is excluded is not asked",
        ),
    ],
)
def test_outside_every_ring(tmp_path, spare, policy, takes, refuses, excluded):
    nodes = [*NODES, at("none", "spare", **spare)]
    api = workload("api", "restricted", "1", 2, affinity=not_on("u"))
    limits = {"ringNodes": [{"max": 1, "groups": ["restricted"]}, {"max": 2, "groups": ["untrusted"]}]}
    plan = made(tmp_path, [only("anchor", "restricted", "1", 1, "r"), api, PLUGIN_AT_HOME], nodes, **limits, **policy)
    found = other(plan, "")
    assert (found.takes, dict(found.refuses), found.excluded) == (takes, refuses, excluded)


def not_on(home):
    term = {"matchExpressions": [{"key": "home", "operator": "NotIn", "values": [home]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}


def test_rules_between_pods_count(tmp_path):
    apart = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
    spread = [{**apart, "labelSelector": {"matchLabels": {"app": "api"}}}]
    api = only("api", "restricted", "1", 3, "r", topologySpreadConstraints=spread)
    found = home(tmp_path, [api, PLUGIN_AT_HOME], [*NODES, at("r", "r-2")])
    assert (len(found.takes), {reason: len(names) for reason, names in found.refuses.items()}) == (
        1,
        {podtopologyspread.REASON: 1},
    )


@pytest.mark.parametrize(
    "agent",
    [
        pytest.param(AGENT, id="with tolerations of its own"),
        pytest.param(workload("agent", "", "100m", 0, kind="DaemonSet"), id="with those of the patch"),
    ],
)
def test_a_shared_resident_is_where_it_reaches(tmp_path, agent):
    found = explained(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME, agent], NODES), "DaemonSet/shop/agent")
    assert dict(found.on) == {"r-1": 1, "u-1": 1, "u-2": 1}
    assert found.home is None
    assert [ground.takes for ground in found.others] == [("r-1",), ("u-1", "u-2")]


def test_a_shared_resident_that_selects_one_ring_reaches_no_other(tmp_path):
    selector = {"ringfence.node-restriction.kubernetes.io/ring": "restricted"}
    agent = workload("agent", "", "100m", 0, kind="DaemonSet", nodeSelector=selector)
    found = explained(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME, agent], NODES), "DaemonSet/shop/agent")
    assert [ground.takes for ground in found.others] == [("r-1",), ()]


@pytest.mark.parametrize(
    ("asked", "claims"),
    [
        pytest.param("r-1", {"restricted": (1, 1, {}), "untrusted": (0, 1, {nodeaffinity.REASON: 1})}, id="by node selectors"),
        pytest.param(
            "tiny",
            {"restricted": (0, 1, {nodeaffinity.REASON: 1}), "untrusted": (0, 1, {"Insufficient cpu": 1})},
            id="by what an empty node has",
        ),
    ],
)
def test_what_rings_could_do_with_a_node(tmp_path, asked, claims):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], [*NODES, at("u", "tiny", "2")])
    found = explained(plan, asked)
    assert {claim.ring: (claim.able, claim.workloads, dict(claim.refused)) for claim in found.claims} == claims


def test_whose_pods_run_on_a_node_today(tmp_path):
    more = workload("web", "restricted", "500m", 2)
    documents = [API, more, PLUGIN, *running("api", "restricted", "500m", "r-1", "u-1")]
    documents += [*running("web", "restricted", "500m", "u-1", "u-1"), *running("plugin", "untrusted", "2", "u-1")]
    found = explained(made(tmp_path, documents, NODES), "u-1")
    assert {claim.ring: claim.today for claim in found.claims} == {"restricted": 3, "untrusted": 1}


def test_a_guide_leads_in_its_own_ring_alone(tmp_path):
    plan = made(tmp_path, [API, PLUGIN_AT_HOME], [*NODES, at("r", "r-2")])
    guide = Guide(WorkloadId("Deployment", "shop", "api"), "kubernetes.io/hostname", ("r-2",), required=True)
    found = explained(replace(plan, guides=(guide,)), "Deployment/shop/api")
    refused = found.home.refuses.get(nodeaffinity.REASON, ())
    assert "r-2" not in refused
    assert set(refused) == {name for ring in plan.rings if ring.name == "restricted" for name in ring.nodes} - {"r-2"} != set()
    assert not other(replace(plan, guides=(guide,)), "untrusted").refuses.get(nodeaffinity.REASON)


def test_a_pod_of_a_stateful_set_goes_where_any_of_its_volumes_is(tmp_path):
    nodes = [node(f"n-{zone}", zone=zone) for zone in ("z-1", "z-2", "z-3")]
    database = workload("db", "restricted", "1", 2, kind="StatefulSet")
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    database["spec"] |= {"replicas": 2, "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}]}
    kept = [one for number, zone in enumerate(("z-1", "z-2")) for one in bound(f"data-db-{number}", zone, claim)]
    found = explained(made(tmp_path, [database, *kept], nodes), "StatefulSet/shop/db")
    refused = [names for ground in found.others for names in ground.refuses.values()]
    assert (found.home.takes, refused) == (("n-z-1", "n-z-2"), [("n-z-3",)])


def bound(name, zone, claim):
    """Write a claim and the volume in a zone that it is bound to."""
    where = {"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}]}
    volume = {
        "accessModes": claim["accessModes"],
        "capacity": {"storage": "1Gi"},
        "claimRef": {"namespace": "shop", "name": name},
    }
    volume |= {"nodeAffinity": {"required": {"nodeSelectorTerms": [where]}}, "csi": {"driver": "d.example", "volumeHandle": name}}
    mine = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": "shop"}}
    yield mine | {"spec": claim | {"volumeName": f"pv-{name}"}, "status": {"phase": "Bound"}}
    yield {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"pv-{name}"}, "spec": volume}


def test_nobody_asks_for_a_node_that_the_policy_leaves_alone(tmp_path):
    nodes = [*NODES, at("none", "spare")]
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], nodes, nodes={"exclude": {"matchLabels": {"home": "none"}}})
    assert explained(plan, "spare").claims == ()


def test_bought_nodes_are_asked_like_others(tmp_path):
    plan = made(
        tmp_path, [workload("api", "restricted", "1500m", 3), workload("plugin", "untrusted", "1", 9)], [node("own"), SMALL, BIG]
    )
    bought = [one for one in plan.cluster.nodes if one.shape]
    assert bought
    for one in bought:
        assert explained(plan, one.name).node.shape == one.shape
    names = {name for ring in plan.rings for name in ring.nodes}
    found = explained(plan, "Deployment/shop/plugin")
    asked = [*found.home.takes, *(name for ground in found.others for name in ground.takes)]
    asked += [name for ground in (found.home, *found.others) for names in ground.refuses.values() for name in names]
    assert set(asked) == names | {one.name for one in plan.cluster.nodes}


@pytest.mark.parametrize(
    ("name", "offers"),
    [
        pytest.param("shop/api", "Deployment/shop/api", id="the kind is missing"),
        pytest.param("Deployment/shop/apy", "Deployment/shop/api", id="a letter is wrong"),
        pytest.param("r1", "r-1", id="a node's name is nearly right"),
        pytest.param("zzzzzz", "lists them all", id="nothing is like it"),
    ],
)
def test_who_is_not_there_is_an_error_that_offers_others(tmp_path, name, offers):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], NODES)
    with pytest.raises(BadInput, match=offers):
        explained(plan, name)


def test_kinds_are_taken_in_any_case(tmp_path):
    plan = made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], NODES)
    assert explained(plan, "deployment/shop/api") == explained(plan, "Deployment/shop/api")


GROUP = "eks.amazonaws.com/nodegroup"


def of_group(name, home, group, cpu="4"):
    document = at(home, name, cpu)
    document["metadata"]["labels"] |= {GROUP: group}
    return document


GROUPED = [of_group("r-1", "r", "web"), of_group("r-2", "r", "web", "2"), of_group("u-1", "u", "batch"), at("u", "u-2")]


@pytest.mark.parametrize(
    ("name", "ring", "nodes", "able"),
    [
        pytest.param("web", "restricted", ["r-1", "r-2"], {"restricted": 1, "untrusted": 0}, id="by its name"),
        pytest.param("NodeGroup/batch", "untrusted", ["u-1"], {"restricted": 0, "untrusted": 1}, id="by kind and name"),
    ],
)
def test_a_node_group(tmp_path, name, ring, nodes, able):
    said = explained(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], GROUPED), name)
    assert (said.ring, [each.name for each in said.nodes]) == (ring, nodes)
    assert {claim.ring: claim.able for claim in said.claims} == able


def test_a_group_of_which_no_node_runs_yet_is_told_by_those_that_come(tmp_path):
    spec = {"max": 3, "by": GROUP, "allocatable": amounts("4"), "zones": ["z-1"]}
    group = {"apiVersion": OURS, "kind": "NodeGroup", "metadata": {"name": "new"}, "spec": spec}
    plan = made(tmp_path, [API_AT_HOME, workload("plugin", "untrusted", "1", 2)], [*GROUPED[:2], group])
    said = explained(plan, "new")
    assert (said.ring, [each.name for each in said.nodes]) == ("untrusted", ["new@z-1#1"])


def test_a_group_can_do_what_its_best_node_can(tmp_path):
    api = only("api", "restricted", "3", 1, "r")
    said = explained(made(tmp_path, [api, PLUGIN_AT_HOME], GROUPED), "web")
    assert {claim.ring: claim.able for claim in said.claims} == {"restricted": 1, "untrusted": 0}


def test_whose_pods_run_on_a_group_today(tmp_path):
    documents = [API_AT_HOME, PLUGIN_AT_HOME, *running("api", "restricted", "1", "r-1", "r-2")]
    said = explained(made(tmp_path, documents, GROUPED), "web")
    assert {claim.ring: claim.today for claim in said.claims} == {"restricted": 2, "untrusted": 0}


def test_a_ring_has_groups_and_nodes_that_stand_alone(tmp_path):
    said = explained(made(tmp_path, [API_AT_HOME, PLUGIN_AT_HOME], GROUPED), "untrusted")
    assert [(group.name, [each.name for each in nodes]) for group, nodes in said.groups] == [("batch", ["u-1"])]
    assert [each.name for each in said.alone] == ["u-2"]
