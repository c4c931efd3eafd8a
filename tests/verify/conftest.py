"""A small plan that holds: three groups in two rings, a shared agent, a DaemonSet of one ring, volumes, and pods with rules."""

from dataclasses import replace

import pytest

from models.answer.grade import Grade, GradeKind
from models.answer.order_result import PROVEN
from models.answer.plan import IsolationPlan, Placement, RingPlan, Separation, SharedResident, Unplaced
from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident, Statement
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Claim, Volume
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import Goal
from models.trust import Assignment, Claimant, Group, Match, Membership, PolicyNodes, Ring, Trust, TrustPolicy

LEVEL, RING, TAINT = "ringfence.dev/trust-level", "x/ring", "x/taint"
ROOM = Resources({"cpu": 4000, "memory": 8000, "pods": 10})
POLICY = TrustPolicy(
    "shop",
    ("restricted", "internal", "untrusted"),
    claims=(Claimant("restricted", ("pay*",)),),
    assign=(
        Assignment("untrusted", Match(images=("docker.io/**",))),
        Assignment("internal", Match(namespaces=("tools",))),
    ),
    separate_tenants=("untrusted",),
    may_share=(("internal", "untrusted"),),
    everywhere=(Match("DaemonSet", ("kube-system",)),),
    nodes=PolicyNodes(RING, TAINT, LabelSelector(Labels({"role": "master"}))),
)


def node(name: str, **labels: str) -> Node:
    """Make a node in the zone of its first letter."""
    return Node(name, Labels({"zone": name[0], "host": name, **labels}), allocatable=ROOM)


def workload(kind: str, namespace: str, name: str, pods: int, cpu: int = 500, **fields: object) -> Workload:
    """Make a workload whose pods carry its name as label `app`; fields are the workload's if it has them, else the pod's."""
    own = {key: fields.pop(key) for key in ("running", "labels", "claim_templates") if key in fields}
    labels = {"app": name, **fields.pop("tags", {})}  # type: ignore[dict-item]
    container = Container(
        "main", str(fields.pop("image", "registry.local/app")), Resources({"cpu": cpu}), fields.pop("ports", ())  # type: ignore[arg-type]
    )  # fmt: skip
    pod = Pod(namespace, Labels(labels), (container,), **fields)  # type: ignore[arg-type]
    return Workload(WorkloadId(kind, namespace, name), "apps/v1", pod, pods, **own)  # type: ignore[arg-type]


def app(name: str) -> LabelSelector:
    """Select the pods of a workload."""
    return LabelSelector(Labels({"app": name}))


RESTRICTED = {LEVEL: "restricted"}
WORKLOADS = (
    workload("DaemonSet", "kube-system", "agent", 0, cpu=100),
    workload("DaemonSet", "shop", "logs", 0, cpu=100, tags={LEVEL: "internal"}),
    workload("Deployment", "partner", "plugin", 1,
             image="docker.io/acme/plugin:1", labels=Labels({"ringfence.dev/tenant": "acme"})),
    workload("Deployment", "pay", "api", 2, tags=RESTRICTED, topology_spread_constraints=(
        TopologySpreadConstraint(1, "zone", label_selector=app("api")),)),
    workload("Deployment", "pay", "cache", 1, tags=RESTRICTED, pod_affinity=(PodAffinityTerm("host", app("api")),)),
    workload("Deployment", "shop", "gate", 2, ports=(HostPort(443),), running=FrozenMap({"c1": 1, "c2": 1})),
    workload("Deployment", "shop", "web", 2, pod_anti_affinity=(PodAffinityTerm("host", app("web")),)),
    workload("StatefulSet", "pay", "db", 2, tags=RESTRICTED, claim_templates=("data",)),
    workload("StatefulSet", "shop", "queue", 1, claims=("solo",)),
)  # fmt: skip


def volume(name: str, zone: str) -> Volume:
    """Make a volume of one zone."""
    return Volume(name, node_affinity=(NodeSelectorTerm((Requirement("zone", "In", (zone,)),)),))


CLUSTER = Cluster(
    nodes=(node("a1"), node("a2"), node("b1"), node("c1"), node("c2", **{RING: "old"}), node("d1"), node("m1", role="master")),
    workloads=WORKLOADS,
    namespaces=FrozenMap({"shop": Labels({LEVEL: "internal"})}),
    claims=FrozenMap(
        {
            "pay/data-db-0": Claim("pay", "data-db-0", "pv-a"),
            "pay/data-db-1": Claim("pay", "data-db-1", "pv-b"),
            "shop/solo": Claim("shop", "solo", access_modes=("ReadWriteOncePod",)),
        }
    ),
    volumes=FrozenMap({"pv-a": volume("pv-a", "a"), "pv-b": volume("pv-b", "b")}),
    residents=(Resident("static-a1", "a1", Pod("kube-system", containers=(Container(requests=Resources({"cpu": 200})),))),),
)
TENANT = "untrusted/acme"
SHARED_RING = "internal_untrusted.acme"
MEMBERS = {
    "DaemonSet/kube-system/agent": Membership(everywhere=True, because="the policy's everywhere", rule=0),
    "DaemonSet/shop/logs": Membership("internal", SHARED_RING, believed=True),
    "Deployment/partner/plugin": Membership(TENANT, SHARED_RING, rule=0),
    "Deployment/pay/api": Membership("restricted", "restricted"),
    "Deployment/pay/cache": Membership("restricted", "restricted"),
    "Deployment/shop/gate": Membership("internal", SHARED_RING, believed=True),
    "Deployment/shop/web": Membership("internal", SHARED_RING, believed=True),
    "StatefulSet/pay/db": Membership("restricted", "restricted"),
    "StatefulSet/shop/queue": Membership("internal", SHARED_RING, believed=True),
}
ON = {
    "DaemonSet/shop/logs": {"c1": 1, "c2": 1},
    "Deployment/partner/plugin": {"c1": 1},
    "Deployment/pay/api": {"a1": 1, "b1": 1},
    "Deployment/pay/cache": {"b1": 1},
    "Deployment/shop/gate": {"c1": 1, "c2": 1},
    "Deployment/shop/web": {"c1": 1, "c2": 1},
    "StatefulSet/pay/db": {"a2": 1, "b1": 1},
    "StatefulSet/shop/queue": {"c2": 1},
}


