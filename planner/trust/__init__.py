"""Who trusts whom: the policy applied to a cluster."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.trust import Membership, Ring, Trust, TrustPolicy
from planner.errors import BadInput, Fault
from planner.trust.grouped import once_per_maker
from planner.trust.members import member, unknown
from planner.trust.rings import named, relation, rings


def unknown_levels(policy: TrustPolicy, cluster: Cluster) -> tuple[Fault, ...]:
    """Return a fault for each level that the policy does not know, also where not all of the cluster could be read."""
    return tuple(fault for workload in cluster.workloads for fault in unknown(workload, policy, cluster))


def trust(policy: TrustPolicy, cluster: Cluster) -> Trust:
    """Find every workload's group and ring, or raise BadInput with all untagged, unknown and conflicting ones."""
    faults: dict[str, list[Fault]] = {str(w.id): [] for w in cluster.workloads}
    by_workload = {str(w.id): member(w, policy, cluster, faults[str(w.id)]) for w in cluster.workloads}
    if any(faults.values()):
        raise BadInput(once_per_maker(cluster.workloads, faults))
    groups = tuple(sorted({group for group, _ in by_workload.values() if group}))
    sharing = relation(groups, policy)
    members = FrozenMap({name: membership for name, (_, membership) in by_workload.items()})
    return _in_rings(Trust(groups, (), members, sharing), rings([group.name for group in groups], sharing))


def arranged(trusted: Trust, sets: Iterable[Sequence[str]]) -> Trust:
    """Return the same groups in other rings: one for each set of groups, which hold every group once."""
    return _in_rings(trusted, named(sets))


def _in_rings(trusted: Trust, rings: tuple[Ring, ...]) -> Trust:
    ring_of = {group: ring.name for ring in rings for group in ring.groups}
    members: dict[str, Membership] = {
        name: replace(membership, ring=ring_of[membership.group]) if membership.group else membership
        for name, membership in trusted.members.items()
    }
    return replace(trusted, rings=rings, members=FrozenMap(members))
