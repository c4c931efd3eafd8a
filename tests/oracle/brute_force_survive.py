"""Which plans of a small cluster survive, by trying every other place for the lost pods and asking the rules alone."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product

from models.kubernetes.cluster import Cluster, Resident
from models.trust import Trust, TrustPolicy
from planner.rules import FILTERS, ring_membership
from planner.rules.placement import placement_validity
from planner.rules.placement.scheduler_filters import World
from tests.oracle import brute_force

ZONE = "topology.kubernetes.io/zone"
MOST = 4000
"""Candidates beyond which a cluster is left to others."""


@dataclass(frozen=True, slots=True)
class Best:
    """The least that a plan which places everything and survives can move, then relabel."""

    moves: int
    relabels: int


class TooManyError(Exception):
    """The cluster has more candidates than one can wait for."""


def best(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Best | None:
    """Return the best such plan's values, None if there is no such plan."""
    planned = [node for node in cluster.nodes if not ring_membership.is_excluded(node, policy.nodes)]
    found = []
    for chosen in product(*(brute_force._choices(node, cluster, policy, trust) for node in planned)):
        ring_of = {node.name: name for node, name in zip(planned, chosen, strict=True) if name}
        division = brute_force._Division(cluster, policy, trust, ring_of)
        found += [(*key, division, counts) for key, counts in division.candidates() if key[0] == 0]
        if len(found) > MOST:
            raise TooManyError
    found.sort(key=lambda row: row[:3])
    for _, moves, relabels, division, counts in found:
        if division.valid(counts) and survives(division, counts):
            return Best(moves, relabels)
    return None


def survives(division, counts) -> bool:
    """Say whether every ring survives every loss that the policy names."""
    return all(refits(division, counts, name, place) for name, place in losses(division))


def losses(division):
    """Yield each ring with each place (the name of a node, or of a zone) that it may lose."""
    rings = sorted(set(division.ring_of.values()))
    for name in rings:
        inside = [node for node in division.nodes if division.ring_of.get(node.name) == name]
        if division.policy.survive.nodes:
            yield from ((name, ("node", node.name)) for node in inside)
        if division.policy.survive.zones:
            yield from ((name, ("zone", zone)) for zone in sorted({n.labels[ZONE] for n in inside if ZONE in n.labels}))


def within(node, place) -> bool:
    kind, name = place
    return node.name == name if kind == "node" else node.labels.get(ZONE) == name


def refits(division, counts, name, place) -> bool:
    """Say whether the ring's pods of the place have other nodes, all other pods being residents."""
    gone = {node.name for node in division.nodes if division.ring_of.get(node.name) == name and within(node, place)}
    stays, lost = [one for one in division.cluster.residents if one.node not in gone], Counter()
    for workload, on in zip(division.movable, counts, strict=True):
        pod = division.pod(workload)
        stays += [Resident("stays", node, pod) for node, count in on.items() if node not in gone for _ in range(count)]
        lost[pod] += sum(count for node, count in on.items() if node in gone)
    stays += daemons(division, gone)
    remaining = tuple(node for node in division.nodes if node.name not in gone)
    cluster = replace(division.cluster, nodes=remaining, residents=tuple(stays))
    homes = [node.name for node in remaining if division.ring_of.get(node.name) == name]
    pods = [pod for pod, count in lost.items() if count and not tied(division, pod, name, place) for _ in range(count)]
    return any(not list(placement_validity.violations(cluster, gather(pods, on))) for on in product(homes, repeat=len(pods)))


def gather(pods, on):
    placement = {}
    for pod, node in zip(pods, on, strict=True):
        placement.setdefault(node, []).append(pod)
    return placement


def daemons(division, gone):
    world = World(division.nodes, division.cluster)
    for workload in division.cluster.workloads:
        if workload.is_daemon:
            for node in division._daemon_nodes(workload, world):
                if node.name not in gone:
                    yield Resident("daemon", node.name, division.pod(workload))


def tied(division, pod, name, place) -> bool:
    """Say whether no node outside the place would let the pod in, were it in the ring."""
    nodes, keys = division.policy.nodes, brute_force._keys(pod)
    for node in division.cluster.nodes:
        if ring_membership.is_excluded(node, nodes) or within(node, place) or any(key not in node.labels for key in keys):
            continue
        if not any(rejects(pod, ring_membership.ring_node(node, name, nodes), division.cluster) for rejects in FILTERS.values()):
            return False
    return True
