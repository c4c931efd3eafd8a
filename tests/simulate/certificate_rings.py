"""Small rings to be proven or not, and the plain truth about them: every order, every choice of node."""

import random
from dataclasses import replace

from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import Resources
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Group, Match, Membership, PolicyNodes, Ring, Trust, TrustPolicy
from planner.rules import daemonset
from planner.rules import ring_membership as ring
from planner.rules.placement.cluster_state import World
from planner.rules.placement.pod_class import Site
from planner.rules.placement.scheduler_filters import why_not

NODES = PolicyNodes("x/ring", "x/taint")
CRITICAL = 2_000_001_000
AGENT = Match("DaemonSet", ("kube-system",))
POLICY = TrustPolicy("shop", ("inner",), everywhere=(AGENT,), nodes=NODES)


def node(name: str, cpu: int = 4000, pods: int = 10, **fields: object) -> Node:
    """Make a node; what is not a field of Node is a resource."""
    own = {key: fields.pop(key) for key in ("labels", "taints", "unschedulable") if key in fields}
    labels = Labels({"kubernetes.io/hostname": name, **own.pop("labels", {})})  # type: ignore[dict-item]
    room = Resources({"cpu": cpu, "memory": 8000, "pods": pods, **fields})  # type: ignore[dict-item]
    return Node(name, labels, allocatable=room, **own)  # type: ignore[arg-type]


def workload(name: str, pods: int, requests: dict[str, int], kind: str = "Deployment", **fields: object) -> Workload:
    """Make a workload; a DaemonSet is a shared resident if `namespace` is kube-system."""
    namespace = str(fields.pop("namespace", "shop"))
    templates = fields.pop("claim_templates", ())
    ports = fields.pop("ports", ())
    container = Container("main", requests=Resources(requests), host_ports=ports)  # type: ignore[arg-type]
    pod = Pod(namespace, Labels({"app": name}), (container,), **fields)  # type: ignore[arg-type]
    return Workload(WorkloadId(kind, namespace, name), "apps/v1", pod, pods, claim_templates=templates)  # type: ignore[arg-type]


def plan_of(nodes: list[Node], workloads: list[Workload], **cluster: object) -> IsolationPlan:
    """Put all of it into the ring `inner`."""
    members = {
        str(one.id): Membership(everywhere=True) if one.id.namespace == "kube-system" else Membership("inner", "inner")
        for one in workloads
    }
    found = Cluster(tuple(nodes), tuple(sorted(workloads, key=lambda one: one.id)), **cluster)  # type: ignore[arg-type]
    trust = Trust((Group("inner"),), (Ring("inner", ("inner",)),), FrozenMap(members))
    rings = (RingPlan("inner", ("inner",), tuple(one.name for one in nodes)),)
    return IsolationPlan("shop", "feasible", POLICY, found, trust, rings=rings)


