"""What is foreseen of small plans made by hand: orders, ties, preemption, and what it means for a ring."""

from dataclasses import replace

import pytest

from models.answer.finding import INFO, WARNING
from models.answer.forecast import Forecast, Pending, RingForecast, Run
from models.answer.order_result import PROVEN, LeftPending, Reason, stuck_in, tried
from models.answer.plan import Guide, IsolationPlan, RingPlan, Unplaced
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import DisruptionBudget, Resident
from models.kubernetes.labels import LabelSelector, Toleration
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, PreferredPodTerm, TopologySpreadConstraint
from models.kubernetes.resources import DEVICES, DISKS, WHOLE, Resources
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume, by_label
from models.kubernetes.workload import WorkloadId
from planner.simulate import ORDERS, findings, foresee
from planner.simulate.scheduler.arrival_orders import DAEMONS_LAST, LAST, arrivals
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.nodes import zone_by_zone
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.ranking.scoring import nodes_to_score, parts, total
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation
from planner.simulate.scores import WEIGHTS
from tests.simulate.made_by_hand import HOST, left, node, plan, work
from tests.simulate.small_plans import random_plan

WEB = LabelSelector(FrozenMap({"app": "web"}))


def where(made: IsolationPlan, order: str = "as applied") -> dict[str, list[str]]:
    """Return the workloads on each node, with repetitions."""
    run = Simulation(Rulebook(cast_of(made)), order).run()
    groups, nodes = run.book.cast.groups, run.book.cast.terrain.nodes
    return {
        nodes[at].name: sorted(groups[group].workload.name for group, times in there.items() for _ in times)
        for at, there in enumerate(run.state.arrived)
    }


# Orders

THREE = (
    work("big", 1, 900, namespace="b", line=2),
    work("mid", 2, 500, namespace="c", line=1),
    work("small", 1, 100, namespace="a", line=3),
)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("as applied", ["mid", "mid", "big", "small"]),
        ("largest first", ["big", "mid", "mid", "small"]),
        ("smallest first", ["small", "mid", "mid", "big"]),
        ("by namespace", ["small", "big", "mid", "mid"]),
    ],
)
def test_pods_arrive_in_the_order_that_is_named(order: str, expected: list[str]):
    cast = cast_of(plan([node("n1")], THREE))
    assert [cast.groups[at].workload.name for at in arrivals(cast, order)] == expected


def test_who_has_a_disk_is_not_large_for_that():
    disk = f"{DISKS}gce/a"
    there = node("n1")
    there = replace(there, allocatable=Resources({**there.allocatable, disk: WHOLE}))
    cast = cast_of(plan([there], [work("big", 1, 900), work("writes", 1, 100, attached=Resources({disk: WHOLE}))]))
    assert [cast.groups[at].workload.name for at in arrivals(cast, "largest first")] == ["big", "writes"]


def test_random_orders_differ_and_each_is_always_the_same():
    cast = cast_of(plan([node("n1")], [work(f"w{at}", 4, 10) for at in range(5)]))
    assert arrivals(cast, "random 1") == arrivals(cast, "random 1")
    assert arrivals(cast, "random 1") != arrivals(cast, "random 2")
    assert sorted(arrivals(cast, "random 1")) == sorted(arrivals(cast, "as applied"))


def test_pods_of_higher_priority_are_taken_up_first_and_in_the_last_order_last():
    cast = cast_of(plan([node("n1")], [work("low", 1, 10), work("high", 1, 10, priority=5), work("none", 1, 10, priority=-1)]))
    assert [cast.groups[at].workload.name for at in arrivals(cast, "smallest first")] == ["high", "low", "none"]
    assert [cast.groups[at].workload.name for at in arrivals(cast, "lowest priority first")] == ["none", "low", "high"]


def test_orders_that_would_be_like_others_are_left_out():
    def tried(*more):
        return [run.order for run in foresee(plan([node("n1")], [*THREE, *more])).runs]

    first, second, agent = work("low", 1, 10), work("high", 1, 10, priority=5), work("agent", 0, 10, "DaemonSet")
    assert tried() == [order for order in ORDERS if order not in (LAST, DAEMONS_LAST)]
    assert tried(first, second) == [order for order in ORDERS if order != DAEMONS_LAST]
    assert tried(agent) == [order for order in ORDERS if order != LAST]


def test_an_unknown_order_is_refused():
    with pytest.raises(ValueError, match="'backwards' is no order of arrival"):
        foresee(plan([node("n1")], THREE), ("backwards",))


# Which nodes are looked at


