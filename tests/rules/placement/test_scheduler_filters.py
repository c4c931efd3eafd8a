"""The Filter phase as a whole: its order, its words, and room, ports and claims that others leave."""

from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, LabelSelector, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import ATTACHED, Resources
from models.kubernetes.storage import Claim, Volume
from planner.rules.placement import scheduler_filters as phase
from planner.rules.placement.scheduler_filters import World, fit_error, fits_somewhere, why_not

ROOM = Resources({"cpu": 1000, "memory": 1000, "pods": 10})
TAINT, ZONE = "node(s) had untolerated taint(s)", "zone"
SPREAD = "node(s) didn't match pod topology spread constraints"
NEAR = "node(s) didn't match pod affinity rules"
PORTS = "node(s) didn't have free ports for the requested pod ports"


def node(name: str, zone: str = "", **fields: object) -> Node:
    labels = {"host": name, **({ZONE: zone} if zone else {})}
    return Node(name, Labels(labels), allocatable=fields.pop("allocatable", ROOM), **fields)  # type: ignore[arg-type]


def pod(app: str = "x", namespace: str = "shop", cpu: int = 0, **fields: object) -> Pod:
    containers = (Container(requests=Resources({"cpu": cpu}) if cpu else Resources()),)
    return Pod(namespace, Labels({"app": app}), fields.pop("containers", containers), **fields)  # type: ignore[arg-type]


def app(name: str) -> LabelSelector:
    return LabelSelector(Labels({"app": name}))


def term(name: str, key: str = ZONE) -> PodAffinityTerm:
    return PodAffinityTerm(key, app(name))


def even(key: str = ZONE, skew: int = 1, name: str = "x", **options: object) -> tuple[TopologySpreadConstraint, ...]:
    return (TopologySpreadConstraint(skew, key, label_selector=app(name), **options),)  # type: ignore[arg-type]


RING = (Taint("ring", "x"),)
A1, A2, B1, TAINTED_C = node("a1", "a"), node("a2", "a"), node("b1", "b"), node("c1", "c", taints=RING)


def reasons(
    one: Pod, on: Node, nodes: tuple[Node, ...], placed: dict[str, list[Pod]], cluster: Cluster | None = None
) -> tuple[str, ...]:
    return why_not(one, on, World(nodes, cluster or Cluster(), placed))


def test_a_zero_cpu_pod_fits_on_an_overcommitted_node() -> None:
    cluster = Cluster(residents=(Resident("big", "a1", pod("r", cpu=5000)),))
    assert reasons(pod(), A1, (A1,), {}, cluster) == ()
    assert reasons(pod(cpu=1), A1, (A1,), {}, cluster) == ("Insufficient cpu",)


def test_a_gpu_that_only_an_init_step_asks_for_is_needed() -> None:
    gpu = Container(requests=Resources({"nvidia.com/gpu": 1}))
    assert reasons(replace(pod(), init_containers=(gpu,)), A1, (A1,), {}) == ("Insufficient nvidia.com/gpu",)


def test_all_that_is_missing_is_said_at_once() -> None:
    full = node("f", allocatable=Resources({"cpu": 1, "memory": 1, "pods": 0}))
    big = pod(containers=(Container(requests=Resources({"cpu": 2, "memory": 2})),))
    assert reasons(big, full, (full,), {}) == ("Too many pods", "Insufficient cpu", "Insufficient memory")


PORTED = pod(containers=(Container(host_ports=(HostPort(80),)),))


def test_a_port_on_every_address_is_taken_by_one_on_a_single_address() -> None:
    local = pod(containers=(Container(host_ports=(HostPort(80, "TCP", "127.0.0.1"),)),))
    assert reasons(PORTED, A1, (A1, A2), {"a1": [local]}) == (PORTS,)
    assert reasons(PORTED, A2, (A1, A2), {"a1": [local]}) == ()


def test_a_port_is_free_again_when_its_pod_goes() -> None:
    world = World((A1,), Cluster(), {"a1": [PORTED]})
    world.remove(PORTED, "a1")
    assert why_not(PORTED, A1, world) == ()


def test_a_claim_for_one_pod_keeps_the_second_off_every_node() -> None:
    cluster = Cluster(claims=FrozenMap({"shop/c": Claim("shop", "c", access_modes=("ReadWriteOncePod",))}))
    world = World((A1, B1), cluster, {"a1": [pod(claims=("c",))]})
    said = ("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",)
    assert why_not(pod(claims=("c",)), A1, world) == why_not(pod(claims=("c",)), B1, world) == said
    assert why_not(pod(claims=("c",), namespace="other"), B1, world) == ()


def test_a_claim_for_one_pod_is_said_before_volumes_that_are_too_many() -> None:
    cluster = Cluster(claims=FrozenMap({"shop/c": Claim("shop", "c", access_modes=("ReadWriteOncePod",))}))
    one = pod(claims=("c",), attached=Resources({ATTACHED + "x": 1}))
    assert why_not(one, A1, World((A1,), cluster)) == ("node(s) exceed max volume count",)
    said = ("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",)
    assert why_not(one, A1, World((A1,), cluster, {"a1": [pod(claims=("c",))]})) == said


