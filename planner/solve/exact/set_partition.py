"""Set partitioning with no-good cuts: each group is in one of the rings, at least cost as far as that of each set tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from planner.solve.runtime.cp_sat import INFEASIBLE, OPTIMAL, Model
from planner.solve.runtime.deadline import Deadline, NoDeadline


@dataclass(frozen=True, slots=True)
class Partition:
    """Sets, by number, that hold every group once (none if none were found), and what those still allowed cost at least.

    `none` says that there are no such sets, and `best` that none of those allowed cost less by what each set costs at least.
    """

    chosen: tuple[int, ...]
    bound: int
    none: bool = False
    best: bool = False


@dataclass(slots=True)
class SetPartition:
    """The ways to choose among sets of groups; `costs[s]` is the least that set s costs, whichever others are chosen.

    There are at least `fewest` and at most `most` sets, and of the pairs of `apart` never both. A `unit` of cost weighs more
    than all sets that there can be. A question is answered within so much `work`, in CP-SAT's deterministic units.
    """

    sets: Sequence[Sequence[str]]
    costs: Sequence[int]
    fewest: int = 0
    most: int | None = None
    apart: Iterable[tuple[int, int]] = ()
    model: Model = field(default_factory=Model)
    variables: list[int] = field(default_factory=list)
    unit: int = 1
    work: float = field(kw_only=True)

    def __post_init__(self) -> None:
        """Write the model: each group in one set, cheap ones first, and of those that cost the same the fewest."""
        self.variables = [self.model.boolean() for _ in self.sets]
        groups = sorted({group for members in self.sets for group in members})
        for group in groups:
            holding = [(1, self.variables[number]) for number, members in enumerate(self.sets) if group in members]
            self.model.linear(holding, low=1, high=1)
        every = [(1, variable) for variable in self.variables]
        self.model.linear(every, low=self.fewest, high=len(groups) if self.most is None else self.most)
        for first, second in self.apart:
            self.model.at_most_one((self.variables[first], self.variables[second]))
        self.unit = len(groups) + 1
        self.model.minimize([(cost * self.unit + 1, v) for cost, v in zip(self.costs, self.variables, strict=True)])

    def cheapest(self, deadline: Deadline | None = None) -> Partition:
        """Return the cheapest sets that were not ruled out; without a clock, however late it is."""
        answer = self.model.solve(self.work, deadline or NoDeadline())
        if answer.status == INFEASIBLE:
            return Partition((), 0, none=True)
        chosen = tuple(number for number, v in enumerate(self.variables) if answer.values[v]) if answer.found else ()
        return Partition(chosen, max(0, answer.bound // self.unit), best=answer.status == OPTIMAL)

    def rule_out(self, chosen: Sequence[int]) -> None:
        """Do not choose these sets again."""
        self.model.linear([(1, self.variables[number]) for number in chosen], high=len(chosen) - 1)
