"""How full everything is, against numbers counted by hand."""

from dataclasses import replace

import pytest

from models.answer.plan import SharedResident
from models.answer.usage import Usage
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Resident
from models.kubernetes.labels import LabelSelector, Taint
from models.kubernetes.pod import Container
from models.trust import Membership, PolicyNodes
from planner.view.usage import NodeLoad, scarcest
from planner.view.utilisation import load
from tests.view.view_plans import GIB, MIB, fleet, node, pod, shop, workload


def on(plan, name: str) -> NodeLoad:
    """Return the load of one node."""
    found = load(plan)
    return next(one for one in (*found.nodes, *found.outside) if one.name == name)


def test_a_node_carries_its_planned_pods_and_the_shared_residents():
    # node-1: api 3 x (500m, 1 GiB), ledger (1000m, 4 GiB), log-shipper (200m, 128 MiB), node-exporter (100m, 64 MiB)
    found = on(shop(), "node-1")
    assert dict(found.usage) == {
        "cpu": Usage(2800, 4000),
        "memory": Usage(7 * GIB + 192 * MIB, 16 * GIB),
        "pods": Usage(6, 110),
    }
    assert found.scarcest == "cpu"
    assert found.fill == pytest.approx(0.7)
    assert found.usage["cpu"].free == 1200
    assert [(o.short, o.kind, o.pods) for o in found.occupants] == [
        ("api", "planned", 3),
        ("ledger", "planned", 1),
        ("log-shipper", "shared", 1),
        ("node-exporter", "shared", 1),
    ]


def test_a_ring_adds_its_nodes_up():
    ring = next(one for one in load(shop()).rings if one.name == "untrusted")
    # plug-in maps 3 x 300m, reviews 4 x 400m, two residents of 300m together on each of two nodes
    assert ring.usage["cpu"] == Usage(900 + 1600 + 600, 8000)
    assert (ring.workloads, ring.pods, ring.unplaced) == (2, 7, 0)
    assert [(guest.name, guest.nodes) for guest in ring.guests] == [
        ("DaemonSet/kube-system/log-shipper", 2),
        ("DaemonSet/kube-system/node-exporter", 2),
    ]


def test_rings_come_in_the_order_of_trust_and_the_total_is_of_all_rings():
    found = load(shop())
    assert [ring.name for ring in found.rings] == ["restricted", "internal", "untrusted"]
    assert found.usage["cpu"] == Usage(6900 + 8900 + 3100, 32000)


def test_pods_that_nothing_may_move_take_room():
    plan = shop()
    fixed = Resident("etcd-node-3", "node-3", pod("kube-system", 700, GIB))
    full = on(replace(plan, cluster=replace(plan.cluster, residents=(fixed,))), "node-3")
    assert full.usage["cpu"].requested == on(plan, "node-3").usage["cpu"].requested + 700
    assert ("etcd-node-3", "fixed") in [(o.name, o.kind) for o in full.occupants]


def test_overhead_and_sidecars_count_as_kube_scheduler_counts_them():
    plan = shop()
    sidecar = Container("proxy", requests=FrozenMap({"cpu": 50}), restartable=True)
    heavy = tuple(
        replace(w, template=replace(w.template, init_containers=(sidecar,), overhead=FrozenMap({"cpu": 10})))
        if w.id.name == "api"
        else w
        for w in plan.cluster.workloads
    )
    assert on(replace(plan, cluster=replace(plan.cluster, workloads=heavy)), "node-1").usage["cpu"].requested == 2800 + 3 * 60


def test_a_resource_that_kube_scheduler_does_not_compare_is_not_shown():
    plan = shop()
    odd = tuple(replace(w, template=pod(w.id.namespace, 100, MIB, bananas=5)) for w in plan.cluster.workloads)
    found = load(replace(plan, cluster=replace(plan.cluster, workloads=odd)))
    assert set(found.usage) == {"cpu", "memory", "pods"}


def test_an_extended_resource_is_shown_and_can_be_the_scarcest():
    plan = shop()
    gpu = "nvidia.com/gpu"
    nodes = tuple(
        replace(n, allocatable=FrozenMap({**n.allocatable, gpu: 4})) if n.name == "node-1" else n for n in plan.cluster.nodes
    )
    work = tuple(
        replace(w, template=pod("payments", 500, GIB, **{gpu: 1})) if w.id.name == "api" else w for w in plan.cluster.workloads
    )
    changed = replace(plan, cluster=replace(plan.cluster, nodes=nodes, workloads=work))
    assert on(changed, "node-1").usage[gpu] == Usage(3, 4)
    assert on(changed, "node-1").scarcest == gpu
    assert gpu not in on(changed, "node-5").usage
    assert on(changed, "node-2").usage[gpu] == Usage(3, 0)
    assert on(changed, "node-2").usage[gpu].share == 1.0


@pytest.mark.parametrize(
    ("change", "nodes"),
    [
        pytest.param({}, 8, id="a resident without wishes runs on every node"),
        pytest.param(
            {"node_selector": FrozenMap({"topology.kubernetes.io/zone": "zone-a"})}, 2, id="a selector keeps it to one zone"
        ),
    ],
)
def test_a_shared_resident_is_charged_where_it_runs(change, nodes):
    plan = shop()
    work = tuple(
        replace(w, template=replace(w.template, **change)) if w.id.name == "log-shipper" else w for w in plan.cluster.workloads
    )
    found = load(replace(plan, cluster=replace(plan.cluster, workloads=work)))
    one = next(e for e in found.exposure if e.name.endswith("log-shipper"))
    assert len(one.nodes) == nodes
    charged = [n.name for n in found.nodes if any(o.name == one.name for o in n.occupants)]
    assert sorted(charged) == list(one.nodes)


