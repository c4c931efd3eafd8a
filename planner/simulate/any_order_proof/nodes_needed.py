"""How many more nodes a ring needs before it is proven."""

from dataclasses import replace

from models.answer.plan import IsolationPlan
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from planner.simulate.any_order_proof.order_dependence import HOST, dependence
from planner.simulate.any_order_proof.proof import Proof
from planner.simulate.any_order_proof.ring_arrays import arena
from planner.simulate.any_order_proof.ring_pods import crowd
from planner.simulate.arrays import Numbers
from planner.simulate.tuning import SIMULATING, ProofTuning


def nodes_to_prove(plan: IsolationPlan, ring: str, node: str, tuning: ProofTuning = SIMULATING.proof) -> int | None:
    """Return how many more nodes like `node` prove the ring, None where no number of them does.

    The new nodes have the node's labels but a name of their own, its DaemonSets, and no residents. ValueError where the plan
    has no such ring or node.
    """
    plan_ring = next((candidate for candidate in plan.rings if candidate.name == ring), None)
    model = next((candidate for candidate in plan.cluster.nodes if candidate.name == node), None)
    if plan_ring is None or model is None:
        raise ValueError(f"the plan has no ring {ring} or no node {node}")
    arriving = crowd(plan, plan_ring, (_like(model, plan),))
    if dependence(arriving, plan):
        return None
    numbers = arena(arriving)
    proof, base = Proof(numbers, tuning), numbers.shapes.counts()
    last = int(numbers.shapes.shape_of[-1])
    # The new node was there to be given a shape; from here on nodes are only counted.
    base[last] -= 1
    if any(proof.daemon(number, base) for number in range(len(numbers.daemons.names))):
        return None
    # A DaemonSet's pod that may be kept out of one such node may be of each: only no further node at all can do.
    if any(proof.guard(number, last) for number in numbers.shapes.served[last]):
        return None if next(proof.exposed_pods(base), None) else 0
    return _enough(proof, base, last)


def _enough(proof: Proof, base: Numbers, shape: int) -> int | None:
    """Return how many nodes of the shape to add to those of the base; None where no number of them is enough.

    Every pod blocks at most one node, so as many nodes as there are pods are enough, or none are.
    """
    # `high` is always a number with which the proof succeeds, so the answer holds even where fewer would do.
    most = int(proof.arena.classes.pods.sum())
    nodes = base.copy()
    while exposed := next(proof.exposed_pods(nodes), None):
        low = int(nodes[shape] - base[shape])
        nodes[shape] = base[shape] + most
        if proof.pod(exposed.number, nodes):
            return None
        high = most
        while high - low > 1:
            middle = (low + high) // 2
            nodes[shape] = base[shape] + middle
            low, high = (middle, high) if proof.pod(exposed.number, nodes) else (low, middle)
        nodes[shape] = base[shape] + high
    return int(nodes[shape] - base[shape])


def _like(model: Node, plan: IsolationPlan) -> Node:
    """Copy the node under a name that no node has, sorted behind all others."""
    name = max(node.name for node in plan.cluster.nodes) + "-more"
    labels = {key: name if key == HOST else value for key, value in model.labels.items()}
    return replace(model, name=name, labels=Labels(labels))
