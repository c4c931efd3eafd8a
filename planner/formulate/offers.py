"""Nodes that could be bought: one example for each shape and zone, judged by the same rules as nodes that are there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node, NodeShape
from models.solver.problem import ENDLESS, NONE, OWN, NodeSlot, Offer, Problem, TopologySpread
from models.trust import TrustPolicy
from planner.errors import BadInput, Fault
from planner.rules import purchased_node as shapes
from planner.rules import ring_membership
from planner.rules.purchased_node import HOSTNAME


def examples(cluster: Cluster, policy: TrustPolicy) -> tuple[Node, ...]:
    """Return a node for each shape and zone, in that order; shapes that no ring may have are bad input."""
    faults = [fault for shape in cluster.shapes for fault in _faults(shape, policy)]
    if faults:
        raise BadInput(faults)
    return shapes.examples(cluster.shapes)


def _faults(shape: NodeShape, policy: TrustPolicy) -> Iterator[Fault]:
    taint = policy.nodes.taint_key
    for key, what in ((policy.nodes.label_key, "ring"), (policy.nodes.pool_key, "pool")):
        if key in shape.labels:
            fix = f"leave the label out: the plan says which {what} the nodes get"
            yield Fault(shape.where, f"label {key}", f"NodeShape {shape.name} carries a {what}'s label", fix)
    if any(shape_taint.key == taint for shape_taint in shape.taints):
        fix = "leave the taint out: the plan says which ring the nodes get"
        yield Fault(shape.where, f"taint {taint}", f"NodeShape {shape.name} carries a ring's taint", fix)
    if any(ring_membership.is_excluded(node, policy.nodes) for node in shapes.examples((shape,))):
        fix = "do not exclude them, or leave the shape out"
        yield Fault(shape.where, "labels", f"the policy excludes nodes like NodeShape {shape.name}", fix)


def most(cluster: Cluster) -> tuple[int, ...]:
    """Return how many nodes of each shape can be bought."""
    return tuple(ENDLESS if shape.max is None else shape.max for shape in cluster.shapes)


def offers(examples: Sequence[Node], slots: Sequence[NodeSlot], cluster: Cluster) -> tuple[Offer, ...]:
    """Return the offers that the examples stand for; `slots` describe them as if they were there."""
    return tuple(
        Offer(node.name, slot.capacity, slot.rings, node.price, shape)
        for node, slot, shape in zip(examples, slots, shape_numbers(examples, cluster), strict=True)
    )


def shape_numbers(examples: Sequence[Node], cluster: Cluster) -> tuple[int, ...]:
    """Return of each example which of the cluster's shapes it is of."""
    numbers = {shape.name: number for number, shape in enumerate(cluster.shapes)}
    return tuple(numbers[node.shape] for node in examples)


@dataclass(frozen=True, slots=True)
class Ground:
    """Nodes by the value of a label: the domains of those that are there, and which of them an example joins."""

    values: tuple[str, ...]
    domains: tuple[tuple[int, ...], ...]
    joins: tuple[int, ...]


def ground(key: str, by_value: Mapping[str, Sequence[int]], nodes: Sequence[Node], owned: int) -> Ground:
    """Part the nodes that bear the label into those that are there and, from index `owned` on, examples of offers."""
    # a host name that only examples have is no domain yet: each node that is bought has one of its own
    own = {value for value, here in by_value.items() if key == HOSTNAME and here and min(here) >= owned}
    values = tuple(sorted(value for value in by_value if value not in own))
    number = {value: position for position, value in enumerate(values)}
    joined = {place: OWN if value in own else number[value] for value, here in by_value.items() for place in here}
    domains = tuple(tuple(place for place in by_value[value] if place < owned) for value in values)
    return Ground(values, domains, tuple(joined.get(place, NONE) for place in range(owned, len(nodes))))


def without_nodes(problem: Problem) -> Problem:
    """Return the problem as if nodes that are there had no room, and no pod could go there."""
    nodes = tuple(replace(node, capacity=(0,) * len(node.capacity), rings=()) for node in problem.nodes)
    return replace(problem, nodes=nodes, classes=tuple(replace(pod_class, candidates=()) for pod_class in problem.classes))


def without_offers(problem: Problem) -> Problem:
    """Return the problem without its offers, and without the domains that only they could have joined."""
    return replace(
        problem,
        classes=tuple(replace(pod_class, offers=()) for pod_class in problem.classes),
        aparts=tuple(replace(apart, domains=_peopled(apart.domains), joins=()) for apart in problem.aparts),
        togethers=tuple(replace(together, keys=tuple(map(_peopled, together.keys)), joins=()) for together in problem.togethers),
        spreads=tuple(map(_closed, problem.spreads)),
        losses=tuple(replace(loss, offers=()) for loss in problem.losses if loss.nodes),
        offers=(),
        most=(),
        growths=(),
    )


def without_growth(problem: Problem) -> Problem:
    """Return the problem as if no node group could grow."""
    shapes = {growth.shape for growth in problem.growths}
    grown = {number for number, offer in enumerate(problem.offers) if offer.shape in shapes}
    classes = tuple(replace(c, offers=tuple(number for number in c.offers if number not in grown)) for c in problem.classes)
    return replace(problem, classes=classes, growths=())


def _peopled(domains: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(domain for domain in domains if domain)


def _closed(spread: TopologySpread) -> TopologySpread:
    kept = [position for position, domain in enumerate(spread.domains) if domain or position in spread.standing]
    standing = tuple(position for position, before in enumerate(kept) if before in spread.standing)
    return replace(spread, domains=tuple(spread.domains[position] for position in kept), standing=standing, joins=())
