"""Plans to look at: made by hand or by a small generator, without reading files and without a solver."""

import hashlib
from dataclasses import replace

from models.answer.plan import IsolationPlan, Placement, Repair, RingPlan, Separation, SharedResident, Shortage, Unplaced
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident, Statement
from models.kubernetes.labels import LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import FEASIBLE, INFEASIBLE, Goal
from models.trust import Group, Match, Membership, PolicyNodes, Ring, Trust, TrustPolicy
from planner.view.reach import per_pod

GIB = 1 << 30
MIB = 1 << 20
ZONE = "topology.kubernetes.io/zone"


def pod(namespace: str, cpu: int, memory: int, **more: int) -> Pod:
    """Make a pod that asks for so much cpu (milli) and memory (bytes)."""
    return Pod(namespace, containers=(Container("main", requests=FrozenMap({"cpu": cpu, "memory": memory, **more})),))


def node(name: str, cpu: int = 4000, memory: int = 16 * GIB, zone: str = "zone-a", **labels: str) -> Node:
    """Make a node."""
    capacity = {"cpu": cpu, "memory": memory, "pods": 110}
    return Node(name, FrozenMap({ZONE: zone, **labels}), allocatable=FrozenMap(capacity))


def workload(kind: str, namespace: str, name: str, pods: int, template: Pod) -> Workload:
    """Make a workload."""
    return Workload(WorkloadId(kind, namespace, name), "apps/v1", template, pods)


SHOP_LEVELS = ("restricted", "internal", "untrusted")


def _shop_workloads() -> tuple[Workload, ...]:
    rows = (
        ("Deployment", "payments", "api", 6, 500, 1024),
        ("StatefulSet", "payments", "ledger", 3, 1000, 4096),
        ("Deployment", "storefront", "web", 8, 500, 512),
        ("Deployment", "storefront", "search", 3, 1000, 2048),
        ("Deployment", "storefront", "cart", 4, 250, 512),
        ("Deployment", "partners", "plugin-maps", 3, 300, 512),
        ("Deployment", "partners", "plugin-reviews", 4, 400, 768),
    )
    return tuple(workload(k, ns, name, pods, pod(ns, cpu, mib * MIB)) for k, ns, name, pods, cpu, mib in rows)


_SHOP_GROUP = {"payments": "restricted", "storefront": "internal", "partners": "untrusted"}
_SHOP_ON = {
    "api": {"node-1": 3, "node-2": 3},
    "ledger": {"node-1": 1, "node-2": 1, "node-3": 1},
    "web": {"node-4": 3, "node-5": 3, "node-6": 2},
    "search": {"node-4": 1, "node-5": 1, "node-6": 1},
    "cart": {"node-4": 2, "node-6": 2},
    "plugin-maps": {"node-7": 2, "node-8": 1},
    "plugin-reviews": {"node-7": 2, "node-8": 2},
}


def shop() -> IsolationPlan:
    """Make the plan of a small shop: three rings, eight nodes, two shared residents, everything placed."""
    work = _shop_workloads()
    agent = workload("DaemonSet", "kube-system", "node-exporter", 0, pod("kube-system", 100, 64 * MIB))
    logs = workload("DaemonSet", "kube-system", "log-shipper", 0, replace(pod("kube-system", 200, 128 * MIB), host_network=True))
    nodes = tuple(node(f"node-{at}", zone=f"zone-{'abc'[at % 3]}") for at in range(1, 9))
    rings = (
        RingPlan("internal", ("internal",), ("node-4", "node-5", "node-6")),
        RingPlan("restricted", ("restricted",), ("node-1", "node-2", "node-3")),
        RingPlan("untrusted", ("untrusted",), ("node-7", "node-8")),
    )
    members = {str(w.id): Membership(_SHOP_GROUP[w.id.namespace], _SHOP_GROUP[w.id.namespace]) for w in work}
    members |= {str(w.id): Membership(everywhere=True) for w in (agent, logs)}
    groups = tuple(sorted(Group(level) for level in SHOP_LEVELS))
    trust = Trust(groups, tuple(Ring(r.name, r.groups) for r in rings), FrozenMap(members))
    placements = tuple(
        Placement(w.id, _SHOP_GROUP[w.id.namespace], _SHOP_GROUP[w.id.namespace], w.pods, FrozenMap(_SHOP_ON[w.id.name]))
        for w in work
    )
    names = tuple(r.name for r in rings)
    return IsolationPlan(
        name="shop",
        verdict=FEASIBLE,
        policy=TrustPolicy("shop", SHOP_LEVELS, everywhere=(Match("DaemonSet", ("kube-system",)),)),
        cluster=Cluster(nodes, tuple(sorted((*work, agent, logs), key=lambda w: w.id))),
        trust=trust,
        goals=(Goal("unplaced", 0, 0), Goal("moves", 4, 4), Goal("relabels", 0, 0), Goal("headroom", 258, 261, "max")),
        rings=rings,
        placements=placements,
        shared=tuple(SharedResident(w.id, names, 8) for w in (logs, agent)),
        separation=Separation(7, 7, 6, 6),
        not_modelled=(Statement("rollouts", "pods that a rolling update adds for a while (maxSurge) are not counted"),),
        unenforced=(Statement("every ring", "no admission policy: whoever may create pods may enter any ring"),),
    )