def placement(workload: Workload) -> Placement:
    """Place a workload as the table says."""
    member, on = MEMBERS[str(workload.id)], FrozenMap(ON[str(workload.id)])
    return Placement(workload.id, member.group, member.ring, sum(on.values()), on)


SURE = Grade(GradeKind.PROVEN, 10)


@pytest.fixture
def plan() -> IsolationPlan:
    """Return the plan, which holds."""
    rings = ((SHARED_RING, ("internal", TENANT), ("c1", "c2")), ("restricted", ("restricted",), ("a1", "a2", "b1")))
    return IsolationPlan(
        name="shop",
        verdict="feasible",
        policy=POLICY,
        cluster=CLUSTER,
        trust=Trust(
            groups=(Group("internal"), Group("restricted"), Group("untrusted", "acme")),
            rings=tuple(Ring(name, groups) for name, groups, _ in rings),
            members=FrozenMap(MEMBERS),
            sharing=(("internal", TENANT),),
        ),
        goals=(Goal("unplaced", 0, 0), Goal("moves", 0, 0), Goal("relabels", 1, 1), Goal("headroom", 400, 450, "max")),
        rings=tuple(RingPlan(*row, any_order=PROVEN, grade=SURE) for row in rings),
        grade=SURE,
        placements=tuple(placement(one) for one in WORKLOADS if str(one.id) in ON),
        shared=(
            SharedResident(
                WORKLOADS[0].id, (SHARED_RING, "restricted"), 6, Resources({"cpu": 100})
            ),
        ),
        separation=Separation(5, 4, 3, 3),
        not_modelled=(Statement("kube-scheduler", "binds in its own order", code=DisclosureCode.SCHEDULER_UNTRIED),),
        unenforced=(Statement("every ring", "no admission policy", code=DisclosureCode.NO_ADMISSION),),
    )  # fmt: skip


def unpromised(plan: IsolationPlan) -> IsolationPlan:
    """Return the plan without what it promises of any order, as one that is not feasible."""
    return replace(plan, rings=tuple(replace(made, any_order=None, grade=None) for made in plan.rings), grade=None)


@pytest.fixture
def infeasible(plan: IsolationPlan) -> IsolationPlan:
    """Return a plan that holds although a pod of it finds no place: nothing has room for 9 cores."""
    big = workload("Deployment", "shop", "zzz", 1, cpu=9000)
    cluster = replace(plan.cluster, workloads=tuple(sorted((*WORKLOADS, big), key=lambda one: one.id)))
    members = FrozenMap({**MEMBERS, str(big.id): Membership("internal", SHARED_RING, believed=True)})
    affinity = "node(s) didn't match Pod's node affinity/selector"
    untolerated = "node(s) had untolerated taint(s)"
    message = f"0/7 nodes are available: 2 Insufficient cpu, 2 {affinity}, 3 {untolerated}."
    alone = f"0/7 nodes are available: 1 {affinity}, 6 Insufficient cpu."
    left = Unplaced(big.id, 1, message, FrozenMap({affinity: 2, untolerated: 3, "Insufficient cpu": 2}), alone)
    goals = (Goal("unplaced", 1, 1), *plan.goals[1:])
    return replace(
        unpromised(plan),
        verdict="infeasible",
        cluster=cluster,
        trust=replace(plan.trust, members=members),
        unplaced=(left,),
        goals=goals,
        conflict=(big.id,),
        conflict_smallest=True,
    )


@pytest.fixture
def crowded(plan: IsolationPlan) -> IsolationPlan:
    """Return a plan that holds although the agent has no room on d1."""
    small = replace(node("d1"), allocatable=Resources({"cpu": 50, "pods": 10}))
    nodes = tuple(small if one.name == "d1" else one for one in CLUSTER.nodes)
    affinity = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
    message = f"0/7 nodes are available: 1 Insufficient cpu, 6 {affinity}."
    left = Unplaced(WORKLOADS[0].id, 1, message, FrozenMap({affinity: 6, "Insufficient cpu": 1}))
    return replace(unpromised(plan), verdict="infeasible", cluster=replace(CLUSTER, nodes=nodes), unplaced=(left,))
