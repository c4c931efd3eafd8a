"""What changes in the cluster once a plan is applied: nodes, workloads and running pods, counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.answer.plan import IsolationPlan
from models.kubernetes.node import Node
from models.kubernetes.workload import Workload, WorkloadId
from planner.rules import ring_membership
from planner.view.format import count
from planner.view.summary import moved_pods
from planner.view.summary.cost import coming, grown

MOST_MOVERS = 4


@dataclass(frozen=True, slots=True)
class Changes:
    """How many nodes get another label or taint, workloads a patch, and running pods a restart or another node.

    Of the nodes that change so many are `labelled`, and so many `tainted`; `renamed` ones are in another ring today. `restarted`
    are of the pods that the plan counts as placed; `everywhere` are those of DaemonSets of every ring, which it does not count.
    Of a cluster whose pods `are_known` they run, else the plan has them, without those of rollouts.
    """

    nodes: int
    labelled: int
    tainted: int
    renamed: int
    workloads: int
    untouched: int
    restarted: int
    everywhere: int
    moved: int
    are_known: bool


def changes_of(plan: IsolationPlan) -> Changes:
    """Count what changes."""
    key, ring_of = plan.policy.nodes.label_key, {name: ring.name for ring in plan.rings for name in ring.nodes}
    owned = [node for node in plan.cluster.nodes if not node.shape]
    finals = ring_membership.final_nodes(owned, ring_of, plan.policy.nodes)
    changed = [(now, then) for now, then in zip(owned, finals, strict=True) if _marks(plan, now) != _marks(plan, then)]
    patched = list(_patched(plan))
    shared = {resident.workload: resident.nodes for resident in plan.shared}
    pods = _pods_of(plan, shared)
    members = [workload for workload in plan.cluster.workloads if not workload.by_hand and str(workload.id) in plan.trust.members]
    return Changes(
        nodes=len(changed),
        labelled=sum(_marks(plan, now)[0] != _marks(plan, then)[0] for now, then in changed),
        tainted=sum(_marks(plan, now)[1] != _marks(plan, then)[1] for now, then in changed),
        renamed=sum(bool(now.labels.get(key)) and now.labels.get(key) != then.labels.get(key) for now, then in changed),
        workloads=len(patched),
        untouched=len(members) - len(patched),
        restarted=sum(pods[workload.id] for workload in patched if workload.id not in shared),
        everywhere=sum(pods[workload.id] for workload in patched if workload.id in shared),
        moved=moved_pods.total(plan),
        are_known=_are_known(plan),
    )


def _are_known(plan: IsolationPlan) -> bool:
    return any(workload.running for workload in plan.cluster.workloads)


def _pods_of(plan: IsolationPlan, shared: Mapping[WorkloadId, int]) -> Mapping[WorkloadId, int]:
    """Return how many pods of each workload run, or where nobody knows that, how many the plan has but for a rollout."""
    if _are_known(plan):
        return {workload.id: sum(workload.running.values()) for workload in plan.cluster.workloads}
    placed = {placement.workload: placement.pods for placement in plan.placements}
    return {
        workload.id: shared.get(workload.id, 0) or max(0, placed.get(workload.id, 0) - workload.surge)
        for workload in plan.cluster.workloads
    }


def lines(plan: IsolationPlan) -> Iterator[str]:
    """Say what changes, nodes first."""
    changes = changes_of(plan)
    yield _of_nodes(changes, coming(plan), "new node" if grown(plan) else "bought node")
    yield _of_workloads(changes)
    if not changes.are_known:
        yield _of_unseen(changes)
        return
    yield f"{_restarting(changes, 'running pod')} when the patches roll out."
    yield from _of_moves(plan, changes.moved)


def _of_unseen(changes: Changes) -> str:
    """Say how many pods may restart where nobody knows which run, and how to be told."""
    if not changes.restarted and not changes.everywhere:
        return "No pod restarts."
    return (
        f"About {_restarting(changes, 'pod')} when patched. To see which must move: "
        "kubectl get pods -A -o yaml > pods.yaml, then add --nodes pods.yaml."
    )


def _restarting(changes: Changes, noun: str) -> str:
    """Count what restarts, DaemonSets that are in every ring beside what the plan places."""
    everywhere = f" and {changes.everywhere:,} of DaemonSets" if changes.everywhere else ""
    is_single = changes.restarted == 1 and not changes.everywhere
    return f"{count(changes.restarted, noun)}{everywhere} {'restarts' if is_single else 'restart'}"


def _of_nodes(changes: Changes, new: int, noun: str) -> str:
    are = "is" if changes.renamed == 1 else "are"
    renamed = f"; {changes.renamed:,} of them {are} in another ring today" if changes.renamed else ""
    more = f" {count(new, noun)} {'comes' if new == 1 else 'come'} with both." if new else ""
    if not changes.nodes:
        return f"No owned node gets another label or taint.{more}"
    return f"{count(changes.nodes, 'node')} {_marked(changes)}{renamed}.{more}"


def _marked(changes: Changes) -> str:
    """Say what of a ring's label and taint nodes get that lack either."""
    get, their = ("gets", "its") if changes.nodes == 1 else ("get", "their")
    if not changes.labelled:
        return f"{get} the taint of a ring; {their} label{' is' if changes.nodes == 1 else 's are'} in place"
    if not changes.tainted:
        return f"{get} the label of a ring; {their} taint{' is' if changes.nodes == 1 else 's are'} in place"
    if changes.labelled == changes.tainted == changes.nodes:
        return f"{get} the label and taint of a ring"
    return f"{get} the label of a ring ({changes.labelled:,} of them), or the taint ({changes.tainted:,})"


