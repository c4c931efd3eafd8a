"""What the solver is told: merged classes, charged nodes, candidates, and rules as sets."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement, Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume, by_label
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Match, PolicyNodes, TrustPolicy
from planner.errors import BadInput
from planner.formulate import formulate, without_rings
from planner.trust import trust

LEVEL = "ringfence.dev/trust-level"
POLICY = TrustPolicy(
    "t",
    ("high", "low"),
    everywhere=(Match("DaemonSet", ("kube-system",)),),
    nodes=PolicyNodes(exclude=LabelSelector(Labels({"role": "master"}))),
)


def node(name, taints=(), unschedulable=False, cpu=4000, **labels):
    room = Resources({"cpu": cpu, "memory": 8, "pods": 10})
    return Node(name, Labels({"host": name, "zone": name[0], **labels}), taints, unschedulable, room)


def workload(
    name, pods=1, level="low", cpu=500, kind="Deployment", namespace="shop", claim_templates=(), ports=(), running=None, **pod
):
    labels = Labels({"app": name, **({} if namespace == "kube-system" else {LEVEL: level})})
    template = Pod(namespace, labels, (Container("main", requests=Resources({"cpu": cpu}), host_ports=ports),), **pod)
    made = WorkloadId(kind, namespace, name)
    return Workload(made, "apps/v1", template, pods, claim_templates=claim_templates, running=FrozenMap(running or {}))


def problem(*workloads, nodes=None, policy=POLICY, **rest):
    nodes = nodes or (node("a1"), node("b1"))
    cluster = Cluster(nodes=nodes, workloads=tuple(sorted(workloads, key=lambda w: w.id)), **rest)
    return formulate(cluster, policy, trust(policy, cluster)).problem


def test_pods_that_no_rule_can_tell_apart_are_one_class():
    (merged,) = problem(workload("a", 2), workload("b", 3)).classes
    assert merged.count == 5


@pytest.mark.parametrize(
    "other",
    [
        workload("b", cpu=501),
        workload("b", level="high"),
        workload("b", node_selector=Labels({"zone": "a"})),
        workload("b", ports=(HostPort(80),)),
        workload("b", running={"a1": 1}),
        workload("b", priority=5),
    ],
    ids=["another request", "another ring", "another selector", "a host port", "it runs somewhere", "another priority"],
)
def test_pods_that_a_rule_can_tell_apart_are_not(other):
    assert len(problem(workload("a"), other).classes) == 2


def test_a_term_that_selects_only_one_of_two_alike_keeps_them_apart():
    away = PodAffinityTerm("host", LabelSelector(Labels({"app": "a"})))
    made = problem(workload("a"), workload("b"), workload("c", pod_anti_affinity=(away,)))
    assert [c.name for c in made.classes] == ["Deployment/shop/a", "Deployment/shop/b", "Deployment/shop/c"]
    (apart,) = made.aparts
    assert (apart.owner, apart.others, apart.domains) == (2, (0,), ((0,), (1,)))


def test_a_shared_resident_is_charged_to_its_nodes_once():
    agent = workload("agent", 0, cpu=1000, kind="DaemonSet", namespace="kube-system", node_selector=Labels({"zone": "a"}))
    made = problem(agent, workload("a"))
    at = made.resources.index("cpu")
    assert [slot.capacity[at] for slot in made.nodes] == [3000, 4000]


def test_a_shared_resident_that_does_not_fit_is_charged_nothing():
    agent = workload("agent", 0, cpu=9000, kind="DaemonSet", namespace="kube-system")
    made = problem(agent, workload("a"))
    assert [slot.capacity[made.resources.index("cpu")] for slot in made.nodes] == [4000, 4000]


def test_candidates_are_judged_as_the_patches_leave_pod_and_node():
    old = node("a1", taints=(Taint("ringfence.dev/ring", "other"),))
    tainted = node("b1", taints=(Taint("gpu", "", "NoSchedule"),))
    (found,) = problem(workload("a"), nodes=(old, tainted, node("c1", unschedulable=True))).classes
    assert found.candidates == (0,)


def test_a_node_that_nobody_can_use_is_in_no_ring_and_gives_no_room():
    made = problem(workload("a"), nodes=(node("a1"), node("b1", unschedulable=True)))
    assert [(slot.rings, any(slot.capacity)) for slot in made.nodes] == [((0,), True), ((), False)]


def test_excluded_nodes_are_no_part_of_it():
    made = problem(workload("a"), nodes=(node("a1"), node("m1", role="master")))
    assert [slot.name for slot in made.nodes] == ["a1"]


def test_an_excluded_node_with_a_ring_label_is_bad_input():
    with pytest.raises(BadInput, match="is excluded by the policy, but carries a ring's label"):
        problem(workload("a"), nodes=(node("a1"), node("m1", role="master", **{POLICY.nodes.label_key: "low"})))


def static(level=None):
    labels = Labels({LEVEL: level} if level else {})
    pod = Pod("kube-system", labels, (Container(requests=Resources({"cpu": 1000})),))
    return Resident("static-a1", "a1", pod)


def test_a_static_pod_takes_room():
    plain = problem(workload("a"), workload("h", level="high"), residents=(static(),))
    assert plain.nodes[0].capacity[plain.resources.index("cpu")] == 3000


STATIC = [
    ("without a level it is part of its node", None, "", (0, 1)),
    ("one of the least trusted pins its node", "low", "", (1,)),
    ("one of a better level does not lift its node", "high", "", ()),
    ("but keeps it in the ring that it has", "high", "high", (0,)),
    ("one of a level that nobody knows keeps it out of all", "nobody", "high", ()),
]


@pytest.mark.parametrize(("level", "today", "rings"), [row[1:] for row in STATIC], ids=[row[0] for row in STATIC])
def test_what_a_static_pod_does_to_its_node(level, today, rings):
    nodes = (node("a1", **({POLICY.nodes.label_key: today} if today else {})), node("b1"))
    made = problem(workload("a"), workload("h", level="high"), nodes=nodes, residents=(static(level),))
    assert made.nodes[0].rings == rings


def by_hand(name, level, runs, kind="Pod", **more):
    """Return a workload that nothing patches."""
    return replace(workload(name, level=level, kind=kind, running=runs, **more), by_hand=True)


KEPT = [
    ("the node of one keeps to its ring", [by_hand("x", "low", {"a1": 1})], {}, [(1,), (0, 1)]),
    ("of what is patched it does not", [workload("x", running={"a1": 1})], {}, [(0, 1), (0, 1)]),
    ("nor if that was found to allow no plan", [by_hand("x", "low", {"a1": 1})], {"may_move_by_hand": True}, [(0, 1), (0, 1)]),
    ("nor if others of another ring are there too", [by_hand("x", "low", {"a1": 1}), by_hand("y", "high", {"a1": 1})], {},
     [(0, 1), (0, 1)]),
    ("of a DaemonSet it does not", [by_hand("x", "low", {"a1": 1}, "DaemonSet")], {}, [(0, 1), (0, 1)]),
    ("each of several does", [by_hand("x", "low", {"a1": 1}), by_hand("y", "high", {"b1": 1}, "StatefulSet")], {}, [(1,), (0,)]),
]  # fmt: skip


@pytest.mark.parametrize(("more", "given", "rings"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT])
def test_pods_that_nothing_patches_keep_their_nodes(more, given, rings):
    made = problem(workload("a"), workload("h", level="high"), *more, **given)
    assert [one.rings for one in made.nodes] == rings


def test_a_pod_that_nothing_patches_is_counted_where_it_runs_if_it_may_be_there():
    def candidates(**more):
        (found,) = [one for one in problem(workload("h", level="high"), by_hand("x", "low", {"a1": 1}, **more)).classes
                    if "x" in one.name]  # fmt: skip
        return found.candidates

    assert candidates() == (0,)
    assert candidates(kind="StatefulSet") == (0, 1)
    assert candidates(node_selector=Labels({"zone": "b"})) == (1,)


def test_ordinals_with_bound_volumes_are_classes_of_their_own():
    def volume(name, zone):
        return Volume(name, node_affinity=(NodeSelectorTerm((Requirement("zone", "In", (zone,)),)),))

    made = problem(
        workload("db", 3, kind="StatefulSet", claim_templates=("data",)),
        claims=FrozenMap({f"shop/data-db-{n}": Claim("shop", f"data-db-{n}", f"pv{n}") for n in (0, 1)}),
        volumes=FrozenMap({"pv0": volume("pv0", "a"), "pv1": volume("pv1", "b")}),
    )
    assert [(c.count, c.candidates) for c in made.classes] == [(1, (0,)), (1, (1,)), (1, (0, 1))]


def test_claims_that_wait_for_their_pod_are_for_the_nodes_of_their_class():
    def claiming(**wanted):
        return workload("db", 2, kind="StatefulSet", claim_templates=("data",), new_claims=(Claim(name="data", **wanted),))

    rack, disk = (NodeSelectorTerm((Requirement(key, "In", ("x",)),)) for key in ("rack", "disk"))
    classes = {"made": StorageClass("made", "csi.test.dev", True, (rack,)), "local": StorageClass("local", waits=True)}
    known = {
        "storage_classes": FrozenMap(classes),
        "volumes": FrozenMap({"pv": Volume("pv", node_affinity=(disk,), storage_class="local")}),
        "nodes": (node("a"), node("b", rack="x"), node("c", disk="x"), node("d")),
    }
    for wanted, candidates in (({"storage_class": "made"}, (1,)), ({"storage_class": "local"}, (2,)), ({}, (0, 1, 2, 3))):
        made = problem(claiming(**wanted), **known)
        assert [(c.count, c.candidates) for c in made.classes] == [(2, candidates)], wanted


def test_nodes_are_told_apart_by_who_has_storage_for_volumes_to_be_made():
    given = [Capacity(LabelSelector(Labels({"rack": "x"})), 4)]
    given.append(Capacity(LabelSelector(match_expressions=(Requirement("disk", "Exists"),)), 2))
    classes = FrozenMap({"made": StorageClass("made", "csi.test.dev", True, counted=True, capacities=by_label(given))})
    nodes = (node("a"), node("b", rack="x"), node("c", disk="x"), node("d"))
    for size, candidates in ((1, (1, 2)), (3, (1,)), (5, ())):
        wanting = workload("db", new_claims=(Claim(name="data", storage_class="made", size=size),))
        made = problem(wanting, nodes=nodes, storage_classes=classes)
        assert [one.candidates for one in made.classes] == [candidates], size


def test_a_claim_whose_pod_was_sent_to_a_node_is_for_that_node():
    claims = FrozenMap({"shop/c": Claim("shop", "c", storage_class="made", selected_node="b")})
    classes = FrozenMap({"made": StorageClass("made", "csi.test.dev", True)})
    made = problem(workload("a", claims=("c",)), nodes=(node("a"), node("b")), claims=claims, storage_classes=classes)
    assert [c.candidates for c in made.classes] == [(1,)]


def test_a_claim_for_one_pod_is_had_by_one_pod_anywhere():
    claims = FrozenMap({"shop/one": Claim("shop", "one", access_modes=("ReadWriteOncePod",))})
    (apart,) = problem(workload("a", 2, claims=("one",)), claims=claims).aparts
    assert (apart.owner, apart.others, apart.domains) == (0, (0,), ((0, 1),))


def spread(**fields):
    return TopologySpreadConstraint(1, "zone", label_selector=LabelSelector(Labels({"app": "a"})), **fields)


def test_a_spread_counts_the_ring_and_what_stands_outside_all_rings_only_where_affinity_is_ignored():
    nodes = (node("a1"), node("b1"), node("m1", role="master"))
    (honoured,) = problem(workload("a", 2, topology_spread_constraints=(spread(),)), nodes=nodes).spreads
    ignored = workload("a", 2, topology_spread_constraints=(spread(node_affinity_policy="Ignore"),))
    (counted,) = problem(ignored, nodes=nodes).spreads
    assert (honoured.domains, honoured.standing) == (((0,), (1,)), ())
    assert (counted.domains, counted.standing) == (((0,), (1,), ()), (2,))


def test_without_rings_everybody_is_in_one():
    merged = without_rings(problem(workload("a"), workload("h", level="high")))
    assert {c.ring for c in merged.classes} == {0}
    assert {slot.rings for slot in merged.nodes} == {(0,)}


def test_where_others_keep_data_on_the_node_of_a_pod_that_nothing_patches_the_goals_decide():
    keeping = workload("h", level="high", running={"a1": 1}, host_paths=("/data",))
    made = problem(workload("a"), keeping, by_hand("x", "low", {"a1": 1}))
    assert made.nodes[0].rings == (0, 1)
