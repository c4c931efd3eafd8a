"""Blocks whose rings are chosen: a problem in which every node of a block may be given those rings and no others."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from models.solver.problem import Problem

Choice = tuple[tuple[int, ...], ...]
"""The rings of each block: one, none, or several where it is divided."""


def restricted(problem: Problem, choice: Choice) -> Problem:
    """Return the problem without blocks, their nodes in the rings that are chosen."""
    rings: dict[int, Collection[int]] = {
        number: chosen for block, chosen in zip(problem.blocks, choice, strict=True) for number in block
    }
    nodes = tuple(
        replace(node, rings=tuple(ring for ring in node.rings if ring in rings.get(number, node.rings)))
        for number, node in enumerate(problem.nodes)
    )
    return replace(problem, nodes=nodes, blocks=())


def rings_of_blocks(problem: Problem, ring_of: Sequence[int]) -> Choice:
    """Return the rings that the nodes of each block are in."""
    return tuple(tuple(sorted({ring_of[number] for number in block} - {-1})) for block in problem.blocks)
