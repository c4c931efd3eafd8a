"""Which workload's pods could get to the nodes of which ring, and how.

Each template is asked as it is written, for that is what runs until it is patched; nodes are as the plan leaves them.
"""

from collections.abc import Iterator

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload
from models.trust import Membership, PolicyNodes, Ring
from planner.check.estate.estate import Estate
from planner.check.report import Reach
from planner.rules import daemonset, ring_membership
from planner.rules.plugins import nodeaffinity, tainttoleration

OWN, EVERYWHERE, TOLERATES, NODE_NAME, SCHEDULER, STAYS = "own", "shared", "tolerates", "nodeName", "scheduler", "runs there"
MEANINGS = {
    OWN: "it is of this ring",
    EVERYWHERE: "the policy lets it into every ring",
    TOLERATES: "it tolerates the ring's taint as it is written, and no selector keeps it off",
    NODE_NAME: "it names a node of the ring",
    SCHEDULER: "another scheduler binds it, which may respect no taint",
    STAYS: "its pods run on nodes of the ring today, and no taint moves them",
}
"""What stands in the matrix; nothing where its pods are kept out."""


def matrix(estate: Estate) -> tuple[Reach, ...]:
    """Return a row for each workload that has a level; none without policy and workloads."""
    if estate.policy is None or estate.trust is None:
        return ()
    asked = _Asked(estate)
    return tuple(asked.row(workload) for workload in estate.cluster.workloads)


class _Asked:
    """The rings with their nodes, as every workload is asked about them."""

    def __init__(self, estate: Estate) -> None:
        policy, trust = estate.policy, estate.trust
        self._nodes = policy.nodes if policy else PolicyNodes()
        self._rings: tuple[Ring, ...] = trust.rings if trust else ()
        self._estate = estate
        planned = {name: ring.name for ring in estate.plan.rings for name in ring.nodes} if estate.plan else {}
        self._ring_of = planned or {
            node.name: node.labels[self._nodes.label_key] for node in estate.today if self._nodes.label_key in node.labels
        }
        final = ring_membership.final_nodes(estate.cluster.nodes, self._ring_of, self._nodes)
        self._by_ring = {
            ring.name: tuple(node for node in final if self._ring_of.get(node.name) == ring.name) for ring in self._rings
        }

    def row(self, workload: Workload) -> Reach:
        """Say for each ring how the pods of a workload could get there."""
        membership = self._estate.membership(str(workload.id)) or Membership()
        ways = {ring.name: self._way(workload, membership, ring.name) for ring in self._rings}
        return Reach(str(workload.id), membership.ring, ways)

    def _way(self, workload: Workload, membership: Membership, ring: str) -> str:
        if membership.everywhere:
            return EVERYWHERE
        return OWN if membership.ring == ring else next(self._doors(workload, ring), "")

    def _doors(self, workload: Workload, ring: str) -> Iterator[str]:
        pod = daemonset.daemon_pod(workload.template) if workload.is_daemon else workload.template
        nodes = self._by_ring[ring]
        if pod.node_name:
            yield from (NODE_NAME for node in nodes if node.name == pod.node_name)
            return
        if self._is_let_in(pod, ring, nodes):
            yield TOLERATES
        if pod.scheduler_name != "default-scheduler":
            yield SCHEDULER
        if any(self._ring_of.get(name) == ring for name in workload.running):
            yield STAYS

    def _is_let_in(self, pod: Pod, ring: str, nodes: tuple[Node, ...]) -> bool:
        """Say whether kube-scheduler may bind it there: by the ring's taint alone where the nodes of the ring are not known."""
        if not nodes:
            selected = pod.node_selector.get(self._nodes.label_key, ring)
            return selected == ring and not tainttoleration.untolerated(
                pod.tolerations, (ring_membership.ring_taint(ring, self._nodes),)
            )
        return any(nodeaffinity.matches(pod, node) and tainttoleration.rejects(pod, node, Cluster()) is None for node in nodes)
