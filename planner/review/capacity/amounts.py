"""Adds up what is requested, allocatable, taken by daemons and stranded: for nodes, and for any set of nodes of a ring."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable

from models.answer.plan import IsolationPlan
from models.answer.review import Amount, NodeReview, Part
from models.frozen_map import FrozenMap
from models.kubernetes.node import Node
from models.trust import PolicyNodes
from planner.review.capacity.node_facts import group_of, type_of
from planner.view.usage import PLANNED, Load, NodeLoad

Key = Callable[[NodeReview], str]


def reviewed_nodes(plan: IsolationPlan, load: Load, full: Collection[str]) -> tuple[NodeReview, ...]:
    """Return all nodes of the rings, and then the others; what is free on those that are `full` is stranded."""
    known = {node.name: node for node in plan.cluster.nodes}
    rules = plan.policy.nodes
    return tuple(_reviewed(known[here.name], here, here.name in full, rules) for here in load.all_nodes)


def _reviewed(node: Node, here: NodeLoad, is_full: bool, rules: PolicyNodes) -> NodeReview:
    daemons: Counter[str] = Counter()
    pods: Counter[str] = Counter()
    for occupant in here.occupants:
        pods[occupant.name] += occupant.pods if occupant.kind == PLANNED else 0
        daemons.update({} if occupant.kind == PLANNED else {name: n * occupant.pods for name, n in occupant.each.items()})
    amounts = {
        name: Amount(use.requested, use.allocatable, daemons[name], max(0, use.free) if is_full else 0)
        for name, use in here.usage.items()
    }
    return NodeReview(
        name=node.name,
        ring=here.ring,
        zone=here.zone,
        type=type_of(node),
        group=group_of(node, rules),
        standing=here.standing,
        bought=here.is_bought,
        price=node.price,
        amounts=FrozenMap(amounts),
        pods=FrozenMap(dict(+pods)),
        daemons=tuple(sorted({occupant.name for occupant in here.occupants if occupant.kind != PLANNED})),
    )


def part(name: str, nodes: Iterable[NodeReview]) -> Part:
    """Add some nodes up."""
    mine = tuple(nodes)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for node in mine:
        for resource, amount in node.amounts.items():
            for column, value in enumerate((amount.requested, amount.allocatable, amount.daemons, amount.stranded)):
                sums[resource][column] += value
    pods = sum(sum(node.pods.values()) for node in mine)
    return Part(name, len(mine), pods, FrozenMap({resource: Amount(*values) for resource, values in sums.items()}))


def parts(nodes: Iterable[NodeReview], key: Key) -> tuple[Part, ...]:
    """Add nodes up by what `key` says of them, sorted by that; nodes of which it says nothing are left out."""
    by_key: dict[str, list[NodeReview]] = defaultdict(list)
    for node in nodes:
        if key(node):
            by_key[key(node)].append(node)
    return tuple(part(name, by_key[name]) for name in sorted(by_key))
