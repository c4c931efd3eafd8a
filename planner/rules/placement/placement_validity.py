"""A final placement is valid if every rule of the Filter phase holds in it.

A placement is valid if and only if
1. the node filters, resources, host ports, anti-affinity of every pod towards every other (both ways) and ReadWriteOncePod hold
   with all pods in place;
2. each DoNotSchedule spread constraint holds with all pods in place, for every pod in the domain it is in: the pods that count
   there without the pod itself, plus 1 if it matches its own selector, less the smallest count of any domain (0 with fewer than
   minDomains domains; the pod itself may be in it) is at most maxSkew;
3. there is an order of arrival in which each pod with required affinity passes (affinity_order.py).

Nodes and pods are judged as given, so give them as the plan leaves them. The cluster's residents take room and count, but are not
judged: they are where they are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from models.answer.finding import ERROR, Finding, FindingCode
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.kubernetes.resources import PODS, is_amount
from planner.rules import FILTERS
from planner.rules.placement import affinity_order
from planner.rules.placement.cluster_state import World
from planner.rules.placement.pod_class import Kind, Site
from planner.rules.placement.scheduler_filters import static_reason
from planner.rules.placement.topology_counts import Domain, domain_of
from planner.rules.plugins import interpodaffinity, nodeports, noderesources, podtopologyspread, volumerestrictions

IDS = {
    "NodeUnschedulable": FindingCode.NODE_UNSCHEDULABLE,
    "NodeName": FindingCode.NODE_NAME,
    "TaintToleration": FindingCode.TAINT_TOLERATION,
    "NodeAffinity": FindingCode.NODE_AFFINITY,
    "VolumeBinding": FindingCode.VOLUME_BINDING,
    "VolumeZone": FindingCode.VOLUME_ZONE,
}
Name = Callable[[Pod], str]


def describe(pod: Pod) -> str:
    """Name a pod by its namespace and labels, for want of anything better."""
    labels = ",".join(f"{key}={value}" for key, value in pod.labels.items())
    return f"Pod/{pod.namespace}/{labels}"


def violations(cluster: Cluster, placement: Mapping[str, Iterable[Pod]]) -> Iterator[Finding]:
    """Yield what is broken where the pods lie like this on the cluster's nodes: node name -> pods."""
    return broken(World(cluster.nodes, cluster, placement))


def broken(world: World, name: Name = describe) -> Iterator[Finding]:
    """Yield what is broken in a world; `name` says whose a pod is."""
    yield from _statics(world, name)
    for site in world.sites.values():
        yield from _resources(site)
        yield from _ports(site, name)
    yield from _exclusive(world, name)
    yield from _spread(world, name)
    yield from _anti_affinity(world, name)
    yield from _affinity(world, name)


def _finding(rule: FindingCode, subject: str, node: Node, reason: str, **facts: object) -> Finding:
    """Say which rule is broken on a node; the reason is in kube-scheduler's words."""
    return Finding.of(rule, ERROR, subject, node=node.name, reason=reason, **facts)


def _statics(world: World, name: Name) -> Iterator[Finding]:
    for site, kind, _ in world.judged():
        if static_reason(kind.pod, site.node, world):
            for plugin, rejects in FILTERS.items():
                reason = rejects(kind.pod, site.node, world.cluster)
                if reason:
                    yield _finding(IDS[plugin], name(kind.pod), site.node, reason)


def _resources(site: Site) -> Iterator[Finding]:
    """Compare sums; what no placed pod asks for may be overcommitted by residents."""
    short = [resource for resource, free in site.free.items() if free < 0]
    if not short:
        return
    placed = [kind for kind, count in site.kinds.items() if count > site.residents[kind]]
    for resource in sorted(short):
        if not any(resource == PODS or resource in noderesources.asked(kind.request) for kind in placed):
            continue
        reason = noderesources.TOO_MANY_PODS if resource == PODS else noderesources.lack(resource)
        facts: dict[str, object] = {"case": "claim", "resource": resource}
        if is_amount(resource):
            there = site.node.allocatable.get(resource, 0)
            facts = {"case": "amount", "requested": there - site.free[resource], "allocatable": there}
        yield _finding(FindingCode.NODE_RESOURCES, site.node.name, site.node, reason, **facts)


