"""Small random plans in which everything that kube-scheduler looks at occurs now and then."""

import random
from collections.abc import Iterator
from dataclasses import replace

from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, DisruptionBudget, Resident
from models.kubernetes.labels import LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import (
    Container,
    HostPort,
    Pod,
    PodAffinityTerm,
    PreferredNodeTerm,
    PreferredPodTerm,
    TopologySpreadConstraint,
)
from models.kubernetes.resources import ATTACHED, DEVICES, DISKS, DRIVERS, FEATURES, WHOLE
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume, by_label
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import FEASIBLE
from models.trust import Membership, Trust, TrustPolicy

HOST, ZONE, RACK = "kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack"
MIB = 2**20
APPS = ("api", "web", "db")
SPACES = ("shop", "shop", "pay")


def random_plan(
    seed: int, *, plain: bool = False, nodes: int = 6, workloads: int = 6, fill: float = 0.9, spaces: tuple[str, ...] = SPACES
) -> IsolationPlan:
    """Return a plan of two rings whose pods ask for about `fill` of all cpu; a plain one has nothing but resources."""
    return _Maker(random.Random(f"plan {seed}"), plain, spaces).make(nodes, workloads, fill)


def with_volumes(plan: IsolationPlan, seed: int) -> IsolationPlan:
    """Return the plan with pods that wait for volumes, have some attached, or disks, get devices, or need features or drivers."""
    rng = random.Random(f"volumes {seed}")
    attached, devices = ATTACHED + "csi.test.dev", DEVICES + "gpu"
    disk, feature = DISKS + "gce/a", FEATURES + "Restarts"
    driver, luck = DRIVERS + "csi.test.dev", random.Random(f"drivers {seed}")
    in_zones = NodeSelectorTerm((Requirement(ZONE, "In", ("a", "b")),))
    in_rack = NodeSelectorTerm((Requirement(RACK, "In", ("1",)),))
    stored = random.Random(f"storage {seed}")
    made = StorageClass("made", "csi.test.dev", True, (in_zones,))
    if stored.random() < 0.7:
        made = replace(made, counted=True, capacities=by_label(capacities(stored)))
    classes = (made, StorageClass("local", waits=True))
    nodes = (
        replace(
            one,
            allocatable=FrozenMap(
                {**one.allocatable, attached: rng.choice((1, 2, 4, 1000)), devices: rng.choice((0, 1, 3, 8)), disk: WHOLE}
                | ({feature: WHOLE} if rng.random() < 0.7 else {})
                | ({driver: WHOLE} if luck.random() < 0.7 else {})
            ),
        )
        for one in plan.cluster.nodes
    )

    def pod(given: Pod) -> Pod:
        taken = FrozenMap({attached: rng.choice((1, 2))}) if rng.random() < 0.3 else given.attached
        if rng.random() < 0.3:
            taken = FrozenMap({**taken, devices: rng.choice((1, 2))})
        if rng.random() < 0.3:
            taken = FrozenMap({**taken, disk: rng.choice((1, 1, WHOLE))})
        if rng.random() < 0.2:
            taken = FrozenMap({**taken, feature: 1})
        if luck.random() < 0.2:
            taken = FrozenMap({**taken, driver: 1})
        new = (Claim("", "data", storage_class=rng.choice(("made", "local"))),) if rng.random() < 0.3 else ()
        new = tuple(replace(claim, size=stored.randint(0, 4)) for claim in new)
        return replace(given, attached=taken, new_claims=new)

    cluster = replace(
        plan.cluster,
        nodes=tuple(nodes),
        workloads=tuple(replace(one, template=pod(one.template)) for one in plan.cluster.workloads),
        storage_classes=FrozenMap({one.name: one for one in classes}),
        volumes=FrozenMap({"pv": Volume("pv", node_affinity=(in_rack,), storage_class="local", size=stored.choice((3, 4, 9)))}),
    )
    return replace(plan, cluster=cluster)


def capacities(rng: random.Random) -> Iterator[Capacity]:
    """Yield storage, in bytes, for nodes of a zone or of a rack; where two say what a node can use, any counts."""
    for zone in "ab":
        yield Capacity(LabelSelector(FrozenMap({ZONE: zone})), rng.randint(0, 5), rng.randint(0, 9))
    outside = Requirement(ZONE, "NotIn", ("a", "b"))
    yield Capacity(LabelSelector(match_expressions=(outside, Requirement(RACK, "Exists"))), rng.randint(0, 5), rng.randint(0, 9))


