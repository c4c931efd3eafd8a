"""What a plan says of the rings that nodes are in today, and of the pods that run on them."""

from collections.abc import Iterator

from models.answer.plan import RingPlan
from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Cluster, Statement
from models.trust import Trust, TrustPolicy
from planner.rules import ring_membership
from planner.words import some

_SUBJECT = "today"


def statements(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...]) -> Iterator[Statement]:
    """Name nodes that change their ring or have pods of another, and rings that nobody of the input is in."""
    yield from _strangers(cluster, policy, trust, rings)
    yield from _unseen(cluster, policy, rings)
    yield from _given_away(cluster, policy, rings)


def _strangers(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...]) -> Iterator[Statement]:
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
        message = (
            f"pods of another ring than theirs run on {some(sorted(mixed))}: levels share these nodes until all of them have "
            "gone, and that a rollout finds room beside them meanwhile is not modelled; one that sticks goes on once such pods "
            "are deleted"
        )
        yield Statement(_SUBJECT, message, code=DisclosureCode.LEVELS_MIX_TODAY)


def _unseen(cluster: Cluster, policy: TrustPolicy, rings: tuple[RingPlan, ...]) -> Iterator[Statement]:
    """Name the nodes that change their ring although the input does not tell which pods run anywhere."""
    if any(workload.running for workload in cluster.workloads):
        return
    key, ring_of = policy.nodes.label_key, {name: ring.name for ring in rings for name in ring.nodes}
    nodes = (node for node in cluster.nodes if not node.shape and not ring_membership.is_excluded(node, policy.nodes))
    moved = [node.name for node in nodes if node.labels.get(key, "") not in ("", ring_of.get(node.name))]
    if moved:
        message = (
            f"{some(sorted(moved))} change their ring, and which pods run there is not in the input: how many have to move is "
            "not known (kubectl get pods -A -o yaml tells)"
        )
        yield Statement(_SUBJECT, message, code=DisclosureCode.RUNNING_UNKNOWN)


def _given_away(cluster: Cluster, policy: TrustPolicy, rings: tuple[RingPlan, ...]) -> Iterator[Statement]:
    """Name the rings that nodes are in today and no workload of the input is: one that was left out would find no node."""
    selected = {workload.template.node_selector.get(policy.nodes.label_key) for workload in cluster.workloads}
    known = {*(ring.name for ring in rings), *selected}
    by_ring: dict[str, list[str]] = {}
    for node in cluster.nodes:
        today = node.labels.get(policy.nodes.label_key, "")
        if today and today not in known and not ring_membership.is_excluded(node, policy.nodes):
            by_ring.setdefault(today, []).append(node.name)
    for name, nodes in sorted(by_ring.items()):
        message = (
            f"{some(nodes)} are in it today, and no workload of the input is: they leave it, and what else "
            "belongs there, like the next run of a Job that has finished, will find no node"
        )
        yield Statement(f"ring {name}", message, code=DisclosureCode.RING_ABANDONED)
