from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, LabelSelector, Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import DISKS, WHOLE, Resources
from models.kubernetes.storage import Claim, Volume
from planner.rules.placement import placement_validity

ROOM = Resources({"cpu": 1000, "pods": 4})
A1, A2, B1 = (Node(n, Labels({"zone": n[0], "host": n}), allocatable=ROOM) for n in ("a1", "a2", "b1"))
BARE = Node("bare", allocatable=ROOM)
X = LabelSelector(Labels({"app": "x"}))
CLUSTER = Cluster(
    nodes=(A1, A2, B1, BARE),
    claims=FrozenMap(
        {
            "default/solo": Claim("default", "solo", access_modes=("ReadWriteOncePod",)),
            "default/far": Claim("default", "far", "far"),
            "default/zonal": Claim("default", "zonal", "zonal"),
        }
    ),
    volumes=FrozenMap(
        {
            "far": Volume("far", node_affinity=()),
            "zonal": Volume("zonal", Labels({"topology.kubernetes.io/zone": "q"})),
        }
    ),
)


def pod(app: str = "x", cpu: int = 0, ports: tuple[HostPort, ...] = (), **fields: object) -> Pod:
    requests = Resources({"cpu": cpu}) if cpu else Resources()
    return Pod(labels=Labels({"app": app}), containers=(Container(requests=requests, host_ports=ports),), **fields)  # type: ignore[arg-type]


def even(**options: object) -> Pod:
    return pod(topology_spread_constraints=(TopologySpreadConstraint(1, "zone", label_selector=X, **options),))  # type: ignore[arg-type]


