"""Which nodes a ring gets, as people who run node groups know them: by group, instance type and zone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from models.answer.plan import IsolationPlan
from models.kubernetes.node import Node
from planner.view.format import count, listed
from planner.view.usage import RingLoad

INSTANCE_TYPE, ZONE = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone"
GROUPS = (
    "eks.amazonaws.com/nodegroup",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "karpenter.sh/nodepool",
)
MOST_KINDS, MOST_NAMES, MOST_SHARES = 4, 3, 3
NO_RING = "New nodes of a group carry no ring: see docs/how-to/node-groups.md."
HEADS = ("Ring", "Nodes", "What they are", "Names")


def rows(rings: Iterable[RingLoad], nodes: Mapping[str, Node]) -> Iterator[tuple[str, str, str, str]]:
    """Write for each ring how many nodes it gets, what they are and where, and their names."""
    for ring in rings:
        names = [node.name for node in ring.nodes if not node.is_bought]
        mine = [nodes[node.name] for node in ring.nodes if node.name in nodes]
        yield ring.name, f"{len(ring.nodes):,}", described(mine), listed(names, MOST_NAMES)


def described(nodes: Iterable[Node]) -> str:
    """Count nodes by what they are, and each kind by zone: 2 m5.large in zone a, 1 in zone b."""
    counts = Counter((_kind(node), node.labels.get(ZONE, "")) for node in nodes)
    kinds = [_in_zones(kind, [(zone, counts[kind, zone]) for _, zone in of]) for kind, of in groupby(sorted(counts), _first)]
    return "; ".join(kinds[:MOST_KINDS]) + (f"; and {len(kinds) - MOST_KINDS:,} more kinds" if len(kinds) > MOST_KINDS else "")


def split(plan: IsolationPlan) -> str:
    """Name the node groups that are divided among rings, and how many nodes each ring gets; empty where none is."""
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    shares: dict[str, Counter[str]] = {}
    for node in plan.cluster.nodes:
        if node.name in ring_of and not node.shape and (group := group_of(node)):
            shares.setdefault(group, Counter())[ring_of[node.name]] += 1
    torn = [f"{group} ({_shares(shares[group])})" for group in sorted(shares) if len(shares[group]) > 1]
    if not torn:
        return ""
    are = "node group is" if len(torn) == 1 else "node groups are"
    return f"{len(torn):,} {are} split between rings: {listed(torn, MOST_KINDS)}. {NO_RING}"


def _shares(shares: Counter[str]) -> str:
    most_first = sorted(shares, key=lambda ring: (-shares[ring], ring))
    return listed((f"{ring} {shares[ring]:,}" for ring in most_first), MOST_SHARES)


def group_of(node: Node) -> str:
    """Return the name of the node group, as far as labels tell."""
    return next((node.labels[key] for key in GROUPS if node.labels.get(key)), "")


def _first(pair: tuple[str, str]) -> str:
    return pair[0]


def _in_zones(kind: str, zones: list[tuple[str, int]]) -> str:
    (zone, number), *rest = zones
    first = f"{number:,} {kind}" if kind else count(number, "node")
    return ", ".join((first + _where(zone), *(f"{number:,}{_where(zone)}" for zone, number in rest)))


def _where(zone: str) -> str:
    return f" in {zone}" if zone else ""


def _kind(node: Node) -> str:
    """Say what a node is: its shape if it is to be bought, else its group and its instance type, as far as labels tell."""
    if node.shape:
        return f"{node.shape} to buy"
    group = group_of(node)
    kind = node.labels.get(INSTANCE_TYPE, "")
    return f"of {group} ({kind})" if group and kind else f"of {group}" if group else kind
