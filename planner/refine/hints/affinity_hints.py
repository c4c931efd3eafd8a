"""Guides: where the plan puts a workload's pods, in terms of a label that tells the shapes of a ring's nodes apart."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from models.answer.plan import Guide, IsolationPlan, RingPlan
from models.kubernetes.node import Node
from models.kubernetes.resources import PODS
from models.kubernetes.workload import Workload
from planner.rules.plugins import podtopologyspread

SHAPE_KEYS = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
"""What clouds write on their nodes to tell shapes apart."""
HOSTNAME = "kubernetes.io/hostname"
ZONE_KEYS = (
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
)


def guides(plan: IsolationPlan, rings: Collection[str], required: bool) -> tuple[Guide, ...]:
    """Return the guides of the workloads in these rings: to kinds of nodes, never to single ones.

    Left without are those that go to every kind anyway, and those whose spread or volumes a narrower choice would change.
    """
    hints = [guide for ring in plan.rings if ring.name in rings for guide in _of_ring(plan, ring, required)]
    return tuple(sorted(hints, key=lambda guide: guide.workload))


def _of_ring(plan: IsolationPlan, ring: RingPlan, required: bool) -> Iterator[Guide]:
    inside = frozenset(ring.nodes)
    nodes = {node.name: node for node in plan.cluster.nodes if node.name in inside}
    key = telling_key(tuple(nodes.values()), plan.policy.nodes.label_key)
    if key is None:
        return
    kinds = {node.labels[key] for node in nodes.values()}
    workloads = {workload.id: workload for workload in plan.cluster.workloads}
    for placement in plan.placements:
        if placement.ring != ring.name or not may_be_led(workloads[placement.workload], required=required):
            continue
        values = {nodes[name].labels[key] for name in placement.on if name in nodes}
        if values and values != kinds:
            yield Guide(placement.workload, key, tuple(sorted(values)), required)


def may_be_led(workload: Workload, *, required: bool) -> bool:
    """Say whether a choice of nodes can be patched, and changes neither pods' volumes nor, if it is required, their spread."""
    pod = workload.template
    bound = workload.by_hand or workload.is_daemon or pod.claims or workload.claim_templates or pod.node_name
    return not (bound or (required and podtopologyspread.hard(pod)))


def telling_key(nodes: Sequence[Node], ring_key: str) -> str | None:
    """Return a label that all nodes bear and that tells their shapes apart, or None: then nobody can be led."""
    if len({_shape(node) for node in nodes}) < 2:
        return None
    common = set.intersection(*(set(node.labels) for node in nodes)) - {HOSTNAME, ring_key, *SHAPE_KEYS}
    known = (key for key in SHAPE_KEYS if all(key in node.labels for node in nodes))
    return next((key for key in (*known, *sorted(common)) if _tells(key, nodes)), None)


def ways(nodes: Sequence[Node], ring_key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield labels with values that tell some of the nodes from others: one value, or all but one; zones are left out.

    Whoever is led to one zone would be lost with it.
    """
    keys = sorted({key for node in nodes for key in node.labels} - {HOSTNAME, ring_key, *ZONE_KEYS})
    for key in keys:
        values = sorted({node.labels[key] for node in nodes if key in node.labels})
        shared = key in SHAPE_KEYS or len(values) < sum(key in node.labels for node in nodes)
        if not shared or (len(values) < 2 and all(key in node.labels for node in nodes)):
            continue
        yield from ((key, (value,)) for value in values)
        if len(values) > 2:
            yield from ((key, tuple(other for other in values if other != value)) for value in values)


def _tells(key: str, nodes: Sequence[Node]) -> bool:
    """Say whether each of the label's values means one shape; of labels that few know, also whether nodes share values.

    A value that every node has for itself may be its name under another key; an instance type never is.
    """
    shapes: dict[str, set[object]] = {}
    for node in nodes:
        shapes.setdefault(node.labels[key], set()).add(_shape(node))
    if key in SHAPE_KEYS:
        return len(shapes) >= 2
    return 2 <= len(shapes) < len(nodes) and all(len(alike) == 1 for alike in shapes.values())


def _shape(node: Node) -> tuple[tuple[str, int], ...]:
    return tuple(_amounts(node.allocatable.items()))


def _amounts(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted((name, amount) for name, amount in pairs if name != PODS)
