"""Node groups as blocks of a Problem: nodes that are of one ring."""

from collections.abc import Container, Mapping, Sequence

from models.kubernetes.node import Node, NodeShape
from models.kubernetes.node_group import group_grown_by, grouped, is_member
from models.solver.problem import Growth
from models.trust import PolicyNodes

Block = tuple[int, ...]


def blocks_of(nodes: Sequence[Node], policy: PolicyNodes, settled: Container[str]) -> tuple[Block, ...]:
    """Return the indices of the nodes of each group that has several; nodes whose ring is `settled` stand alone."""
    index = {node.name: number for number, node in enumerate(nodes)}
    free = [node for node in nodes if node.name not in settled]
    groups = grouped(free, policy.groups.by).values()
    return tuple(tuple(index[node.name] for node in members) for members in groups if len(members) > 1)


def growths_of(
    nodes: Sequence[Node], shapes: Sequence[NodeShape], policy: PolicyNodes, blocks: Sequence[Block]
) -> tuple[Growth, ...]:
    """Return the groups that may grow, each with the indices of the nodes that are of one ring with it."""
    block_of = {number: block for block in blocks for number in block}
    growths = []
    for number, shape in enumerate(shapes):
        if group := group_grown_by(shape):
            first = next((index for index, node in enumerate(nodes) if is_member(node, group, policy.groups.by)), None)
            growths.append(Growth(() if first is None else block_of.get(first, (first,)), number))
    return tuple(growths)


def families(blocks: Sequence[Block], growths: Sequence[Growth], shapes: Mapping[int, int]) -> tuple[Block, ...]:
    """Return blocks with the examples of what comes by growth; `shapes` has the shape of each example."""
    members: dict[tuple[int, ...] | int, set[int]] = {block: set(block) for block in blocks}
    for growth in growths:
        mine = members.setdefault(growth.nodes or growth.shape, set(growth.nodes))
        mine.update(number for number, shape in shapes.items() if shape == growth.shape)
    return tuple(tuple(sorted(numbers)) for numbers in members.values())


def share_rings(useful: Sequence[set[int]], allowed: Sequence[set[int]], blocks: Sequence[Block]) -> list[tuple[int, ...]]:
    """Return the rings that each node may join: a block those that any of its nodes is good for, and all of them may join."""
    joinable = [tuple(sorted(rings & may)) for rings, may in zip(useful, allowed, strict=True)]
    for block in blocks:
        rings = set[int]().union(*(useful[number] for number in block)).intersection(*(allowed[number] for number in block))
        for number in block:
            joinable[number] = tuple(sorted(rings))
    return joinable


def numbers_of(blocks: Sequence[Block]) -> Mapping[int, int]:
    """Return which block each node is of."""
    return {number: position for position, block in enumerate(blocks) for number in block}