def with_add_ons(plan: IsolationPlan, *names: str) -> IsolationPlan:
    """Return a plan whose input has these Deployments of kube-system, too: in its first ring, and without a pod."""
    system, ring = "kube-system", plan.rings[0]
    add_ons = tuple(workload("Deployment", system, name, 0, pod(system, 100, 64 * MIB)) for name in names)
    members = {**plan.trust.members, **{str(add_on.id): Membership(ring.groups[0], ring.name) for add_on in add_ons}}
    cluster = replace(plan.cluster, workloads=(*plan.cluster.workloads, *add_ons))
    return replace(plan, cluster=cluster, trust=replace(plan.trust, members=FrozenMap(members)))


def infeasible_shop() -> IsolationPlan:
    """Make the shop without room for its ledger and one of its plug-ins."""
    plan = shop()
    api = plan.placements[0]
    kept = tuple(p for p in plan.placements if p.workload.name not in ("ledger", "plugin-reviews"))
    message = "0/8 nodes are available: 3 Insufficient memory, 5 node(s) didn't match Pod's node affinity/selector."
    ledger = WorkloadId("StatefulSet", "payments", "ledger")
    reviews = WorkloadId("Deployment", "partners", "plugin-reviews")
    return replace(
        plan,
        verdict=INFEASIBLE,
        placements=kept,
        goals=(Goal("unplaced", 5, 5),),
        unplaced=(
            Unplaced(reviews, 2, message.replace("memory", "cpu"), FrozenMap({"Insufficient cpu": 3})),
            Unplaced(ledger, 3, message, FrozenMap({"Insufficient memory": 3})),
        ),
        shortages=(Shortage("restricted", "memory", 66 * GIB, 48 * GIB), Shortage("untrusted", "cpu", 9000, 8000)),
        conflict=(api.workload, ledger),
        conflict_smallest=True,
        repairs=(Repair("node-1", 2, "restricted"), Repair("node-7", 1)),
        separation=Separation(10, 9, 7, 6),
    )


def lone() -> IsolationPlan:
    """Make the smallest plan: one group, one node, one pod."""
    work = workload("Deployment", "default", "web", 1, pod("default", 250, 256 * MIB))
    group = Group("all")
    return IsolationPlan(
        name="lone",
        verdict=FEASIBLE,
        policy=TrustPolicy("lone", ("all",)),
        cluster=Cluster((node("only"),), (work,)),
        trust=Trust((group,), (Ring("all", ("all",)),), FrozenMap({str(work.id): Membership("all", "all")})),
        rings=(RingPlan("all", ("all",), ("only",)),),
        placements=(Placement(work.id, "all", "all", 1, FrozenMap({"only": 1})),),
    )


