"""What a plan says of the rings that nodes are in today, and of the pods that run on them."""

from collections.abc import Iterator

from models.answer.plan import RingPlan
from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Cluster
from models.trust import Trust, TrustPolicy
from planner.rules import ring_membership

_SUBJECT = "today"


def statements(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...]) -> Iterator[Disclosure]:
    """Name nodes that change their ring or have pods of another, and rings that nobody of the input is in."""
    yield from _strangers(cluster, policy, trust, rings)
    yield from _unseen(cluster, policy, rings)
    yield from _given_away(cluster, policy, rings)


def _strangers(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...]) -> Iterator[Disclosure]:
    """Name the nodes whose pods are not all of the ring that they get: what is proven holds once these have gone.

    The pods of a DaemonSet that selects a ring already go with the label of the node.
    """
    ring_of, key = {name: ring.name for ring in rings for name in ring.nodes}, policy.nodes.label_key
    mixed = {
        node
        for workload in cluster.workloads
        if not (workload.is_daemon and key in workload.template.node_selector) and (mine := trust.members[str(workload.id)].ring)
        for node in workload.running
        if ring_of.get(node, mine) != mine
    }
    if mixed:
        yield Disclosure.of(DisclosureCode.LEVELS_MIX_TODAY, _SUBJECT, nodes=tuple(sorted(mixed)))


def _unseen(cluster: Cluster, policy: TrustPolicy, rings: tuple[RingPlan, ...]) -> Iterator[Disclosure]:
    """Name the nodes that change their ring although the input does not tell which pods run anywhere."""
    if any(workload.running for workload in cluster.workloads):
        return
    key, ring_of = policy.nodes.label_key, {name: ring.name for ring in rings for name in ring.nodes}
    nodes = (node for node in cluster.nodes if not node.shape and not ring_membership.is_excluded(node, policy.nodes))
    moved = [node.name for node in nodes if node.labels.get(key, "") not in ("", ring_of.get(node.name))]
    if moved:
        yield Disclosure.of(DisclosureCode.RUNNING_UNKNOWN, _SUBJECT, nodes=tuple(sorted(moved)))


def _given_away(cluster: Cluster, policy: TrustPolicy, rings: tuple[RingPlan, ...]) -> Iterator[Disclosure]:
    """Name the rings that nodes are in today and no workload of the input is: one that was left out would find no node."""
    selected = {workload.template.node_selector.get(policy.nodes.label_key) for workload in cluster.workloads}
    known = {*(ring.name for ring in rings), *selected}
    by_ring: dict[str, list[str]] = {}
    for node in cluster.nodes:
        today = node.labels.get(policy.nodes.label_key, "")
        if today and today not in known and not ring_membership.is_excluded(node, policy.nodes):
            by_ring.setdefault(today, []).append(node.name)
    for name, nodes in sorted(by_ring.items()):
        yield Disclosure.of(DisclosureCode.RING_ABANDONED, f"ring {name}", nodes=tuple(nodes))
