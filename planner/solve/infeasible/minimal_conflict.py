"""A minimal conflict by deletion filtering (Chinneck and Dravnieks, 1991): demands are left out, many at a time, then one by one.

Counting comes first, then sums, then the whole model; what only the solver says is asked a second time by other means.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.solve.infeasible.oracle import WHOLE, ConflictOracle, Member
from planner.solve.instance.arrays import Facts, Ints
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.runtime.search_context import SearchContext

Members = list[Member]
Refuter = Callable[[Members], bool]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Classes whose demands contradict each other, and which parts of each (none: all); `smallest` if each was shown needed."""

    classes: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]
    smallest: bool


def conflict_of(facts: Facts, plan: Assignment, context: SearchContext, proven: bool) -> Conflict | None:
    """Return a contradiction that holds beyond one answer of the solver; None if there is none that could be confirmed.

    Unless it is `proven` that not everything can be placed, only counting and the classes that miss pods are asked.
    """
    return _Filter(facts, ConflictOracle(facts, context)).find(proven, count_missing(facts.problem, plan))


@dataclass(slots=True)
class _Filter:
    facts: Facts
    doubts: ConflictOracle
    cores: list[Members] = field(default_factory=list)

    def find(self, proven: bool, short: Sequence[int]) -> Conflict | None:
        """Go from the cheapest proof to the dearest; each starts from what the one before has left."""
        impossible = self.doubts.counting.impossible()
        if impossible is not None:
            return self._smaller(self._delete(self._members(impossible), self.doubts.by_counting), sure=True)
        if proven:
            return self._smaller(self._members(self.facts.counts), sure=False)
        suspects = sorted((c for c, pods in enumerate(short) if pods), key=lambda c: (-short[c], c))
        for c in suspects[: self.doubts.context.tuning.conflict.suspects]:
            alone = self._parts(c)
            if self.doubts.exactly(alone) and self.doubts.again(alone):
                return self._smaller(alone, sure=True)
        return None

    def _smaller(self, core: Members, sure: bool) -> Conflict | None:
        """Shrink the core by what refuses it, and take the smallest that a second opinion confirms; the first is if `sure`."""
        cores, refused = [core], sure
        # what counting has left is as small as sums without details would make it
        for refuted in (self.doubts.by_sums, self.doubts.by_details, self.doubts.exactly)[sure:]:
            self.doubts.effort = self.doubts.context.budget.work / 10
            if len(cores[-1]) > 1 and (refused or refuted(cores[-1])):
                cores.append(self._delete(cores[-1], refuted))
                refused = True
        for i in range(len(cores) - 1, -1, -1):
            if (sure and len(cores[i]) == len(cores[0])) or self.doubts.again(cores[i]):
                return self._describe(cores[i])
        return None

    def _describe(self, core: Members) -> Conflict:
        parts: dict[int, list[int]] = {}
        for c, part in sorted(core):
            parts.setdefault(c, []).extend([part] if part != WHOLE else [])
        whole = {c: len(numbers) in (0, len(self.facts.problem.classes[c].parts)) for c, numbers in parts.items()}
        named = tuple(() if whole[c] else tuple(numbers) for c, numbers in parts.items())
        return Conflict(tuple(parts), named, len(core) == 1 or self._all_needed(core))

    def _all_needed(self, core: Members) -> bool:
        """Show for every member that the others can be placed without it; members that are alike once."""
        tried: set[bytes] = set()
        for out in core:
            rest = [member for member in core if member != out]
            key = self.doubts.demand(rest).tobytes()
            if key not in tried and not self.doubts.possible(rest):
                return False
            tried.add(key)
        return True

    def _members(self, demand: Ints) -> Members:
        """List the demands, the small ones first: what is left in the end is few and large."""
        facts = self.facts
        have = np.maximum(1, facts.capacity.clip(min=0).sum(axis=0))
        share = (facts.requests * demand[:, None] / have).max(axis=1, initial=0.0)
        order = sorted((int(c) for c in np.flatnonzero(demand)), key=lambda c: (share[c], c))
        return [member for c in order for member in self._parts(c)]

    def _parts(self, c: int) -> Members:
        """Take a class apart into the workloads that were merged in it, unless others need its pods near or count them."""
        problem = self.facts.problem
        sizes = problem.classes[c].parts
        asked = any(c in rule.targets for rule in problem.togethers) or any(c in rule.matched for rule in problem.spreads)
        if len(sizes) < 2 or asked:
            return [(c, WHOLE)]
        return [(c, part) for part in sorted(range(len(sizes)), key=lambda part: (sizes[part], -part)) if sizes[part]]

    def _delete(self, core: Members, refuted: Refuter) -> Members:
        """Delete whole rings, then classes, then parts of classes: in halves, quarters, … and one by one."""
        # half of the work is kept for whoever shrinks further, and for showing that each member is needed
        context, reserve = self.doubts.context, self.doubts.left / 2
        self.doubts.effort = context.budget.work / context.tuning.conflict.efforts
        levels: tuple[Callable[[Member], Member], ...] = (
            lambda member: (int(self.facts.ring_of_class[member[0]]), WHOLE),
            lambda member: (member[0], WHOLE),
            lambda member: member,
        )
        for key in levels:
            groups: dict[Member, Members] = {}
            for member in core:
                groups.setdefault(key(member), []).append(member)
            core = [member for group in self._thin(list(groups.values()), refuted, reserve) for member in group]
        return core

    def _thin(self, kept: list[Members], refuted: Refuter, reserve: float) -> list[Members]:
        step = max(1, len(kept) // 2)
        while len(kept) > 1:
            start = 0
            while start < len(kept):
                if self.doubts.left <= reserve + self.doubts.question or self.doubts.context.deadline.over():
                    return kept
                without = kept[:start] + kept[start + step :]
                if without and refuted([member for group in without for member in group]):
                    kept = without
                else:
                    start += step
            if step == 1:
                break
            step = max(1, step // 2)
        return kept