def wordy() -> IsolationPlan:
    """Make a plan in which every name is as long as Kubernetes allows, with many groups in one ring and many residents."""
    levels = tuple(f"level-{at}-{'very-' * 8}long" for at in range(9))
    groups = tuple(sorted([Group(levels[at], f"tenant-{'of-the-house-' * 3}{at}") for at in range(9)]))
    ring = RingPlan(
        "r" * 63, tuple(g.name for g in groups[:8]), tuple(f"{'node-' * 11}{at:08}.{'example.' * 8}org" for at in range(3))
    )
    other = RingPlan("s" * 63, (groups[8].name,), (f"{'node-' * 11}{9:08}.{'example.' * 8}org",))
    work, placements, members = [], [], {}
    for at, group in enumerate(groups):
        mine = other if at == 8 else ring
        w = workload("StatefulSet", "n" * 63, f"{'w' * 50}-{at}", 2, pod("n" * 63, 300, GIB, **{"vendor.example.com/gpu": 1}))
        work.append(w)
        members[str(w.id)] = Membership(group.name, mine.name)
        placements.append(Placement(w.id, group.name, mine.name, 2, FrozenMap({mine.nodes[0]: 2})))
    agents = [workload("DaemonSet", "k" * 63, f"{'agent-' * 9}{at}", 0, pod("k" * 63, 10, GIB)) for at in range(14)]
    members |= {str(w.id): Membership(everywhere=True) for w in agents}
    hosts = tuple(
        replace(node(name), allocatable=FrozenMap({"cpu": 64000, "memory": 512 * GIB, "pods": 110, "vendor.example.com/gpu": 16}))
        for name in (*ring.nodes, *other.nodes, "x" * 253)
    )
    rings = (Ring(ring.name, ring.groups), Ring(other.name, other.groups))
    unplaced_pods = tuple(
        Unplaced(
            WorkloadId("Job", "n" * 63, f"{'j' * 50}{at}"),
            1000 + at,
            "0/5 nodes are available: " + "5 Insufficient cpu, " * 9,
            FrozenMap(),
        )
        for at in range(9)
    )
    return IsolationPlan(
        name="p" * 200,
        verdict="undecided",
        policy=TrustPolicy("p" * 200, levels),
        cluster=Cluster(hosts, tuple(sorted((*work, *agents), key=lambda w: w.id))),
        trust=Trust(groups, rings, FrozenMap(members), ((groups[0].name, groups[8].name),)),
        rings=(ring, other),
        placements=tuple(placements),
        shared=tuple(SharedResident(w.id, (ring.name, other.name), 5) for w in agents),
        unplaced=unplaced_pods,
    )


HOSTILE = "<script>alert(1)</script>"


def hostile() -> IsolationPlan:
    """Make the shop with names that no cluster would accept but a plan file may hold."""
    plan = shop()
    name = HOSTILE + '"]};--&amp;`|\x1b[31m\u202e#quot; \\'
    old = plan.placements[0].workload
    new = WorkloadId("Deployment", name, name)
    work = tuple(replace(w, id=new) if w.id == old else w for w in plan.cluster.workloads)
    rename = {"node-1": name}
    members = {str(new) if key == str(old) else key: value for key, value in plan.trust.members.items()}
    return replace(
        plan,
        name=name,
        policy=replace(plan.policy, name=name, levels=(name, *plan.policy.levels)),
        cluster=replace(
            plan.cluster, workloads=work, nodes=tuple(replace(n, name=rename.get(n.name, n.name)) for n in plan.cluster.nodes)
        ),
        trust=replace(plan.trust, members=FrozenMap(members)),
        rings=tuple(replace(r, nodes=tuple(rename.get(n, n) for n in r.nodes)) for r in plan.rings),
        placements=tuple(
            replace(
                p, workload=new if p.workload == old else p.workload, on=FrozenMap({rename.get(n, n): c for n, c in p.on.items()})
            )
            for p in plan.placements
        ),
        unplaced=(Unplaced(new, 1, name, FrozenMap({name: 1})),),
        not_modelled=(Statement(name, name),),
        unenforced=(Statement(name, name),),
    )


