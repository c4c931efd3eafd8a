"""Asks the simulated kube-scheduler what becomes of candidates; remembers counter-examples, and the best that it is sure of.

Stages of rising cost: any-order proof and usual orders, more orders, ties broken in other ways, failures. No other place judges
a candidate, or keeps the best.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from planner.refine.oracle.evaluation import Evaluation
from planner.refine.oracle.orders import is_small, orders, orders_for_ties, ties_of
from planner.refine.oracle.report import report_on
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, Run
    from planner.simulate import Memory

EXACT = "exact"


@dataclass(slots=True)
class Oracle:
    """Evaluates candidates; with `any_order` every ring must be proven, not only tried.

    `best` is what came closest to a promise so far, `promising` one that is being tried and went through the usual orders.
    `counter_examples` are runs in which pods of the candidates that were tried last stayed pending.
    """

    progress: Callable[[str], None]
    any_order: bool = False
    tuning: Tuning = TUNING
    counter_examples: "tuple[Run, ...]" = ()
    best: Evaluation | None = None
    promising: Evaluation | None = None
    _memory: "Memory | None" = None
    _failed: Counter[str] = field(default_factory=Counter)

    def incumbent(self, packing: IsolationPlan) -> IsolationPlan:
        """Return the best of the candidates so far, before the search is at its end; the packing if none can be told of."""
        known = [evaluation for evaluation in (self.best, self.promising) if evaluation and self._is_complete(evaluation)]
        if not known:
            return exact(packing)
        from planner.solve.runtime.interrupt import in_time

        best = min(known, key=lambda evaluation: evaluation.misses)
        # Time is up, but in_time leaves a moment: failures of a small plan are simulated in it, else they are left out.
        plan = in_time(lambda: self._report(best, packing), self.tuning.report_seconds)
        return plan or self._report(best, packing, foretells=False)

    def settle(self, packing: IsolationPlan) -> IsolationPlan:
        """Return the best plan with what was foreseen of it; one at risk is tried in all scenarios, and so is what would help."""
        from planner.refine.oracle.remedies import remedies

        best = self.best
        if best is None:
            return exact(packing)
        if best.pending and best.ways == 1 and ties_of(best.plan, self.tuning):
            self.best = best = self._in_all_scenarios(best)
        plan = self._report(best, packing)
        if not plan.is_at_risk:
            return plan
        return replace(plan, remedies=remedies(plan, best.forecast, self.progress, self.tuning))

    def _report(self, evaluation: Evaluation, packing: IsolationPlan, *, foretells: bool = True) -> IsolationPlan:
        """Return a plan with what was foreseen of it, with what the packing came to if it has other pods on its nodes.

        It says what room it could keep of what was asked for.
        """
        from planner.verify import reserves_there_is_room_for

        plan = evaluation.plan
        reserves = reserves_there_is_room_for(plan) if plan.reserves else ()
        goals = () if plan.goals is packing.goals else packing.goals
        told = replace(evaluation, plan=replace(plan, reserves=reserves, packing_goals=goals))
        return report_on(told, self.any_order, foretells, self.tuning)

    def remember(self, runs: "Iterable[Run]") -> None:
        """Remember those of a plan's runs that leave most pods pending, and of those before as many as there is room for."""
        most = self.tuning.counter_examples
        failed = sorted((run for run in runs if run.pending), key=lambda run: -sum(left.pods for left in run.pending))
        known: dict[tuple[str, str], Run] = {}
        for run in (*failed[:most], *self.counter_examples):
            known.setdefault((run.order, run.luck), run)
        self.counter_examples = tuple(known.values())[:most]

    def foresee(
        self, plan: IsolationPlan, orders: "Sequence[str] | None" = None, progress: Callable[[str], None] = lambda _: None
    ) -> "Forecast":
        """Foresee a candidate in some orders, the usual ones unless they are named; what was asked before is remembered."""
        from planner import simulate

        return simulate.foresee(plan, simulate.ORDERS if orders is None else orders, progress=progress, memory=self._known)

    def again(self, plan: IsolationPlan, run: "Run") -> "Run":
        """Return what a run, which was of another candidate, is with this one."""
        self.progress("foreseeing arrival as others were stuck")
        return self._known.of(plan).run(run.order, run.luck, self.progress)

    @property
    def _known(self) -> "Memory":
        """Return what was asked before."""
        from planner import simulate

        if self._memory is None:
            self._memory = simulate.Memory()
        return self._memory

    def sketch(self, plan: IsolationPlan, is_enough: Callable[[Evaluation], bool]) -> Evaluation:
        """Foresee a candidate in one usual order after the other, until enough is seen of it; it is no incumbent.

        Those come first in which most candidates before left pods pending.
        """
        from planner import simulate

        orders = sorted(simulate.ORDERS, key=lambda order: -self._failed[order])
        for count in range(1, len(orders) + 1):
            forecast = self.foresee(plan, orders[:count])
            self._failed.update(run.order for run in forecast.runs if run.pending and run.order == orders[count - 1])
            evaluation = Evaluation.of(plan, forecast, self.any_order)
            if is_enough(evaluation):
                break
        return evaluation

    def evaluate(self, plan: IsolationPlan) -> Evaluation:
        """Foresee the usual orders; where those find nothing, many more if they are cheap, and ties broken in other ways.

        Failures that must be survived come last. The best so far is remembered.
        """
        from planner import simulate

        usual = self.foresee(plan, orders(plan, self.tuning)[: len(simulate.ORDERS)], self.progress)
        evaluation = Evaluation.of(plan, usual, self.any_order)
        if not evaluation.misses and ties_of(plan, self.tuning) and not all(ring.any_order.is_proven for ring in usual.rings):
            # of a small plan all is tried in a second or two, and the usual orders say little
            self.promising = None if is_small(plan, self.tuning) or _must_survive(plan) else evaluation
            evaluation = self._in_all_scenarios(evaluation)
            self.promising = None
        return self.keep(evaluation.with_failures(self.tuning))

    def _in_all_scenarios(self, evaluation: Evaluation) -> Evaluation:
        """Return what is foreseen in all orders, of small plans in many more than the usual ones, and with other ties."""
        from planner import simulate
        from planner.refine.oracle import tie_breaks

        plan, usual = evaluation.plan, evaluation.forecast
        wide, ties = orders(plan, self.tuning), ties_of(plan, self.tuning)
        calm = self.foresee(plan, wide, self.progress) if len(wide) > len(simulate.ORDERS) else usual
        asked = orders_for_ties(plan, self.tuning)
        tempted = tie_breaks.with_other_ties(plan, calm, asked, ties, self.progress, self.tuning)
        return replace(Evaluation.of(plan, tempted, self.any_order), ways=ties + 1)

    def keep(self, evaluation: Evaluation) -> Evaluation:
        """Remember a candidate that was tried in all that is asked, if it is the best, and return what is known of it.

        Of the best one all losses are simulated where nothing is missed; it may be told of again, once more is known.
        """
        before = self.best
        if evaluation.is_better(before) or (before and before.forecast is evaluation.forecast):
            self.best = evaluation
            self.best = evaluation = evaluation.with_failures(self.tuning, only_wanted=False)
        return evaluation

    def _is_complete(self, evaluation: Evaluation) -> bool:
        """Say whether all is known of a candidate that verify asks: not where losses that must be survived were not played."""
        is_played = bool(evaluation.after_failure) or not _must_survive(evaluation.plan)
        return not evaluation.misses or (is_played and not self.any_order)


def _must_survive(plan: IsolationPlan) -> bool:
    return bool(plan.policy.survive.nodes or plan.policy.survive.zones)


def exact(packing: IsolationPlan) -> IsolationPlan:
    """Mark a plan that promises a packing only."""
    return replace(packing, packing=EXACT)