@pytest.mark.parametrize(
    ("nodes", "enough"),
    [(10, 10), (99, 99), (100, 100), (200, 100), (500, 230), (1000, 420), (5000, 500), (6000, 300), (10_000, 500)],
)
def test_large_clusters_are_not_looked_at_as_a_whole(nodes: int, enough: int):
    assert nodes_to_score(nodes) == enough


def test_nodes_are_taken_zone_by_turns():
    zones = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "c1": "c", "c2": "c"}
    nodes = [node(name, **{"topology.kubernetes.io_zone": zone}) for name, zone in zones.items()]
    assert [one.name for one in zone_by_zone(nodes)] == ["a1", "b1", "c1", "a2", "c2", "a3"]


# Where pods go


def test_pods_of_one_controller_are_spread_over_nodes_though_nobody_asked():
    made = plan([node("n1", 4000), node("n2", 2000)], [work("web", 2, 100)])
    assert where(made) == {"n1": ["web"], "n2": ["web"]}
    bare = plan([node("n1", 4000), node("n2", 2000)], [work("web", 2, 100, kind="Job")])
    assert where(bare) == {"n1": ["web", "web"], "n2": []}


def test_small_pods_that_come_first_take_the_room_of_large_ones():
    made = plan([node("n1"), node("n2")], [work("small", 2, 200), work("large", 1, 900)])
    assert left(made, "largest first") == {}
    assert left(made, "smallest first") == {"large": 1}


def test_a_run_is_the_same_every_time():
    for seed in range(5):
        assert foresee(random_plan(seed)) == foresee(random_plan(seed))


def test_a_pod_that_waits_for_another_is_bound_once_that_one_is_there():
    near = PodAffinityTerm(HOST, LabelSelector(FrozenMap({"app": "leader"})))
    made = plan([node("n1"), node("n2")], [work("a-follower", 1, 10, pod_affinity=(near,)), work("leader", 1, 10)])
    assert left(made) == {}


def test_daemons_come_before_all_others():
    made = plan([node("n1"), node("n2", 100)], [work("agent", 0, 200, kind="DaemonSet"), work("web", 1, 900)])
    refused = "1 node(s) didn't satisfy plugin(s) [NodeAffinity]."
    assert foresee(made, ("as applied",)).runs[0].pending == (
        Pending(WorkloadId("DaemonSet", "shop", "agent"), 1, f"0/2 nodes are available: 1 Insufficient cpu, {refused}", ("n2",)),
        Pending(WorkloadId("Deployment", "shop", "web"), 1, "0/2 nodes are available: 2 Insufficient cpu."),
    )


def test_a_daemon_that_was_put_out_comes_back_to_its_own_node_only():
    made = plan([node("n1"), node("n2", 800)], [work("agent", 0, 200, kind="DaemonSet"), work("web", 1, 900, priority=100)])
    run = foresee(made, ("as applied",)).runs[0]
    assert (run.preempted, [(one.workload.name, one.pods) for one in run.pending]) == (1, [("agent", 1)])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"ports": (HostPort(80),)}, {"web": 1}, id="one pod per node where they hold a port"),
        pytest.param(
            {"topology_spread_constraints": (TopologySpreadConstraint(1, "rack", label_selector=WEB),)},
            {"web": 3},
            id="none where no node bears the key of a hard spread",
        ),
        pytest.param(
            {"pod_anti_affinity": (PodAffinityTerm(HOST, WEB),)},
            {"web": 1},
            id="one pod per node where they keep apart",
        ),
        pytest.param({}, {}, id="all, without such rules"),
    ],
)  # fmt: skip
def test_rules_between_pods_hold(fields: dict, expected: dict[str, int]):
    assert left(plan([node("n1"), node("n2")], [work("web", 3, 10, **fields)])) == expected


# Preemption


def test_who_comes_late_with_a_higher_priority_puts_others_out_and_they_come_back():
    made = plan([node("n1"), node("n2", 500)], [work("low", 2, 400), work("high", 1, 800, priority=10)])
    run = foresee(made, ("lowest priority first",)).runs[0]
    assert (run.preempted, [(one.workload.name, one.pods) for one in run.pending]) == (1, [("low", 1)])


def test_nobody_is_put_out_for_a_pod_that_would_still_not_fit():
    made = plan([node("n1")], [work("low", 1, 400), work("high", 1, 1200, priority=10)])
    run = foresee(made, ("lowest priority first",)).runs[0]
    assert (run.preempted, [one.workload.name for one in run.pending]) == (0, ["high"])


