"""Buying: the cheapest nodes beside the owned ones, and then the best placement on what there is.

Part of the pipeline, which is why it may call every room.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from models.frozen_map import FrozenMap
from models.solver.outcome import COST, DATA, FEASIBLE, INFEASIBLE, MILLION, MOVES, UNDECIDED, Goal, Outcome
from planner.refine.purchase_result import UNPLACED, Bought, bounded, homeless, moved, unproven, with_cost

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
    from planner.solve import Limits
    from planner.solve.node_pools import Inventory, PoolCandidate

NOBODY: FrozenMap[str] = FrozenMap()
MOST_TRIED = 300
"""Up to so many nodes, all that could be bought is bought to see that it does not help."""
LOSSES = 8
"""How often to buy again for rings that do not survive a loss."""
LEAST_SECONDS = 0.01
LAST_SECONDS = 0.3
"""Seconds beyond the limit in which a plan that is there is written in brief, before all of it is given up."""
CHOOSING = 0.5
"""So much of the time that is left goes into each of the steps from which nodes come, where there is a limit: others follow."""


def is_wanted(cluster: "Cluster") -> bool:
    """Say whether there is anything to buy, or to save."""
    return bool(cluster.shapes) or any(node.price for node in cluster.nodes)


def is_needless(made: "IsolationPlan", packing: "IsolationPlan") -> bool:
    """Say whether owned nodes could do, as far as the packing shows, but nodes are bought or no plan is kept."""
    buys = any(ring.buy for ring in made.rings)
    return not any(ring.buy for ring in packing.rings) and (buys or made.verdict != FEASIBLE)


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

    A cost within `gap` of its bound, relative to it, is good enough. With `churn` running pods stay before costs are saved.
    """

    formulation: "IndexedProblem"
    cluster: "Cluster"
    policy: "TrustPolicy"
    trust: "Trust"
    progress: Callable[[str], None]
    limits: "Limits"
    gap: float = 0.0
    churn: bool = False
    _bound: float = 0.0
    _bare: int = 0
    _base: "Purchase | None" = None
    _goals: tuple[Goal, ...] = ()
    _certificate: "Certificate | None" = None
    _kept: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)
    _end: float | None = None

    def __post_init__(self) -> None:
        """Start the clock, which is one for all that is asked of the solver."""
        self._end = None if self.limits.seconds is None else monotonic() + self.limits.seconds

    def first(self) -> "IsolationPlan":
        """Plan with the nodes that are cheapest; where rings do not survive a loss as they must, with more of them.

        What the last steps do not come to in time is left out; where that is all, nothing is bought.
        """
        from planner.solve.runtime.interrupt import in_time

        best: list[IsolationPlan] = []
        left = self.seconds_left()
        in_time(lambda: self._first(best), left if left is None else left + LAST_SECONDS)
        return best[-1] if best else self._nothing()

    def _nothing(self) -> "IsolationPlan":
        """Return the plan of a search that had no time to find anything."""
        from planner.settle import NOTHING, Extras
        from planner.solve.buy.pack.assignment import empty_purchase
        from planner.solve.place.evaluate import nothing_tried

        made = self._built(empty_purchase(self.formulation.problem), self.formulation.problem)
        found = nothing_tried(made.formulation.problem)
        goals = with_cost(found.goals, Goal(COST, made.cost(found), 0.0), self.churn)
        return self._settled(replace(made, outcome=replace(found, goals=goals)), Extras(looks=NOTHING))

    def _first(self, best: "list[IsolationPlan]") -> None:
        made = self._bought()
        plan = self._plan(made)
        best.append(plan)
        for _ in range(LOSSES if not any(made.outcome.unplaced) else 0):
            short = self._lost(plan)
            if not short or self.is_late():
                break
            self._kept += short
            self.progress("buying for what must survive a loss")
            plan = self.more(Counter(), self.limits) or plan
            best.append(plan)

    def cheapest(self) -> "Purchase":
        """Return what is cheapest for the packing alone, before it is placed as well as can be."""
        return self._packed(replace(self.formulation.problem, losses=()), self.limits)

    def more(self, wanted: "Wanted", limits: "Limits | None" = None) -> "IsolationPlan | None":
        """Plan once more with room for so many more pods of each workload; None where not all pods find a place.

        What a zone's loss leaves pending is to have its room outside that zone.
        """
        if self.is_late():
            return None
        found = self._again(wanted, limits or replace(self.limits, work=self.limits.work / 4))
        return self._plan(found) if found else None

    def stock(self) -> "Inventory":
        """Return what nodes can be chosen from together with preferences; owned ones stay in the rings of the first purchase."""
        from planner.refine.hints import SHAPE_KEYS, may_be_led
        from planner.rules.placement.failure_repacking import ZONE
        from planner.solve import node_pools as pools

        problem, formulation = self.formulation.problem, self.formulation
        everyone = (*formulation.nodes, *formulation.offers)
        names = [node.labels.get(ZONE, "") for node in everyone]
        numbers = {name: at for at, name in enumerate(sorted(set(names)))}
        told = [all(may_be_led(batch.workload, required=False) for batch in made) for made in formulation.batches]
        there = (*formulation.nodes, *(formulation.offers[offer] for offer in (self._base.bought if self._base else ())))
        survive = self.policy.survive
        places = pools.NodeFacts(
            zones=tuple(numbers[name] for name in names),
            signs=tuple(next((node.labels[key] for key in SHAPE_KEYS if key in node.labels), "") for node in everyone),
            ring_of=self._base.ring_of[: len(problem.nodes)] if self._base else (-1,) * len(problem.nodes),
            led=frozenset(c for c, may in enumerate(told) if may),
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
        found = purchase_of(stock, self._base, ways)
        if found is None or any(found.unplaced):
            return None
        made = self._built(found, problem)
        same = self._bought_for(found) == self._bought_for(self._base)  # then what is proven on the first nodes holds on these
        goals = self._goals if same else unproven(self._goals)
        return self._plan(replace(made, outcome=self._rated(made, replace(made.outcome, goals=goals))))

    def _bought_for(self, found: "Purchase") -> "Counter[tuple[int, int]]":
        """Count what is bought, by offer and ring."""
        return Counter(zip(found.bought, found.ring_of[len(self.formulation.problem.nodes) :], strict=True))

    def is_late(self) -> bool:
        """Say whether the search is to end, for want of time or because it was asked to."""
        from planner.solve.runtime.interrupt import HALT

        return HALT.asked or (self._end is not None and monotonic() >= self._end)

    def seconds_left(self) -> float | None:
        """Return how much time is left; None where there is no limit."""
        return None if self._end is None else max(0.0, self._end - monotonic())

    def _in_time(self, limits: "Limits", share: float = 1.0) -> "Limits":
        """Return the limits with a share of what is left of the time, or with less where they say so."""
        left = self.seconds_left()
        known = [seconds for seconds in (left if left is None else share * left, limits.seconds) if seconds is not None]
        return replace(limits, seconds=max(LEAST_SECONDS, min(known))) if known else limits

    def _plan(self, made: Bought) -> "IsolationPlan":
        """Settle what was bought; where it does not survive what it must, it may cost less than what does."""
        from planner.refine import deadline
        from planner.refine.oracle import failures
        from planner.settle import Extras

        extras = Extras(repairs=self._repairs(made) if made.outcome.verdict == INFEASIBLE else ())
        plan = deadline.settled(partial(self._settled, made), extras, self.seconds_left())
        plan = plan if failures.is_met(plan) else bounded(plan, self._bare / MILLION)
        return replace(plan, certificate=self._certificate)

    def _settled(self, made: Bought, extras: "Extras") -> "IsolationPlan":
        from planner.settle import settle

        return settle(made.formulation, made.outcome, made.cluster, self.policy, self.trust, extras)

    def _repairs(self, made: Bought) -> "tuple[Repair, ...]":
        from models.answer.plan import Repair
        from planner.solve import repairs

        self.progress("looking for the cheapest repair")
        rings = (*self.formulation.problem.rings, "")
        found = repairs(made.formulation.problem, made.outcome, self._in_time(self.limits))
        return tuple(Repair(made.formulation.nodes[node].name, count, rings[ring]) for ring, node, count in found)

    def _lost(self, plan: "IsolationPlan") -> "Counter[tuple[WorkloadId, str]]":
        """Return the pods that the worst loss of each ring that must survive it leaves pending, with the zone if it is one."""
        wanted = {"node": self.policy.survive.nodes, "zone": self.policy.survive.zones}
        by_name = {str(workload.id): workload.id for workload in self.cluster.workloads}
        short: Counter[tuple[WorkloadId, str]] = Counter()
        for loss in plan.losses:
            if loss.failing and wanted[loss.of]:
                zone = loss.worst[0].name if loss.of == "zone" else ""
                short.update({(by_name[name], zone): pods for name, pods in loss.worst[0].pending.items()})
        return short

    def _reserved(self, formulation: "IndexedProblem", wanted: "Wanted") -> "Problem":
        """Return the problem with room for so many more pods, and for those that a loss leaves pending, outside what is lost."""
        from planner.refine import hints

        return hints.roomier(formulation, Counter(wanted) + self._kept)

    def _bought(self) -> Bought:
        """Buy at least cost, then place the pods as well as can be on the nodes that there are."""
        from planner.solve import solve

        problem = self.formulation.problem
        self.progress("choosing which nodes to buy")
        found = self._bare_packed(problem, self.limits)
        self._bare = found.bound
        found = self._lasting(problem, found, self.limits)
        self._certificate, self._bound = found.certificate, found.bound / MILLION
        self._base = found if self.churn else self._calm(problem, found)
        made = self._built(self._steady(problem) or found if self.churn else self._base, problem)
        again = self._in_time(made.again(self.limits), CHOOSING)
        best = solve(made.formulation.problem, again, self.progress, made.outcome)
        self._goals = best.goals
        if any(made.outcome.unplaced) and any(best.unplaced):
            return replace(made, outcome=self._short(made, best))
        if not made.uses_all(best):
            best = replace(made.outcome, goals=unproven(best.goals))
        return replace(made, outcome=self._rated(made, best))

    def _purchase(self, problem: "Problem", limits: "Limits") -> "Purchase":
        return self._lasting(problem, self._bare_packed(problem, limits), limits)

    def _lasting(self, problem: "Problem", found: "Purchase", limits: "Limits") -> "Purchase":
        from planner.solve import redundant_purchase

        return redundant_purchase(problem, found, self._in_time(limits), self.progress, self.gap)

    def _bare_packed(self, problem: "Problem", limits: "Limits") -> "Purchase":
        """Buy without regard to losses; where there are some, its two steps leave a third of the time for them."""
        left = self.seconds_left() if problem.losses else None
        return self._packed(replace(problem, losses=()), limits if left is None else replace(limits, seconds=left / 3))

    def _packed(self, problem: "Problem", limits: "Limits") -> "Purchase":
        from planner.solve import purchase
        from planner.solve.buy_redundant.drop_nodes import drop_nodes
        from planner.solve.runtime.interrupt import in_time

        found = purchase(problem, self._in_time(limits, CHOOSING), self.progress, self.gap)
        thrift = self._in_time(limits, CHOOSING)
        return in_time(lambda: drop_nodes(problem, found, thrift, self.progress, self.gap), thrift.seconds) or found

    def _rated(self, made: Bought, best: Outcome) -> Outcome:
        from planner.solve import with_goal_values

        known = _unbound(best.goals) if self.churn else best.goals
        goals = with_cost(known, Goal(COST, 0.0, self._bound), self.churn)
        verdict = best.verdict if best.verdict == FEASIBLE else self._unknown()
        return replace(with_goal_values(made.formulation.problem, best, goals), verdict=verdict)

    def _unknown(self) -> str:
        """Return the verdict where nothing is proven of pods: a no if rings must have more nodes than there are."""
        from planner.solve.instance.ring_sizes import has_impossible_sizes

        return INFEASIBLE if has_impossible_sizes(self.formulation.problem) else UNDECIDED

    def _steady(self, problem: "Problem", calm: bool = False) -> "Purchase | None":
        """Buy for the pods that do not stay where they run; None where that leaves pods without a place."""
        from planner.formulate.pods_that_stay import part_staying_pods

        self.progress("choosing which nodes to buy while running pods stay")
        parted = part_staying_pods(problem, calm)
        found = self._purchase(parted.problem, self.limits)
        if any(found.unplaced):
            return None
        return replace(found, counts=parted.merged(found.counts), unplaced=(0,) * len(problem.classes))

    def _calm(self, problem: "Problem", found: "Purchase") -> "Purchase":
        """Leave pods where they run and nodes in the rings that they have today, where that costs no more than what was found.

        Which ring a node is bought for is not changed by later goals, so that they cannot undo what a purchase moves for nothing.
        """
        has_today = any(node.ring_today >= 0 for node in problem.nodes) or any(one.running for one in problem.classes)
        steady = self._steady(problem, calm=True) if has_today and not any(found.unplaced) else None
        if steady is None or steady.cost > found.cost:
            return found
        return replace(steady, bound=found.bound, certificate=found.certificate, parts=found.parts)

    def _again(self, wanted: "Wanted", limits: "Limits") -> Bought | None:
        """Buy once more, with room for so many more pods of each workload; None where not all pods find a place."""
        from planner.refine import hints
        from planner.solve import solve

        problem = self._reserved(self.formulation, wanted)
        found = self._purchase(problem, limits)
        made = self._built((self._steady(problem) or found) if self.churn else self._calm(problem, found), problem)
        own = made.formulation.problem
        limits = made.again(limits)
        goals = solve(own, self._in_time(limits), self.progress, hints.bare(own, made.outcome)).goals
        roomier, start = self._reserved(made.formulation, wanted), made.outcome if own.losses else None
        even = hints.bare(own, solve(roomier, self._in_time(limits), self.progress, start))
        best = even if even and made.uses_all(even) else hints.bare(own, made.outcome)
        return replace(made, outcome=self._rated(made, replace(best, goals=goals))) if best else None

    def _built(self, found: "Purchase", problem: "Problem") -> Bought:
        """Put the bought nodes into the cluster, and the purchase's placement into the words of its problem."""
        owned = problem.nodes
        nodes = self._numbered(found, found.ring_of[len(owned) :])
        homes = {slot.name: "" for slot, ring in zip(owned, found.ring_of, strict=False) if slot.price and ring < 0}
        homes |= {node.name: problem.rings[ring] for node, ring in zip(nodes, found.ring_of[len(owned) :], strict=True)}
        cluster, formulation = self._with(nodes, homes)
        number = {node.name: at for at, node in enumerate(formulation.nodes)}
        order = [number[name] for name in (*(slot.name for slot in owned), *(node.name for node in nodes))]
        return Bought(cluster, formulation, moved(found, order))

    def _with(self, nodes: "Sequence[Node]", homes: Mapping[str, str] = NOBODY) -> "tuple[Cluster, IndexedProblem]":
        from planner.formulate import formulate
        from planner.formulate.offers import without_offers

        everyone = tuple(sorted((*self.cluster.nodes, *nodes), key=lambda node: node.name))
        cluster = replace(self.cluster, nodes=everyone)
        made = formulate(cluster, self.policy, self.trust, homes)
        return cluster, replace(made, problem=without_offers(made.problem), offers=())

    def _numbered(self, found: "Purchase", rings: Sequence[int]) -> "list[Node]":
        """Name the bought nodes: those of each offer are numbered ring by ring, and pool by pool."""
        from planner.rules.purchased_node import in_pool, numbered, pool_name

        last: Counter[int] = Counter()
        named: dict[int, Node] = {}
        pools = [pool_name(pool) for pool in found.pools or (0,) * len(rings)]
        for at in sorted(range(len(rings)), key=lambda one: (rings[one], pools[one], one)):
            offer = found.bought[at]
            last[offer] += 1
            named[at] = in_pool(numbered(self.formulation.offers[offer], last[offer]), self.policy.nodes.pool_key, pools[at])
        return [named[at] for at in range(len(rings))]

    def _short(self, made: Bought, best: Outcome) -> Outcome:
        """Say what is known where not all pods find a place: that buying more does not help is proven, or nothing is."""
        self._certificate = None
        proof = homeless(self.formulation) or self._hopeless()
        proven = {goal.name: goal.bound for goal in proof.goals} if proof else {}
        goals = tuple(
            replace(goal, bound=proven.get(goal.name, 0.0)) if goal.name.startswith(UNPLACED) else goal for goal in best.goals
        )
        goals = with_cost(goals, Goal(COST, made.cost(best), 0.0), self.churn)
        if proof is None:
            return replace(best, verdict=self._unknown(), goals=goals, conflict=(), conflict_parts=(), conflict_smallest=False)
        return replace(proof, ring_of=best.ring_of, counts=best.counts, unplaced=best.unplaced, goals=goals)

    def _hopeless(self) -> Outcome | None:
        """Return why not all pods find a place even if all is bought that there is; None where that is not known.

        First as if there were so many nodes in each zone, then as if each of those that there are were in all zones.
        """
        from planner.rules.purchased_node import numbered
        from planner.solve import solve, with_all_offers

        problem = self.formulation.problem
        enough = sum(one.count for one in problem.classes if not one.daemon) + sum(size.least for size in problem.sizes)
        counts = [min(enough, problem.most[offer.shape]) for offer in problem.offers]
        if sum(counts) > MOST_TRIED:
            return None
        examples = zip(self.formulation.offers, counts, strict=True)
        nodes = [numbered(example, number) for example, count in examples for number in range(1, count + 1)]
        found = solve(self._with(nodes)[1].problem, self._in_time(self.limits), self.progress)
        if not _is_refused(found) and len(problem.most) < len(problem.offers):
            found = replace(solve(with_all_offers(problem), self._in_time(self.limits), self.progress), conflict_smallest=False)
        return found if _is_refused(found) else None


def _unbound(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Leave out how few pods must move: before costs are saved that hangs on nodes that were not chosen, too."""
    return tuple(replace(goal, bound=0.0) if goal.name in (DATA, MOVES) else goal for goal in goals)


def _is_refused(found: Outcome) -> bool:
    return found.verdict == INFEASIBLE and any(found.unplaced)
