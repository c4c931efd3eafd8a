"""One model with an integer per class and node; the goals one after the other, each under what the earlier ones won."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.solve.exact.constraints import add_all
from planner.solve.exact.constraints.symmetry_breaking import interchangeable
from planner.solve.exact.objectives import headroom, moved_pods, relabelled_nodes, unplaced_pods
from planner.solve.exact.variables import Expression, Variables
from planner.solve.instance.arrays import Facts
from planner.solve.instance.assignment import Assignment, count_ringless, daemon_counts
from planner.solve.instance.goal_values import WHOLE, count_moved, count_relabelled, count_unplaced, headroom_of
from planner.solve.instance.ring_sizes import has_limited_rings
from planner.solve.instance.validate import breaches
from planner.solve.runtime.cp_sat import INFEASIBLE, Model
from planner.solve.runtime.search_context import SearchContext

Value = Callable[[Assignment], int]


@dataclass(frozen=True, slots=True)
class GoalResult:
    """What one goal came to: the value reached, and what is proven to be the best that could be."""

    value: int
    bound: int


@dataclass(slots=True)
class ExactModel:
    """The search for one problem; `plan` is the best placement so far. `idle` leaves nodes without a ring on purpose."""

    facts: Facts
    context: SearchContext
    plan: Assignment | None = None
    idle: bool = False
    model: Model = field(default_factory=Model)
    variables: Variables = field(init=False)

    def __post_init__(self) -> None:
        """Build the model, and put the plan so far in the order that the model wants of nodes that are alike."""
        self.variables = Variables(self.model, self.facts, self.idle)
        add_all(self.model, self.facts.problem, self.variables)
        if self.plan is not None:
            self.plan = in_symmetry_order(self.facts, self.plan)

    def fill_rings(self) -> None:
        """Where rules between daemons may forbid a node its ring, leave as few nodes without as possible."""
        if self.facts.ringless_allowed and not has_limited_rings(self.facts.problem):
            every = [(n, self.variables.rings_of(n)) for n in range(len(self.facts.problem.nodes))]
            terms = [(-1, literal) for _, rings in every for literal in rings.values()]
            terms += [(1, self.model.true) for _, rings in every if rings]
            self.minimize(tuple(terms), lambda plan: count_ringless(self.facts, plan))

    def place(self, priority: int | None, least: int = 0) -> GoalResult:
        """Place as many pods of the priority as possible."""
        problem = self.facts.problem
        terms = unplaced_pods.cost(self.model, problem, self.variables, priority)
        return self.minimize(
            terms, lambda plan: count_unplaced(problem, plan.counts, priority), least, self.context.tuning.exact.placing
        )

    def place_all(self) -> bool:
        """Hold later goals to placing all pods, as the plan so far does if there is one; say whether a way was found in time."""
        for c in self.facts.plain:
            self.model.linear([(1, self.variables.missing(c))], high=0)
        if self.plan is None:
            answer = self.model.solve(self.context.budget.work, self.context.deadline)
            if answer.found:
                self._take(answer.values, lambda _: 0)
        return self.plan is not None

    def stay(self, least: int = 0) -> GoalResult:
        """Move as few running pods as possible."""
        problem = self.facts.problem
        terms = moved_pods.cost(self.model, problem, self.variables)
        return self.minimize(terms, lambda plan: count_moved(problem, plan.counts), least)

    def keep_labels(self, least: int = 0) -> GoalResult:
        """Relabel as few nodes as possible."""
        problem = self.facts.problem
        terms = relabelled_nodes.cost(self.model, problem, self.variables)
        return self.minimize(terms, lambda plan: count_relabelled(problem, plan.ring_of), least)

    def minimize(self, terms: Expression, value: Value, least: int = 0, share: float = 1.0) -> GoalResult:
        """Minimise the terms, keep the best plan, and hold later goals to its value; `least` is a bound known already.

        It takes no more than this share of the work of a goal.
        """
        bound = least
        if self.plan is None or value(self.plan) > least:
            bound = max(least, self._improve(terms, value, share))
        won = value(self.found())
        self.model.linear(terms, high=won)
        return GoalResult(won, min(bound, won))

    def _improve(self, terms: Expression, value: Value, share: float) -> int:
        self.model.minimize(terms)
        self._hint()
        answer = self.model.solve(share * self.context.budget.work, self.context.deadline)
        self.model.forget_objective()
        if answer.found:
            self._take(answer.values, value)
        if answer.status == INFEASIBLE or self.plan is None:
            if self.plan is None and answer.status == INFEASIBLE:
                raise AssertionError("the empty placement was called impossible")
            return 0
        # a bound above a placement that was counted again is a mistake of the solver: then nothing is proven
        return answer.bound if answer.bound <= value(self.plan) else 0

    def even_out(self, most: int = WHOLE) -> GoalResult:
        """Raise the least head-room of any ring by bisection; the value and the bound are in permille."""
        # asks for the bound itself first: if that is reached, nothing is left to halve
        bound = target = high = most
        work, tuning = self.context.budget.work, self.context.tuning.exact
        guard = self.context.deadline.with_work(tuning.evening * work)
        while self._headroom() < high and not guard.over():
            model = self.model.copy()
            headroom.at_least(model, self.variables, target)
            self._hint(model)
            answer = model.solve(tuning.step * work, guard)
            if answer.found:
                self._take(answer.values, lambda plan: -headroom_of(self.facts, plan.ring_of, plan.counts))
            # only refusals one after the other prove: once a question stayed open, a refusal below it proves nothing
            if answer.status == INFEASIBLE and high == bound:
                bound = target - 1
            if self._headroom() < target:
                high = target - 1  # refuted, not found in time, or found only because numbers were rounded
            target = (self._headroom() + high + 1) // 2
        return GoalResult(self._headroom(), max(bound, self._headroom()))

    def _headroom(self) -> int:
        plan = self.found()
        return headroom_of(self.facts, plan.ring_of, plan.counts)

    def found(self) -> Assignment:
        """Return the best placement."""
        if self.plan is None:
            raise AssertionError("no placement was found, not even the empty one")
        return self.plan

    def _take(self, values: Sequence[int], value: Value) -> None:
        """Keep a placement that is better, once it has been counted again."""
        plan = assignment_of(self.variables, values)
        wrong = next(breaches(self.facts.problem, plan.ring_of, plan.counts), None)
        if wrong:
            raise AssertionError(f"the solver's placement breaks a rule: {wrong.rule}: {wrong.what}")
        if self.plan is None or value(plan) < value(self.plan):
            self.plan = plan

    def _hint(self, model: Model | None = None) -> None:
        if self.plan is not None:
            (model or self.model).hint(hint_of(self.variables, self.plan))


def assignment_of(variables: Variables, values: Sequence[int]) -> Assignment:
    """Read a placement out of the variables' values."""
    problem = variables.facts.problem

    def holds(literal: int) -> bool:
        return bool(values[literal]) if literal >= 0 else not values[~literal]

    ring_of = [
        next((ring for ring, literal in variables.rings_of(n).items() if holds(literal)), -1) for n in range(len(problem.nodes))
    ]
    counts: list[dict[int, int]] = []
    for c, pod_class in enumerate(problem.classes):
        if pod_class.daemon:
            counts.append(daemon_counts(problem, ring_of, c))
            continue
        placed = {n: values[variables.placed(c, n)[0][1]] for n in variables.nodes_of(c)}
        counts.append({n: count for n, count in placed.items() if count})
    return Assignment(tuple(ring_of), tuple(counts))


