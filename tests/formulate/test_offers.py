"""Nodes that could be bought, as the solver is told of them: judged as nodes are, in domains, and what stays where it runs."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.pod import Container, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Capacity, Claim, StorageClass, by_label
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.problem import ENDLESS, NONE, OWN, FailureDomain, PortConflict
from models.trust import Match, PolicyNodes, Survive, TrustPolicy
from planner.errors import BadInput
from planner.formulate import formulate, without_rings
from planner.formulate.offers import without_offers
from planner.formulate.pods_that_stay import part_staying_pods
from planner.trust import trust

LEVEL, ZONE, HOST = "ringfence.dev/trust-level", "topology.kubernetes.io/zone", "kubernetes.io/hostname"
TYPE = "node.kubernetes.io/instance-type"
POLICY = TrustPolicy("t", ("high", "low"), everywhere=(Match("DaemonSet", ("kube-system",)),))
ROOM = Resources({"cpu": 4000, "memory": 8, "pods": 10})
SPOT = Taint("spot", "", "NoSchedule")
OWNED = Node("own", Labels({ZONE: "a", HOST: "own"}), allocatable=ROOM)
SMALL = NodeShape("small", ROOM, ("a", "b"), 200_000, Labels({"disk": "fast"}), max=3)
SPOTS = NodeShape("spots", ROOM, ("b",), 70_000, taints=(SPOT,))


def workload(name, pods=1, level="low", cpu=500, kind="Deployment", namespace="shop", running=None, **pod):
    tags = {} if namespace == "kube-system" else {LEVEL: level}
    template = Pod(namespace, Labels({"app": name, **tags}), (Container("main", requests=Resources({"cpu": cpu})),), **pod)
    return Workload(WorkloadId(kind, namespace, name), "apps/v1", template, pods, running=FrozenMap(running or {}))


def problem(*workloads, nodes=(OWNED,), shapes=(SMALL, SPOTS), policy=POLICY, homes=FrozenMap(), **rest):
    cluster = Cluster(nodes=nodes, workloads=tuple(sorted(workloads, key=lambda one: one.id)), shapes=shapes, **rest)
    return formulate(cluster, policy, trust(policy, cluster), homes).problem


def test_there_is_an_offer_for_each_shape_and_zone():
    made = problem(workload("web"))
    assert [(one.name, one.shape, one.price) for one in made.offers] == [
        ("small@a", 0, 200_000),
        ("small@b", 0, 200_000),
        ("spots@b", 1, 70_000),
    ]
    assert made.most == (3, ENDLESS)
    assert [node.name for node in made.nodes] == ["own"]


def test_without_shapes_the_problem_is_the_one_it_was():
    made = problem(workload("web"), shapes=())
    assert (made.offers, made.most, made.classes[0].offers) == ((), (), ())


def test_the_static_filters_judge_offers_as_they_judge_nodes():
    term = NodeSelectorTerm((Requirement(ZONE, "In", ("b",)),))
    made = problem(
        workload("anywhere"),
        workload("fast", node_selector=Labels({"disk": "fast"})),
        workload("spot", tolerations=(Toleration("spot", "Exists"),)),
        workload("there", node_affinity=(term,)),
        workload("type", node_selector=Labels({TYPE: "small"})),
        workload("vast", cpu=5000),
    )
    assert [one.offers for one in made.classes] == [(0, 1), (0, 1), (0, 1, 2), (1,), (0, 1), ()]
    assert [one.candidates for one in made.classes] == [(0,), (), (0,), (), (), ()]


@pytest.mark.parametrize(
    ("labels", "offers"),
    [
        pytest.param({ZONE: "a"}, (1,), id="what is said of nodes of their zone counts"),
        pytest.param({HOST: "own"}, (0, 1), id="what is said of others does not"),
    ],
)
def test_offers_have_storage_unless_a_driver_says_otherwise(labels, offers):
    said = by_label([Capacity(LabelSelector(Labels(labels)), 1)])
    classes = FrozenMap({"made": StorageClass("made", "csi.test.dev", True, counted=True, capacities=said)})
    wanting = workload("db", new_claims=(Claim(name="data", storage_class="made", size=2),))
    (made,) = problem(wanting, shapes=(SMALL,), storage_classes=classes).classes
    assert (made.candidates, made.offers) == ((), offers)


def test_without_rings_whoever_may_use_an_offer_may_use_it_together():
    merged = without_rings(problem(workload("a"), workload("h", level="high")))
    assert {one.rings for one in merged.offers} <= {(0,), ()}
    assert any(one.rings for one in merged.offers)


def test_daemons_of_every_ring_are_charged_to_offers_too():
    agent = workload("agent", cpu=100, kind="DaemonSet", namespace="kube-system", tolerations=(Toleration("", "Exists"),))
    made = problem(workload("web"), agent)
    cpu = made.resources.index("cpu")
    assert {one.capacity[cpu] for one in (*made.nodes, *made.offers) if max(one.capacity)} == {3900}


def test_an_offer_that_no_pod_of_any_ring_may_use_has_no_room_and_no_ring():
    made = problem(workload("web"))
    assert (made.offers[2].rings, max(made.offers[2].capacity)) == ((), 0)


def apart(key):
    return (PodAffinityTerm(key, LabelSelector(Labels({"app": "web"}))),)


@pytest.mark.parametrize(
    ("key", "domains", "joins"),
    [
        (HOST, ((0,),), (OWN, OWN, OWN)),
        (ZONE, ((0,), ()), (0, 1, 1)),
        (TYPE, ((), ()), (0, 0, 1)),
        ("disk", ((),), (0, 0, NONE)),
    ],
)
def test_a_node_that_is_bought_joins_the_domain_of_its_label(key, domains, joins):
    (rule,) = problem(workload("web", 2, pod_anti_affinity=apart(key))).aparts
    assert (rule.domains, rule.joins) == (domains, joins)


def test_a_spread_counts_only_offers_that_its_pod_may_use():
    selector = LabelSelector(Labels({"app": "web"}))
    spread = TopologySpreadConstraint(1, ZONE, "DoNotSchedule", selector, node_taints_policy="Honor")
    (rule,) = problem(workload("web", 2, topology_spread_constraints=(spread,))).spreads
    assert (rule.domains, rule.joins) == (((0,), ()), (0, 1, NONE))


def test_affinity_has_joins_term_by_term():
    (rule,) = problem(workload("web", 2, pod_affinity=(*apart(ZONE), *apart(HOST)))).togethers
    assert rule.joins == ((0, 1, 1), (OWN, OWN, OWN))


def test_closed_leaves_neither_offers_nor_empty_domains():
    made = problem(workload("web", 2, pod_anti_affinity=apart(TYPE), pod_affinity=apart(ZONE)))
    shut = without_offers(made)
    bare = problem(workload("web", 2, pod_anti_affinity=apart(TYPE), pod_affinity=apart(ZONE)), shapes=())
    assert shut == bare


def test_what_could_be_bought_is_lost_with_its_zone_or_node_by_node_and_unties_pods():
    policy = replace(POLICY, survive=Survive(nodes=1, zones=1))
    alone = problem(workload("web"), policy=policy, shapes=())
    assert [loss.tied for loss in alone.losses] == [(0,), (0,)]
    made = problem(workload("web"), policy=policy)
    nodes = [FailureDomain((0,)), *(FailureDomain((), offers=(o,)) for o in range(len(made.offers)))]
    assert made.losses == (*nodes, FailureDomain((0,), zone=True, offers=(0,)), FailureDomain((), zone=True, offers=(1, 2)))


def test_pods_that_one_offer_alone_lets_in_are_tied_to_its_zone_but_to_none_of_its_nodes():
    work = workload("web", tolerations=(Toleration("spot", "Exists"),), node_selector=Labels({TYPE: "spots"}))
    policy = replace(POLICY, survive=Survive(nodes=1, zones=1))
    assert [loss for loss in problem(work, policy=policy).losses if loss.tied] == [FailureDomain((), (0,), True, (1, 2))]


def test_closed_forgets_losses_of_what_could_be_bought():
    policy = replace(POLICY, survive=Survive(nodes=1, zones=1))
    made = problem(workload("web"), policy=policy)
    assert without_offers(made).losses == (FailureDomain((0,)), FailureDomain((0,), zone=True))


def test_a_node_can_be_given_a_ring_or_none():
    work = (workload("pay", level="high"), workload("web"))
    assert problem(*work).nodes[0].rings == (0, 1)
    assert problem(*work, homes=FrozenMap({"own": "low"})).nodes[0].rings == (1,)
    assert problem(*work, homes=FrozenMap({"own": ""})).nodes[0].rings == ()


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (replace(SMALL, labels=Labels({POLICY.nodes.label_key: "low"})), "carries a ring's label"),
        (replace(SMALL, labels=Labels({POLICY.nodes.pool_key: "pool-1"})), "carries a pool's label"),
        (replace(SMALL, taints=(Taint(POLICY.nodes.taint_key, "low"),)), "carries a ring's taint"),
        (replace(SMALL, labels=Labels({"role": "master"})), "the policy excludes nodes like NodeShape small"),
    ],
)
def test_a_shape_that_no_ring_may_have_is_bad_input(shape, reason):
    policy = replace(POLICY, nodes=PolicyNodes(exclude=LabelSelector(Labels({"role": "master"}))))
    with pytest.raises(BadInput, match=reason):
        problem(workload("web"), shapes=(shape,), policy=policy)


def test_the_pods_of_the_ring_that_a_node_keeps_stay_and_no_others():
    pay = workload("pay", 3, "high", running={"own": 2})
    web = workload("web", 5, running={"own": 4}, pod_anti_affinity=apart(ZONE))
    made = problem(pay, web)
    parted = part_staying_pods(made)
    assert parted.parts == ((0,), (1, 2))
    assert [(one.count, one.candidates, one.offers) for one in parted.problem.classes] == [
        (3, (0,), (0, 1)),
        (4, (0,), ()),
        (1, (0,), (0, 1)),
    ]
    assert parted.problem.nodes[0].rings == (1,)
    assert [(rule.owner, rule.others) for rule in parted.problem.aparts] == [(1, (1, 2)), (2, (1, 2))]
    assert parted.merged((((1, 3),), ((0, 4),), ((0, 1),))) == (((1, 3),), ((0, 5),))


def test_pods_that_are_no_longer_wanted_do_not_stay():
    parted = part_staying_pods(problem(workload("web", 1, running={"own": 4})))
    assert [one.count for one in parted.problem.classes] == [1, 0]


def test_host_ports_exclude_each_other_among_all_parts():
    made = problem(workload("web", 2, running={"own": 1}))
    parted = part_staying_pods(replace(made, clashes=(PortConflict(0, 0),)))
    assert parted.problem.clashes == (PortConflict(0, 0), PortConflict(0, 1), PortConflict(1, 1))
