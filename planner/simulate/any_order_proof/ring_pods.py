"""Who arrives in a ring, and on what nodes: the pods as the patches leave them, the nodes as the plan leaves them."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.answer.plan import IsolationPlan, RingPlan
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload
from models.trust import Membership
from planner.rules import affinity_hint, daemonset, statefulset
from planner.rules import ring_membership as ring
from planner.rules.placement.cluster_state import World

_MORTAL = ("Pod", "Job", "CronJob")


@dataclass(frozen=True, slots=True)
class Member:
    """Pods of one workload that are alike, as patched; a daemon has one on every node that it reaches.

    `returns` is false for a bare pod, which nobody makes again when it has been evicted, and for those of Jobs, which fail
    after a number of evictions. `keeps` says that the claims which are made for its pods outlive them.
    """

    name: str
    pod: Pod
    count: int
    daemon: bool = False
    returns: bool = True
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Crowd:
    """A ring's nodes, the residents on them (in `world`), and the pods that are to arrive there, sorted by name."""

    ring: str
    nodes: tuple[Node, ...]
    world: World
    members: tuple[Member, ...]


def crowd(plan: IsolationPlan, plan_ring: RingPlan, more: tuple[Node, ...] = ()) -> Crowd:
    """Gather the pods and the nodes of a ring; `more` are nodes that it does not have yet."""
    names = frozenset(plan_ring.nodes)
    unlabelled = (*(node for node in plan.cluster.nodes if node.name in names), *more)
    nodes = tuple(ring.ring_node(node, plan_ring.name, plan.policy.nodes) for node in unlabelled)
    members = tuple(member for workload in plan.cluster.workloads for member in _members(workload, plan_ring.name, plan))
    return Crowd(plan_ring.name, nodes, World(nodes, plan.cluster), members)


def _members(workload: Workload, name: str, plan: IsolationPlan) -> Iterator[Member]:
    belongs = plan.trust.members.get(str(workload.id), Membership())
    if belongs.everywhere:
        yield Member(str(workload.id), daemonset.daemon_pod(ring.everywhere_pod(workload.template, plan.policy.nodes)), 1, True)
    elif belongs.ring == name:
        pod = affinity_hint.guided(
            ring.ring_pod(workload.template, name, plan.policy.nodes), affinity_hint.of(plan.guides, workload.id)
        )
        if workload.is_daemon:
            yield Member(str(workload.id), daemonset.daemon_pod(pod), 1, True)
            return
        for alike, count in statefulset.variants(workload, pod, plan.cluster).items():
            if count > 0:
                lives = workload.id.kind not in _MORTAL
                yield Member(str(workload.id), alike, count, returns=lives, keeps=bool(workload.claim_templates))
