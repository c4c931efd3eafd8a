"""What a reviewer reads in pools/karpenter.yaml: the nodes that the plan buys, no others, and how they come into their ring."""

from collections import Counter
from dataclasses import replace

import pytest
import yaml

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from planner import pipeline
from planner.emit.nodes.karpenter import FILE, NodeClass
from planner.emit.nodes.pool import MADE_BY
from planner.emit.patch import patches
from planner.errors import BadInput
from tests.shop_that_buys import AGENT, API, BIG, PLUGIN, SMALL, node, quiet, write

RING, TAINT = "ringfence.node-restriction.kubernetes.io/ring", "ringfence.dev/ring"
TYPE, ZONE = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone"


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> IsolationPlan:
    folder = tmp_path_factory.mktemp("shop")
    return pipeline.plan(write(folder, [API, PLUGIN, AGENT], [node("own-1"), SMALL, BIG]), quiet, exact=True)


def pools(plan: IsolationPlan, **options) -> list[dict]:
    return list(yaml.safe_load_all(patches(plan, **options)[FILE]))


def asked(pool: dict) -> dict[str, list[str]]:
    found = pool["spec"]["template"]["spec"]["requirements"]
    assert {one["operator"] for one in found} == {"In"}
    return {one["key"]: one["values"] for one in found}


def test_there_is_a_pool_for_each_ring_shape_and_zone_that_the_plan_buys(plan):
    bought = {(ring.name, buy.shape, buy.zone): buy.count for ring in plan.rings for buy in ring.buy}
    assert len(bought) > 1
    found = {}
    for pool in pools(plan):
        labels = pool["spec"]["template"]["metadata"]["labels"]
        (kind,), (zone,) = asked(pool)[TYPE], asked(pool)[ZONE]
        found[labels[RING], kind, zone] = int(pool["spec"]["limits"]["nodes"])
    assert found == bought


def test_a_node_registers_with_its_rings_label_and_taint(plan):
    for pool in pools(plan):
        template = pool["spec"]["template"]
        ring = template["metadata"]["labels"][RING]
        assert {"key": TAINT, "value": ring, "effect": "NoSchedule"} in template["spec"]["taints"]
        assert "startupTaints" not in template["spec"]


def test_where_a_ring_has_pools_each_is_one_of_its_own_and_its_nodes_say_so(plan):
    first = next(ring for ring in plan.rings if ring.buy)
    one = first.buy[0]
    two = tuple(replace(one, count=count, pool=name) for count, name in ((1, "pool-1"), (3, "pool-2")))
    parted = replace(plan, rings=(replace(first, buy=two),))
    found = {pool["metadata"]["name"]: pool["spec"] for pool in pools(parted)}
    stem = f"{first.name}-{one.shape}-{one.zone}"
    assert {name: spec["limits"]["nodes"] for name, spec in found.items()} == {f"{stem}-pool-1": "1", f"{stem}-pool-2": "3"}
    labels = [spec["template"]["metadata"]["labels"] for spec in found.values()]
    assert [one["ringfence.node-restriction.kubernetes.io/pool"] for one in labels] == ["pool-1", "pool-2"]
    assert all(one[RING] == first.name for one in labels)
    assert not any("ringfence.node-restriction.kubernetes.io/pool" in yaml.dump(pool) for pool in pools(plan))


def test_static_pools_have_a_number_and_no_limits(plan):
    counts = Counter(buy.count for ring in plan.rings for buy in ring.buy)
    found = pools(plan, static=True)
    assert Counter(pool["spec"]["replicas"] for pool in found) == counts
    assert all(set(pool["spec"]) == {"replicas", "template"} for pool in found)


def test_labels_that_nodes_get_by_themselves_are_asked_for_and_others_given(plan):
    extra = {"karpenter.sh/capacity-type": "spot", "karpenter.sh/nodepool": "old", "karpenter.k8s.aws/instance-cpu": "4"}
    shapes = tuple(replace(shape, labels={**shape.labels, **extra}) for shape in plan.cluster.shapes)
    for pool in pools(replace(plan, cluster=replace(plan.cluster, shapes=shapes))):
        given = pool["spec"]["template"]["metadata"]["labels"]
        small = asked(pool)[TYPE] == ["small"]
        assert given == {RING: given[RING], **({"shop.example/disk": "fast"} if small else {})}
        assert asked(pool).get("kubernetes.io/arch") == (["amd64"] if small else None)
        assert asked(pool)["karpenter.sh/capacity-type"] == ["spot"]
        assert asked(pool)["karpenter.k8s.aws/instance-cpu"] == ["4"]
        assert "karpenter.sh/nodepool" not in asked(pool)