def random_plan(seed: int, nodes: int, pods: int) -> IsolationPlan:
    """Make a ring of at most so many nodes and pods, in which room is what decides."""
    rng = random.Random(seed)
    made = [_node(rng, at) for at in range(rng.randint(1, nodes))]
    left, workloads = pods, []
    for at in range(rng.randint(1, 3)):
        count = min(left, rng.randint(1, max(1, pods // 2)))
        left -= count
        workloads.append(_workload(rng, f"w{at}", count))
    if rng.random() < 0.3:
        place = rng.choice(("kube-system", "shop"))
        agent = {"cpu": rng.choice((0, 250, 500))}
        workloads.append(workload("agent", 0, agent, "DaemonSet", namespace=place, node_selector=_selector(rng)))
    residents = ()
    if rng.random() < 0.2:
        residents = (Resident("static", made[0].name, workload("static", 1, {"cpu": 500}).template),)
    return plan_of(made, workloads, residents=residents)


def _node(rng: random.Random, at: int) -> Node:
    more = {"example.com/gpu": 1} if rng.random() < 0.2 else {}
    taints = (Taint("dedicated", "x", "NoSchedule"),) if rng.random() < 0.2 else ()
    labels = {"disk": "ssd"} if rng.random() < 0.3 else {}
    size = rng.choice((2000, 3000, 4000))
    memory = rng.choice((4, 6, 8))
    return node(f"n{at}", size, rng.choice((2, 4, 10)), labels=labels, taints=taints, memory=memory, **more)


def _workload(rng: random.Random, name: str, count: int) -> Workload:
    requests = {"cpu": rng.choice((0, 250, 500, 1000, 1500)), "memory": rng.choice((0, 1, 1, 2, 3))}
    if rng.random() < 0.15:
        requests["example.com/gpu"] = 1
    tolerations = (Toleration("dedicated", "Exists"),) if rng.random() < 0.3 else ()
    return workload(name, count, requests, node_selector=_selector(rng), tolerations=tolerations)


def _selector(rng: random.Random) -> Labels:
    return Labels({"disk": "ssd"}) if rng.random() < 0.2 else Labels()


def larger_plan(seed: int) -> IsolationPlan:
    """Make a ring of up to 12 nodes that is fairly full, with a critical daemon in some."""
    rng = random.Random(seed)
    nodes = [node(f"n{at:02}", rng.choice((4000, 8000)), 20) for at in range(rng.randint(2, 12))]
    left = sum(one.allocatable["cpu"] for one in nodes) * rng.uniform(0.4, 0.9)
    workloads = []
    while len(workloads) < 6:
        requests = {"cpu": rng.choice((250, 500, 1000, 2000)), "memory": rng.choice((100, 500, 1000))}
        count = min(rng.randint(1, 12), int(left // requests["cpu"]))
        left -= count * requests["cpu"]
        workloads.append(workload(f"w{len(workloads)}", count, requests))
    if rng.random() < 0.5:
        workloads.append(workload("agent", 0, {"cpu": 200}, "DaemonSet", namespace="kube-system", priority=CRITICAL))
    return plan_of(nodes, workloads)


def grown(plan: IsolationPlan, count: int) -> IsolationPlan:
    """Give the ring more nodes like its first one."""
    model = plan.cluster.nodes[0]
    more = [node(f"x{at:03}", model.allocatable["cpu"], model.allocatable["pods"]) for at in range(count)]
    ring = replace(plan.rings[0], nodes=(*plan.rings[0].nodes, *(one.name for one in more)))
    return replace(plan, cluster=replace(plan.cluster, nodes=(*plan.cluster.nodes, *more)), rings=(ring,))


class Arrivals:
    """The pods of a plan's only ring, still to arrive, and the nodes with those that have arrived."""

    def __init__(self, plan: IsolationPlan) -> None:
        ring_of = dict.fromkeys(plan.rings[0].nodes, "inner")
        self.nodes = ring.final_nodes(plan.cluster.nodes, ring_of, plan.policy.nodes)
        self.world = World(self.nodes, plan.cluster)
        self.kinds: list[tuple[Pod, tuple[Node, ...], int]] = []
        for one in plan.cluster.workloads:
            everywhere = one.id.namespace == "kube-system"
            pod = ring.everywhere_pod(one.template, NODES) if everywhere else ring.ring_pod(one.template, "inner", NODES)
            if not one.is_daemon:
                self.kinds.append((pod, self.nodes, one.pods))
                continue
            pod = daemonset.daemon_pod(pod)
            bare = World(self.nodes, Cluster())
            self.kinds += [(pod, (here,), 1) for here in self.nodes if _reaches(pod, here, bare)]

    def places(self, at: int) -> list[Node]:
        """Return the nodes that take one more pod of a kind."""
        pod, nodes, _ = self.kinds[at]
        return [node for node in nodes if not why_not(pod, node, self.world)]


def _reaches(pod: Pod, node: Node, bare: World) -> bool:
    """Say whether a daemon belongs on a node: anything but a lack of room keeps it away for good."""
    return all(reason.startswith(("Insufficient", "Too many pods")) for reason in why_not(pod, node, bare))


def strands(plan: IsolationPlan) -> bool:
    """Say whether any order of arrival with any choice of nodes leaves a pod without one: by trying all of them."""
    scene = Arrivals(plan)
    seen: set[tuple[object, ...]] = set()

    def stuck(left: tuple[int, ...], on: tuple[tuple[int, str], ...]) -> bool:
        if (left, on) in seen:
            return False
        seen.add((left, on))
        for at, count in enumerate(left):
            if not count:
                continue
            places = scene.places(at)
            if not places:
                return True
            for place in places:
                scene.world.add(scene.kinds[at][0], place.name)
                less = (*left[:at], count - 1, *left[at + 1 :])
                found = stuck(less, tuple(sorted((*on, (at, place.name)))))
                scene.world.remove(scene.kinds[at][0], place.name)
                if found:
                    return True
        return False

    return stuck(tuple(count for _, _, count in scene.kinds), ())


def one_arrival(plan: IsolationPlan, seed: int) -> str:
    """Let the pods arrive in a random order, often so as to keep one kind out; name who found no node.

    A critical daemon evicts pods of lower priority, one by one at random; they arrive again behind all others.
    """
    rng = random.Random(seed)
    scene = Arrivals(plan)
    order = [at for at, (_, _, count) in enumerate(scene.kinds) for _ in range(count)]
    rng.shuffle(order)
    target = rng.choice((None, *range(len(scene.kinds)))) if order else None
    if target is not None and target in order:
        order.remove(target)
        order.append(target)
    for at in order:
        places = scene.places(at) or _evicted(rng, scene, at, order)
        if not places:
            return scene.kinds[at][0].labels["app"]
        scene.world.add(scene.kinds[at][0], _worst(rng, scene, places, target).name)
    return ""


def _worst(rng: random.Random, scene: Arrivals, places: list[Node], target: int | None) -> Node:
    """Choose a node that the target could still use, the fullest such, more often than not; else any."""
    if target is None or rng.random() < 0.1:
        return rng.choice(places)
    wanted = {one.name for one in scene.places(target)}
    usable = [one for one in places if one.name in wanted] or places
    return min(usable, key=lambda one: (scene.world.sites[one.name].free["cpu"], one.name))


def _evicted(rng: random.Random, scene: Arrivals, at: int, order: list[int]) -> list[Node]:
    """Make room for a critical daemon; those who made it are appended to `order`."""
    pod, nodes, _ = scene.kinds[at]
    if pod.priority < CRITICAL:
        return []
    site = scene.world.sites[nodes[0].name]
    while not scene.places(at):
        below = [one for one, kind in enumerate(scene.kinds) if kind[0].priority < pod.priority and _holds(scene, site, kind[0])]
        if not below:
            return []
        victim = rng.choice(below)
        scene.world.remove(scene.kinds[victim][0], nodes[0].name)
        order.append(victim)
    return list(nodes)


def _holds(scene: Arrivals, site: Site, pod: Pod) -> bool:
    return site.kinds.get(scene.world.kind(pod), 0) > 0
