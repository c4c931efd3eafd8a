"""Small random clusters in which every rule bites now and then."""

import random
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.storage import Claim, Volume
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Match, PolicyNodes, TrustPolicy

HOST, ZONE, DISK = "kubernetes.io/hostname", "topology.kubernetes.io/zone", "disk"
EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")
LEVELS = ("restricted", "internal", "untrusted")
POLICY_NODES = PolicyNodes(exclude=LabelSelector(FrozenMap({"role": "control-plane"})))


def random_cluster(seed: int) -> tuple[Cluster, TrustPolicy]:
    """Return a cluster of 2 to 4 nodes and 1 to 4 workloads with at most 6 pods, and a policy for it."""
    return _Maker(random.Random(seed), random.Random(f"surplus {seed}")).make()


class _Maker:
    def __init__(self, rng: random.Random, surplus: random.Random) -> None:
        self.rng, self.surplus = rng, surplus
        self.levels = rng.sample(LEVELS, rng.choice((1, 2, 2, 2, 3)))
        self.policy = TrustPolicy(
            "random",
            LEVELS,
            may_share=(("internal", "untrusted"),) if self.chance(0.25) else (),
            everywhere=(Match("DaemonSet", ("kube-system",)),),
            nodes=POLICY_NODES,
        )

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def make(self) -> tuple[Cluster, TrustPolicy]:
        nodes = tuple(self.node(at) for at in range(self.rng.choice((2, 3, 3, 4, 4))))
        left, workloads = 6, []
        for at in range(self.rng.randint(1, 4)):
            pods = min(left, self.rng.choice((0, 1, 1, 2, 2, 3)))
            left -= pods
            workloads.append(self.workload(f"w{at}", pods, nodes))
        if self.chance(0.3):
            workloads.append(self.daemon("agent", "kube-system", nodes))
        if self.chance(0.2):
            workloads.append(self.daemon("log", "shop", nodes))
        claims, volumes = self.volumes()
        residents = (self.resident(nodes),) if self.chance(0.15) else ()
        cluster = Cluster(
            nodes=nodes,
            workloads=tuple(sorted(workloads, key=lambda w: w.id)),
            namespaces=FrozenMap({"shop": FrozenMap({"team": "shop"}), "kube-system": FrozenMap()}),
            claims=FrozenMap(claims),
            volumes=FrozenMap(volumes),
            residents=residents,
        )
        return cluster, self.policy

    def node(self, at: int) -> Node:
        labels = {HOST: f"n{at}", ZONE: self.rng.choice("ab")}
        if self.chance(0.4):
            labels[DISK] = self.rng.choice(("1", "2"))
        if self.chance(0.05):
            labels["role"] = "control-plane"
        if self.chance(0.05):
            del labels[ZONE]
        if "role" not in labels and self.chance(0.25):
            labels[POLICY_NODES.label_key] = self.rng.choice(LEVELS)
        taints = []
        if self.chance(0.2):
            taints.append(
                Taint("dedicated", self.rng.choice("xy"), self.rng.choice(("NoSchedule", "NoExecute", "PreferNoSchedule")))
            )
        if self.chance(0.1):
            taints.append(Taint(POLICY_NODES.taint_key, self.rng.choice(LEVELS), "NoSchedule"))
        amounts = {
            "cpu": self.rng.choice((1000, 2000, 3000)),
            "memory": self.rng.choice((2, 4)),
            "pods": self.rng.choice((2, 3, 10)),
        }
        if self.chance(0.3):
            amounts["example.com/gpu"] = 1
        return Node(f"n{at}", FrozenMap(labels), tuple(taints), self.chance(0.05), FrozenMap(amounts))

    def workload(self, name: str, pods: int, nodes: tuple[Node, ...]) -> Workload:
        pod = self.pod(name)
        running = {}
        if pods and self.chance(0.4):
            for _ in range(pods):
                node = self.rng.choice(nodes).name
                running[node] = running.get(node, 0) + 1
            if self.surplus.random() < 0.3:
                node = self.surplus.choice(nodes).name
                running[node] = running.get(node, 0) + self.surplus.randint(1, 2)
        return Workload(WorkloadId("Deployment", "shop", name), "apps/v1", pod, pods, running=FrozenMap(running))

    def daemon(self, name: str, namespace: str, nodes: tuple[Node, ...]) -> Workload:
        pod = replace(self.pod(name), namespace=namespace, pod_affinity=(), pod_anti_affinity=(), claims=(), node_name="")
        pod = replace(pod, topology_spread_constraints=())
        if namespace == "kube-system":  # what runs in every ring says no level of its own
            pod = replace(pod, labels=FrozenMap({"app": pod.labels["app"]}))
        pod = replace(pod, containers=(Container("main", requests=FrozenMap({"cpu": self.rng.choice((0, 500))})),))
        return Workload(WorkloadId("DaemonSet", namespace, name), "apps/v1", pod, 0)

    def resident(self, nodes: tuple[Node, ...]) -> Resident:
        node = self.rng.choice(nodes).name
        pod = Pod("kube-system", FrozenMap({"app": "static"}), (Container("main", requests=FrozenMap({"cpu": 500})),))
        return Resident(f"static-{node}", node, pod)

    def pod(self, name: str) -> Pod:
        labels = FrozenMap({"app": self.rng.choice((name, "same")), "ringfence.dev/trust-level": self.rng.choice(self.levels)})
        return Pod(
            namespace="shop",
            labels=labels,
            containers=self.containers(),
            init_containers=self.init_containers(),
            requests=FrozenMap({"cpu": 1500}) if self.chance(0.05) else FrozenMap(),
            overhead=FrozenMap({"cpu": 100}) if self.chance(0.1) else FrozenMap(),
            node_selector=FrozenMap({DISK: "1"}) if self.chance(0.1) else FrozenMap(),
            node_affinity=self.node_affinity(),
            tolerations=self.tolerations(),
            pod_affinity=self.terms(0.08),
            pod_anti_affinity=self.terms(0.2),
            topology_spread_constraints=self.spread(),
            claims=(self.rng.choice(("zonal", "single", "loose")),) if self.chance(0.15) else (),
            node_name=f"n{self.rng.randint(0, 3)}" if self.chance(0.03) else "",
        )

    def containers(self) -> tuple[Container, ...]:
        requests = {"cpu": self.rng.choice((0, 400, 500, 1000)), "memory": self.rng.choice((0, 1, 1, 2))}
        if self.chance(0.1):
            requests["example.com/gpu"] = 1
        ports: tuple[HostPort, ...] = ()
        if self.chance(0.15):
            ports = (HostPort(80, self.rng.choice(("TCP", "UDP")), self.rng.choice(("0.0.0.0", "10.0.0.1"))),)  # noqa: S104
        return (Container("main", "web:1", FrozenMap(requests), ports),)

    def init_containers(self) -> tuple[Container, ...]:
        if not self.chance(0.15):
            return ()
        first = Container("first", requests=FrozenMap({"cpu": self.rng.choice((500, 1200))}), restartable=self.chance(0.5))
        return (first, Container("second", requests=FrozenMap({"cpu": 300})))

    def node_affinity(self) -> tuple[NodeSelectorTerm, ...] | None:
        if not self.chance(0.2):
            return None
        choices = (
            (NodeSelectorTerm((Requirement(DISK, self.rng.choice(("In", "NotIn")), ("1",)),)),),
            (NodeSelectorTerm((Requirement(DISK, self.rng.choice(("Exists", "DoesNotExist"))),)),),
            (NodeSelectorTerm((Requirement(DISK, self.rng.choice(("Gt", "Lt")), ("1",)),)), NodeSelectorTerm()),
            (NodeSelectorTerm((), (Requirement("metadata.name", self.rng.choice(("In", "NotIn")), ("n0",)),)),),
            (
                NodeSelectorTerm((Requirement(ZONE, "In", ("a",)),)),
                NodeSelectorTerm((Requirement(ZONE, "In", ("b",)), Requirement(DISK, "Exists"))),
            ),
        )
        return self.rng.choice(choices)

    def tolerations(self) -> tuple[Toleration, ...]:
        choices: tuple[tuple[Toleration, ...], ...] = (
            (Toleration("dedicated", "Equal", "x", ""),),
            (Toleration("dedicated", "Exists", "", "NoSchedule"),),
            (Toleration("", "Exists", "", ""),),
            (Toleration(POLICY_NODES.taint_key, "Exists", "", ""),),
            (Toleration(POLICY_NODES.taint_key, "Equal", "internal", "NoSchedule"), Toleration("dedicated", "Exists", "", "")),
            (Toleration("dedicated", "", "y", "NoExecute"),),
        )
        return self.rng.choice(choices) if self.chance(0.4) else ()

    def selector(self) -> LabelSelector | None:
        choices = (
            LabelSelector(FrozenMap({"app": "same"})),
            LabelSelector(match_expressions=(Requirement("app", "In", ("w0", "w1")),)),
            LabelSelector(match_expressions=(Requirement("app", "NotIn", ("w0",)),)),
            LabelSelector(match_expressions=(Requirement("app", "Exists"),)),
            None if self.chance(0.2) else LabelSelector(FrozenMap({"app": "w2"})),
        )
        return self.rng.choice(choices)

    def terms(self, share: float) -> tuple[PodAffinityTerm, ...]:
        found = []
        while self.chance(share):
            scope = self.rng.choice(((), ("kube-system",), ("shop", "kube-system")))
            everywhere = LabelSelector() if self.chance(0.2) else None
            found.append(PodAffinityTerm(self.rng.choice((HOST, ZONE)), self.selector(), scope, everywhere))
        return tuple(found[:2])

    def spread(self) -> tuple[TopologySpreadConstraint, ...]:
        if not self.chance(0.25):
            return ()
        return (
            TopologySpreadConstraint(
                self.rng.choice((1, 1, 2)),
                self.rng.choice((HOST, ZONE)),
                self.rng.choice(("DoNotSchedule", "DoNotSchedule", "ScheduleAnyway")),
                self.selector(),
                self.rng.choice((1, 1, 1, 1, 2, 3)),
                self.rng.choice(("Honor", "Ignore")),
                self.rng.choice(("Honor", "Ignore")),
            ),
        )

    def volumes(self) -> tuple[dict[str, Claim], dict[str, Volume]]:
        zone = (NodeSelectorTerm((Requirement(ZONE, "In", (self.rng.choice("ab"),)),)),)
        claims = {
            "shop/zonal": Claim("shop", "zonal", "pv-zonal", ("ReadWriteOnce",)),
            "shop/single": Claim("shop", "single", "pv-single", ("ReadWriteOncePod",)),
        }
        volumes = {
            "pv-zonal": Volume("pv-zonal", node_affinity=zone),
            "pv-single": Volume("pv-single", FrozenMap({ZONE: "a"}) if self.chance(0.3) else FrozenMap()),
        }
        return claims, volumes