def _of_workloads(changes: Changes) -> str:
    is_patched = "is" if changes.workloads == 1 else "are"
    rest = f"; {changes.untouched:,} {'stays' if changes.untouched == 1 else 'stay'} as written" if changes.untouched else ""
    return f"{count(changes.workloads, 'workload')} {is_patched} patched{rest}."


def _of_moves(plan: IsolationPlan, moved: int) -> Iterator[str]:
    if not moved:
        yield "No running pod has to move to another node."
        return
    yield f"{count(moved, 'running pod')} {'moves' if moved == 1 else 'move'} to another node:"
    movers = sorted(moved_pods.moving(plan), key=lambda mover: (-mover.pods, str(mover.workload)))
    yield from (f"- {mover.workload}: {moved_pods.places(plan, mover)}" for mover in movers[:MOST_MOVERS])
    if len(movers) > MOST_MOVERS:
        yield f"- and pods of {count(len(movers) - MOST_MOVERS, 'more workload', 'more workloads')}"


def _marks(plan: IsolationPlan, node: Node) -> tuple[str, frozenset[object]]:
    """Return what says which ring a node is of."""
    rules = plan.policy.nodes
    return node.labels.get(rules.label_key, ""), frozenset(taint for taint in node.taints if taint.key == rules.taint_key)


def _patched(plan: IsolationPlan) -> Iterator[Workload]:
    """Yield the workloads that need a patch to be of their ring, or that an affinity hint is added to."""
    hinted = {guide.workload for guide in plan.guides}
    return (workload for workload in plan.cluster.workloads if not workload.by_hand and _is_patched(plan, workload, hinted))


def _is_patched(plan: IsolationPlan, workload: Workload, hinted: set[WorkloadId]) -> bool:
    member, pod, rules = plan.trust.members.get(str(workload.id)), workload.template, plan.policy.nodes
    if member is None or not (member.ring or member.everywhere):
        return False
    if member.everywhere:
        return ring_membership.everywhere_pod(pod, rules) != pod
    return workload.id in hinted or ring_membership.ring_pod(pod, member.ring, rules) != pod
