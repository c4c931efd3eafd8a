"""Which nodes a ring gets, as people who run node groups know them: by group, instance type and zone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from models.answer.plan import IsolationPlan, NewGroup
from models.kubernetes.node import Node
from models.kubernetes.node_group import NEVER, NodeGroup, group_of, grouped, is_grown
from models.solver.outcome import FEASIBLE
from planner.view.format import count, listed
from planner.view.summary.sections import Grid
from planner.view.usage import RingLoad

INSTANCE_TYPE, ZONE = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone"
MOST_KINDS, MOST_NAMES, MOST_ZONES = 4, 3, 4
HEADS = ("Ring", "Nodes", "What they are", "Names")


def rows(rings: Iterable[RingLoad], nodes: Mapping[str, Node], by: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Write for each ring how many nodes it gets, what they are and where, and the names of those that are of no group."""
    for ring in rings:
        mine = [nodes[node.name] for node in ring.nodes if node.name in nodes]
        alone = [node.name for node in mine if not node.shape and group_of(node, by) is None]
        yield ring.name, f"{len(ring.nodes):,}", described(mine, by), listed(alone, MOST_NAMES)


def grid(rows: Iterable[tuple[str, ...]], are_grouped: bool) -> Grid:
    """Return the rows under their headings; where nodes are grouped and none stands alone, without names."""
    mine, right = tuple(rows), frozenset({1})
    if are_grouped and not any(names for *_, names in mine):
        return Grid(HEADS[:-1], tuple(row[:-1] for row in mine), right)
    return Grid(HEADS, mine, right)


def described(nodes: Iterable[Node], by: str = "") -> str:
    """Count nodes by what they are: 2 m5.large in zone a, 1 in zone b; of a group memory 6 × r5.large in eu-1a b."""
    mine = list(nodes)
    counts = Counter((_kind(node, by), node.labels.get(ZONE, "")) for node in mine if group_of(node, by) is None or node.shape)
    kinds = list(_groups((node for node in mine if not node.shape), by))
    kinds += [_in_zones(kind, [(zone, counts[kind, zone]) for _, zone in of]) for kind, of in groupby(sorted(counts), _first)]
    return "; ".join(kinds[:MOST_KINDS]) + (f"; and {len(kinds) - MOST_KINDS:,} more kinds" if len(kinds) > MOST_KINDS else "")


def _groups(nodes: Iterable[Node], by: str) -> Iterator[str]:
    """Yield the groups with how many nodes of which type each has, and where."""
    for group, members in grouped(nodes, by).items():
        types = Counter(node.labels.get(INSTANCE_TYPE, "") for node in members)
        kinds = ", ".join(f"{number:,} × {kind}" if kind else count(number, "node") for kind, number in sorted(types.items()))
        zones = sorted({node.labels[ZONE] for node in members if node.labels.get(ZONE)})
        yield f"{group.name} {kinds}{_where(brief_zones(zones))}"


def brief_zones(zones: Sequence[str]) -> str:
    """List zones, those after the first without what all begin with: eu-west-1a b c."""
    if len(zones) > MOST_ZONES:
        return count(len(zones), "zone")
    shared = next((length for length, letters in enumerate(zip(*zones, strict=False)) if len(set(letters)) > 1), 0)
    return " ".join([*zones[:1], *(zone[shared:] or zone for zone in zones[1:])])


def told_by(plan: IsolationPlan) -> str:
    """Say which labels tell groups, whose they are, and which label will tell rings; empty where no node is of a group."""
    groups = [*grouped(plan.cluster.nodes, plan.policy.nodes.groups.by)]
    groups += [NodeGroup(grown.group, grown.key) for grown in plan.growth]
    keys = {group.key: group.provider.name for group in groups}
    named = [f"those of {provider} ({key})" if provider else f"told by {key}" for key, provider in sorted(keys.items())]
    return f"Node groups are {', '.join(named)}; the label of a ring is {plan.policy.nodes.label_key}." if named else ""


def are_whole(plan: IsolationPlan) -> bool:
    """Say whether a group of several nodes has to be of one ring."""
    rules = plan.policy.nodes.groups
    return rules.split == NEVER and any(len(members) > 1 for members in grouped(plan.cluster.nodes, rules.by).values())


def narrow(plan: IsolationPlan, rings: Iterable[RingLoad]) -> str:
    """Name the rings that have a single node, or are in a single zone where there are several; empty where none is so narrow."""
    zone_of = {node.name: node.labels.get(ZONE, "") for node in plan.cluster.nodes}
    several = len(set(zone_of.values()) - {""}) > 1
    parts = []
    for ring in rings if plan.verdict == FEASIBLE else ():
        names = [node.name for node in ring.nodes]
        zones = {zone_of.get(name, "") for name in names}
        if ring.pods and len(names) == 1:
            parts.append(f"ring {ring.name} has one node ({names[0]})")
        elif ring.pods and several and len(zones) == 1 and zones != {""}:
            parts.append(f"ring {ring.name} is in one zone ({zones.pop()})")
    told = listed(parts, MOST_NAMES)
    return f"{told[:1].upper()}{told[1:]}; survive in the policy asks for more." if parts else ""


def split(plan: IsolationPlan) -> str:
    """Name the groups that are to be made of parts of others; empty where none is."""
    return f"Make {_parts(plan)}. Then export the nodes and plan again." if plan.new_groups else ""


def growth(plan: IsolationPlan) -> str:
    """Say which groups grow, and what comes after that."""
    sizes = listed(
        (f"{grown.group} grows from {grown.before:,} to {count(grown.after, 'node')}" for grown in plan.growth), MOST_KINDS
    )
    then = "Then export the nodes and plan again." if plan.is_held_back else "Karpenter makes them as pods ask for them."
    return f"{sizes}. {then}"


def repair(plan: IsolationPlan) -> str:
    """Say which new groups would do where whole ones do not; empty where nothing is known of that."""
    if not plan.new_groups or plan.verdict == FEASIBLE:
        return ""
    makes = "with this new group" if len(plan.new_groups) == 1 else f"with these {len(plan.new_groups):,} new groups"
    return f"It can be packed {makes}: {_listed_parts(plan)}. nodes.groups.split: allow in the policy plans it so."


def _parts(plan: IsolationPlan) -> str:
    return f"{count(len(plan.new_groups), 'new node group')}: {_listed_parts(plan)}"


def _listed_parts(plan: IsolationPlan) -> str:
    groups = grouped(plan.cluster.nodes, plan.policy.nodes.groups.by)
    sizes = {(group.name, group.key): len(members) for group, members in groups.items()}
    return listed((f"{new.name} of {_of(new, sizes.get((new.group, new.key), 0))}" for new in plan.new_groups), MOST_KINDS)


def _of(new: NewGroup, size: int) -> str:
    return f"{len(new.nodes):,} of the {count(size, 'node')} of {new.group}"


def _first(pair: tuple[str, str]) -> str:
    return pair[0]


def _in_zones(kind: str, zones: list[tuple[str, int]]) -> str:
    (zone, number), *rest = zones
    first = f"{number:,} {kind}" if kind else count(number, "node")
    return ", ".join((first + _where(zone), *(f"{number:,}{_where(zone)}" for zone, number in rest)))


def _where(zone: str) -> str:
    return f" in {zone}" if zone else ""


def _kind(node: Node, by: str) -> str:
    """Say what a node is: its shape, or its group, if it is not there yet, else its instance type, as far as labels tell."""
    if is_grown(node, by):
        return f"more of {node.shape}"
    return f"{node.shape} to buy" if node.shape else node.labels.get(INSTANCE_TYPE, "")
