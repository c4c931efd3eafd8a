"""Asks the simulated kube-scheduler what becomes of candidates; remembers counter-examples, and the best that it is sure of.

Stages of rising cost: any-order proof and usual orders, more orders, ties broken in other ways, failures.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from planner.refine import compare
from planner.refine.oracle.evaluation import Evaluation
from planner.refine.oracle.orders import is_small, orders, orders_for_ties, ties_of
from planner.refine.oracle.report import report_on
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, Run
    from models.kubernetes.workload import WorkloadId
    from planner.simulate import Memory

EXACT = "exact"


@dataclass(slots=True)
class Oracle:
    """Evaluates candidates; with `any_order` every ring must be proven, not only tried.

    `counter_examples` are runs in which pods of the candidates that were tried last stayed pending.
    """

    progress: Callable[[str], None]
    any_order: bool = False
    tuning: Tuning = TUNING
    counter_examples: "tuple[Run, ...]" = ()
    _sure: Evaluation | None = None
    _at_risk: Evaluation | None = None
    _steady: tuple[int, IsolationPlan] | None = None
    _memory: "Memory | None" = None
    _failed: Counter[str] = field(default_factory=Counter)

    def incumbent(self, packing: IsolationPlan) -> IsolationPlan:
        """Return the steadiest or cheapest of the candidates that were kept so far, or the one that is least at risk.

        If none was tried it is the packing, marked as such.
        """
        if self._steady:
            return replace(self._steady[1], packing_goals=packing.goals)
        best = self._sure or self._at_risk
        if best is None:
            return exact(packing)
        from planner.solve.runtime.interrupt import in_time

        # Time is up, but in_time leaves a moment: failures of a small plan are simulated in it, else they are left out.
        plan = in_time(lambda: self.report(best), self.tuning.report_seconds)
        plan = plan or report_on(best, self.any_order, foretells=False, tuning=self.tuning)
        return replace(plan, packing_goals=packing.goals)

    def verdict(self, plan: IsolationPlan) -> "tuple[IsolationPlan, frozenset[str], Counter[WorkloadId]]":
        """Return a plan with what was foreseen of it, the rings that are not kept, and who is pending, also after a failure."""
        evaluation = self.evaluate(plan)
        self.remember(evaluation.forecast.runs)
        pending = evaluation.pending | evaluation.after_failure
        return self.report(evaluation), evaluation.rings_not_kept(self.any_order), pending

    def report(self, evaluation: Evaluation) -> IsolationPlan:
        """Return the plan with what was foreseen of it, and with the room that it could keep of what was asked for."""
        from planner.verify import reserves_there_is_room_for

        plan = evaluation.plan
        if plan.reserves:
            evaluation = replace(evaluation, plan=replace(plan, reserves=reserves_there_is_room_for(plan)))
        return report_on(evaluation, self.any_order, tuning=self.tuning)

    def settle(self, evaluation: Evaluation) -> IsolationPlan:
        """Return the plan with what was foreseen of it; one at risk is tried in all scenarios, and so is what would help."""
        from planner.refine.oracle.remedies import remedies

        if evaluation.pending and evaluation.ways == 1 and ties_of(evaluation.plan, self.tuning):
            evaluation = self._in_all_scenarios(evaluation)
            self._keep_at_risk(evaluation)
        plan = self.report(evaluation)
        if not plan.is_at_risk:
            return plan
        return replace(plan, remedies=remedies(plan, evaluation.forecast, self.progress, self.tuning))

    def remember(self, runs: "Iterable[Run]") -> None:
        """Remember those of a plan's runs that leave most pods pending, and of those before as many as there is room for."""
        most = self.tuning.counter_examples
        failed = sorted((run for run in runs if run.pending), key=lambda run: -sum(left.pods for left in run.pending))
        known: dict[tuple[str, str], Run] = {}
        for run in (*failed[:most], *self.counter_examples):
            known.setdefault((run.order, run.luck), run)
        self.counter_examples = tuple(known.values())[:most]

    def propose(self, misses: int, plan: IsolationPlan) -> None:
        """Remember a plan that is kept, if none before left pods pending in as few of the further rollouts that were tried.

        The first one is of no more use than others if there were none, or it went through all.
        """
        if misses < self._steady[0] if self._steady else misses:
            self._steady = misses, plan

    def rings_not_kept(self, plan: IsolationPlan, forecast: "Forecast") -> frozenset[str]:
        """Return the rings that kube-scheduler does not keep as far as a forecast shows."""
        return Evaluation.of(plan, forecast, self.any_order).rings_not_kept(self.any_order)

    def foresee(
        self, plan: IsolationPlan, orders: "Sequence[str] | None" = None, progress: Callable[[str], None] = lambda _: None
    ) -> "Forecast":
        """Foresee a candidate in some orders, the usual ones unless they are named; what was asked before is remembered."""
        from planner import simulate

        if self._memory is None:
            self._memory = simulate.Memory()
        return simulate.foresee(plan, simulate.ORDERS if orders is None else orders, progress=progress, memory=self._memory)

    def order_by_order(self, plan: IsolationPlan) -> "Iterator[Forecast]":
        """Foresee a candidate in one usual order, then in one more, and so on: whoever has seen enough asks no further.

        Those come first in which most candidates before left pods pending.
        """
        from planner import simulate

        orders = sorted(simulate.ORDERS, key=lambda order: -self._failed[order])
        for count in range(1, len(orders) + 1):
            forecast = self.foresee(plan, orders[:count])
            self._failed.update(run.order for run in forecast.runs if run.pending and run.order == orders[count - 1])
            yield forecast

    def evaluate(self, plan: IsolationPlan) -> Evaluation:
        """Foresee the usual orders; where those find nothing, many more if they are cheap, and ties broken in other ways."""
        from planner import simulate

        usual = self.foresee(plan, orders(plan, self.tuning)[: len(simulate.ORDERS)], self.progress)
        evaluation = Evaluation.of(plan, usual, self.any_order)
        if evaluation.pending:
            self._keep_at_risk(evaluation)
        if evaluation.misses or not ties_of(plan, self.tuning) or all(ring.any_order.is_proven for ring in usual.rings):
            return evaluation.with_failures(self.tuning)
        # Until all ties are tried, a plan that passed the usual orders is the incumbent: an end may be asked for in between.
        # Afterwards it must have passed everything, so what was sure before comes back.
        before = self._sure
        if not is_small(plan, self.tuning):  # of a small plan all is tried in a second or two, and the usual orders say little
            self._keep(evaluation)
        evaluation = self._in_all_scenarios(evaluation)
        self._sure = before
        if not evaluation.misses:
            self._keep(evaluation)
        elif evaluation.pending:
            self._keep_at_risk(evaluation)
        return evaluation.with_failures(self.tuning)

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

    def _keep(self, evaluation: Evaluation) -> None:
        """Remember a plan that was kept so far, if it is the cheapest, and no failures must be survived that are tried later."""
        is_cheapest = self._sure is None or compare.cost(evaluation.plan) < compare.cost(self._sure.plan)
        if is_cheapest and not _must_survive(evaluation.plan):
            self._sure = evaluation

    def _keep_at_risk(self, evaluation: Evaluation) -> None:
        """Remember a plan at risk, if it leaves fewest pods pending; one that was tried in more scenarios is better known."""
        before = self._at_risk
        is_least = before is None or (-evaluation.ways, evaluation.misses) < (-before.ways, before.misses)
        if is_least and not self.any_order and not _must_survive(evaluation.plan):
            self._at_risk = evaluation


def _must_survive(plan: IsolationPlan) -> bool:
    return bool(plan.policy.survive.nodes or plan.policy.survive.zones)


def exact(packing: IsolationPlan) -> IsolationPlan:
    """Mark a plan that promises a packing only."""
    return replace(packing, packing=EXACT)
