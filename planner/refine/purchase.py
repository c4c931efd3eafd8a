"""Buying: the cheapest nodes beside the owned ones, and then the best placement on what there is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from models.frozen_map import FrozenMap
from models.solver.outcome import COST, DATA, FEASIBLE, INFEASIBLE, MILLION, MOVES, UNDECIDED, Goal, Outcome
from planner.refine.purchase_result import UNPLACED, Bought, as_outcome, homeless, with_bound, with_cost, without_proof
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, Repair
    from models.kubernetes.cluster import Cluster
    from models.kubernetes.node import Node
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

NOBODY: FrozenMap[str] = FrozenMap()
LEAST_SECONDS = 0.01
BEFORE_FAILURES = 1 / 3
"""So much of the time goes into a purchase that must survive losses before these are looked at, where there is a limit."""
LAST_SECONDS = 0.3
"""Seconds beyond the limit in which a plan that is there is written in brief, before all of it is given up."""


def is_wanted(cluster: "Cluster") -> bool:
    """Say whether there is anything to buy, or to save."""
    return bool(cluster.shapes) or any(node.price for node in cluster.nodes)


def is_needless(plan: "IsolationPlan", packing: "IsolationPlan") -> bool:
    """Say whether owned nodes could do, as far as the packing shows, but nodes are bought or no plan is kept."""
    buys = any(ring.buy for ring in plan.rings)
    return not any(ring.buy for ring in packing.rings) and (buys or not plan.is_kept)


def free_of_charge(cluster: "Cluster") -> "Cluster":
    """Return the cluster with nothing to buy, and nothing to save."""
    return replace(cluster, shapes=(), nodes=tuple(replace(node, price=0) for node in cluster.nodes))


def with_prices(alone: "IsolationPlan", packing: "IsolationPlan", churn: bool) -> "IsolationPlan":
    """Return a plan that was made as if all were free of charge, with what it costs, and what the packing proves of that."""
    priced = {node.name: node for node in packing.cluster.nodes}
    used = {name for ring in alone.rings for name in ring.nodes}
    value = sum(node.price for node in priced.values() if node.name in used) / MILLION
    bound = next(goal.bound for goal in packing.goals if goal.name == COST)
    nodes = tuple(replace(node, price=priced[node.name].price) for node in alone.cluster.nodes)
    return replace(
        alone,
        cluster=replace(alone.cluster, shapes=packing.cluster.shapes, nodes=nodes),
        goals=with_cost(alone.goals, Goal(COST, value, min(bound, value)), churn),
        certificate=packing.certificate,
    )


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

    def first(self) -> "IsolationPlan":
        """Plan with the nodes that are cheapest; where rings do not survive a loss as they must, with more of them.

        What the last steps do not come to in time is left out; where that is all, nothing is bought.
        """
        from planner.solve.runtime.interrupt import in_time

        best: list[IsolationPlan] = []
        left = self.seconds_left()
        in_time(lambda: self._buy_until_redundant(best), left if left is None else left + LAST_SECONDS)
        return best[-1] if best else self._plan_of_nothing()

    def _plan_of_nothing(self) -> "IsolationPlan":
        """Return the plan of a search that had no time to find anything."""
        from planner.settle import NOTHING, Extras
        from planner.solve.buy.pack.assignment import empty_purchase
        from planner.solve.place.evaluate import nothing_tried

        bought = self._build(empty_purchase(self.formulation.problem), self.formulation.problem)
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
        return self._buy_for_packing(replace(self.formulation.problem, losses=()), self.context, self.tuning.purchase_share)

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
        from planner.refine.hints import SHAPE_KEYS, may_be_led
        from planner.rules.placement.failure_repacking import ZONE
        from planner.solve import node_pools as pools

        problem, formulation = self.formulation.problem, self.formulation
        everyone = (*formulation.nodes, *formulation.offers)
        names = [node.labels.get(ZONE, "") for node in everyone]
        numbers = {name: number for number, name in enumerate(sorted(set(names)))}
        may_be_led_of = [all(may_be_led(batch.workload, required=False) for batch in batches) for batches in formulation.batches]
        there = (*formulation.nodes, *(formulation.offers[offer] for offer in (self._base.bought if self._base else ())))
        survive = self.policy.survive
        places = pools.NodeFacts(
            zones=tuple(numbers[name] for name in names),
            signs=tuple(next((node.labels[key] for key in SHAPE_KEYS if key in node.labels), "") for node in everyone),
            ring_of=self._base.ring_of[: len(problem.nodes)] if self._base else (-1,) * len(problem.nodes),
            led=frozenset(c for c, may in enumerate(may_be_led_of) if may),
            whole=tuple(sum(node.allocatable.get(name, 0) for node in there) for name in problem.resources),
            lost=pools.ZONE if survive.zones else pools.NODE if survive.nodes else "",
        )
        return pools.inventory_of(problem, places)

    def of_pools(self, stock: "Inventory", ways: "Mapping[int, PoolCandidate]") -> "IsolationPlan | None":
        """Plan with these pools in place of what their rings had at first; None where the pods do not fit or it is too late."""
        from planner.solve.node_pools import purchase_of

        if self.is_late() or self._base is None:
            return None
        problem = self.formulation.problem
        purchase = purchase_of(stock, self._base, ways)
        if purchase is None or any(purchase.unplaced):
            return None
        built = self._build(purchase, problem)
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
        plan = deadline.settle_in_time(partial(self._settle, bought), extras, self.seconds_left())
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
        brief = extras.in_brief(self.context)
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
        purchase = self._buy_without_failures(problem, self.context)
        self._bare = self.proof.bound if self.proof else purchase.bound
        purchase = self._make_redundant(problem, purchase, self.context)
        if self.proof:
            proof = self.proof
            purchase = replace(purchase, bound=proof.bound, certificate=proof.certificate, parts=proof.parts)
        self._certificate, self._bound = purchase.certificate, purchase.bound / MILLION
        self._base = purchase if self.churn else self._with_fewest_moves(problem, purchase)
        bought = self._build(self._buy_around_running_pods(problem) or purchase if self.churn else self._base, problem)
        best = solve(bought.formulation.problem, self._step(bought.again(self.context)), bought.outcome)
        self._goals = best.goals
        if any(bought.outcome.unplaced) and any(best.unplaced):
            return replace(bought, outcome=self._explain_shortage(bought, best))
        if not bought.uses_all(best):
            best = replace(bought.outcome, goals=without_proof(best.goals))
        return replace(bought, outcome=self._with_goals(bought, best))

    def _buy_redundant_for(self, problem: "Problem", context: "SearchContext") -> "Purchase":
        return self._make_redundant(problem, self._buy_without_failures(problem, context), context)

    def _make_redundant(self, problem: "Problem", purchase: "Purchase", context: "SearchContext") -> "Purchase":
        from planner.solve import redundant_purchase

        return redundant_purchase(problem, purchase, context.part(1.0, LEAST_SECONDS))

    def _buy_without_failures(self, problem: "Problem", context: "SearchContext") -> "Purchase":
        """Buy without regard to losses; where there are some, its two steps leave a third of the time for them."""
        share = BEFORE_FAILURES if problem.losses else self.tuning.purchase_share
        return self._buy_for_packing(replace(problem, losses=()), context, share)

    def _buy_for_packing(self, problem: "Problem", context: "SearchContext", share: float) -> "Purchase":
        from planner.solve import purchase
        from planner.solve.buy_redundant.drop_nodes import drop_nodes
        from planner.solve.runtime.interrupt import in_time

        cheapest = purchase(problem, context.part(share, LEAST_SECONDS))
        thrift = self._step(context)
        return in_time(lambda: drop_nodes(problem, cheapest, thrift), thrift.deadline.left()) or cheapest

    def _step(self, context: "SearchContext") -> "SearchContext":
        """Return the context of a step that chooses nodes, after which others follow."""
        return context.part(self.tuning.purchase_share, LEAST_SECONDS)

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

    def _buy_around_running_pods(self, problem: "Problem", calm: bool = False) -> "Purchase | None":
        """Buy for the pods that do not stay where they run; None where that leaves pods without a place."""
        from planner.formulate.pods_that_stay import part_staying_pods

        self.context.progress("choosing which nodes to buy while running pods stay")
        parted = part_staying_pods(problem, calm)
        purchase = self._buy_redundant_for(parted.problem, self.context)
        if any(purchase.unplaced):
            return None
        return replace(purchase, counts=parted.merged(purchase.counts), unplaced=(0,) * len(problem.classes))

    def _with_fewest_moves(self, problem: "Problem", purchase: "Purchase") -> "Purchase":
        """Leave pods where they run and nodes in the rings that they have today, where that costs no more than what was found.

        Which ring a node is bought for is not changed by later goals, so that they cannot undo what a purchase moves for nothing.
        """
        has_today = any(node.ring_today >= 0 for node in problem.nodes) or any(pod_class.running for pod_class in problem.classes)
        steady = self._buy_around_running_pods(problem, calm=True) if has_today and not any(purchase.unplaced) else None
        if steady is None or steady.cost > purchase.cost:
            return purchase
        return replace(steady, bound=purchase.bound, certificate=purchase.certificate, parts=purchase.parts)

    def _buy_again(self, wanted: "Wanted", context: "SearchContext") -> Bought | None:
        """Buy once more, with room for so many more pods of each workload; None where not all pods find a place."""
        from planner.refine import hints
        from planner.solve import solve

        problem = self._with_room(self.formulation, wanted)
        purchase = self._buy_redundant_for(problem, context)
        bought = self._build(
            (self._buy_around_running_pods(problem) or purchase) if self.churn else self._with_fewest_moves(problem, purchase),
            problem,
        )
        own = bought.formulation.problem
        brief = bought.again(context).part(1.0, LEAST_SECONDS)
        goals = solve(own, brief, hints.bare(own, bought.outcome)).goals
        roomier, start = self._with_room(bought.formulation, wanted), bought.outcome if own.losses else None
        even = hints.bare(own, solve(roomier, brief, start))
        best = even if even and bought.uses_all(even) else hints.bare(own, bought.outcome)
        return replace(bought, outcome=self._with_goals(bought, replace(best, goals=goals))) if best else None

    def _build(self, purchase: "Purchase", problem: "Problem") -> Bought:
        """Put the bought nodes into the cluster, and the purchase's placement into the words of its problem."""
        owned = problem.nodes
        nodes = self._name_nodes(purchase, purchase.ring_of[len(owned) :])
        homes = {slot.name: "" for slot, ring in zip(owned, purchase.ring_of, strict=False) if slot.price and ring < 0}
        homes |= {node.name: problem.rings[ring] for node, ring in zip(nodes, purchase.ring_of[len(owned) :], strict=True)}
        cluster, formulation = self._problem_with(nodes, homes)
        number = {node.name: position for position, node in enumerate(formulation.nodes)}
        order = [number[name] for name in (*(slot.name for slot in owned), *(node.name for node in nodes))]
        return Bought(cluster, formulation, as_outcome(purchase, order))

    def _problem_with(self, nodes: "Sequence[Node]", homes: Mapping[str, str] = NOBODY) -> "tuple[Cluster, IndexedProblem]":
        from planner.formulate import formulate
        from planner.formulate.offers import without_offers

        everyone = tuple(sorted((*self.cluster.nodes, *nodes), key=lambda node: node.name))
        cluster = replace(self.cluster, nodes=everyone)
        formulation = formulate(cluster, self.policy, self.trust, {**self.settled, **homes})
        return cluster, replace(formulation, problem=without_offers(formulation.problem), offers=())

    def _name_nodes(self, purchase: "Purchase", rings: Sequence[int]) -> "list[Node]":
        """Name the bought nodes: those of each offer are numbered ring by ring, and pool by pool."""
        from planner.rules.purchased_node import in_pool, numbered, pool_name

        last: Counter[int] = Counter()
        named: dict[int, Node] = {}
        pools = [pool_name(pool) for pool in purchase.pools or (0,) * len(rings)]
        for node in sorted(range(len(rings)), key=lambda index: (rings[index], pools[index], index)):
            offer = purchase.bought[node]
            last[offer] += 1
            named[node] = in_pool(numbered(self.formulation.offers[offer], last[offer]), self.policy.nodes.pool_key, pools[node])
        return [named[node] for node in range(len(rings))]

    def _explain_shortage(self, bought: Bought, best: Outcome) -> Outcome:
        """Say what is known where not all pods find a place: that buying more does not help is proven, or nothing is."""
        self._certificate = None
        proof = homeless(self.formulation) or self._refute()
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

    def _refute(self) -> Outcome | None:
        """Return why not all pods find a place even if all is bought that there is; None where that is not known.

        First as if there were so many nodes in each zone, then as if each of those that there are were in all zones.
        """
        from planner.rules.purchased_node import numbered
        from planner.solve import solve, with_all_offers

        problem = self.formulation.problem
        enough = sum(pod_class.count for pod_class in problem.classes if not pod_class.daemon) + sum(
            size.least for size in problem.sizes
        )
        counts = [min(enough, problem.most[offer.shape]) for offer in problem.offers]
        if sum(counts) > self.tuning.nodes_to_refute:
            return None
        examples = zip(self.formulation.offers, counts, strict=True)
        nodes = [numbered(example, number) for example, count in examples for number in range(1, count + 1)]
        outcome = solve(self._problem_with(nodes)[1].problem, self.context)
        if not _is_refused(outcome) and len(problem.most) < len(problem.offers):
            outcome = replace(solve(with_all_offers(problem), self.context), conflict_smallest=False)
        return outcome if _is_refused(outcome) else None


def _without_move_bounds(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Leave out how few pods must move: before costs are saved that hangs on nodes that were not chosen, too."""
    return tuple(replace(goal, bound=0.0) if goal.name in (DATA, MOVES) else goal for goal in goals)


def _is_refused(outcome: Outcome) -> bool:
    return outcome.verdict == INFEASIBLE and any(outcome.unplaced)