def test_nobody_is_put_out_for_devices():
    """Kube-scheduler takes a lack of devices for one that fewer pods cannot mend."""
    card = Resources({f"{DEVICES}card": 1})
    low, high = work("low", 1, 400, attached=card), work("high", 1, 700, priority=10, attached=card)
    one = node("n1")
    for cards, preempted in ((1, 0), (2, 1)):
        there = replace(one, allocatable=Resources({**one.allocatable, f"{DEVICES}card": cards}))
        run = foresee(plan([there], [low, high]), ("lowest priority first",)).runs[0]
        assert (run.preempted, [left.workload.name for left in run.pending]) == (preempted, ["low" if preempted else "high"])


def test_a_bare_pod_that_is_put_out_is_gone():
    made = plan([node("n1")], [work("low", 1, 900, kind="Pod"), work("high", 1, 800, priority=10)])
    run = foresee(made, ("lowest priority first",)).runs[0]
    assert run == Run(
        "lowest priority first",
        (Pending(WorkloadId("Pod", "shop", "low"), 1, "put out for pods of higher priority, and nobody makes it again"),),
        1,
    )


def test_static_pods_are_never_put_out():
    static = Resident(
        "static-n1", "n1", Pod("kube-system", containers=(Container("c", requests=FrozenMap({"cpu": 900})),), priority=-5)
    )
    made = plan([node("n1")], [work("high", 1, 800, priority=10)], residents=(static,))
    assert left(made, "lowest priority first") == {"high": 1}


VICTIMS = [
    ("the lowest priority goes, wherever it is", {"a": (0, 800), "b": (5, 800)}, (), "a"),
    ("a budget is kept where another node breaks none", {"a": (0, 800), "b": (5, 800)}, ("a",), "b"),
    ("fewer pods go where priorities are alike", {"a": (0, 300, 300, 300), "b": (0, 800)}, (), "b"),
    ("of those the sum of whose priorities is lower", {"a": (1, 400, 400), "b": (1, 900)}, (), "b"),
]


@pytest.mark.parametrize(("there", "protected", "gone"), [one[1:] for one in VICTIMS], ids=[one[0] for one in VICTIMS])
def test_the_node_where_it_hurts_least_is_chosen(there: dict, protected: tuple[str, ...], gone: str):
    nodes = [node(f"n-{name}", **{"only": name}) for name in there]
    workloads = [
        work(f"{name}{at}", 1, cpu, priority=priority, node_selector=FrozenMap({"only": name}))
        for name, (priority, *sizes) in there.items()
        for at, cpu in enumerate(sizes)
    ]
    budgets = tuple(
        DisruptionBudget("shop", name, LabelSelector(FrozenMap({"app": f"{name}0"})), min_available="1") for name in protected
    )
    made = plan(nodes, [*workloads, work("high", 1, 900, priority=10)], budgets=budgets)
    assert {name.rstrip("0123456789") for name in left(made, "lowest priority first")} == {gone}


def test_as_many_as_possible_stay_the_more_important_first():
    lows = [work("a", 1, 300), work("b", 1, 300, priority=2), work("c", 1, 300, priority=1)]
    made = plan([node("n1")], [*lows, work("high", 1, 400, priority=10)])
    assert left(made, "lowest priority first") == {"a": 1}


# What it means


def test_a_ring_is_stuck_in_the_first_order_that_leaves_a_pod_pending():
    made = plan([node("n1"), node("n2")], [work("small", 2, 200), work("large", 1, 900)])
    assert foresee(made, ("largest first", "smallest first", "random 1")).rings[0].any_order == stuck_in("smallest first")


def test_what_the_plan_calls_unplaced_leaves_nobody_stuck():
    unplaced = (Unplaced(WorkloadId("Deployment", "shop", "web"), 1, "no room", FrozenMap()),)
    made = plan([node("n1")], [work("web", 2, 600)], unplaced=unplaced)
    assert foresee(made, ("as applied",)).rings[0].any_order == tried(1)
    assert [one.severity for one in findings(made, foresee(made, ("as applied",)))] == [INFO]


def test_a_ring_with_room_for_all_is_proven():
    made = plan([node("n1")], [work("web", 2, 100)])
    assert foresee(made).rings[0].any_order == PROVEN
    assert [one.parameters for one in findings(made, foresee(made))] == [{"case": "proven", "result": PROVEN}]