def test_a_shapes_own_taints_come_with_it(plan):
    found = [pool for pool in pools(plan) if asked(pool)[TYPE] == ["big.x"]]
    assert found
    spot = {"key": "shop.example/spot", "value": "yes", "effect": "PreferNoSchedule"}
    assert all(spot in pool["spec"]["template"]["spec"]["taints"] for pool in found)


def classes(found: list[dict]) -> set[tuple[str, ...]]:
    return {tuple(pool["spec"]["template"]["spec"]["nodeClassRef"].values()) for pool in found}


def test_the_node_class_is_the_one_that_was_named(plan):
    assert classes(pools(plan)) == {("karpenter.k8s.aws", "EC2NodeClass", "default")}
    other = NodeClass("karpenter.azure.com", "AKSNodeClass", "linux")
    assert classes(pools(plan, node_class=other)) == {("karpenter.azure.com", "AKSNodeClass", "linux")}


def test_pools_have_names_of_their_own_that_labels_can_hold(plan):
    rings = tuple(replace(ring, name=f"{ring.name}_Tenant." + "x" * 40) for ring in plan.rings)
    for made in (plan, replace(plan, rings=rings)):
        names = [pool["metadata"]["name"] for pool in pools(made)]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 63 and name == name.lower() and "_" not in name for name in names)
    assert names != [pool["metadata"]["name"] for pool in pools(plan)]


def test_pools_whose_parts_read_alike_have_names_of_their_own(plan):
    shape, (ring, *_) = plan.cluster.shapes[0], [one for one in plan.rings if one.buy]
    shapes = tuple(replace(shape, name=name) for name in ("a", "a-b", "d"))
    buys = [replace(ring.buy[0], shape=shape, zone=zone, pool="") for shape, zone in (("a", "b-c"), ("a-b", "c"), ("d", "c"))]
    made = replace(plan, cluster=replace(plan.cluster, shapes=shapes), rings=(replace(ring, buy=tuple(buys)),))
    one, other, usual = [pool["metadata"]["name"] for pool in pools(made)]
    assert one != other
    assert one.startswith(f"{ring.name}-a-b-c-")
    assert other.startswith(f"{ring.name}-a-b-c-")
    assert usual == f"{ring.name}-d-c"


def test_a_plan_that_buys_nothing_has_no_pools(plan):
    assert FILE not in patches(replace(plan, rings=tuple(replace(ring, buy=()) for ring in plan.rings)))


def called(name: str) -> str:
    return name.replace("@", "-").replace("#", "-")


def come(plan: IsolationPlan, *anew: str, **changed: str) -> IsolationPlan:
    """The plan made again once what it bought is there, of which it buys so much `anew`; labels of the nodes may have changed."""
    named = {}
    for pool in pools(plan):
        labels = pool["spec"]["template"]["metadata"]["labels"]
        named[labels[RING], asked(pool)[TYPE][0], asked(pool)[ZONE][0]] = pool["metadata"]["name"], labels
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    nodes = []
    for one in plan.cluster.nodes:
        if one.shape:
            name, labels = named[ring_of[one.name], one.shape, one.labels[ZONE]]
            labels = FrozenMap({**one.labels, **labels, MADE_BY: name, TYPE: one.shape, **changed})
            one = replace(one, name=called(one.name), shape="", labels=labels)
        nodes.append(one)
    rings = tuple(
        replace(ring, nodes=tuple(map(called, ring.nodes)), buy=ring.buy if ring.name in anew else ()) for ring in plan.rings
    )
    return replace(plan, cluster=replace(plan.cluster, nodes=tuple(nodes)), rings=rings)


def sizes(plan: IsolationPlan) -> dict[str, int]:
    return {pool["metadata"]["name"]: pool["spec"]["replicas"] for pool in pools(plan, static=True)}


