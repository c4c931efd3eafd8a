"""Spread over nodes, in sums: where a node of the ring takes none of a workload's pods, no other takes more than the skew."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.solver.problem import Problem, TopologySpread
from planner.solve.instance.arrays import EVERYWHERE

if TYPE_CHECKING:
    from planner.solve.bound.aggregate_model import AggregateModel


def limit_pods_per_node(division: "AggregateModel") -> None:
    """Add what spread over nodes demands of the division: who must be spread needs many nodes, or none that keep its pods out."""
    merged = division.merged
    # the sums of a merged type do not say which pods are the owner's
    alone = {type_.classes[0]: t for t, type_ in enumerate(merged.types) if len(type_.classes) == 1}
    has_any: dict[tuple[int, int], int] = {}
    for spread in merged.facts.problem.spreads:
        if spread.owner in alone and _is_over_nodes(merged.facts.problem, spread):
            _limit(division, alone[spread.owner], spread, has_any)


def has_node_spread(problem: Problem) -> bool:
    """Say whether pods are spread over nodes in a way that tells the sums something."""
    return any(_is_over_nodes(problem, spread) for spread in problem.spreads)


def _is_over_nodes(problem: Problem, spread: TopologySpread) -> bool:
    """Say whether each node of a ring is a domain, and the owner's pods alone are counted."""
    ring = problem.classes[spread.owner].ring
    return ring != EVERYWHERE and set(spread.matched) == {spread.owner} and all(len(domain) <= 1 for domain in spread.domains)


def _limit(division: "AggregateModel", t: int, spread: TopologySpread, has_any: dict[tuple[int, int], int]) -> None:
    """Let no node take more pods of a type than the skew, where any node counts none: outside all rings, or of the ring."""
    model, type_ = division.model, division.merged.types[t]
    domains = {n for domain in spread.domains for n in domain}
    able = {n for g in type_.kinds for n in division.merged.kinds[g].nodes}
    is_empty = any(able.isdisjoint(spread.domains[number]) for number in spread.standing)
    conditions = [()] if is_empty else [(literal,) for literal in _closed(division, t, domains, has_any)]
    for condition in conditions:
        for g in type_.kinds:
            if domains.issuperset(division.merged.kinds[g].nodes):
                nodes = ((-spread.max_skew * count, v) for count, v in division.in_ring(g, type_.ring))
                model.linear([(1, division.pods[t, g]), *nodes], high=0, only_if=condition)


def _closed(division: "AggregateModel", t: int, domains: set[int], has_any: dict[tuple[int, int], int]) -> Iterator[int]:
    """Yield for each kind that takes none of the type's pods whether the ring has nodes of it."""
    model, type_ = division.model, division.merged.types[t]
    for g, kind in enumerate(division.merged.kinds):
        if g in type_.kinds or type_.ring not in kind.rings or not domains.issuperset(kind.nodes):
            continue
        if (g, type_.ring) not in has_any:
            has_any[g, type_.ring] = model.boolean()
            nodes = division.in_ring(g, type_.ring)
            model.linear([*nodes, (-len(kind.nodes), has_any[g, type_.ring])], high=0)
        yield has_any[g, type_.ring]