def test_the_orders_that_were_tried_are_named_once_however_many_rings_there_are():
    made = plan([node("n1")], [work("web", 1, 100)])
    rest = [RingForecast(ring, tried(2), Reason("web", " is unlike others")) for ring in ("b", "c")]
    forecast = Forecast((Run("as applied"), Run("random 1")), (RingForecast("a", PROVEN), *rest))
    made = replace(made, rings=tuple(RingPlan(ring, (ring,)) for ring in "abc"))
    assert [(one.parameters["result"], one.parameters.get("orders")) for one in findings(made, forecast)] == [
        (PROVEN, None),
        (tried(2), ("as applied", "random 1")),
        (tried(2), None),
    ]


def test_a_warning_names_order_and_pods_with_the_reason():
    made = plan([node("n1"), node("n2")], [work("small", 2, 200), work("large", 1, 900)])
    (found,) = findings(made, foresee(made, ("largest first", "smallest first")))
    assert (found.severity, found.subject) == (WARNING, "a")
    left = (LeftPending("Deployment/shop/large", 1, "0/2 nodes are available: 2 Insufficient cpu"),)
    told = {"case": "stuck", "pods": 1, "beyond": 0, "order": "smallest first", "such": 1, "runs": 2, "left": left}
    assert found.parameters == told


def test_pods_are_judged_as_patched_on_nodes_as_labelled():
    made = plan([node("n1"), node("n2")], [work("web", 1, 100)])
    other = replace(made, rings=(RingPlan("a", ("a",), ("n2",)), RingPlan("b", ("b",), ("n1",))))
    assert where(other) == {"n1": [], "n2": ["web"]}
    tolerant = plan([node("n1"), node("n2")], [work("web", 1, 100, tolerations=(Toleration(operator="Exists"),))])
    assert where(replace(tolerant, rings=other.rings)) == {"n1": [], "n2": ["web"]}


def test_a_guide_that_the_patches_add_leads_pods():
    guide = Guide(WorkloadId("Deployment", "shop", "web"), HOST, ("n2",), required=True)
    made = plan([node("n1"), node("n2")], [work("web", 2, 100)])
    assert where(made) == {"n1": ["web"], "n2": ["web"]}
    assert where(replace(made, guides=(guide,))) == {"n1": [], "n2": ["web", "web"]}
    assert where(replace(made, guides=(replace(guide, required=False),))) == {"n1": [], "n2": ["web", "web"]}


# What is weighed, where the random clusters say too little


def scores(nodes, workloads, placed: dict[str, str], name: str, **fields) -> dict[str, dict[str, int]]:
    """Score the nodes for one more pod of a workload, with pods of others placed on nodes."""
    made = plan(nodes, workloads, **fields)
    book = Rulebook(cast_of(made))
    state = State(book)
    at = {group.workload.name: group.number for group in book.cast.groups}
    for other, there in placed.items():
        state.put(at[other], book.cast.terrain.index[there])
    names = [one.name for one in book.cast.terrain.nodes]
    reach = book.rules[at[name]].reach
    assert (
        total(state, book.rules[at[name]], reach).tolist()
        == sum(WEIGHTS[part] * found for part, found in parts(state, book.rules[at[name]], reach)).tolist()
    )
    return {part: dict(zip(names, found.tolist(), strict=True)) for part, found in parts(state, book.rules[at[name]], reach)}


def test_a_required_affinity_of_others_pulls_like_a_preferred_one_of_weight_1():
    near = PodAffinityTerm(HOST, WEB)
    follower = work("follower", 1, 10, pod_affinity=(near,))
    fan = work("fan", 1, 10, preferred_pod_affinity=(PreferredPodTerm(1, near),))
    found = scores(
        [node("n1"), node("n2"), node("n3")], [follower, fan, work("web", 1, 10)], {"follower": "n1", "fan": "n2"}, "web"
    )
    assert found["InterPodAffinity"] == {"n1": 100, "n2": 100, "n3": 0}


def test_a_node_without_a_hostname_counts_for_no_hostname():
    bare = replace(node("n2"), labels=FrozenMap())
    found = scores([node("n1"), bare], [work("web", 3, 10)], {"web": "n2"}, "web")
    assert found["PodTopologySpread"] == {"n1": 0, "n2": 100}


def test_before_1_36_pods_go_elsewhere_for_balance_was_not_judged_by_its_change():
    plans = [random_plan(seed, plain=True) for seed in range(10)]

    def of(kubernetes):
        return [where(replace(made, cluster=replace(made.cluster, kubernetes=kubernetes))) for made in plans]

    assert of("1.34") == of("1.35") != of("1.36")
    assert of("1.36") == of("1.37") == of("")


