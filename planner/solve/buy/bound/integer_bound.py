"""Proves more of what rings cost than sums do that may buy parts of nodes: a ring has whole numbers of them."""

from collections.abc import Callable
from dataclasses import replace

from models.solver.certificate import Certificate, Whole
from planner.solve.buy.bound.branch_and_bound import BranchAndBound, grow_all
from planner.solve.buy.bound.dual_certificate import bound_of, is_joint, parts_of, round_up
from planner.solve.buy.bound.lp_relaxation import MILLION
from planner.solve.buy.bound.ring_lp import group_nodes
from planner.solve.buy.bound.tree_certificate import LOSS, whole_of
from planner.solve.buy.market.types import Market
from planner.solve.tuning.buy import BoundTuning


def with_whole_counts(
    market: Market,
    certificate: Certificate,
    work: float,
    enough: Callable[[int], bool],
    over: Callable[[], bool],
    tuning: BoundTuning,
) -> tuple[Certificate, tuple[int, ...]]:
    """Return the certificate with walks for the rings that gain by them, and what each ring costs at least by it.

    The search ends once the bound is `enough`, or time is over.
    """
    problem, scale = market.problem, certificate.scale
    known = list(parts_of(problem, certificate))
    # pods that may be in any ring take room of nodes that a tree has for the pods of its ring alone
    trees = (
        []
        if any(c.ring < 0 and c.count and not c.daemon for c in problem.classes)
        else _trees(market, certificate, int(work * tuning.entries), tuning)
    )

    def is_enough() -> bool:
        proven = list(known)
        for tree in trees:
            # the certificate may give up LOSS of a bound, and rounds: with less promised, the search does not stop too early
            counts = int(tree.bound * (1 - 2 * LOSS) * MILLION) * scale
            proven[tree.group.ring] = max(proven[tree.group.ring], counts)
        return enough(bound_of(problem, certificate, proven))

    grow_all(trees, is_enough, over, int(work * tuning.entries), tuning)
    wholes: dict[int, Whole] = {}
    for tree in trees:
        whole, worth = whole_of(market, tree, scale)
        if _gains(market, certificate, tree.group.ring, known[tree.group.ring], worth):
            wholes[tree.group.ring], known[tree.group.ring] = whole, worth
    return replace(certificate, wholes=tuple(wholes.values())), tuple(known)


def _trees(market: Market, certificate: Certificate, work: int, tuning: BoundTuning) -> list[BranchAndBound]:
    """Return a tree for each ring that is small enough, as far as the work allowed lasts."""
    rents = [*certificate.rents, *(0 for _ in market.kinds)]
    for kind in market.kinds:
        if kind.nodes:
            rents[kind.pool] = certificate.node_rents[kind.nodes[0]]
    result: list[BranchAndBound] = []
    for r in range(len(market.problem.rings)):
        mine = market.allowed[(market.ring_of == r) & (market.counts > 0)]
        if work <= 0:
            break
        if not mine.any() or mine.size > tuning.most_pairs or mine.any(axis=0).sum() > tuning.most_kinds:
            continue
        group = group_nodes(market, r, certificate.scale, tuple(rents))
        if not group.kinds:
            continue
        tree = BranchAndBound(group, certificate.scale * float(MILLION))
        work -= tree.work
        nodes = tree.open[0].nodes
        if nodes is not None and float(nodes.sum()) <= tuning.most_nodes:
            result.append(tree)
    return result


def _gains(market: Market, certificate: Certificate, ring: int, before: int, after: int) -> bool:
    """Say whether a ring's bound is higher than it was, also once it is rounded up."""
    if is_joint(market.problem, certificate):
        return after > before
    was, is_ = (round_up(market.problem, certificate.scale, worth, ring) for worth in (before, after))
    return is_ > was
