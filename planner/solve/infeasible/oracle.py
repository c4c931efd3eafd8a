"""Questions about a few demands: whether they cannot all be placed, and whether a placement of them is found.

Only pods of the set must be placed; all others may be there if that helps, so leaving some out never makes it harder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.solver.problem import Problem
from planner.solve.bound.aggregate_model import AggregateModel
from planner.solve.bound.counting import Counting
from planner.solve.exact.solve import ExactModel
from planner.solve.instance.aggregate import merge
from planner.solve.instance.arrays import Facts, Ints, facts_of
from planner.solve.instance.assignment import Assignment
from planner.solve.instance.goal_values import count_unplaced
from planner.solve.instance.variants import REQUIRED, with_required_only, without_today
from planner.solve.place.construct import Builder
from planner.solve.runtime.cp_sat import INFEASIBLE, PLAIN, SEARCH, SUMS, Model
from planner.solve.runtime.search_context import SearchContext

WHOLE = -1
"""No number to set: all parts of a class."""
Member = tuple[int, int]
Members = Sequence[Member]


@dataclass(slots=True)
class ConflictOracle:
    """Answers questions about one problem on a budget of work, of which `left` is left.

    A member of a set is a class and one of its parts, or WHOLE. `effort` is what one question may cost.
    """

    facts: Facts
    context: SearchContext
    left: float = 0.0
    effort: float = 0.0
    counting: Counting = field(init=False)
    sums: AggregateModel | None = None

    def __post_init__(self) -> None:
        """Count what all questions need."""
        self.left, self.effort = self.context.budget.conflict, self.context.budget.work / 10
        self.counting = Counting.of(self.facts)

    @property
    def question(self) -> float:
        """Return what a question costs beside the solver's work."""
        return self.context.tuning.conflict.question

    def demand(self, members: Members) -> Ints:
        """Return how many pods of each class the members ask for."""
        demand: Ints = np.zeros_like(self.facts.counts)
        for c, part in members:
            pod_class = self.facts.problem.classes[c]
            demand[c] += pod_class.count if part == WHOLE else pod_class.parts[part]
        return demand

    def by_counting(self, members: Members) -> bool:
        """Say whether counting alone refuses."""
        self.left -= self.question / 10
        return self.counting.refutes(self.demand(members))

    def by_sums(self, members: Members) -> bool:
        """Say whether the sums alone are impossible."""
        return self._sums_of(members, SUMS)

    def _sums_of(self, members: Members, style: str) -> bool:
        if self.sums is None:
            # what runs today makes nothing impossible, but would tell nodes apart
            self.sums = AggregateModel(
                merge(facts_of(without_today(self.facts.problem)), self.context.tuning.sums, apart=True), detailed=False
            )
        model, demand = self.sums.model.copy(), self.demand(members)
        for t, type_ in enumerate(self.sums.merged.types):
            if demand[type_.classes[0]]:
                model.linear([(1, self.sums.left_out[t])], high=type_.count - int(demand[type_.classes[0]]))
        return self._impossible(model, self.effort, style)

    def _impossible(self, model: Model, work: float, style: str) -> bool:
        answer = model.solve(work, self.context.deadline, style)
        self.left -= answer.spent + self.question
        return answer.status == INFEASIBLE

    def _part(self, members: Members) -> Facts:
        """Return the problem in which these pods alone are required; making it costs as well."""
        demand = self.demand(members)
        part = facts_of(with_required_only(_cut(self.facts.problem, demand), map(int, np.flatnonzero(demand))))
        self.left -= self.question + _pairs(part) / self.context.tuning.conflict.pairs
        return part

    def by_details(self, members: Members) -> bool:
        """Say whether the sums per kind of node are impossible."""
        return self.left > 0 and self._details_of(members, SUMS)

    def _details_of(self, members: Members, style: str) -> bool:
        division = AggregateModel(merge(self._part(members), self.context.tuning.sums))
        division.hold(division.unplaced(REQUIRED), 0)
        return self._impossible(division.model, self.effort, style)

    def exactly(self, members: Members) -> bool:
        """Say whether the whole model is impossible, if it is small enough to ask."""
        if self.left <= 0 or self._large(members):
            return False
        return self._whole_model(self._part(members), self.effort, SEARCH)

    def _large(self, members: Members) -> bool:
        return int(self.counting.able[np.flatnonzero(self.demand(members))].sum()) > self.context.budget.exact

    def _whole_model(self, part: Facts, work: float, style: str) -> bool:
        if _pairs(part) > self.context.budget.exact:
            return False
        exact = ExactModel(part, self.context)
        for c in part.plain:
            if part.problem.classes[c].priority == REQUIRED:
                exact.model.linear([(1, exact.variables.missing(c))], high=0)
        return self._impossible(exact.model, work, style)

    def again(self, members: Members) -> bool:
        """Ask by other means: by counting, or without presolve; the solver has called possible models impossible before."""
        self.effort = self.context.budget.work / 10
        if self.counting.refutes(self.demand(members)):
            return True
        if self._sums_of(members, PLAIN) or self._details_of(members, PLAIN):
            return True
        return not self._large(members) and any(self._second_opinions(self._part(members)))

    def _second_opinions(self, part: Facts) -> Iterator[bool]:
        yield self._whole_model(part, self.context.budget.work / 2, PLAIN)
        yield self._whole_model(part, self.context.budget.work / 2, SUMS)

    def possible(self, members: Members) -> bool:
        """Say whether a placement of these pods was found."""
        if self.left <= 0 or self.context.deadline.over():
            return False
        part = self._part(members)
        tuning = self.context.tuning.conflict
        brief = self.context.with_budget(work=self.context.budget.work / tuning.placement)
        plan: Assignment = Builder(part, brief).build()
        if count_unplaced(part.problem, plan.counts, REQUIRED) and _pairs(part) <= self.context.budget.exact:
            exact = ExactModel(part, brief, plan)
            exact.fill_rings()
            exact.place(REQUIRED)
            plan = exact.found()
        self.left -= self.question * tuning.placement + _pairs(part) / tuning.pairs
        return not count_unplaced(part.problem, plan.counts, REQUIRED)


def _cut(problem: Problem, demand: Ints) -> Problem:
    """Return the problem in which the demanded classes have just the pods that are demanded of them."""
    classes = tuple(replace(c, count=int(demand[i])) if demand[i] else c for i, c in enumerate(problem.classes))
    return replace(problem, classes=classes)


def _pairs(facts: Facts) -> int:
    return int((facts.fit > 0).sum())