def everything_wrong() -> tuple[Pod, Node, World]:
    """A pod and a node that every plug-in rejects."""
    cluster = Cluster(
        claims=FrozenMap(
            {
                "shop/one": Claim("shop", "one", "far", ("ReadWriteOncePod",), bound=True),
                "shop/two": Claim("shop", "two", "zonal", bound=True),
            }
        ),
        volumes=FrozenMap(
            {
                "far": Volume("far", node_affinity=()),
                "zonal": Volume("zonal", Labels({"topology.kubernetes.io/zone": "q"})),
            }
        ),
    )
    bad = Node("bad", Labels({"topology.kubernetes.io/zone": "a"}), RING, True, Resources())
    one = pod(
        containers=(Container(requests=Resources({"cpu": 1}), host_ports=(HostPort(80),)),), claims=("one", "two"),
        node_name="other", node_selector=Labels({"disk": "ssd"}), topology_spread_constraints=even(), pod_affinity=(term("db"),),
    )  # fmt: skip
    return one, bad, World((bad,), cluster, {"bad": [pod(claims=("one",), containers=one.containers)]})


STEPS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("node(s) were unschedulable", {}, {"unschedulable": False}),
    ("node(s) didn't match the requested node name", {"node_name": ""}, {}),
    (TAINT, {"tolerations": (Toleration("", "Exists"),)}, {}),
    ("node(s) didn't match Pod's node affinity/selector", {"node_selector": Labels()}, {}),
    (PORTS, {"containers": (Container(requests=Resources({"cpu": 1})),)}, {}),
    ("Too many pods", {}, {"allocatable": ROOM}),
    ("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod", {}, {}),
    ("node(s) didn't match PersistentVolume's node affinity", {"claims": ("two",)}, {}),
    ("node(s) had no available volume zone", {"claims": ()}, {}),
    (f"{SPREAD} (missing required label)", {"topology_spread_constraints": ()}, {}),
    (NEAR, {}, {}),
]


def test_the_first_plug_in_in_kube_schedulers_order_gives_the_reason() -> None:
    one, bad, world = everything_wrong()
    holder = next(kind.pod for _, kind, _ in world.placed())
    for expected, better_pod, better_node in STEPS:
        assert why_not(one, bad, world)[0] == expected
        one, bad = replace(one, **better_pod), replace(bad, **better_node)  # type: ignore[arg-type]
        there = [holder] if "in-use" not in expected else [replace(holder, claims=())]
        world = World((bad,), world.cluster, {"bad": there})
        holder = there[0]


NODES = tuple(node(f"n{at}", "a", taints=RING if at < 5 else ()) for at in range(12))


def test_a_fit_error_counts_nodes_per_reason_and_sorts_as_text() -> None:
    message, counted = fit_error(pod(cpu=1001), NODES, World(NODES, Cluster()))
    assert message == "0/12 nodes are available: 5 node(s) had untolerated taint(s), 7 Insufficient cpu."
    assert counted == {TAINT: 5, "Insufficient cpu": 7}


def test_a_fit_error_sorts_counts_as_text_too() -> None:
    nodes = tuple(node(f"n{at:02}", "a", taints=RING if at < 2 else ()) for at in range(12))
    message, _ = fit_error(pod(cpu=1001), nodes, World(nodes, Cluster()))
    assert message == "0/12 nodes are available: 10 Insufficient cpu, 2 node(s) had untolerated taint(s)."


def test_a_node_may_give_several_reasons() -> None:
    big = pod(containers=(Container(requests=Resources({"cpu": 2000, "memory": 2000})),))
    message, counted = fit_error(big, (A1,), World((A1,), Cluster()))
    assert message == "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory."
    assert counted == {"Insufficient cpu": 1, "Insufficient memory": 1}


def test_without_nodes_kube_scheduler_says_so() -> None:
    assert fit_error(pod(), (), World((), Cluster())) == ("no nodes available to schedule pods", {})


def test_nodes_that_would_take_the_pod_are_found() -> None:
    world = World(NODES, Cluster())
    assert [one.name for one in fits_somewhere(pod(), NODES, world)] == [f"n{at}" for at in range(5, 12)]
    assert not list(fits_somewhere(pod(cpu=1001), NODES, world))


def test_static_reasons_do_not_look_at_other_pods() -> None:
    world = World((A1, TAINTED_C), Cluster(), {"a1": [pod(cpu=1000)]})
    assert phase.static_reason(pod(cpu=1000), A1, world) == ""
    assert phase.static_reason(pod(), TAINTED_C, world) == TAINT


def test_what_is_remembered_of_one_pod_is_not_said_of_another() -> None:
    """These differ in a single rule each, and are asked about the same world one after the other."""
    held = World((A1, B1), Cluster(), {"a1": [pod(), PORTED]})
    plain, spread = pod(), pod(topology_spread_constraints=even())
    apart = pod(pod_anti_affinity=(term("x"),))
    near = pod(pod_affinity=(term("x"),))
    lonely = pod(pod_affinity=(term("db"),))
    asked = (plain, spread, apart, near, lonely, PORTED, pod(cpu=1001), pod(tolerations=(Toleration("a"),)), plain)
    takers = [[one.name for one in fits_somewhere(each, (A1, B1), held)] for each in asked]
    assert takers == [["a1", "b1"], ["b1"], ["b1"], ["a1"], [], ["b1"], [], ["a1", "b1"], ["a1", "b1"]]


def test_what_is_remembered_is_forgotten_when_pods_come_and_go() -> None:
    world = World((A1,), Cluster())
    assert list(fits_somewhere(pod(cpu=600), (A1,), world)) == [A1]
    world.add(pod(cpu=600), "a1")
    assert list(fits_somewhere(pod(cpu=600), (A1,), world)) == []
    world.add(pod("db", pod_anti_affinity=(term("x"),)), "a1")
    assert fit_error(pod(), (A1,), world)[0] == (
        "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules."
    )
