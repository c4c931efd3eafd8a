"""Chooses which nodes to use and to buy: at least cost, with what must survive a loss, and with few moves."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.solver.problem import Problem
    from models.solver.purchase import Purchase
    from planner.solve import SearchContext


@dataclass(frozen=True, slots=True)
class NodeChooser:
    """Buys for one problem after the other, each within what is left of one context.

    With `churn` running pods stay before costs are saved.
    """

    context: "SearchContext"
    churn: bool = False
    tuning: Tuning = TUNING

    def redundant(self, problem: "Problem", context: "SearchContext") -> "Purchase":
        """Buy what is cheapest, and then what survives the losses as well."""
        return self.make_redundant(problem, self.without_failures(problem, context), context)

    def without_failures(self, problem: "Problem", context: "SearchContext") -> "Purchase":
        """Buy without regard to losses; where there are some, its two steps leave a third of the time for them."""
        share = self.tuning.before_failures if problem.losses else self.tuning.purchase_share
        return self.for_packing(replace(problem, losses=()), context, share)

    def for_packing(self, problem: "Problem", context: "SearchContext", share: float | None = None) -> "Purchase":
        """Buy what is cheapest for the packing, and try with fewer nodes where that is small."""
        from planner.solve import purchase
        from planner.solve.buy_redundant.drop_nodes import drop_nodes
        from planner.solve.runtime.interrupt import in_time

        cheapest = purchase(problem, context.part(share or self.tuning.purchase_share, self.tuning.least_seconds))
        thrift = self.step(context)
        return in_time(lambda: drop_nodes(problem, cheapest, thrift), thrift.deadline.left()) or cheapest

    def make_redundant(self, problem: "Problem", purchase: "Purchase", context: "SearchContext") -> "Purchase":
        """Return a purchase that survives the losses; the given one if none is found."""
        from planner.solve import redundant_purchase

        return redundant_purchase(problem, purchase, context.part(1.0, self.tuning.least_seconds))

    def with_running_pods(self, problem: "Problem", purchase: "Purchase") -> "Purchase":
        """Return what is bought while running pods stay: at any cost if that comes first, else at no more than the purchase."""
        if self.churn:
            return self._around_running_pods(problem) or purchase
        return self._with_fewest_moves(problem, purchase)

    def _around_running_pods(self, problem: "Problem", calm: bool = False) -> "Purchase | None":
        """Buy for the pods that do not stay where they run; None where that leaves pods without a place."""
        from planner.formulate.pods_that_stay import part_staying_pods

        self.context.progress("choosing which nodes to buy while running pods stay")
        parted = part_staying_pods(problem, calm)
        purchase = self.redundant(parted.problem, self.context)
        if any(purchase.unplaced):
            return None
        return replace(purchase, counts=parted.merged(purchase.counts), unplaced=(0,) * len(problem.classes))

    def _with_fewest_moves(self, problem: "Problem", purchase: "Purchase") -> "Purchase":
        """Leave pods where they run and nodes in the rings that they have today, where that costs no more than what was found.

        Which ring a node is bought for is not changed by later goals, so that they cannot undo what a purchase moves for nothing.
        """
        has_today = any(node.ring_today >= 0 for node in problem.nodes) or any(pod_class.running for pod_class in problem.classes)
        steady = self._around_running_pods(problem, calm=True) if has_today and not any(purchase.unplaced) else None
        if steady is None or steady.cost > purchase.cost:
            return purchase
        return replace(steady, bound=purchase.bound, certificate=purchase.certificate, parts=purchase.parts)

    def step(self, context: "SearchContext") -> "SearchContext":
        """Return the context of a step that chooses nodes, after which others follow."""
        return context.part(self.tuning.purchase_share, self.tuning.least_seconds)