def test_a_taint_of_a_foreign_key_keeps_a_shared_resident_away_and_that_of_a_ring_does_not():
    plan = shop()
    gpu = tuple(replace(n, taints=(Taint("gpu", "yes"),)) if n.name == "node-1" else n for n in plan.cluster.nodes)
    found = load(replace(plan, cluster=replace(plan.cluster, nodes=gpu)))
    assert "node-1" not in found.exposure[0].nodes
    assert len(found.exposure[0].nodes) == 7


def test_a_resident_in_the_hosts_network_is_marked():
    assert [e.host_network for e in load(shop()).exposure] == [True, False]


def test_nodes_outside_every_ring_say_why():
    plan = shop()
    extra = (
        node("spare"),
        replace(node("tired"), unschedulable=True),
        node("master", **{"node-role.kubernetes.io/control-plane": ""}),
    )
    exclude = LabelSelector(FrozenMap({"node-role.kubernetes.io/control-plane": ""}))
    changed = replace(
        plan,
        cluster=replace(plan.cluster, nodes=(*plan.cluster.nodes, *extra)),
        policy=replace(plan.policy, nodes=PolicyNodes(exclude=exclude)),
    )
    found = load(changed)
    assert {n.name: n.standing for n in found.outside} == {"master": "excluded", "spare": "unused", "tired": "cordoned"}
    reached = found.exposure[0].nodes
    assert "spare" in reached
    assert "master" not in reached
    assert found.usage["cpu"].allocatable == 32000, "nodes outside the rings are no room of the rings"


def test_unplaced_pods_are_counted_for_their_ring():
    plan = shop()
    found = {ring.name: ring.unplaced for ring in load(replace(plan, unplaced=_missing(plan))).rings}
    assert found == {"restricted": 2, "internal": 0, "untrusted": 0}


def _missing(plan):
    from models.answer.plan import Unplaced

    ledger = next(p.workload for p in plan.placements if p.workload.name == "ledger")
    return (Unplaced(ledger, 2, "0/8 nodes are available", FrozenMap()),)


def test_groups_that_share_are_named_where_they_are_in_other_rings():
    plan = shop()
    apart = replace(plan, trust=replace(plan.trust, sharing=(("internal", "untrusted"),)))
    assert {r.name: r.partners for r in load(apart).rings} == {
        "restricted": (),
        "internal": (("internal", ("untrusted",)),),
        "untrusted": (("untrusted", ("internal",)),),
    }


def test_of_a_ring_of_two_groups_it_is_said_which_of_them_trusts_another():
    plan = shop()
    rings = tuple(replace(ring, groups=("restricted", "internal")) if ring.name == "internal" else ring for ring in plan.rings)
    sharing = (("internal", "restricted"), ("internal", "untrusted"))
    both = replace(plan, rings=rings, trust=replace(plan.trust, sharing=sharing))
    assert {r.name: r.partners for r in load(both).rings}["internal"] == (("internal", ("untrusted",)),)


def test_the_nodes_own_groups_are_those_the_plan_puts_there():
    shared = next(ring for ring in load(fleet(5, 40)).rings if len(ring.groups) == 2)
    assert shared.levels == ("internal", "batch")
    assert any(n.groups == ("batch", "internal") for n in shared.nodes)


def test_nodes_come_in_the_order_a_person_counts():
    names = [n.name.split(".")[0].rsplit("-", 1)[1] for n in load(fleet(5, 40)).rings[1].nodes]
    assert names == sorted(names, key=int)


def test_a_ring_daemon_is_a_planned_pod_like_others():
    plan = shop()
    agent = workload("DaemonSet", "payments", "auditor", 0, pod("payments", 100, MIB))
    placement = replace(plan.placements[0], workload=agent.id, pods=3, on=FrozenMap({f"node-{at}": 1 for at in (1, 2, 3)}))
    changed = replace(
        plan,
        cluster=replace(plan.cluster, workloads=(*plan.cluster.workloads, agent)),
        placements=(*plan.placements, placement),
        trust=replace(
            plan.trust, members=FrozenMap({**plan.trust.members, str(agent.id): Membership("restricted", "restricted")})
        ),
    )
    assert on(changed, "node-3").usage["cpu"].requested == 1000 + 300 + 100


def test_a_shared_resident_that_the_plan_does_not_describe_still_counts_by_its_rings():
    plan = shop()
    gone = replace(plan.shared[0].workload, name="gone")
    changed = replace(plan, shared=(SharedResident(gone, ("untrusted",), 2, FrozenMap({"cpu": 40})),))
    assert on(changed, "node-7").usage["cpu"].requested == 2 * 300 + 2 * 400 + 40
    assert on(changed, "node-1").usage["cpu"].requested == 2500


@pytest.mark.parametrize(
    ("usage", "name"),
    [
        ({"memory": Usage(5, 10), "cpu": Usage(5, 10)}, "cpu"),
        ({"memory": Usage(6, 10), "cpu": Usage(5, 10)}, "memory"),
        ({"a/b": Usage(1, 2), "pods": Usage(1, 2)}, "pods"),
        ({"cpu": Usage(0, 0)}, "cpu"),
        ({}, ""),
    ],
)
def test_the_scarcest_resource_is_the_fullest_and_cpu_wins_ties(usage, name):
    assert scarcest(usage) == name