def test_planned_again_a_pool_has_its_nodes_and_those_that_are_bought_in_addition(plan):
    first, (ring, *_) = sizes(plan), [ring for ring in plan.rings if ring.buy]
    assert sizes(come(plan)) == first
    more = {f"{ring.name}-{buy.shape}-{buy.zone}": buy.count for buy in ring.buy}
    assert more
    assert sizes(come(plan, ring.name)) == {name: count + more.get(name, 0) for name, count in first.items()}
    assert {int(pool["spec"]["limits"]["nodes"]) for pool in pools(come(plan))} == set(first.values())
    text = patches(come(plan))[FILE]
    assert text.count("there, the plan buys none.") == len(first)


def test_a_pool_keeps_its_name_and_its_nodes_where_these_are_of_another_ring_now(plan):
    made = come(plan, **{RING: "elsewhere"})
    assert sizes(made) == sizes(plan)
    assert sizes(replace(made, rings=tuple(replace(ring, name=f"new-{ring.name}") for ring in made.rings))) == sizes(plan)
    swapped, names = come(plan), [ring.name for ring in plan.rings][::-1]
    swapped = replace(swapped, rings=tuple(replace(ring, name=name) for ring, name in zip(swapped.rings, names, strict=True)))
    assert sizes(swapped) == sizes(plan)
    assert "Of another ring now" in patches(swapped)[FILE]
    assert "Of another ring now" not in patches(come(plan))[FILE]


def test_a_pool_that_reads_like_one_that_is_there_has_a_longer_name(plan):
    """Zone c of shape a-b, where zone b-c of shape a has made nodes already."""
    shape, ring = plan.cluster.shapes[0], next(one for one in plan.rings if one.buy)
    shapes = tuple(replace(shape, name=name) for name in ("a", "a-b"))
    labels = {RING: ring.name, MADE_BY: f"{ring.name}-a-b-c", TYPE: "a", ZONE: "b-c"}
    there = replace(plan.cluster.nodes[0], name="there", shape="", labels=FrozenMap(labels))
    buys = (replace(ring.buy[0], shape="a-b", zone="c", pool=""),)
    cluster = replace(plan.cluster, nodes=(there,), shapes=shapes)
    named = sizes(replace(plan, cluster=cluster, rings=(replace(ring, nodes=("there",), buy=buys),)))
    assert named.pop(f"{ring.name}-a-b-c") == 1
    ((other, count),) = named.items()
    assert other.startswith(f"{ring.name}-a-b-c-")
    assert count == buys[0].count


def test_pools_of_others_are_not_written(plan):
    assert FILE not in patches(come(plan, **{MADE_BY: "default"}))


def test_pools_of_which_no_shape_is_known_are_not_lost(plan, tmp_path):
    blind = come(plan)
    blind = replace(blind, cluster=replace(blind.cluster, shapes=()))
    assert FILE not in patches(blind)
    assert sorted(one.split(" (")[0] for one in pipeline.unwritten(blind)) == sorted(sizes(plan))
    assert pipeline.unwritten(come(plan)) == ()
    pipeline.patch(blind, str(tmp_path / "new"))
    pipeline.patch(plan, str(tmp_path / "old"))
    with pytest.raises(BadInput) as refused:
        pipeline.patch(blind, str(tmp_path / "old"))
    (fault,) = refused.value.faults
    assert str(fault.where).endswith(FILE)
    assert all(name in fault.reason for name in sizes(plan))


def test_the_scripts_leave_bought_nodes_alone_and_say_so(plan):
    files, bought = patches(plan), sum(bool(node.shape) for node in plan.cluster.nodes)
    for name in ("nodes/apply.sh", "nodes/undo.sh"):
        assert not [one.name for one in plan.cluster.nodes if one.shape and one.name in files[name]]
        assert f"# Bought nodes ({bought}) are not touched here" in files[name]
    assert "own-1" in files["nodes/apply.sh"]


def test_the_file_says_by_whom_and_how_and_is_the_same_every_time(plan):
    text = patches(plan)[FILE]
    assert text.startswith("# Written by ringfence ")
    assert "limits.nodes" in text.splitlines()[2]
    assert "StaticCapacity" in patches(plan, static=True)[FILE].splitlines()[2]
    assert patches(plan)[FILE] == text
