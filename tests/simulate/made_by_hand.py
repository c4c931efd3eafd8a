"""Small plans made by hand: one ring, nodes and workloads of so much cpu."""

from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import FEASIBLE
from models.source import Source
from models.trust import Membership, Trust, TrustPolicy
from planner.simulate import foresee

HOST = "kubernetes.io/hostname"


def node(name: str, cpu: int = 1000, pods: int = 110, **labels: str) -> Node:
    amounts = FrozenMap({"cpu": cpu, "memory": 10_000, "pods": pods})
    return Node(
        name, FrozenMap({HOST: name, **{key.replace("_", "/"): value for key, value in labels.items()}}), allocatable=amounts
    )


def work(name: str, pods: int, cpu: int, kind: str = "Deployment", namespace: str = "shop", **fields) -> Workload:
    line = fields.pop("line", 0)
    container = Container("main", requests=FrozenMap({"cpu": cpu, "memory": 1}), host_ports=fields.pop("ports", ()))
    pod = Pod(namespace, FrozenMap({"app": name}), (container,), **fields)
    return Workload(WorkloadId(kind, namespace, name), "apps/v1", pod, pods, where=Source("all.yaml", line))


def plan(nodes, workloads, **fields) -> IsolationPlan:
    members = FrozenMap({str(one.id): Membership("a", "a") for one in workloads})
    unplaced = fields.pop("unplaced", ())
    cluster = Cluster(tuple(nodes), tuple(sorted(workloads, key=lambda one: one.id)), **fields)
    rings = (RingPlan("a", ("a",), tuple(one.name for one in nodes)),)
    return IsolationPlan(
        "hand", FEASIBLE, TrustPolicy("hand", ("a",)), cluster, Trust((), (), members), rings=rings, unplaced=unplaced
    )


def left(made: IsolationPlan, order: str = "as applied") -> dict[str, int]:
    return {one.workload.name: one.pods for one in foresee(made, (order,)).runs[0].pending}