def _ports(site: Site, name: Name) -> Iterator[Finding]:
    holders = [(kind, count) for kind, count in site.kinds.items() if kind.ports]
    for index, (kind, count) in enumerate(holders):
        others = [other for other, _ in holders[index + 1 :] if _clash(kind, other)]
        if count > 1:
            others.append(kind)
        for other in others:
            if any(site.kinds[clashing] > site.residents[clashing] for clashing in (kind, other)):
                facts = {"ports": tuple(f"{port.protocol} {port.port}" for port in kind.ports), "other": name(other.pod)}
                yield _finding(FindingCode.NODE_PORTS, name(kind.pod), site.node, nodeports.REASON, **facts)


def _clash(first: Kind, second: Kind) -> bool:
    return any(nodeports.conflict(port, other) for port in first.ports for other in second.ports)


def _exclusive(world: World, name: Name) -> Iterator[Finding]:
    for site, kind, _ in world.judged():
        for claim in kind.exclusive:
            if world.claim_users[claim] > 1:
                facts = {"claim": claim, "users": world.claim_users[claim]}
                yield _finding(FindingCode.READ_WRITE_ONCE_POD, name(kind.pod), site.node, volumerestrictions.REASON, **facts)


def _spread(world: World, name: Name) -> Iterator[Finding]:
    seen: set[tuple[Kind, TopologySpreadConstraint, Domain]] = set()
    for site, kind, _ in world.judged():
        for constraint, tally in world.spread(kind):
            domain = next(iter(domain_of(site.node, constraint.topology_key)), None)
            if domain is None:
                reason = podtopologyspread.MISSING_LABEL
                yield _finding(FindingCode.POD_TOPOLOGY_SPREAD, name(kind.pod), site.node, reason, case="no domain")
                continue
            # it is in the tally only where its node and labels count; counts_self asks otherwise, as kube-scheduler does
            itself = bool(tally.ground.of(site.node)) and tally.wants(kind.pod)
            there = tally.at(domain) - itself + podtopologyspread.counts_self(constraint, kind.pod)
            skew = there - tally.lowest(constraint.min_domains)
            if skew > constraint.max_skew and (kind, constraint, domain) not in seen:
                seen.add((kind, constraint, domain))
                facts = {"key": domain[0], "domain": domain[1], "skew": skew, "most": constraint.max_skew}
                reason = podtopologyspread.REASON
                yield _finding(FindingCode.POD_TOPOLOGY_SPREAD, name(kind.pod), site.node, reason, case="skew", **facts)


def _anti_affinity(world: World, name: Name) -> Iterator[Finding]:
    for site, kind, _ in list(world.placed()):
        for term, tally in world.repulsion(kind):
            itself = int(tally.wants(kind.pod))
            for domain in domain_of(site.node, term.topology_key):
                if tally.at(domain) > itself and _somebody_placed(world, site, kind, domain, tally.wants):
                    facts = {"key": domain[0], "domain": domain[1], "pods": tally.at(domain) - itself}
                    reason = interpodaffinity.ANTI_AFFINITY
                    yield _finding(FindingCode.POD_ANTI_AFFINITY, name(kind.pod), site.node, reason, **facts)


def _somebody_placed(world: World, site: Site, kind: Kind, domain: Domain, wants: Callable[[Pod], bool]) -> bool:
    """Say whether the plan has a part in it: the pod itself is placed, or one that it must be away from."""
    if site.kinds[kind] > site.residents[kind]:
        return True
    return any(wants(other.pod) and there.node.labels.get(domain[0]) == domain[1] for there, other, _ in world.judged())


def _affinity(world: World, name: Name) -> Iterator[Finding]:
    for site, kind in affinity_order.stuck(world):
        yield _finding(FindingCode.POD_AFFINITY, name(kind.pod), site.node, interpodaffinity.AFFINITY)
