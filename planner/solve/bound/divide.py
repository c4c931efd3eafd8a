"""Divides the nodes among the rings as the aggregate model says, by the goals in their order; chooses which nodes those are."""

from collections.abc import Sequence

import numpy as np

from planner.solve.bound.aggregate_model import AggregateModel, AggregateSolution
from planner.solve.instance.aggregate import Merged, stays
from planner.solve.instance.arrays import Facts
from planner.solve.instance.goal_values import priorities_of
from planner.solve.runtime.search_context import SearchContext
from planner.solve.tuning.placement import SumsTuning


def divide(division: AggregateModel, facts: Facts, context: SearchContext) -> AggregateSolution | None:
    """Divide by the goals in their order; None if the sums gave no answer."""
    shares = None
    goals = [division.unplaced(priority) for priority in priorities_of(facts.problem)]
    if facts.running.any():
        goals.append(division.moves())
    goals.append(division.relabels())
    for terms in goals:
        if not terms:
            continue
        answer = division.minimize(terms, context.budget.work / 20, context.deadline)
        if not answer.found:
            break
        division.model.hint(dict(enumerate(answer.values)))
        division.hold(terms, sum(weight * answer.values[v] for weight, v in terms))
        shares = division.shares(answer.values)
    return shares


def is_small(merged: Merged, tuning: SumsTuning) -> bool:
    """Say whether the sums are few enough to be solved as integers."""
    homes = sum(len(group.at_home) for group in merged.groups)
    return homes + len(merged.kinds) * len(merged.facts.problem.rings) <= tuning.most


def choose_nodes(merged: Merged, shares: AggregateSolution) -> list[int]:
    """Choose the nodes of each group for its rings: each ring takes turns over the domains that the nodes are in."""
    rings = [-1] * len(merged.kind_of)
    for g, group in enumerate(merged.groups):
        wanted = [r for r in merged.kinds[group.kind].rings for _ in range(shares.nodes.get((g, r), 0))]
        # nodes of the group that no ring wants are left over
        for n, r in zip(interleave(merged.facts, group.nodes), wanted, strict=False):
            rings[n] = r
    return rings


def interleave(facts: Facts, nodes: Sequence[int]) -> list[int]:
    """Order nodes so that any stretch of them covers the larger domains evenly."""
    zones: dict[tuple[int, ...], list[int]] = {}
    problem = facts.problem
    families = dict.fromkeys([s.domains for s in problem.spreads] + [a.domains for a in problem.aparts])
    wide = [[d for d in domains if len(d) > 1] for domains in families]
    where = [{n: number for number, domain in enumerate(domains) for n in domain} for domains in wide]
    for n in nodes:
        zones.setdefault(tuple(place.get(n, -1) for place in where), []).append(n)
    # by how far along its own domain a node is: any stretch then has of each domain in proportion
    turns = [(turn / len(members), key, n) for key, members in zones.items() for turn, n in enumerate(members)]
    return [n for _, _, n in sorted(turns)]


def least_moves(facts: Facts) -> int:
    """Return what those running pods count that are still wanted but cannot stay whatever the plan: no node allows them."""
    able = np.minimum(stays(facts).sum(axis=1), facts.counts)
    return int(((np.minimum(facts.running.sum(axis=1), facts.counts) - able) * facts.weights).sum())


def least_relabels(facts: Facts) -> int:
    """Return the nodes whose ring of today they cannot serve."""
    carried = np.flatnonzero(facts.ring_today >= 0)
    return int((~facts.usable[carried, facts.ring_today[carried]]).sum())