class _Maker:
    def __init__(self, rng: random.Random, plain: bool, spaces: tuple[str, ...]) -> None:
        self.rng, self.plain, self.spaces = rng, plain, spaces

    def chance(self, share: float) -> bool:
        return not self.plain and self.rng.random() < share

    def make(self, nodes: int, workloads: int, fill: float) -> IsolationPlan:
        land = tuple(self.node(at) for at in range(nodes))
        rings = ("blue", "red")
        names = [rings[at % 2] for at in range(workloads)]
        room = sum(node.allocatable["cpu"] for node in land)
        made = [self.workload(at, max(1, int(fill * room / workloads))) for at in range(workloads)]
        if self.chance(0.4):
            made.append(Workload(WorkloadId("DaemonSet", "shop", "logs"), "apps/v1", self.pod("logs", 100, 64 * MIB), 0))
            names.append("blue")
        members = {str(one.id): Membership(name, name) for one, name in zip(made, names, strict=True)}
        budgets = (DisruptionBudget("shop", "api", LabelSelector(FrozenMap({"app": "api"})), "50%"),) if self.chance(0.3) else ()
        residents = (Resident("static-n0", "n00", Pod("kube-system", containers=(self.container(200, 0),))),)
        return IsolationPlan(
            "small",
            FEASIBLE,
            TrustPolicy("small", rings),
            Cluster(
                nodes=land,
                workloads=tuple(sorted(made, key=lambda one: one.id)),
                namespaces=FrozenMap({"shop": FrozenMap({"team": "shop"}), "pay": FrozenMap({"team": "pay"})}),
                claims=FrozenMap({"shop/single": Claim("shop", "single", "", ("ReadWriteOncePod",))}),
                budgets=budgets,
                residents=residents if self.chance(0.5) else (),
            ),
            Trust((), (), FrozenMap(members)),
            rings=tuple(RingPlan(name, (name,), tuple(node.name for node in land[at::2])) for at, name in enumerate(rings)),
        )

    def node(self, at: int) -> Node:
        labels = {HOST: f"n{at:02}", ZONE: self.rng.choice("abc")}
        if self.chance(0.1):
            del labels[ZONE]
        if self.chance(0.6):
            labels[RACK] = self.rng.choice("12")
        taints = []
        if self.chance(0.3):
            taints.append(Taint("slow", self.rng.choice(("", "very")), "PreferNoSchedule"))
        if self.chance(0.1):
            taints.append(Taint("old", "", "PreferNoSchedule"))
        if self.chance(0.1):
            taints.append(Taint("dedicated", "x", "NoSchedule"))
        cpu = self.rng.choice((2000, 4000, 8000))
        amounts = {"cpu": cpu, "memory": cpu * self.rng.choice((1, 2, 3)) * MIB, "pods": self.rng.choice((8, 20, 110))}
        if self.chance(0.2):
            amounts["example.com/gpu"] = 2
        return Node(f"n{at:02}", FrozenMap(labels), tuple(taints), self.chance(0.03), FrozenMap(amounts))

    def workload(self, at: int, room: int) -> Workload:
        cpu = self.rng.choice((100, 250, 400, 700, 1500))
        memory = int(cpu * self.rng.choice((0.5, 1, 2, 4))) * MIB
        kind = self.rng.choice(("Deployment", "Deployment", "StatefulSet", "Job", "Pod"))
        pods = 1 if kind == "Pod" else max(1, min(12, room // cpu))
        namespace = self.rng.choice(self.spaces)
        pod = self.pod(f"w{at}", cpu, memory, namespace)
        return Workload(WorkloadId(kind, namespace, f"w{at}"), "apps/v1", pod, pods)

    def container(self, cpu: int, memory: int) -> Container:
        request = {"cpu": cpu, "memory": memory}
        if self.chance(0.1):
            request.pop(self.rng.choice(("cpu", "memory")))
        if self.chance(0.05):
            request = {}
        if self.chance(0.08):
            request["example.com/gpu"] = 1
        ports = ()
        if self.chance(0.1):
            ports = (HostPort(80, "TCP", self.rng.choice(("0.0.0.0", "10.0.0.1"))),)  # noqa: S104
        return Container("main", "web:1", FrozenMap(request), ports)

    def pod(self, name: str, cpu: int, memory: int, namespace: str = "shop") -> Pod:
        daemon = name == "logs"
        return Pod(
            namespace=namespace,
            labels=FrozenMap({"app": self.rng.choice(APPS), "name": name}),
            containers=(self.container(cpu, memory),),
            init_containers=(Container("first", "", FrozenMap({"cpu": 2 * cpu})),) if self.chance(0.1) else (),
            requests=FrozenMap({"cpu": 3 * cpu}) if self.chance(0.05) else FrozenMap(),
            overhead=FrozenMap({"cpu": 50}) if self.chance(0.05) else FrozenMap(),
            node_affinity=(NodeSelectorTerm((Requirement(RACK, "Exists"),)),) if self.chance(0.1) else None,
            tolerations=self.tolerations(),
            pod_affinity=() if daemon else self.terms(0.1),
            pod_anti_affinity=() if daemon else self.terms(0.15),
            topology_spread_constraints=() if daemon else self.spread(name),
            claims=("single",) if namespace == "shop" and not daemon and self.chance(0.03) else (),
            priority=(priority := self.rng.choice((0, 0, 1000)) if self.chance(0.5) else 0),
            preempts=not priority,
            preferred_node_affinity=self.preferred_nodes(),
            preferred_pod_affinity=self.preferred_pods(0.2),
            preferred_pod_anti_affinity=self.preferred_pods(0.2),
        )

    def tolerations(self) -> tuple[Toleration, ...]:
        found = []
        if self.chance(0.2):
            found.append(Toleration("slow", "Exists", "", self.rng.choice(("", "PreferNoSchedule", "NoSchedule"))))
        if self.chance(0.2):
            found.append(Toleration("dedicated", "Equal", "x"))
        return tuple(found)

    def selector(self) -> LabelSelector:
        return LabelSelector(FrozenMap({"app": self.rng.choice(APPS)}))

    def term(self) -> PodAffinityTerm:
        namespaces = self.rng.choice(((), (), ("pay", "shop")))
        within = LabelSelector(FrozenMap({"team": "pay"})) if self.chance(0.1) else None
        return PodAffinityTerm(self.rng.choice((HOST, ZONE, RACK)), self.selector(), namespaces, within)

    def terms(self, share: float) -> tuple[PodAffinityTerm, ...]:
        return tuple(self.term() for _ in range(self.rng.choice((1, 1, 2)))) if self.chance(share) else ()

    def preferred_pods(self, share: float) -> tuple[PreferredPodTerm, ...]:
        many = self.rng.choice((1, 2)) if self.chance(share) else 0
        return tuple(PreferredPodTerm(self.rng.randint(1, 100), self.term()) for _ in range(many))

    def preferred_nodes(self) -> tuple[PreferredNodeTerm, ...]:
        if not self.chance(0.3):
            return ()
        rack = NodeSelectorTerm((Requirement(RACK, "In", ("1",)),))
        zone = NodeSelectorTerm((Requirement(ZONE, "NotIn", ("a",)),))
        name = NodeSelectorTerm((), (Requirement("metadata.name", "In", ("n01",)),))
        terms = self.rng.sample((rack, zone, name, NodeSelectorTerm()), 2)
        return tuple(PreferredNodeTerm(self.rng.randint(1, 100), term) for term in terms)

    def spread(self, name: str) -> tuple[TopologySpreadConstraint, ...]:
        found = []
        for key in self.rng.sample((HOST, ZONE, RACK), 2):
            if self.chance(0.2):
                way = self.rng.choice(("DoNotSchedule", "ScheduleAnyway", "ScheduleAnyway"))
                selector = self.rng.choice((self.selector(), LabelSelector(FrozenMap({"name": name}))))
                least = self.rng.choice((1, 1, 3)) if way == "DoNotSchedule" else 1
                affinity, taints = self.rng.choice(("Honor", "Honor", "Ignore")), self.rng.choice(("Ignore", "Ignore", "Honor"))
                found.append(TopologySpreadConstraint(self.rng.choice((1, 2, 5)), key, way, selector, least, affinity, taints))
        return tuple(found)