def drawn(*parts: object) -> int:
    """Return a number that depends on the parts alone and looks like chance."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "big")


def fleet(groups: int, nodes: int, shared: int = 3, share: bool = True, spare: int = 0, name: str = "fleet") -> IsolationPlan:
    """Make a plan of so many groups in four levels on so many nodes; with `share` two pairs of groups share a ring."""
    levels = ("restricted", "internal", "partner", "untrusted", "batch")
    made = [Group(levels[at % 5], f"team-{at // 5:02}" if groups > 5 else "") for at in range(groups)]
    clubs = [[group] for group in made]
    if share and groups >= 4:
        clubs = [clubs[0], [made[1], made[-1]], *[[g] for g in made[2:-1]]]
    rings, placements, members, work = [], [], {}, []
    hosts = [
        node(f"ip-10-0-{at // 250}-{at % 250}.eu-west-1.compute.internal", 16000, 64 * GIB, f"zone-{'abc'[at % 3]}")
        for at in range(nodes)
    ]
    used = nodes - spare
    weight = [2 + drawn("w", at) % 7 for at in range(len(clubs))]
    start = 0
    for at, club in enumerate(clubs):
        take = used - start if at == len(clubs) - 1 else max(1, used * weight[at] // sum(weight))
        mine, start = hosts[start : start + take], start + take
        ring = "_".join(group.name.replace("/", ".") for group in club)
        rings.append(RingPlan(ring, tuple(g.name for g in club), tuple(sorted(h.name for h in mine))))
        _people(club, ring, mine, placements, members, work)
    agents = [
        workload("DaemonSet", "kube-system", n, 0, pod("kube-system", 150, 200 * MIB))
        for n in ("node-exporter", "fluent-bit", "cilium", "ebs-csi-node", "datadog")[:shared]
    ]
    members |= {str(w.id): Membership(everywhere=True) for w in agents}
    pairs = [tuple(sorted(g.name for g in club)) for club in clubs if len(club) == 2]
    trust = Trust(tuple(sorted(made)), tuple(Ring(r.name, r.groups) for r in rings), FrozenMap(members), tuple(pairs))
    names = tuple(sorted(r.name for r in rings))
    master = node("control-plane-0", 4000, 8 * GIB, **{"node-role.kubernetes.io/control-plane": ""})
    static = Resident("kube-apiserver", "control-plane-0", pod("kube-system", 500, GIB))
    exclude = LabelSelector(FrozenMap({"node-role.kubernetes.io/control-plane": ""}))
    return IsolationPlan(
        name=name,
        verdict=FEASIBLE,
        policy=TrustPolicy(name, levels, nodes=PolicyNodes(exclude=exclude)),
        cluster=Cluster(
            tuple(sorted((*hosts, master), key=lambda n: n.name)),
            tuple(sorted((*work, *agents), key=lambda w: w.id)),
            residents=(static,),
        ),
        trust=trust,
        goals=(Goal("moves", 12, 10), Goal("relabels", 3, 3)),
        rings=tuple(sorted(rings, key=lambda r: r.name)),
        placements=tuple(sorted(placements, key=lambda p: p.workload)),
        shared=tuple(SharedResident(w.id, names, nodes) for w in agents),
        separation=Separation(used, used - 1, used - 4, used - 4),
    )


def _people(
    club: list[Group],
    ring: str,
    hosts: list[Node],
    placements: list[Placement],
    members: dict[str, Membership],
    work: list[Workload],
) -> None:
    """Fill each host up to a level of its own with pods of the ring's workloads, in turn."""
    made = [(group, one) for group in club for one in _team(group)]
    on: list[dict[str, int]] = [{} for _ in made]
    for host in hosts:
        limit = 45 + drawn(host.name, ring) % 54 if drawn(host.name) % 12 else 12
        cpu = memory = turn = 0
        while turn < 40:
            at = (turn + drawn(host.name)) % len(made)
            asked = per_pod(made[at][1].template)
            turn += 1
            if (cpu + asked["cpu"]) * 100 > limit * 15000 or (memory + asked["memory"]) * 100 > limit * 62 * GIB:
                continue
            cpu, memory = cpu + asked["cpu"], memory + asked["memory"]
            on[at][host.name] = on[at].get(host.name, 0) + 1
    for (group, one), where in zip(made, on, strict=True):
        pods = sum(where.values())
        work.append(replace(one, pods=pods))
        members[str(one.id)] = Membership(group.name, ring)
        placements.append(Placement(one.id, group.name, ring, pods, FrozenMap(where)))


def _team(group: Group) -> list[Workload]:
    space = f"{group.level}-{group.tenant or 'core'}"
    found = []
    for at, name in enumerate(
        ("api", "web", "worker", "cache", "search", "ledger", "mailer", "report")[: 3 + drawn(group.name) % 5]
    ):
        cpu, memory = 250 * (1 + drawn(group.name, at) % 8), (256 << drawn(group.name, at, "m") % 6) * MIB
        found.append(workload("Deployment", space, name, 0, pod(space, cpu, memory)))
    return found


def shown(name: str) -> str:
    """Return a name as every face shows it: control and direction characters as escapes."""
    return name.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
