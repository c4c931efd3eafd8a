"""Node groups as blocks of a Problem: nodes that are of one ring."""

from collections.abc import Container, Mapping, Sequence

from models.kubernetes.node import Node
from models.kubernetes.node_group import grouped
from models.trust import PolicyNodes

Block = tuple[int, ...]


def blocks_of(nodes: Sequence[Node], policy: PolicyNodes, settled: Container[str]) -> tuple[Block, ...]:
    """Return the indices of the nodes of each group that has several; nodes whose ring is `settled` stand alone."""
    index = {node.name: number for number, node in enumerate(nodes)}
    free = [node for node in nodes if node.name not in settled]
    groups = grouped(free, policy.groups.by).values()
    return tuple(tuple(index[node.name] for node in members) for members in groups if len(members) > 1)


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
