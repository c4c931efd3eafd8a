"""Buying: the cheapest nodes beside the owned ones, and then the best placement on what there is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from models.solver.outcome import COST, DATA, FEASIBLE, INFEASIBLE, MILLION, MOVES, UNDECIDED, Goal, Outcome
from planner.refine.choose_nodes import NodeChooser
from planner.refine.no_purchase_helps import why_nothing_helps
from planner.refine.purchase_result import UNPLACED, Bought, with_bound, with_cost, without_proof
from planner.refine.shop import NOBODY, Shop
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, Repair
    from models.kubernetes.cluster import Cluster
    from models.kubernetes.workload import WorkloadId
    from models.solver.certificate import Certificate
    from models.solver.indexed_problem import IndexedProblem
    from models.solver.problem import Problem
    from models.solver.purchase import Purchase
    from models.trust import Trust, TrustPolicy
    from planner.refine.hints.reservations import Wanted
    from planner.settle import Extras
    from planner.solve import SearchContext
    from planner.solve.node_pools import Inventory, PoolCandidate


@dataclass(slots=True)
class Buyer:
    """Buys for one cluster; `formulation` is its problem, with all that could be bought as offers.

    With `churn` running pods stay before costs are saved. Owned nodes whose ring is `settled` are in no other; `proof`
    then says what holds whatever their rings.
    """

    formulation: "IndexedProblem"
    cluster: "Cluster"
    policy: "TrustPolicy"
    trust: "Trust"
    context: "SearchContext"
    churn: bool = False
    tuning: Tuning = TUNING
    settled: Mapping[str, str] = NOBODY
    proof: "Purchase | None" = None
    _bound: float = 0.0
    _bare: int = 0
    _base: "Purchase | None" = None
    _goals: tuple[Goal, ...] = ()
    _certificate: "Certificate | None" = None
    _kept: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)
    _shop: Shop = field(init=False)
    _chooser: NodeChooser = field(init=False)

    def __post_init__(self) -> None:
        """Open the shop."""
        self._shop = Shop(self.formulation, self.cluster, self.policy, self.trust, self.settled)
        self._chooser = NodeChooser(self.context, self.churn, self.tuning)

    def first(self) -> "IsolationPlan":
        """Plan with the nodes that are cheapest; where rings do not survive a loss as they must, with more of them.

        What the last steps do not come to in time is left out; where that is all, nothing is bought.
        """
        from planner.solve.runtime.interrupt import in_time

        best: list[IsolationPlan] = []
        left = self.seconds_left()
        in_time(lambda: self._buy_until_redundant(best), left if left is None else left + self.tuning.last_seconds)
        return best[-1] if best else self._plan_of_nothing()

    def _plan_of_nothing(self) -> "IsolationPlan":
        """Return the plan of a search that had no time to find anything."""
        from planner.settle import NOTHING, Extras
        from planner.solve.buy.pack.assignment import empty_purchase
        from planner.solve.place.evaluate import nothing_tried

        bought = self._shop.with_nodes(empty_purchase(self.formulation.problem), self.formulation.problem)
        outcome = nothing_tried(bought.formulation.problem)
        goals = with_cost(outcome.goals, Goal(COST, bought.cost(outcome), 0.0), self.churn)
        return self._settle(replace(bought, outcome=replace(outcome, goals=goals)), Extras(looks=NOTHING))

    def _buy_until_redundant(self, best: "list[IsolationPlan]") -> None:
        bought = self._buy()
        plan = self._plan(bought)
        best.append(plan)
        for _ in range(self.tuning.purchases_to_survive if not any(bought.outcome.unplaced) else 0):
            short = self._short_after_failure(plan)
            if not short or self.is_late():
                break
            self._kept += short
            self.context.progress("buying for what must survive a loss")
            plan = self.more(Counter(), self.context) or plan
            best.append(plan)

    def cheapest(self) -> "Purchase":
        """Return what is cheapest for the packing alone, before it is placed as well as can be."""
        return self._chooser.for_packing(replace(self.formulation.problem, losses=()), self.context)

    def more(self, wanted: "Wanted", context: "SearchContext | None" = None) -> "IsolationPlan | None":
        """Plan once more with room for so many more pods of each workload; None where not all pods find a place.

        What a zone's loss leaves pending is to have its room outside that zone.
        """
        if self.is_late():
            return None
        brief = context or self.context.with_budget(work=self.context.budget.work / 4)
        bought = self._buy_again(wanted, brief)
        return self._plan(bought) if bought else None

    def stock(self) -> "Inventory":
        """Return what nodes can be chosen from together with preferences; owned ones stay in the rings of the first purchase."""
        from planner.refine.pool_stock import stock_of

        return stock_of(self._shop, self._base)

    def cost_of_rings(self) -> dict[int, int]:
        """Return what was bought for each ring at first, in a price's unit."""
        problem, cost = self.formulation.problem, Counter(dict.fromkeys(range(len(self.formulation.problem.rings)), 0))
        for (offer, ring), nodes in (self._count_by_offer_and_ring(self._base) if self._base else Counter()).items():
            cost[ring] += problem.offers[offer].price * nodes
        return dict(cost)

    def of_pools(self, stock: "Inventory", ways: "Mapping[int, PoolCandidate]") -> "IsolationPlan | None":
        """Plan with these pools in place of what their rings had at first; None where the pods do not fit or it is too late."""
        from planner.solve.node_pools import purchase_of

        if self.is_late() or self._base is None:
            return None
        problem = self.formulation.problem
        purchase = purchase_of(stock, self._base, ways)
        if purchase is None or any(purchase.unplaced):
            return None
        built = self._shop.with_nodes(purchase, problem)
        count = self._count_by_offer_and_ring
        # What is proven on the first nodes holds on these, if they are the same in other pools.
        same = count(purchase) == count(self._base)
        goals = self._goals if same else without_proof(self._goals)
        return self._plan(replace(built, outcome=self._with_goals(built, replace(built.outcome, goals=goals))))

    def _count_by_offer_and_ring(self, purchase: "Purchase") -> "Counter[tuple[int, int]]":
        """Count what is bought, by offer and ring."""
        return Counter(zip(purchase.bought, purchase.ring_of[len(self.formulation.problem.nodes) :], strict=True))

    def is_late(self) -> bool:
        """Say whether the search is to end, for want of time or because it was asked to."""
        return self.context.deadline.over()

    def seconds_left(self) -> float | None:
        """Return how much time is left; None where there is no limit."""
        return self.context.deadline.left_by_clock()

    def _plan(self, bought: Bought) -> "IsolationPlan":
        """Settle what was bought; where it does not survive what it must, it may cost less than what does."""
        from planner.refine import deadline
        from planner.refine.oracle import failures
        from planner.settle import Extras

        extras = Extras(repairs=self._repairs(bought) if bought.outcome.verdict == INFEASIBLE else ())
        plan = deadline.settle_in_time(partial(self._settle, bought), extras, self.seconds_left(), self.tuning)
        plan = plan if failures.is_met(plan) else with_bound(plan, self._bare / MILLION)
        return replace(plan, certificate=self._certificate)

    def _settle(self, bought: Bought, extras: "Extras") -> "IsolationPlan":
        from planner.settle import settle

        return settle(bought.formulation, bought.outcome, bought.cluster, self.policy, self.trust, extras)

    def _repairs(self, bought: Bought) -> "tuple[Repair, ...]":
        from models.answer.plan import Repair
        from planner.refine import extras
        from planner.solve import repairs

        self.context.progress("looking for the cheapest repair")
        rings = (*self.formulation.problem.rings, "")
        brief = extras.in_brief(self.context, self.tuning)
        cheapest = repairs(bought.formulation.problem, bought.outcome, brief)
        return tuple(Repair(bought.formulation.nodes[node].name, count, rings[ring]) for ring, node, count in cheapest)

    def _short_after_failure(self, plan: "IsolationPlan") -> "Counter[tuple[WorkloadId, str]]":
        """Return the pods that the worst loss of each ring that must survive it leaves pending, with the zone if it is one."""
        wanted = {"node": self.policy.survive.nodes, "zone": self.policy.survive.zones}
        by_name = {str(workload.id): workload.id for workload in self.cluster.workloads}
        short: Counter[tuple[WorkloadId, str]] = Counter()
        for loss in plan.losses:
            if loss.failing and wanted[loss.of]:
                zone = loss.worst[0].name if loss.of == "zone" else ""
                short.update({(by_name[name], zone): pods for name, pods in loss.worst[0].pending.items()})
        return short

    def _with_room(self, formulation: "IndexedProblem", wanted: "Wanted") -> "Problem":
        """Return the problem with room for so many more pods, and for those that a loss leaves pending, outside what is lost."""
        from planner.refine import hints

        return hints.roomier(formulation, Counter(wanted) + self._kept)

    def _buy(self) -> Bought:
        """Buy at least cost, then place the pods as well as can be on the nodes that there are."""
        from planner.solve import solve

        problem = self.formulation.problem
        self.context.progress("choosing which nodes to buy")
        purchase = self._chooser.without_failures(problem, self.context)
        self._bare = self.proof.bound if self.proof else purchase.bound
        purchase = self._chooser.make_redundant(problem, purchase, self.context)
        if self.proof:
            proof = self.proof
            purchase = replace(purchase, bound=proof.bound, certificate=proof.certificate, parts=proof.parts)
        self._certificate, self._bound = purchase.certificate, purchase.bound / MILLION
        calm = self._chooser.with_running_pods(problem, purchase)
        self._base = purchase if self.churn else calm
        bought = self._shop.with_nodes(calm, problem)
        best = solve(
            bought.formulation.problem, self._chooser.step(bought.again(self.context, self.tuning.exact_again)), bought.outcome
        )
        self._goals = best.goals
        if any(bought.outcome.unplaced) and any(best.unplaced):
            return replace(bought, outcome=self._explain_shortage(bought, best))
        if not bought.uses_all(best):
            best = replace(bought.outcome, goals=without_proof(best.goals))
        return replace(bought, outcome=self._with_goals(bought, best))

    def _with_goals(self, bought: Bought, best: Outcome) -> Outcome:
        from planner.solve import with_goal_values

        known = _without_move_bounds(best.goals) if self.churn else best.goals
        goals = with_cost(known, Goal(COST, 0.0, self._bound), self.churn)
        verdict = best.verdict if best.verdict == FEASIBLE else self._open_verdict()
        return replace(with_goal_values(bought.formulation.problem, best, goals), verdict=verdict)

    def _open_verdict(self) -> str:
        """Return the verdict where nothing is proven of pods: a no if rings must have more nodes than there are."""
        from planner.solve.instance.ring_sizes import has_impossible_sizes

        return INFEASIBLE if has_impossible_sizes(self.formulation.problem) else UNDECIDED

    def _buy_again(self, wanted: "Wanted", context: "SearchContext") -> Bought | None:
        """Buy once more, with room for so many more pods of each workload; None where not all pods find a place."""
        from planner.refine import hints
        from planner.solve import solve

        problem = self._with_room(self.formulation, wanted)
        purchase = self._chooser.redundant(problem, context)
        bought = self._shop.with_nodes(self._chooser.with_running_pods(problem, purchase), problem)
        own = bought.formulation.problem
        brief = bought.again(context, self.tuning.exact_again).part(1.0, self.tuning.least_seconds)
        goals = solve(own, brief, hints.bare(own, bought.outcome)).goals
        roomier, start = self._with_room(bought.formulation, wanted), bought.outcome if own.losses else None
        even = hints.bare(own, solve(roomier, brief, start))
        best = even if even and bought.uses_all(even) else hints.bare(own, bought.outcome)
        return replace(bought, outcome=self._with_goals(bought, replace(best, goals=goals))) if best else None

    def _explain_shortage(self, bought: Bought, best: Outcome) -> Outcome:
        """Say what is known where not all pods find a place: that buying more does not help is proven, or nothing is."""
        self._certificate = None
        proof = why_nothing_helps(self._shop, self.context, self.tuning.nodes_to_refute)
        proven = {goal.name: goal.bound for goal in proof.goals} if proof else {}
        goals = tuple(
            replace(goal, bound=proven.get(goal.name, 0.0)) if goal.name.startswith(UNPLACED) else goal for goal in best.goals
        )
        goals = with_cost(goals, Goal(COST, bought.cost(best), 0.0), self.churn)
        if proof is None:
            return replace(
                best, verdict=self._open_verdict(), goals=goals, conflict=(), conflict_parts=(), conflict_smallest=False
            )
        return replace(proof, ring_of=best.ring_of, counts=best.counts, unplaced=best.unplaced, goals=goals)


def _without_move_bounds(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Leave out how few pods must move: before costs are saved that hangs on nodes that were not chosen, too."""
    return tuple(replace(goal, bound=0.0) if goal.name in (DATA, MOVES) else goal for goal in goals)
