"""Why a pod found no place, in the words kube-scheduler would use once the plan is applied."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from models.answer.plan import UNTRIED, RingPlan, Unplaced
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import WorkloadId
from models.solver.indexed_problem import IndexedProblem
from models.trust import TrustPolicy
from planner.rules import daemonset, purchased_node, ring_membership
from planner.rules.placement.scheduler_filters import World, fit_error, fits_somewhere, why_not
from planner.settle.distribute import Landing


def unplaced(
    formulation: IndexedProblem,
    landed: Mapping[WorkloadId, Landing],
    rings: Sequence[RingPlan],
    cluster: Cluster,
    policy: TrustPolicy,
) -> tuple[Unplaced, ...]:
    """List the pods without a place, each with kube-scheduler's message for one more of it.

    Daemons come first, as they do on a new node: one that does not fit on a node of its own is pending there.
    """
    ordered = sorted(landed.values(), key=lambda landing: (-landing.workload.template.priority, landing.workload.id))
    world, pending = peopled(formulation, ordered, rings, cluster, policy)
    nodes = _nodes(world)

    @cache
    def empty(name: str) -> World:
        """Return the owned nodes and one of each shape and zone to be had, all in this ring and with nothing but residents."""
        offered = purchased_node.examples(shape for shape in cluster.shapes if shape.max != 0)
        owned = (node for node in cluster.nodes if not node.shape)
        return World((_in_ring(node, name, policy) for node in (*owned, *offered)), cluster)

    for landing in ordered:
        for batch, count in landing.missing:
            message, reasons = fit_error(batch.pod, nodes, world)
            theirs = empty(landing.ring)
            none = not any(fits_somewhere(batch.pod, _nodes(theirs), theirs))
            alone = fit_error(batch.pod, _nodes(theirs), theirs)[0] if none else ""
            pending.append(Unplaced(batch.workload.id, count, message, reasons, alone))
    return _merged(pending)


def untried(landed: Mapping[WorkloadId, Landing]) -> tuple[Unplaced, ...]:
    """List the pods without a place of a search that had no time to say why."""
    missing = {name: sum(count for _, count in landing.missing) for name, landing in sorted(landed.items())}
    return tuple(Unplaced(name, pods, UNTRIED) for name, pods in missing.items() if pods)


def peopled(
    formulation: IndexedProblem, ordered: Sequence[Landing], rings: Sequence[RingPlan], cluster: Cluster, policy: TrustPolicy
) -> tuple[World, list[Unplaced]]:
    """Return the cluster as the plan leaves it, and the daemons that have no room on their node."""
    ring_of = {name: ring.name for ring in rings for name in ring.nodes}
    nodes = ring_membership.final_nodes(cluster.nodes, ring_of, policy.nodes)
    world = World(nodes, cluster)
    names = [node.name for node in formulation.nodes]
    pending = list(_daemons(ordered, names, nodes, world))
    for landing in ordered:
        if not landing.workload.is_daemon:
            for batch, node, count in landing.parts:
                world.add(batch.pod, names[node], count)
    return world, pending


def _nodes(world: World) -> tuple[Node, ...]:
    return tuple(site.node for site in world.sites.values())


def _in_ring(node: Node, name: str, policy: TrustPolicy) -> Node:
    return node if ring_membership.is_excluded(node, policy.nodes) else ring_membership.ring_node(node, name, policy.nodes)


def _merged(pending: Iterable[Unplaced]) -> tuple[Unplaced, ...]:
    """Add up the pods of one workload that wait for the same reasons."""
    counts: Counter[Unplaced] = Counter()
    for leftover in pending:
        counts[replace(leftover, pods=0)] += leftover.pods
    merged = (replace(leftover, pods=pods) for leftover, pods in counts.items())
    return tuple(sorted(merged, key=lambda leftover: (leftover.workload, leftover.message)))


def _daemons(landed: Sequence[Landing], names: Sequence[str], nodes: Sequence[Node], world: World) -> Iterator[Unplaced]:
    """Put every daemon on its nodes; yield those that do not fit there."""
    for landing in landed:
        if landing.workload.is_daemon:
            for batch, node, _ in landing.parts:
                pod = daemonset.daemon_pod(batch.pod)
                if why_not(pod, world.sites[names[node]].node, world):
                    message, reasons = fit_error(_pinned(pod, names[node]), nodes, world)
                    yield Unplaced(landing.workload.id, 1, message, reasons)
                else:
                    world.add(pod, names[node])


def _pinned(pod: Pod, node: str) -> Pod:
    """Return the pod as the DaemonSet controller pins it: one term that names the node replaces its affinity."""
    term = NodeSelectorTerm(match_fields=(Requirement("metadata.name", "In", (node,)),))
    return replace(pod, node_affinity=(term,))
