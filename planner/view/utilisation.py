"""How full everything is: the one computation behind every picture, table and summary of a plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.answer.plan import IsolationPlan, RingPlan
from models.answer.usage import Usage
from models.frozen_map import EMPTY_RESOURCES, FrozenMap
from models.kubernetes.node import Node
from models.kubernetes.node_group import is_grown
from models.trust import PolicyNodes
from planner.rules.ring_membership import is_excluded
from planner.view.format import natural
from planner.view.reach import per_pod, reached
from planner.view.usage import (
    FIXED,
    PLANNED,
    SHARED,
    SHOWN_ALWAYS,
    Exposure,
    Guest,
    Load,
    NodeLoad,
    Occupant,
    RingLoad,
    rank,
)


@dataclass(slots=True)
class _Tally:
    """What is gathered before anything is added up: who is on which node, and how resources and levels are ordered."""

    plan: IsolationPlan
    on: dict[str, list[Occupant]] = field(default_factory=lambda: defaultdict(list))
    exposure: list[Exposure] = field(default_factory=list)
    names: tuple[str, ...] = ()
    levels: FrozenMap[str] = FrozenMap()

    def trust(self, level: str) -> tuple[int, str]:
        """Order levels by the policy, those that it does not know last."""
        known = self.plan.policy.levels
        return (known.index(level) if level in known else len(known), level)


def load(plan: IsolationPlan) -> Load:
    """Count every ring, node and shared resident of a plan, from requests and allocatable alone."""
    tally = _gather(plan)
    by_name = {node.name: node for node in plan.cluster.nodes}
    taken = {name for ring in plan.rings for name in ring.nodes}
    rings = [_ring(tally, ring, by_name) for ring in plan.rings]
    rings.sort(key=lambda ring: (tally.trust(ring.levels[0] if ring.levels else ""), ring.name))
    outside = [_node(tally, node, "") for node in plan.cluster.nodes if node.name not in taken]
    return Load(
        rings=tuple(rings),
        outside=tuple(sorted(outside, key=lambda node: natural(node.name))),
        exposure=tuple(tally.exposure),
        usage=_total([node for ring in rings for node in ring.nodes], tally.names),
        level_of=tally.levels,
    )


def _gather(plan: IsolationPlan) -> _Tally:
    tally = _Tally(plan)
    template = {str(w.id): w.template for w in plan.cluster.workloads}
    amounts = {name: per_pod(pod) for name, pod in template.items()}
    shared = {str(s.workload) for s in plan.shared}
    for placement in plan.placements:
        name = str(placement.workload)
        if name not in shared:
            for node, pods in placement.on.items():
                tally.on[node].append(Occupant(name, PLANNED, placement.group, pods, amounts.get(name, EMPTY_RESOURCES)))
    for resident in plan.cluster.residents:
        tally.on[resident.node].append(Occupant(resident.name, FIXED, "", 1, per_pod(resident.pod)))
    for share in sorted(plan.shared, key=lambda s: str(s.workload)):
        name = str(share.workload)
        requests = amounts.get(name, share.requests)
        nodes = reached(plan, share)
        for node in nodes:
            tally.on[node].append(Occupant(name, SHARED, "", 1, requests))
        host = name in template and template[name].host_network
        tally.exposure.append(Exposure(name, share.rings, nodes, requests, host))
    tally.names = _resources(tally)
    tally.levels = FrozenMap({group.name: group.level for group in plan.trust.groups})
    return tally


def _resources(tally: _Tally) -> tuple[str, ...]:
    asked = {name for here in tally.on.values() for o in here for name, amount in o.each.items() if amount}
    offered = {name for node in tally.plan.cluster.nodes for name in node.allocatable}
    return tuple(sorted({*SHOWN_ALWAYS, *asked} & (offered | asked), key=rank))


def _ring(tally: _Tally, ring: RingPlan, nodes: Mapping[str, Node]) -> RingLoad:
    loads = tuple(_node(tally, nodes[name], ring.name) for name in sorted(ring.nodes, key=natural) if name in nodes)
    mine = [o for node in loads for o in node.occupants if o.kind == PLANNED]
    return RingLoad(
        name=ring.name,
        groups=ring.groups,
        levels=tuple(sorted({tally.levels.get(group, group) for group in ring.groups}, key=tally.trust)),
        nodes=loads,
        usage=_total(loads, tally.names),
        workloads=len({o.name for o in mine}),
        pods=sum(o.pods for o in mine),
        unplaced=_unplaced(tally.plan, ring.name),
        guests=_guests(loads),
        partners=_partners(tally.plan, ring.groups),
    )


def _unplaced(plan: IsolationPlan, ring: str) -> int:
    members = plan.trust.members
    return sum(u.pods for u in plan.unplaced if str(u.workload) in members and members[str(u.workload)].ring == ring)


def _guests(nodes: Iterable[NodeLoad]) -> tuple[Guest, ...]:
    count: dict[str, int] = defaultdict(int)
    for node in nodes:
        for occupant in node.occupants:
            if occupant.kind == SHARED:
                count[occupant.name] += 1
    return tuple(Guest(name, count[name]) for name in sorted(count))


def _partners(plan: IsolationPlan, groups: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    trusted = {
        group: tuple(sorted({other for pair in plan.trust.sharing if group in pair for other in pair if other not in groups}))
        for group in groups
    }
    return tuple((group, others) for group, others in trusted.items() if others)


def _node(tally: _Tally, node: Node, ring: str) -> NodeLoad:
    here = tuple(sorted(tally.on.get(node.name, ()), key=lambda o: ((PLANNED, FIXED, SHARED).index(o.kind), o.group, o.name)))
    asked: dict[str, int] = defaultdict(int)
    for occupant in here:
        for name, amount in occupant.each.items():
            asked[name] += amount * occupant.pods
    usage = {name: Usage(asked.get(name, 0), node.allocatable.get(name, 0)) for name in tally.names}
    known = {name: use for name, use in usage.items() if use.allocatable or use.requested}
    zone = node.labels.get("topology.kubernetes.io/zone", "")
    rules = tally.plan.policy.nodes
    is_coming = bool(node.shape), is_grown(node, rules.groups.by)
    return NodeLoad(node.name, ring, zone, _standing(node, ring, rules), FrozenMap(known), here, *is_coming)


def _standing(node: Node, ring: str, rules: PolicyNodes) -> str:
    if not ring and is_excluded(node, rules):
        return "excluded"
    if node.unschedulable:
        return "cordoned"
    return "" if ring else "unused"


def _total(nodes: Iterable[NodeLoad], names: tuple[str, ...]) -> FrozenMap[Usage]:
    requested: dict[str, int] = defaultdict(int)
    allocatable: dict[str, int] = defaultdict(int)
    for node in nodes:
        for name, use in node.usage.items():
            requested[name] += use.requested
            allocatable[name] += use.allocatable
    return FrozenMap({name: Usage(requested[name], allocatable[name]) for name in names if name in allocatable})
