"""Divides owned nodes so that each workload is led to one kind of nodes, where workloads hardly block each other.

A packing splits workloads over nodes as it likes, and guides to all of these nodes leave kube-scheduler much to get wrong. Here
each workload of a ring that is not kept gets one kind of nodes; where that does not do, rings swap nodes.
"""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from models.answer.plan import Guide
from models.solver.outcome import Outcome
from planner.refine.oracle.candidate import Candidate, Proposals, Question, Sketch
from planner.refine.oracle.orders import pods_of
from planner.refine.tuning import Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, RingPlan
    from models.solver.indexed_problem import IndexedProblem
    from models.trust import TrustPolicy
    from planner.refine.oracle.evaluation import Evaluation
    from planner.solve import SearchContext
    from planner.solve.instance.arrays import Facts
    from planner.solve.shape_per_workload import Divider

MEANS = {"none": (), "prefer": (None, False), "require": (None, False, True)}
"""What to try for each ring with the nodes that it has: no guides, preferred ones, required ones."""
Division = tuple[int, ...]
"""The ring of each node by number, -1 for none."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What is to be divided: the problem and its exact packing, as outcome and as plan; `settled` makes a plan of an outcome."""

    formulation: "IndexedProblem"
    outcome: Outcome
    packing: "IsolationPlan"
    context: "SearchContext"
    settled: "Callable[[Outcome], IsolationPlan]"

    def placement(self, division: Division, guides: tuple[Guide, ...]) -> "IsolationPlan | None":
        """Put the pods where the guides lead them; None where no way was found, or where that does not survive what it must."""
        from planner.refine.hints import bare, restrict
        from planner.refine.oracle import failures
        from planner.solve import solve, with_goal_values

        problem = self.formulation.problem
        outcome = bare(problem, solve(restrict(self.formulation, division, guides), self.context))
        if outcome is None:
            return None
        settled = self.settled(with_goal_values(problem, outcome, self.outcome.goals))
        plan = failures.with_losses_repacked(replace(settled, guides=guides))
        return plan if failures.is_met(plan) else None

    def division(self, plan: "IsolationPlan") -> Division:
        """Return the ring of each node in a plan."""
        ring_of = {name: r for r, ring in enumerate(plan.rings) for name in ring.nodes}
        return tuple(ring_of.get(node.name, -1) for node in self.formulation.nodes)


