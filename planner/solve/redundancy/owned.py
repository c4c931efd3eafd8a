"""Looks for a placement of all pods whose rings survive every loss, and for a proof that there is none.

Where packing alone does not survive, everything is packed again with more room kept free: a whole node per ring, or room for
the pods that were left over, or a share of every node. Where the problem is small, losses become part of the exact model one
after the other, as they are found to hurt.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.frozen_map import FrozenMap
from models.solver.problem import AntiAffinity, PodClass, PortConflict, Problem
from planner.solve.bound.goal_bounds import Bounds, Prover
from planner.solve.exact.solve import ExactModel, assignment_of
from planner.solve.heuristics.balance_headroom import even_out
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment, count_missing, daemon_counts
from planner.solve.instance.goal_values import priorities_of
from planner.solve.instance.validate import breaches
from planner.solve.place.complete import complete
from planner.solve.place.construct import Builder
from planner.solve.redundancy.check import Failure, failures, is_refuted_after
from planner.solve.runtime.cp_sat import INFEASIBLE, PLAIN, SEARCH
from planner.solve.runtime.search_context import SearchContext


@dataclass(slots=True)
class RedundancySearch:
    """One search; `plan` is the best placement that survives, `impossible` says that there is none, proven twice."""

    facts: Facts
    context: SearchContext
    plan: Assignment | None = None
    impossible: bool = False
    bounds: Bounds | None = None
    chosen: set[int] = field(default_factory=set)

    def find(self, start: Assignment, known: Assignment | None = None) -> Assignment | None:
        """Return a placement of all pods that survives, if one was found; `start` places them all, and may not survive.

        So may `known`, and it need not place them all.
        """
        hurt = self._failures(start)
        if not hurt:
            self.plan = start
            return start
        if any(is_refuted_after(self.facts, self.facts.problem.losses[failure.loss]) for failure in hurt):
            self.impossible = True
            return None
        if known and not any(count_missing(self.facts.problem, known)) and not self._failures(known):
            self.plan = known
        if self.plan is None:
            self._spare(start, hurt)
        if self.plan is None:
            self._reserve(hurt)
        if self.plan is None:
            self._shrink()
        self.chosen = {failure.loss for failure in hurt}
        if self.plan is None and self._small():
            self._possible()
        return self.plan

    def improve(self) -> None:
        """Better the placement goal by goal where that is small enough, and prove how good it is."""
        while self.plan is not None and self._small() and not self.context.deadline.over():
            better, bounds = self._by_goals(self.plan)
            hurt = self._failures(better)
            if not hurt:
                self.plan, self.bounds = better, bounds
                return
            # the model knows all these losses: what it calls survived the check does not, and would not next time
            if {failure.loss for failure in hurt} <= self.chosen:
                break
            self.chosen |= {failure.loss for failure in hurt}
        if self.plan is not None:
            self.bounds = Prover(without_failures(self.facts), self.plan, self.context).prove()

    def _failures(self, plan: Assignment) -> list[Failure]:
        return list(failures(self.facts, plan, self.context))

    def _small(self) -> bool:
        """Say whether the exact model with the chosen losses is small enough."""
        pairs, most = int((self.facts.fit > 0).sum()), self.context.budget.exact
        return pairs <= most and pairs * len(self.chosen) <= self.context.tuning.redundancy.growth * most

    def _with(self, losses: Iterable[int]) -> Facts:
        every = self.facts.problem.losses
        return replace(self.facts, problem=replace(self.facts.problem, losses=tuple(every[number] for number in sorted(losses))))

    def _reserve(self, hurt: Sequence[Failure]) -> None:
        """Pack with room for what was left over, more of it each time, until what remains survives."""
        reserve: Counter[int] = Counter()
        for _ in range(self.context.tuning.redundancy.reserving):
            for ring in sorted({failure.ring for failure in hurt}):
                reserve.update(most_left(failure.left for failure in hurt if failure.ring == ring))
            plan = self._pack_harder(with_reservation(self.facts.problem, reserve))
            if plan is None or self.context.deadline.over():
                return
            hurt = self._failures(plan)
            if not hurt:
                better = even_out(without_failures(self.facts), plan)
                self.plan = plan if self._failures(better) else better
                return

    def _spare(self, start: Assignment, hurt: Sequence[Failure]) -> None:
        """Keep one of its largest nodes empty in each ring that is hurt, and in more of them if that makes others short."""
        rings: set[int] = set()
        while not {failure.ring for failure in hurt} <= rings and not self.context.deadline.over():
            rings |= {failure.ring for failure in hurt}
            plan = self._pack_harder(with_spare_pods(self.facts, start, sorted(rings)))
            if plan is None:
                return
            hurt = self._failures(plan)
            if not hurt:
                self.plan = plan
                return

    def _shrink(self) -> None:
        """Pack as if nodes were smaller, a little less so each time, until what fits survives or there is nothing left to try."""
        for share in self.context.tuning.redundancy.shrinking:
            plan = None if self.context.deadline.over() else self._pack_harder(with_smaller_nodes(self.facts.problem, share))
            if plan is not None and not self._failures(plan):
                self.plan = plan
                return

    def _pack_harder(self, problem: Problem) -> Assignment | None:
        """Pack a harder problem and return its first classes as a placement of this one; None unless all pods are placed."""
        packed = Builder(facts_of(problem), self.context).build()
        ours = self.facts.problem
        counts = [dict(on) for on in packed.counts[: len(ours.classes)]]
        for c in self.facts.daemons:
            counts[c] = daemon_counts(ours, packed.ring_of, c)
        plan = Assignment(packed.ring_of, tuple(counts))
        wrong = any(count_missing(ours, plan)) or any(breaches(ours, plan.ring_of, plan.counts))
        return None if wrong else plan

    def _possible(self) -> None:
        """Ask for any placement of all pods, with more losses in the question each time, until one survives or none is left."""
        while self._small() and not self.context.deadline.over():
            exact = self._all_placed(self.chosen, None)
            answer = exact.model.solve(self.context.budget.work, self.context.deadline, SEARCH)
            if answer.status == INFEASIBLE:
                # asked a second time by other means, as the solver has called possible models impossible before
                again = self._all_placed(self.chosen, None).model.solve(self.context.budget.work, self.context.deadline, PLAIN)
                self.impossible = again.status == INFEASIBLE
            if not answer.found:
                return
            plan = assignment_of(exact.variables, answer.values)
            hurt = self._failures(plan)
            if not hurt:
                self.plan = plan
                return
            more = {failure.loss for failure in hurt} - self.chosen
            if not more:
                return
            self.chosen |= more

    def _all_placed(self, losses: Iterable[int], plan: Assignment | None) -> ExactModel:
        exact = ExactModel(self._with(losses), self.context, plan)
        for c in self.facts.plain:
            exact.model.linear([(1, exact.variables.missing(c))], high=0)
        return exact

    def _by_goals(self, plan: Assignment) -> tuple[Assignment, Bounds]:
        """Go through the goals in their order under the chosen losses, starting from a placement that survives them all."""
        exact = self._all_placed(self.chosen, plan)
        exact.fill_rings()
        stayed, kept, free = exact.stay(), exact.keep_labels(), exact.even_out()
        tiers = tuple(0 for _ in priorities_of(self.facts.problem))
        return exact.found(), Bounds(tiers, stayed.bound, kept.bound, free.bound)


def without_failures(facts: Facts) -> Facts:
    """Return the facts as if nothing were ever lost."""
    return replace(facts, problem=replace(facts.problem, losses=()))


def with_spare_pods(facts: Facts, plan: Assignment, rings: Sequence[int]) -> Problem:
    """Return the problem with one more pod in each of the rings, as large as the largest node that the ring has in the plan."""
    extra = []
    for ring in rings:
        largest = facts.capacity.max(axis=0, initial=1).clip(min=1)
        mine = [n for n, ring_of_node in enumerate(plan.ring_of) if ring_of_node == ring]
        most = max(mine, key=lambda n: (float((facts.room[n, ring] / largest).sum()), -n))
        asked = facts.room[most, ring]
        on = tuple(int(n) for n in np.flatnonzero(facts.usable[:, ring] & (facts.room[:, ring] >= asked).all(axis=1)))
        extra.append(PodClass(f"{facts.problem.rings[ring]} spare", ring, 1, tuple(map(int, asked)), on))
    return replace(facts.problem, classes=(*facts.problem.classes, *extra), losses=())


def with_smaller_nodes(problem: Problem, share: int) -> Problem:
    """Return the problem with so many permille less of everything on each node."""
    less = (tuple(amount * (1000 - share) // 1000 for amount in node.capacity) for node in problem.nodes)
    nodes = tuple(replace(node, capacity=amounts) for node, amounts in zip(problem.nodes, less, strict=True))
    return replace(problem, nodes=nodes, losses=())


def most_left(left: Iterable[Counter[int]]) -> Counter[int]:
    """Return the most that any one loss leaves over, class by class."""
    result: Counter[int] = Counter()
    for counts in left:
        result |= counts
    return result


def with_reservation(problem: Problem, reserve: Counter[int]) -> Problem:
    """Return the problem with further pods, of a class of their own, that keep apart from others as the originals do."""
    first = len(problem.classes)
    twin = {c: first + number for number, c in enumerate(sorted(reserve))}
    extra = tuple(
        replace(problem.classes[c], name=f"{problem.classes[c].name} reserve", count=reserve[c], running=FrozenMap())
        for c in sorted(reserve)
    )

    def both(classes: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted({member for c in classes for member in (c, twin.get(c, c))}))

    clashes = {tuple(sorted((a, b))) for x in problem.clashes for a in both([x.first]) for b in both([x.second])}
    return replace(
        problem,
        classes=(*problem.classes, *extra),
        clashes=tuple(PortConflict(first, second) for first, second in sorted(clashes)),
        aparts=tuple(
            AntiAffinity(owner, both(x.others), x.domains, x.joins) for x in problem.aparts for owner in both([x.owner])
        ),
        losses=(),
    )


def fits_all(facts: Facts, context: SearchContext) -> bool:
    """Say whether a placement of all pods that survives all losses was found, by packing or, where that is small, exactly."""
    plan = complete(without_failures(facts), context)
    if plan is None or not facts.problem.losses:
        return plan is not None
    return RedundancySearch(facts, context).find(plan) is not None
