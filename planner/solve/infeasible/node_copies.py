"""More nodes like one that is there: how many are too few, and how many do if everything placed stays where it is."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from models.solver.problem import Problem
from planner.solve.bound.aggregate_model import AggregateModel
from planner.solve.bound.counting import Counting
from planner.solve.heuristics.balance_headroom import hand_out
from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.instance.aggregate import merge
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment, count_missing, daemon_counts
from planner.solve.instance.validate import breaches
from planner.solve.instance.variants import with_copies
from planner.solve.redundancy.check import failures, is_refuted_after
from planner.solve.runtime.cp_sat import INFEASIBLE, SUMS
from planner.solve.runtime.search_context import SearchContext


@dataclass(slots=True)
class NodeCopies:
    """Copies of one node, up to a most; fewer than `least` are refused, and `plan` is the last one packed."""

    problem: Problem
    node: int
    most: int
    wide: Facts
    least: int = 0
    plan: Assignment | None = None

    @classmethod
    def of(cls, problem: Problem, node: int, most: int) -> Self:
        """Count how many copies are too few: more than the most where no number helps."""
        copied = cls(problem, node, most, facts_of(with_copies(problem, node, most)))
        low, high = most if copied._is_lost_on() else 0, most + 1
        while high - low > 1:
            # all copies are asked for first: where these are too few, no number helps
            middle = (low + high) // 2 if low or high <= most else most
            facts = copied.with_only(middle)
            if Counting.of(facts).refutes(facts.counts):
                low = middle
            else:
                high = middle
        copied.least = low + 1
        return copied

    def _is_lost_on(self) -> bool:
        """Say whether a zone that must be survived takes all copies with it, and what is left is too little by counting."""
        mine = (loss for loss in self.wide.problem.losses if loss.zone and self.node in loss.nodes)
        return any(is_refuted_after(self.wide, loss) for loss in mine)

    def with_only(self, copies: int) -> Facts:
        """Return the problem with all the copies, in which the last of them serve no ring and take no pod."""
        # nodes are closed, not left out: digesting the problem anew for each number would take longest of all
        unused = slice(len(self.problem.nodes) + copies, None)
        fit, usable = self.wide.fit.copy(), self.wide.usable.copy()
        fit[:, unused] = 0
        usable[unused] = False
        return replace(self.wide, fit=fit, usable=usable)

    def raise_least(self, most: int, context: SearchContext) -> None:
        """Let sums refuse what counting does not; more than `most` copies are of no interest."""
        low, high = self.least - 1, most + 1
        while high - low > 1:
            middle = (low + high) // 2
            division = AggregateModel(merge(self.with_only(middle), context.tuning.sums), detailed=False, idle=True)
            division.hold(division.unplaced(None), 0)
            if (
                division.model.solve(context.budget.work / context.tuning.repair.sums, context.deadline, SUMS).status
                == INFEASIBLE
            ):
                low = middle
            else:
                high = middle
        self.least = low + 1

    def pack(self, start: Assignment, copies: int, context: SearchContext) -> int | None:
        """Pack what is missing, with so many copies at hand; return how many were needed, None if they do not do."""
        facts, own = self.with_only(copies), len(self.problem.nodes)
        cluster = ClusterState(facts)
        for n, ring in enumerate(start.ring_of):
            if ring >= 0:
                cluster.give(n, ring)
        for c in facts.plain:
            for n, count in start.counts[c].items():
                cluster.put(c, n, count)
        cluster.expect(True)
        BestFit(cluster, context.tuning.placement.fit, lazy=True).fill()
        if cluster.missing.any():
            return None
        used = [n for n in range(own, len(cluster.ring_of)) if cluster.ring_of[n] >= 0] or [own]
        self.plan = self._renumber(cluster.plan(), used)
        return len(used)

    def _renumber(self, plan: Assignment, used: list[int]) -> Assignment:
        own = len(self.problem.nodes)
        new = {n: n for n in range(own)} | {n: own + number for number, n in enumerate(used)}
        counts = tuple({new[n]: count for n, count in on.items() if n in new} for on in plan.counts)
        return Assignment((*plan.ring_of[:own], *(plan.ring_of[n] for n in used)), counts)

    def holds(self, context: SearchContext, spare: int = 0) -> bool:
        """Count the packed plan again on exactly so many copies, and so many spare ones, every node in a ring, losses too."""
        if self.plan is None:
            return False
        facts = self.problem_with(len(self.plan.ring_of) - len(self.problem.nodes) + spare)
        given = np.array((*self.plan.ring_of, *(-1 for _ in range(spare))))
        ring_of = tuple(int(r) for r in hand_out(facts, given, facts.counts))
        counts = (
            daemon_counts(facts.problem, ring_of, c) if kind.daemon else self.plan.counts[c]
            for c, kind in enumerate(facts.problem.classes)
        )
        plan = Assignment(ring_of, tuple(counts))
        if any(count_missing(facts.problem, plan)) or next(breaches(facts.problem, ring_of, plan.counts), None):
            return False
        return next(failures(facts, plan, context), None) is None

    def problem_with(self, copies: int) -> Facts:
        """Return the problem with exactly so many copies."""
        return facts_of(with_copies(self.problem, self.node, copies))