def lead_to_one_shape(owned: Owned, tuning: Tuning, best: "Evaluation") -> Proposals:
    """Lead each workload to one kind of nodes, and let rings swap nodes, until kube-scheduler keeps a plan."""
    from planner.refine.hints import telling_key

    policy, nodes = owned.packing.policy, owned.formulation.nodes
    rounds = min(tuning.shape_rounds, tuning.shape_work // max(1, pods_of(owned.packing)))
    key = telling_key(nodes, policy.nodes.label_key)
    values = sorted({node.labels[key] for node in nodes}) if key else []
    if key and len(values) <= tuning.shapes and rounds and is_led(policy):
        yield from _Search(owned, key, values).run(rounds)
    return best


def is_led(policy: "TrustPolicy") -> bool:
    """Say whether the policy allows guides that go beyond the packing: who must survive a loss is not bound to few nodes."""
    return bool(MEANS[policy.guide]) and not (policy.survive.nodes or policy.survive.zones)


@dataclass(slots=True)
class _Search:
    """`tried[r, counts]` is the number of the means to be tried next for a ring with such nodes; `kept` are those that did."""

    owned: Owned
    key: str
    values: Sequence[str]
    _kinds: list[int] = field(init=False)
    _led: list[bool] = field(init=False)
    _facts: "Facts" = field(init=False)
    _divider: "Divider" = field(init=False)
    _tried: "Counter[tuple[int, tuple[int, ...]]]" = field(default_factory=Counter)
    _kept: set[tuple[int, tuple[int, ...], int]] = field(default_factory=set)
    _guides: dict[tuple[int, tuple[int, ...]], tuple[Guide, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give each kind of nodes a number, and begin with the division of the packing."""
        from planner.refine.hints import may_be_led
        from planner.solve.instance.arrays import facts_of
        from planner.solve.shape_per_workload import Divider

        formulation = self.owned.formulation
        self._kinds = [self.values.index(node.labels[self.key]) for node in formulation.nodes]
        self._led = [all(may_be_led(batch.workload, required=True) for batch in batches) for batches in formulation.batches]
        self._facts = facts_of(formulation.problem)
        self._divider = Divider(self._facts, self._kinds, self.owned.outcome.ring_of)

    def run(self, rounds: int) -> "Generator[Question, Any, None]":
        """Try divisions until one is kept; a ring that is not kept goes on to the next means, at last to other nodes."""
        division: Division | None = self.owned.outcome.ring_of
        for number in range(1, rounds + 1):
            if division is None:
                return
            stuck = yield from self._try(division, f"leading workloads to one kind of nodes each, attempt {number}")
            if not stuck:
                return
            if not self._go_on(division, stuck):
                division = self._divider.next(self.owned.context)

    def _go_on(self, division: Division, stuck: set[int]) -> bool:
        """Take the next means for each of these rings; say whether there is one for all of them."""
        most = len(MEANS[self.owned.packing.policy.guide])
        left = True
        for ring in stuck:
            counts = self._divider.counts(division, ring)
            self._tried[ring, counts] += 1
            if self._tried[ring, counts] >= most or not self._hints(division, ring):
                self._divider.bar(ring, counts)
                left = False
        return left

    def _try(self, division: Division, doing: str) -> "Generator[Question, Any, set[int]]":
        """Try a division, at first without giving pods their places; return the rings that are not kept."""
        sketch = replace(self.owned.packing, rings=self._rings(division), guides=self._all_guides(division))
        counts = [self._divider.counts(division, ring) for ring in range(len(sketch.rings))]
        state = [(ring, mine, self._tried[ring, mine]) for ring, mine in enumerate(counts)]

        def stuck_in(evaluation: "Evaluation") -> set[int]:
            return {ring for ring, plan_ring in enumerate(sketch.rings) if plan_ring.name in evaluation.not_kept}

        def is_enough(evaluation: "Evaluation") -> bool:
            stuck = stuck_in(evaluation)
            return all(ring in stuck or state[ring] in self._kept for ring in range(len(state)))

        stuck = stuck_in((yield Sketch(doing, sketch, is_enough)))
        self._kept.update(state[ring] for ring in range(len(state)) if ring not in stuck)
        if stuck:
            return stuck
        evaluation = yield Candidate(doing, partial(self.owned.placement, division, sketch.guides))
        return stuck_in(evaluation) if evaluation else set(range(len(state)))

    def _rings(self, division: Division) -> "tuple[RingPlan, ...]":
        names = [node.name for node in self.owned.formulation.nodes]
        return tuple(
            replace(ring, nodes=tuple(name for name, owner in zip(names, division, strict=True) if owner == r))
            for r, ring in enumerate(self.owned.packing.rings)
        )

    def _all_guides(self, division: Division) -> tuple[Guide, ...]:
        """Return the guides for each ring by the means that are its turn."""
        hints: list[Guide] = []
        means = MEANS[self.owned.packing.policy.guide]
        for ring in range(len(self.owned.packing.rings)):
            required = means[self._tried[ring, self._divider.counts(division, ring)]]
            if required is not None:
                hints += (replace(guide, required=required) for guide in self._hints(division, ring))
        return tuple(sorted(hints, key=lambda guide: guide.workload))

    def _hints(self, division: Division, ring: int) -> tuple[Guide, ...]:
        """Return the guides for a ring; none where it has one kind of nodes, or where its pods have no room like that."""
        from planner.solve.shape_per_workload import homes

        place = (ring, self._divider.counts(division, ring))
        if place not in self._guides:
            nodes = [n for n, owner in enumerate(division) if owner == ring]
            several = len({self._kinds[n] for n in nodes}) > 1
            led = homes(self._facts, ring, nodes, self._kinds, self._led, self.owned.context) if several else None
            self._guides[place] = tuple(self._hints_to(dict(led.kinds))) if led else ()
        return self._guides[place]

    def _hints_to(self, homes: dict[int, int]) -> list[Guide]:
        batches = self.owned.formulation.batches
        return [Guide(batch.workload.id, self.key, (self.values[kind],)) for c, kind in homes.items() for batch in batches[c]]