@pytest.mark.parametrize("seed", range(16, 22))
def test_pods_that_differ_by_their_volumes_alone_come_as_equal_pods_do(seed: int):
    """A plan from files knows no claims, one from the live cluster one for each pod: both foresee the same."""
    made = random_plan(seed, nodes=6, workloads=12, fill=0.95)
    sets = tuple(
        one if one.is_daemon else replace(one, id=replace(one.id, kind="StatefulSet"), claim_templates=("data",))
        for one in made.cluster.workloads
    )
    members = FrozenMap(
        {str(one.id): made.trust.members[str(was.id)] for one, was in zip(sets, made.cluster.workloads, strict=True)}
    )
    names = [f"{one.id.namespace}/data-{one.id.name}-{at}" for one in sets if one.claim_templates for at in range(one.pods)]
    claims = {name: Claim(*name.split("/"), volume=name, storage_class="") for name in names}
    cluster = replace(made.cluster, workloads=sets)
    without = replace(made, cluster=cluster, trust=replace(made.trust, members=members))
    volumes = {name: Volume(name, claim=name) for name in names}
    known = replace(cluster, claims=FrozenMap({**cluster.claims, **claims}), volumes=FrozenMap({**cluster.volumes, **volumes}))
    found = [
        [[(one.workload, one.pods) for one in run.pending] for run in foresee(each, ORDERS).runs]
        for each in (without, replace(without, cluster=known))
    ]
    assert found[0] == found[1]
    assert any(found[0])


@pytest.mark.parametrize(("coming", "left"), [("aba", {"a": 1}), ("aab", {"b": 1}), ("baa", {"a": 1})])
def test_who_waits_is_tried_again_in_the_order_in_which_it_was_tried_last(coming: str, left: dict[str, int]):
    hosts = (PodAffinityTerm(HOST, LabelSelector(FrozenMap({"app": "host"}))),)
    guests = [work(name, coming.count(name), 100 + at, pod_affinity=hosts) for at, name in enumerate("ab")]
    made = plan([node("n1", 430)], [*guests, work("host", 1, 225)])
    cast = cast_of(made)
    at = {group.workload.name: group.number for group in cast.groups}
    run = Simulation(Rulebook(cast), "as applied").run([[[(at[name], None) for name in (*coming, "host")]]])
    assert {cast.groups[group].workload.name: pods for (group, _), pods in run.pending.items()} == left


@pytest.mark.parametrize(("coming", "left"), [("aba", {"a": 1}), ("aab", {"b": 1}), ("baa", {"a": 1})])
def test_who_found_no_room_is_tried_again_in_that_order_once_some_is_made(coming: str, left: dict[str, int]):
    """A pod that nobody makes again fills the node, until one of higher priority puts it out and leaves room for two others."""
    small = [work(name, coming.count(name), 100 + at) for at, name in enumerate("ab")]
    made = plan([node("n1", 430)], [work("filler", 1, 400, "Pod"), *small, work("high", 1, 225, priority=9)])
    cast = cast_of(made)
    at = {group.workload.name: group.number for group in cast.groups}
    run = Simulation(Rulebook(cast), "as applied").run([[[(at[name], None) for name in ("filler", *coming, "high")]]])
    assert run.preempted == 1
    assert {cast.groups[group].workload.name: pods for (group, _), pods in run.pending.items()} == left


@pytest.mark.parametrize(("kubernetes", "expected"), [("1.36", None), ("1.37", {"n1": 50, "n2": 75}), ("", {"n1": 50, "n2": 75})])
def test_nodes_with_more_storage_are_preferred_since_kube_scheduler_looks_at_it(kubernetes, expected):
    capacities = by_label(Capacity(LabelSelector(FrozenMap({HOST: name})), 4, free) for name, free in (("n1", 4), ("n2", 8)))
    classes = FrozenMap({"made": StorageClass("made", "csi.test.dev", True, counted=True, capacities=capacities)})
    web = work("web", 1, 10, new_claims=(Claim(name="data", storage_class="made", size=2),))
    found = scores([node("n1"), node("n2")], [web], {}, "web", kubernetes=kubernetes, storage_classes=classes)
    assert found.get("VolumeBinding") == expected


def test_a_node_that_is_bought_is_told_apart_from_one_like_it_without_storage():
    classes = FrozenMap({"made": StorageClass("made", "csi.test.dev", True, counted=True, capacities=by_label(()))})
    web = work("web", 1, 10, new_claims=(Claim(name="data", storage_class="made", size=2),))
    made = plan([node("n1"), replace(node("n2"), shape="m5")], [web], storage_classes=classes)
    assert where(made) == {"n1": [], "n2": ["web"]}