AWAY = (PodAffinityTerm("zone", X),)
PORT, LOCAL = (HostPort(80),), (HostPort(80, "TCP", "10.0.0.1"),)
ROWS = [
    ("an empty cluster is valid", {}, []),
    ("pods that ask for nothing lie anywhere", {"a1": [pod()] * 4, "bare": [pod()]}, []),
    ("what is exactly allocatable fits", {"a1": [pod(cpu=500)] * 2}, []),
    ("more than is allocatable does not", {"a1": [pod(cpu=500), pod(cpu=501)]}, ["node-resources"]),
    ("more pods than slots do not", {"a1": [pod()] * 5}, ["node-resources"]),
    ("cpu and slots are two findings", {"a1": [pod(cpu=500)] * 5}, ["node-resources", "node-resources"]),
    ("one pod per host port", {"a1": [pod(ports=PORT)]}, []),
    ("two equal pods with a host port", {"a1": [pod(ports=PORT)] * 2}, ["node-ports"]),
    ("two pods whose ports conflict", {"a1": [pod(ports=PORT), pod("y", ports=LOCAL)]}, ["node-ports"]),
    ("one port of several in common is enough",
     {"a1": [pod(ports=(HostPort(81), *PORT)), pod("y", ports=(*LOCAL, HostPort(82)))]},
     ["node-ports"]),
    ("the same port on two nodes", {"a1": [pod(ports=PORT)], "a2": [pod(ports=PORT)]}, []),
    ("one user of a claim for one pod", {"a1": [pod(claims=("solo",))]}, []),
    ("two users of it, wherever they are", {"a1": [pod(claims=("solo",))], "b1": [pod("y", claims=("solo",))]},
     ["read-write-once-pod", "read-write-once-pod"]),
    ("a node name of another node", {"a1": [pod(node_name="b1")]}, ["node-name"]),
    ("a selector that the node does not match", {"a1": [pod(node_selector=Labels({"zone": "b"}))]}, ["node-affinity"]),
    ("a volume that does not reach", {"a1": [pod(claims=("far",))]}, ["volume-binding"]),
    ("anti-affinity that holds", {"a1": [pod(pod_anti_affinity=AWAY)], "b1": [pod(pod_anti_affinity=AWAY)]}, []),
    ("anti-affinity towards itself is no matter", {"a1": [pod(pod_anti_affinity=AWAY)]}, []),
    ("anti-affinity towards its like", {"a1": [pod(pod_anti_affinity=AWAY)], "a2": [pod(pod_anti_affinity=AWAY)]},
     ["pod-anti-affinity", "pod-anti-affinity"]),
    ("two of its like on one node", {"a1": [pod(pod_anti_affinity=AWAY)] * 2}, ["pod-anti-affinity"]),
    ("anti-affinity towards a pod that has none",
     {"a1": [pod("y", pod_anti_affinity=AWAY)], "a2": [pod()]}, ["pod-anti-affinity"]),
    ("anti-affinity on a node without the key", {"bare": [pod("y", pod_anti_affinity=AWAY), pod()]}, []),
    ("affinity that is met", {"a1": [pod("y", pod_affinity=AWAY)], "a2": [pod()]}, []),
    ("affinity that is not", {"b1": [pod("y", pod_affinity=AWAY)], "a2": [pod()]}, ["pod-affinity"]),
    ("an even spread", {"a1": [even()], "b1": [even()]}, []),
    ("an uneven spread within maxSkew", {"a1": [even()]}, []),
    ("an uneven spread beyond maxSkew", {"a1": [even()], "a2": [even()]}, ["pod-topology-spread"]),
    ("a spread over a node without the label", {"bare": [even()]}, ["pod-topology-spread"]),
    ("too few domains", {"a1": [even(min_domains=3)] * 2, "b1": [even(min_domains=3)] * 2},
     ["pod-topology-spread", "pod-topology-spread"]),
    ("pods that only count make a spread uneven for those who mind", {"a1": [even(), pod()]}, ["pod-topology-spread"]),
    ("they do not where nobody there minds", {"a1": [pod(), pod()], "b1": [even()]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("placement", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_violations(placement: dict[str, list[Pod]], expected: list[str]) -> None:
    found = list(placement_validity.violations(CLUSTER, placement))
    assert sorted(finding.code for finding in found) == expected
    assert all(finding.severity == "error" and finding.parameters["node"] and finding.subject for finding in found)


def test_nodes_are_judged_as_given() -> None:
    zonal = pod(claims=("zonal",))
    node = replace(A1, taints=(Taint("t"),), unschedulable=True, labels=Labels({"topology.kubernetes.io/zone": "a"}))
    found = placement_validity.violations(replace(CLUSTER, nodes=(node,)), {"a1": [zonal]})
    assert [finding.code for finding in found] == ["node-unschedulable", "taint-toleration", "volume-zone"]


RESIDENTS = [
    ("residents that overcommit a node are no finding", pod(cpu=2000), {}, []),
    ("nor is a pod that asks nothing of it", pod(cpu=2000), {"a1": [pod()]}, []),
    ("a pod that asks is", pod(cpu=2000), {"a1": [pod(cpu=1)]}, ["node-resources"]),
    ("residents use slots", pod(), {"a1": [pod()] * 4}, ["node-resources"]),
    ("residents hold ports", pod(ports=PORT), {"a1": [pod(ports=LOCAL)]}, ["node-ports"]),
    ("residents repel", pod("r", pod_anti_affinity=AWAY), {"a2": [pod()]}, ["pod-anti-affinity"]),
    ("residents on a node that rejects them are no finding", pod(node_selector=Labels({"no": "way"})), {}, []),
    ("residents count for spread", pod(), {"a2": [even()]}, ["pod-topology-spread"]),
    ("residents are company", pod(), {"a2": [pod("y", pod_affinity=AWAY)]}, []),
    ("residents use claims", pod(claims=("solo",)), {"b1": [pod("y", claims=("solo",))]}, ["read-write-once-pod"]),
]


@pytest.mark.parametrize(("resident", "placement", "expected"), [row[1:] for row in RESIDENTS], ids=[row[0] for row in RESIDENTS])
def test_residents(resident: Pod, placement: dict[str, list[Pod]], expected: list[str]) -> None:
    cluster = replace(CLUSTER, residents=(Resident("r", "a1", resident),))
    assert [finding.code for finding in placement_validity.violations(cluster, placement)] == expected


def test_residents_that_repel_each_other_are_no_finding() -> None:
    away = pod(pod_anti_affinity=AWAY)
    cluster = replace(CLUSTER, residents=(Resident("r", "a1", away), Resident("s", "a2", away)))
    assert not list(placement_validity.violations(cluster, {"b1": [away]}))


def test_a_pod_is_named_by_namespace_and_labels() -> None:
    assert placement_validity.describe(pod()) == "Pod/default/app=x"
    [finding] = placement_validity.violations(CLUSTER, {"b1": [pod("y", pod_affinity=AWAY)]})
    assert finding.subject == "Pod/default/app=y"
    assert finding.parameters["node"] == "b1"


def test_of_a_resource_it_is_told_how_much_is_missing() -> None:
    found = [finding.parameters for finding in placement_validity.violations(CLUSTER, {"a1": [pod(cpu=500)] * 5})]
    assert found == [
        {"case": "amount", "node": "a1", "reason": "Insufficient cpu", "requested": 2500, "allocatable": 1000},
        {"case": "amount", "node": "a1", "reason": "Too many pods", "requested": 5, "allocatable": 4},
    ]


def test_of_a_disk_it_says_which_one_is_taken() -> None:
    disk = f"{DISKS}gce/a"
    cluster = Cluster((Node("n", allocatable=Resources({"pods": 9, disk: WHOLE})),))
    writes = Pod(attached=Resources({disk: WHOLE}))
    (found,) = placement_validity.violations(cluster, {"n": [writes, writes]})
    assert (found.case, found.parameters["reason"], found.parameters["resource"]) == (
        "claim",
        "node(s) had no available disk",
        disk,
    )


def test_a_resident_repels_only_those_in_its_own_domain() -> None:
    """Residents that repel each other are nobody's fault, unless a placed pod stands among them."""
    away = pod(pod_anti_affinity=AWAY)
    cluster = replace(CLUSTER, residents=(Resident("r", "a1", away), Resident("s", "a2", away)))
    assert not list(placement_validity.violations(cluster, {"b1": [pod()]}))
    assert {finding.code for finding in placement_validity.violations(cluster, {"a1": [pod()]})} == {"pod-anti-affinity"}
