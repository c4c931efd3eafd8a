"""Finds good placements quickly: decides the rings of nodes by sums, keeps what runs, packs the rest, repairs leftovers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.solve.bound.aggregate_model import AggregateModel, AggregateSolution
from planner.solve.bound.divide import choose_nodes, divide, is_small, least_moves, least_relabels
from planner.solve.buy.solve import buy
from planner.solve.heuristics.balance_headroom import even_out, hand_out
from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.cluster_state import ClusterState, occupy
from planner.solve.heuristics.feasibility_repair import restore, without_breaches
from planner.solve.heuristics.large_neighbourhood import Neighbourhood, missing_in, movable, windows
from planner.solve.heuristics.reassign_nodes import raise_poorest, relieve
from planner.solve.instance.aggregate import Merged, merge, worth_staying
from planner.solve.instance.arrays import Bools, Facts, Ints
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.instance.goal_values import count_moved, count_relabelled
from planner.solve.instance.ring_sizes import within_ring_sizes
from planner.solve.instance.validate import breaches
from planner.solve.place.evaluate import goal_vector
from planner.solve.place.pack_rings import pack_rings
from planner.solve.runtime.budget import Budget
from planner.solve.runtime.search_context import SearchContext
from planner.solve.tuning.placement import PlacementTuning


@dataclass(slots=True)
class Builder:
    """The search for a first placement of one problem; `cluster` is the packing that is at work."""

    facts: Facts
    context: SearchContext
    merged: Merged = field(init=False)
    best: Assignment | None = None
    hoped: int = 0
    cluster: ClusterState | None = None

    def __post_init__(self) -> None:
        """Merge what is alike."""
        self.merged = merge(self.facts, self.context.tuning.sums)

    @property
    def tuning(self) -> PlacementTuning:
        """Return what steers it."""
        return self.context.tuning.placement

    def build(self, start: Assignment | None = None) -> Assignment:
        """Return the best placement found; `start` is one that is known."""
        self.context.deadline.spend(self.tuning.per_pair * int((self.facts.fit > 0).sum()))
        if start is not None:
            self._from(start)
        # rings as they are today come first: that moves and relabels least, and mostly does
        short = self._try(self._today())
        if not self._is_settled():
            self._by_sums()
        if self._missing() and self.facts.running.any():
            self._try(self._today(), moving=short)
        if self._missing():
            self._try(np.full(len(self.facts.problem.nodes), -1), moving=self.facts.rated)
        before = self._best_plan()
        if self._missing() and not self.context.deadline.over():
            self._by_purchase()
        self._closer()
        if self._missing() and int(self.facts.counts.sum()) <= self.tuning.few_pods and self._best_plan() is not before:
            other, self.best = self._best_plan(), before
            self._closer()
            self._keep_best(other)
        return self._best_plan()

    def _closer(self) -> None:
        """Let sums per kind of node say what goes where, and pack a few nodes at a time exactly, if pods have no place."""
        if self._missing():
            self._by_details()
        if self._missing() > self.hoped:
            self._repair()

    def aim(self, shares: AggregateSolution, merged: Merged) -> Assignment:
        """Try these rings for all nodes, and return the best placement found by now."""
        rings = choose_nodes(merged, shares)
        if self._try(np.array(rings)):
            self._ring_by_ring(rings)
        return self._best_plan()

    def _best_plan(self) -> Assignment:
        if self.best is None:
            raise AssertionError("no placement was tried")
        return self.best

    def packed_so_far(self) -> Assignment | None:
        """Return what keeps all rules of the packing that is at work."""
        return without_breaches(self.facts, self.cluster.plan()) if self.cluster else None

    def _missing(self) -> int:
        return sum(count_missing(self.facts.problem, self._best_plan()))

    def _is_settled(self) -> bool:
        """Say whether the best placement is as good as its first three goals can be."""
        plan, problem = self._best_plan(), self.facts.problem
        least = least_moves(self.facts), least_relabels(self.facts)
        return not self._missing() and (count_moved(problem, plan.counts), count_relabelled(problem, plan.ring_of)) == least

    def _today(self) -> Ints:
        """Leave nodes in the ring they carry, give others the ring most of whose pods run there, and keep idle ones back."""
        facts = self.facts
        able = worth_staying(facts)
        per_ring = np.zeros((len(facts.problem.nodes), len(facts.problem.rings)), dtype=np.int64)
        for r in range(len(facts.problem.rings)):
            per_ring[:, r] = able[facts.ring_of_class == r].sum(axis=0) * facts.usable[:, r]
        rings = np.full(len(facts.problem.nodes), -1, dtype=np.int64)
        if per_ring.size:
            busy = per_ring.any(axis=1)
            rings[busy] = per_ring[busy].argmax(axis=1)
        for n in np.flatnonzero(facts.ring_today >= 0):
            if facts.usable[n, facts.ring_today[n]]:
                rings[n] = facts.ring_today[n]
        return rings

    def _try(self, rings: Ints, guide: "Guide | None" = None, moving: Sequence[int] = ()) -> list[int]:
        """Pack with these rings (-1: whoever needs it), keep the result if it is better; return the rings that lack room.

        The pods of `moving` rings are packed from scratch.
        """
        facts = self.facts
        cluster = self._with_running(within_ring_sizes(facts.problem, rings, facts.running.sum(axis=0)), moving)
        packing = BestFit(cluster, self.tuning.fit, guide.quota if guide else None, lazy=True)
        cluster.expect(True)
        if guide:
            packing.follow(guide.shares.pods, guide.type_of, self.merged.kind_of)
        return self._finish(cluster, packing)

    def _finish(self, cluster: ClusterState, packing: BestFit) -> list[int]:
        """Pack what is left, give every node a ring, and keep the result if it is better; return the rings that lack room."""
        facts, self.cluster = self.facts, cluster
        packing.fill()
        final = hand_out(facts, cluster.ring_of, facts.counts)
        for n in np.flatnonzero((cluster.ring_of < 0) & (final >= 0)):
            cluster.give(int(n), int(final[n]))
        # every node has its ring: a domain that none of the ring's nodes is in no longer counts as empty
        cluster.expect(False)
        packing.fill()
        relieve(cluster, packing, self.tuning)
        raise_poorest(cluster, packing, self.tuning)
        self._keep_best(even_out(facts, without_breaches(facts, cluster.plan())))
        return sorted({int(facts.ring_of_class[c]) for c in facts.plain if cluster.missing[c]})

    def _with_running(self, rings: Ints, moving: Sequence[int]) -> ClusterState:
        """Put the running pods where they are, all of them if that is valid."""
        facts = self.facts
        running = np.where(np.isin(facts.ring_of_class, moving)[:, None], 0, facts.running)
        # asked pod by pod, rules may refuse what as a whole is valid: so all come first, and are judged together
        for trusting in (True, False):
            cluster = occupy(facts, [int(r) for r in rings])
            if not running.any():
                break
            cluster.expect(not trusting)
            BestFit(cluster, self.tuning.fit).keep(running, trusting)
            plan = cluster.plan()
            if next(breaches(facts.problem, plan.ring_of, plan.counts), None) is None:
                break
        return cluster

    def _keep_best(self, plan: Assignment) -> None:
        if self.best is None or goal_vector(self.facts, plan) < goal_vector(self.facts, self.best):
            self.best = plan

    def _by_sums(self) -> None:
        """Divide the nodes that carry a ring or run pods by sums; where a ring then lacks room, reserve more and try again."""
        if not is_small(self.merged, self.context.tuning.sums) or not self._committed_nodes().any():
            return
        reserve: dict[int, int] = {}
        for _ in range(self.tuning.tries):
            division = AggregateModel(self.merged, detailed=False, reserve=reserve)
            shares = divide(division, self.facts, self.context)
            if shares is None:
                break
            rings = np.where(self._committed_nodes(), choose_nodes(self.merged, shares), -1)
            short = self._try(rings)
            if not short:
                break
            reserve |= {r: min(400, 2 * reserve.get(r, 25)) for r in short}

    def _by_purchase(self) -> None:
        """Pack as if the nodes had to be bought, all at one price: such sums look at all rings and kinds of nodes at once."""
        facts = self.facts
        priced = replace(facts.problem, nodes=tuple(replace(node, price=1) for node in facts.problem.nodes))
        # a gap of 1: any purchase is near enough, as only its packing is of interest, not what it would cost
        brief = SearchContext(
            Budget(work=self.context.budget.work / 4), self.context.deadline, gap=1.0, tuning=self.context.tuning
        )
        purchase = buy(priced, brief)
        if facts.running.any():
            self._try(np.array(purchase.ring_of))
        self._from(without_breaches(facts, Assignment(purchase.ring_of, tuple(map(dict, purchase.counts)))))

    def _from(self, plan: Assignment) -> None:
        """Take a placement up, and give a ring to the nodes that have none."""
        cluster = restore(self.facts, plan)
        cluster.expect(True)
        self._finish(cluster, BestFit(cluster, self.tuning.fit, lazy=True))

    def _by_details(self) -> None:
        """Not everything fits by packing alone: let sums per kind of node say what goes where and what stays out."""
        if not is_small(self.merged, self.context.tuning.sums):
            return
        division = AggregateModel(self.merged)
        division.start_from(self._best_plan())
        shares = divide(division, self.facts, self.context)
        if shares is not None:
            self.hoped = sum(shares.left_out)
            guide = Guide.of(self.facts, self.merged, shares)
            rings = choose_nodes(self.merged, shares)
            for moving in ((), self.facts.rated) if self.facts.running.any() else ((),):
                self._try(np.array(rings), guide, moving)
                if self._missing() > self.hoped:
                    self._ring_by_ring(rings)

    def _ring_by_ring(self, rings: Sequence[int]) -> None:
        """Pack rings exactly on the nodes meant for them, where pods have joint rules: repairs move none of those.

        A ring that has all its pods on these nodes already stays as it is.
        """
        facts, problem, packed = self.facts, self.facts.problem, self.packed_so_far()
        if packed is None or not (problem.clashes or problem.aparts or problem.togethers or problem.spreads):
            return
        plan = pack_rings(facts, rings, packed, self.context)
        self._keep_best(even_out(facts, without_breaches(facts, plan)))

    def _committed_nodes(self) -> Bools:
        result: Bools = (self.facts.ring_today >= 0) | self.facts.running.any(axis=0)
        return result

    def _repair(self) -> None:
        """Pack a few nodes at a time again, exactly; more at a time where few no longer help."""
        cluster = restore(self.facts, self._best_plan())
        packing = BestFit(cluster, self.tuning.fit)
        left = self.context.budget.work / 2
        for width in self.tuning.widths:
            gained = 1
            while gained and left > 0 and not self.context.deadline.over():
                before, gained = left, 0
                for r in self.facts.rated:
                    more, spent = self._repair_ring(cluster, packing, (r, width), left)
                    gained, left = gained + more, left - spent
                if before == left or int(cluster.missing.sum()) <= self.hoped:
                    break
        packing.fill()
        self._keep_best(even_out(self.facts, without_breaches(self.facts, cluster.plan())))

    def _repair_ring(self, cluster: ClusterState, packing: BestFit, scope: tuple[int, int], left: float) -> tuple[int, float]:
        """Return how many more pods of a ring found a place, and the work spent."""
        gained, spent = 0, 0.0
        wanted = missing_in(cluster, scope[0])
        for nodes in windows(cluster, packing, scope, wanted) if wanted else ():
            wanted = missing_in(cluster, scope[0])
            if not wanted or spent >= left or self.context.deadline.over():
                break
            group = Neighbourhood(cluster, nodes, movable(cluster, nodes, wanted))
            gained += group.improve(self.context.budget.work / 100, self.context.deadline)
            spent += group.spent
        return gained, spent


@dataclass(frozen=True, slots=True)
class Guide:
    """What the sums advise: pods per type and kind, and how many pods of each class to try at all."""

    shares: AggregateSolution
    type_of: Mapping[int, int]
    quota: Ints

    @classmethod
    def of(cls, facts: Facts, merged: Merged, shares: AggregateSolution) -> "Guide":
        """Read the advice; within a type, the last classes stay out first."""
        quota = facts.counts.copy()
        for type_, out in zip(merged.types, shares.left_out, strict=True):
            for c in reversed(type_.classes):
                part = min(out, int(quota[c]))
                quota[c] -= part
                out -= part
        return cls(shares, {c: t for t, type_ in enumerate(merged.types) for c in type_.classes}, quota)