def hint_of(variables: Variables, plan: Assignment) -> dict[int, int]:
    """Write a placement as values of the variables."""
    values: dict[int, int] = {}
    for n in range(len(variables.facts.problem.nodes)):
        values |= {literal: int(plan.ring_of[n] == ring) for ring, literal in variables.rings_of(n).items()}
    for c in variables.facts.plain:
        for n in variables.nodes_of(c):
            values[variables.placed(c, n)[0][1]] = plan.counts[c].get(n, 0)
        values[variables.missing(c)] = int(variables.facts.counts[c]) - sum(plan.counts[c].values())
    return values


def in_symmetry_order(facts: Facts, plan: Assignment) -> Assignment:
    """Swap the contents of interchangeable nodes so that they come in the order that the model breaks symmetry by."""
    problem = facts.problem
    pods = [sum(plan.counts[c].get(n, 0) for c in facts.plain) for n in range(len(problem.nodes))]
    source = list(range(len(problem.nodes)))
    for group in interchangeable(problem, facts):
        rank = {ring: number for number, ring in enumerate(problem.nodes[group[0]].rings)}
        ordered = sorted(group, key=lambda n: (rank.get(plan.ring_of[n], -1), -pods[n], n))
        for place, n in zip(group, ordered, strict=True):
            source[place] = n
    counts: list[Mapping[int, int]] = [{n: on[m] for n, m in enumerate(source) if m in on} for on in plan.counts]
    return Assignment(tuple(plan.ring_of[m] for m in source), tuple(dict(on) for on in counts))
