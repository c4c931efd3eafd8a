"""Proves of a ring that its pods all find a place, whatever the order in which they arrive and however nodes are scored.

The definition. Of each class of pods (those that are alike to every rule) let all pods of the ring but one be anywhere that the
filters let them, also there where they keep it out as best they can. If one more pod of the class then still fits on some node,
for every class, no pod is ever without a node when it arrives: the ring is proven. Nothing is assumed about the order, the
scores, or who is there already, so neither the simulation nor its version matters.

What blocks node n for class k is more of a resource than n's capacity less k's request, pod slots included. Residents and the
node's DaemonSet pods are charged to it first. That is safe although a daemon may come late: charged or not, the others have
to hold at least as much as remains. A DaemonSet's pod is a class of its own with one node, and has to find room there beside
all the others that may be on it: a daemon that may come last is rarely proven, unless it preempts.

Preemption. In a proven ring a pod that is no daemon's fits when it arrives, so it is never pending and never preempts. A daemon's
pod of the system's priority classes preempts the pods of lower priority that are on its node: they count as room for it, if
all of them would be made again (no bare pods, no Jobs, which fail after some evictions, no residents) and it asks for no device,
volume or disk, which are not free before who has them is gone. Those evicted arrive once more, which is another arrival in some
order, as no volume binds them to where they were; while they shut down they still take room, so others may wait for them, and
even preempt. Each eviction is for a pod of higher priority, which only a still higher one evicts; so it ends, and then no pod is
pending. Other classes of priority are not counted on, as they may be told never to preempt.

What is counted is what the plan counts: Workload.pods, with the pods that a rollout adds if the plan adds them, and one pod a
node for a DaemonSet. A pod that is being deleted still takes its room until it is gone; it is not counted, and neither are pods
that the plan does not know, which lack the ring's toleration. Limits on volumes per node are not modelled.

A ring is not proven as soon as a pod of it depends on where others are (order_dependence.py). Not proven does not mean that
some order fails: the bound of lp_dual_bound.py is not exact.
"""

from models.answer.order_result import Reason
from models.answer.plan import IsolationPlan, RingPlan
from models.kubernetes.pod import SYSTEM_CRITICAL
from models.kubernetes.resources import DISKS, PODS
from planner.simulate.any_order_proof.nodes_needed import nodes_to_prove
from planner.simulate.any_order_proof.order_dependence import dependence
from planner.simulate.any_order_proof.proof import Exposed, Proof
from planner.simulate.any_order_proof.ring_arrays import Arena, arena
from planner.simulate.any_order_proof.ring_pods import crowd
from planner.simulate.tuning import SIMULATING, ProofTuning

__all__ = ["certify", "nodes_to_prove", "why_not_proven"]


def certify(plan: IsolationPlan, tuning: ProofTuning = SIMULATING.proof) -> dict[str, Reason | None]:
    """Return for each ring why it is not proven, of the largest pod that may be kept out; None where it is."""
    return {ring.name: why_not_proven(plan, ring, tuning) for ring in plan.rings}


def why_not_proven(plan: IsolationPlan, plan_ring: RingPlan, tuning: ProofTuning = SIMULATING.proof) -> Reason | None:
    """Return why one ring is not proven; None where it is."""
    arriving = crowd(plan, plan_ring)
    reason = dependence(arriving, plan)
    if reason:
        return reason
    ring = arena(arriving)
    exposed = next(Proof(ring, tuning).exposures(ring.shapes.counts()), None)
    return _reason(exposed, ring) if exposed else None


def _reason(exposed: Exposed, ring: Arena) -> Reason:
    if not exposed.resources:
        lacking = f"node {exposed.node} never" if exposed.node else "no node of the ring ever"
        return Reason(exposed.name, f": {lacking} has room for it beside residents and DaemonSets")
    nodes = "the one node that takes it" if exposed.nodes == 1 else f"all {exposed.nodes} nodes that take it"
    where = f"node {exposed.node}" if exposed.node else nodes
    named = " or ".join(map(_plain, exposed.resources))
    meek = exposed.node and ring.daemons.priority[exposed.number] < SYSTEM_CRITICAL
    hint = "; with the priority class system-node-critical it would make room for itself" if meek else ""
    return Reason(exposed.name, f" may come last, and the pods before it may leave {where} without enough {named}{hint}")


def _plain(resource: str) -> str:
    disk = resource.removeprefix(DISKS)
    return "pod slots" if resource == PODS else resource if disk == resource else f"of disk {disk}"
