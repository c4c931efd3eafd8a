"""Buys with greed in mind: each workload is led to nodes of few shapes, where kube-scheduler has little to get wrong.

A packing that mixes shapes and sizes as best it can is what kube-scheduler finds least, so it takes much spare room to keep one.
Here nodes are chosen together with the shapes that each workload prefers, so that a kube-scheduler which is tried on the way
leaves no pod out; pods that find no room there go to any other node of their ring.

Part of the pipeline, which is why it may call every room.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import Guide
from models.kubernetes.cluster import Statement
from models.solver.outcome import COST, FEASIBLE

if TYPE_CHECKING:
    from models.answer.forecast import Run
    from models.answer.plan import IsolationPlan, RingPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.loop import Keeper
    from planner.refine.purchase import Buyer
    from planner.solve.node_pools import Inventory, PoolCandidate

NONE, REQUIRE = "none", "require"
ROUNDS = 80
"""So many plans are tried, each with another way for every ring that was not kept."""
SHARE = 0.5
"""So much of the time that is left goes into the search, where there is a limit; the rest is for trying the plans."""
GROWTHS = 4
"""So often a plan that is kept gets a node more for the pods that further rollouts leave pending."""
MORE = 25
"""And so many plans more are tried once one is kept."""
QUICK = 0.2
"""What one of these counts that does not go through what those before did not: that is seen in seconds."""
STUBBORN = 8
"""After so many ways that are stuck in rollouts, one after the other, a ring gets a node more at once: others are as full."""
NEAR = 1.1
"""A plan that costs no more than this much of its packing need not be compared with what spare room alone would cost."""


def pooled(buyer: "Buyer", keeper: "Keeper") -> "IsolationPlan | None":
    """Return the first plan of pools that kube-scheduler keeps, cheap ones first; None where none was found.

    Who asks for preferred guides gets no others.
    """
    guide = buyer.policy.guide
    if guide == NONE or buyer.churn:
        return None
    from planner.solve.node_pools import pool_candidates

    buyer.progress("looking for nodes and guides that kube-scheduler goes along with")
    stock = buyer.stock()
    left = buyer.seconds_left()
    ways = pool_candidates(stock, guide == REQUIRE, buyer.is_late, left and SHARE * left)
    return _Search(buyer, keeper, stock, {r: list(found) for r, found in ways.items()}).run() if ways else None


def cheaper(one: "IsolationPlan", other: "IsolationPlan") -> "IsolationPlan":
    """Return the feasible plan that costs less; the other one where they cost the same, or neither is feasible."""
    return min(other, one, key=lambda plan: (plan.verdict != FEASIBLE, cost(plan) if plan.verdict == FEASIBLE else 0.0))


def is_near(one: "IsolationPlan", packing: "IsolationPlan") -> bool:
    """Say whether the plan costs little more than the packing."""
    return cost(one) <= NEAR * cost(packing)


def cost(plan: "IsolationPlan") -> float:
    """Return what the nodes of a plan cost."""
    return sum(goal.value for goal in plan.goals if goal.name == COST)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of a plan: whose pods are `short` of room in which ring, and which rings are since rollouts were tried.

    Where it is `kept` all the same, they are so in that many of the further rollouts.
    """

    short: "Mapping[str, set[WorkloadId]]"
    rolling: frozenset[str] = frozenset()
    effort: float = 1
    kept: "IsolationPlan | None" = None
    misses: int = 0


@dataclass(slots=True)
class _Search:
    """`ways[r]` are the ways to buy for ring r that were not tried yet, `chosen[r]` is the one that it has.

    `passed` are hard runs, each with a way of a ring of which it left no pod pending; `strayed` counts the ways of a ring that
    were stuck in rollouts since it had a node more.
    """

    buyer: "Buyer"
    keeper: "Keeper"
    stock: "Inventory"
    ways: "dict[int, list[PoolCandidate]]"
    chosen: "dict[int, PoolCandidate]" = field(init=False)
    passed: "set[tuple[str, str, PoolCandidate]]" = field(init=False, default_factory=set)
    strayed: "Counter[str]" = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self.chosen = {r: ways.pop(0) for r, ways in self.ways.items()}

    def run(self) -> "IsolationPlan | None":
        """Try plans until one is kept; a ring that is not kept gets the cheapest way that is left.

        What those before did not go through is tried first, as most do not either.
        Where rollouts are counted, and one leaves pods of a ring pending, they are held on their nodes if the policy lets guides
        be required. If further ones leave pods pending of a plan that is kept they are tried first, too, where pods may be held;
        else it gets nodes to spare. Of those that are kept that is taken which leaves fewest, the cheapest first.
        """
        kept: list[tuple[int, IsolationPlan]] = []
        number, effort, last = 0, 0.0, float(ROUNDS)
        while effort < last:
            number += 1
            self.buyer.progress(f"trying such nodes and guides, attempt {number}")
            made = self.buyer.of_pools(self.stock, self.chosen)
            if made is None:
                if self.buyer.is_late() or not self._make_way():
                    break
                effort += 1
                continue
            tried = self._tried(made)
            effort += tried.effort if kept else 1
            if tried.kept is not None:
                last = last if kept else min(last, effort + MORE)
                kept.append((tried.misses, tried.kept))
                self.keeper.weigh(tried.misses, tried.kept)
                if not tried.misses or len(kept) > GROWTHS:
                    break
            if not (self._hold(tried.rolling) or self._mend(tried)):
                break
        return min(kept, key=lambda each: each[0])[1] if kept else None

    def _tried(self, made: "IsolationPlan") -> "_Tried":
        """Try the plan with its guides: in the runs that those before did not go through, in some orders, and then thoroughly."""
        led = self._led(made)
        short, rolling = self._stuck_again(led)
        if short:
            return _Tried(short, rolling, QUICK)
        if short := _short(led) or _bereft(led):
            return _Tried(short)
        told, short = self._foreseen(led)
        if told.verdict != FEASIBLE or short:
            return _Tried(short, _stuck_in_rollouts(told))
        told, misses, short = _rolled_out(told, self.keeper)
        return _Tried(short, frozenset(short), kept=told, misses=misses)

    def _stuck_again(self, plan: "IsolationPlan") -> "tuple[Mapping[str, set[WorkloadId]], frozenset[str]]":
        """Return the rings that have pods pending in hard runs, and whose pods; and those in which they have in rollouts.

        Rings are apart, so that a run need not be tried again whose rings are known to be stuck, or went through it as they are.
        """
        from planner.refine.oracle import tie_breaks

        if not self.keeper.hard:
            return {}, frozenset()
        rings, members = self.buyer.formulation.problem.rings, plan.trust.members
        ways = {rings[r]: way for r, way in self.chosen.items()}
        again, runs = tie_breaks.again(plan, self.keeper.progress), []
        found: dict[str, set[WorkloadId]] = {}
        rolling: set[str] = set()
        for run in self.keeper.hard:
            asked = {members[str(one.workload)].ring for one in run.pending} - found.keys()
            if all(ring in ways and (run.order, run.luck, ways[ring]) in self.passed for ring in asked):
                continue
            runs.append(again(run))
            stuck = _stuck(plan, runs[-1:])
            rolling |= stuck.keys() if _rolls(run.order) else frozenset()
            for ring, workloads in stuck.items():
                found.setdefault(ring, set()).update(workloads)
            if not (stuck and _ends_early(run.order)):
                self.passed |= {(run.order, run.luck, way) for ring, way in ways.items() if ring not in found}
        self.keeper.note(runs)
        return dict(sorted(found.items())), frozenset(rolling)

    def _hold(self, asked: Collection[str]) -> bool:
        """Hold the pods of these rings on the nodes that they prefer, where the policy lets them; say whether any ring can."""
        from planner.solve.node_pools import with_required_hints

        if self.buyer.policy.guide != REQUIRE:
            return False
        rings = self.buyer.formulation.problem.rings
        loose = [r for r, way in self.chosen.items() if rings[r] in asked and not way.firm]
        firm = {
            r: [made for way in (self.chosen[r], *self.ways[r]) if (made := with_required_hints(self.stock, way))] for r in loose
        }
        for r, ways in firm.items():
            if ways:
                self.chosen[r], *self.ways[r] = sorted(dict.fromkeys(ways), key=lambda way: way.cost)
        return any(firm.values())

    def _mend(self, tried: "_Tried") -> bool:
        """Change what is short; where pods stray in rollouts, and nothing may hold them, ways that are as full are of no use."""
        if tried.kept is not None:
            return self._grow(tried.short)
        self.strayed.update(tried.rolling)
        most = STUBBORN if self.buyer.policy.guide == REQUIRE else 1
        strays = {ring: tried.short[ring] for ring in sorted(tried.rolling) if self.strayed[ring] >= most}
        if not self._grow(strays):
            return self._turn(tried.short)
        for ring in strays:
            del self.strayed[ring]
            r = self.buyer.formulation.problem.rings.index(ring)
            self.ways[r] = [way for way in self.ways[r] if way.cost >= self.chosen[r].cost]
        return True

    def _grow(self, short: "Mapping[str, set[WorkloadId]]") -> bool:
        """Give each of these rings a node more for these workloads; say whether each has one."""
        number = {name: r for r, name in enumerate(self.buyer.formulation.problem.rings)}
        more = {
            number[ring]: self._grown(number[ring], workloads) for ring, workloads in short.items() if number[ring] in self.chosen
        }
        if len(more) < len(short) or None in more.values():
            return False
        self.chosen |= {r: way for r, way in more.items() if way is not None}
        return bool(more)

    def _grown(self, r: int, workloads: "set[WorkloadId]") -> "PoolCandidate | None":
        """Return the way of a ring with a node more for these workloads; None where there is none."""
        from planner.solve.node_pools import fill_nodes, with_more_nodes

        batches = self.buyer.formulation.batches
        classes = {c for c, made in enumerate(batches) if any(one.workload.id in workloads for one in made)}
        more = with_more_nodes(self.stock, self.chosen[r], classes)
        return more if more != self.chosen[r] and fill_nodes(self.stock, more) is not None else None

    def _foreseen(self, led: "IsolationPlan") -> "tuple[IsolationPlan, dict[str, set[WorkloadId]]]":
        """Return the plan with what was foreseen of it, the rings that are not kept, and whose pods are pending there."""
        told, unkept, pending = self.keeper.held(led)
        short: dict[str, set[WorkloadId]] = {ring: set() for ring in unkept}
        for name in sorted(pending):
            if ring := led.trust.members[str(name)].ring:
                short.setdefault(ring, set()).add(name)
        return told, short

    def _make_way(self) -> bool:
        """Choose another way for the ring where that costs least, as those that are chosen cannot be had together."""
        more = {r: ways[0].cost - self.chosen[r].cost for r, ways in self.ways.items() if ways}
        if not more:
            return False
        ring = min(more, key=lambda r: (more[r], r))
        self.chosen[ring] = self.ways[ring].pop(0)
        return True

    def _turn(self, short: "Mapping[str, set[WorkloadId]]") -> bool:
        """Choose another way for each of these rings, or a node more for the pools that are short; say whether each has one."""
        problem = self.buyer.formulation.problem
        number = {name: r for r, name in enumerate(problem.rings)}
        for ring, workloads in short.items():
            r = number[ring]
            if r not in self.chosen:
                return False
            if more := self._grown(r, workloads):
                self.ways[r].append(more)
                self.ways[r].sort(key=lambda way: way.cost)
            if not self.ways[r]:
                return False
            self.chosen[r] = self.ways[r].pop(0)
        return bool(short)

    def _led(self, made: "IsolationPlan") -> "IsolationPlan":
        """Return the plan with the guides of the ways chosen; in the other rings pods are led to where the plan has them."""
        from planner.refine.hints import guides
        from planner.refine.oracle import failures

        problem = self.buyer.formulation.problem
        ways = {problem.rings[r]: way for r, way in self.chosen.items()}
        others = [ring.name for ring in made.rings if ring.name not in ways]
        found = list(guides(made, others, required=self.buyer.policy.guide == REQUIRE))
        for ring in made.rings:
            if ring.name in ways:
                found += self._guides(made, ring, ways[ring.name])
        return failures.guided(replace(made, guides=tuple(sorted(found, key=lambda guide: guide.workload))))

    def _guides(self, made: "IsolationPlan", ring: "RingPlan", way: "PoolCandidate") -> "Iterator[Guide]":
        """Yield what leads the workloads of a ring to the pools of a way, or to the shapes."""
        from planner.refine.hints import may_be_led, telling_key
        from planner.rules.purchased_node import pool_name
        from planner.solve.node_pools import affinity_hints

        inside = frozenset(ring.nodes)
        nodes = tuple(node for node in made.cluster.nodes if node.name in inside)
        rules = made.policy.nodes
        key = rules.pool_key if way.pools else telling_key(nodes, rules.label_key)
        if key is None:
            return
        formulation = self.buyer.formulation
        places = (*formulation.nodes, *formulation.offers)
        everything = {node.labels[key] for node in nodes}
        for c, homes in affinity_hints(self.stock, way).items():
            values = {pool_name(at) if way.pools else places[at].labels[key] for at in homes}
            for batch in formulation.batches[c]:
                required = way.firm and may_be_led(batch.workload, required=True)
                if values != everything and may_be_led(batch.workload, required=required):
                    yield Guide(batch.workload.id, key, tuple(sorted(values)), required=required)


def _rolls(order: str) -> bool:
    from planner.simulate import ROLLOUTS, SCALED

    return order in (*ROLLOUTS, *SCALED)


def _ends_early(order: str) -> bool:
    """Say whether a run of the order ends where pods of any ring are pending, so that it tells nothing of the others."""
    from planner.simulate import SCALED

    return order in SCALED


def _stuck_in_rollouts(plan: "IsolationPlan") -> frozenset[str]:
    """Return the rings that the plan says to be stuck in a rollout, and in no order of arrival before."""
    from planner.refine.loop import STUCK

    return frozenset(
        ring.name for ring in plan.rings if ring.any_order.startswith(STUCK) and _rolls(ring.any_order.removeprefix(STUCK))
    )


def _bereft(plan: "IsolationPlan") -> "dict[str, set[WorkloadId]]":
    """Return the rings that cannot be packed again after a loss that they must survive, and whose pods are pending then."""
    from planner.refine.oracle.failures import is_wanted

    by_name = {str(workload.id): workload.id for workload in plan.cluster.workloads}
    failing = [loss for loss in plan.losses if loss.failing and is_wanted(plan, loss)]
    return {one.ring: {by_name[name] for name in one.worst[0].pending} for one in failing}


def _rolled_out(plan: "IsolationPlan", keeper: "Keeper") -> "tuple[IsolationPlan, int, dict[str, set[WorkloadId]]]":
    """Try further rollouts, of small plans no more than were tried anyhow.

    Return the plan, which says how many there were; how many of them leave pods pending; and whose, ring by ring.
    """
    from planner.refine import loop
    from planner.refine.oracle import tie_breaks

    pods = sum(workload.pods for workload in plan.cluster.workloads)
    if pods <= loop.SMALL or not loop.rolls_out(plan):
        return plan, 0, {}
    runs = tie_breaks.rolled(plan, keeper.progress)
    if plan.policy.guide == REQUIRE:
        keeper.note(runs)
    found: dict[str, set[WorkloadId]] = {}
    for one in (one for run in runs for one in run.pending):
        if ring := plan.trust.members[str(one.workload)].ring:
            found.setdefault(ring, set()).add(one.workload)
    told = (*plan.not_modelled, Statement("further rollouts", _told(plan, runs)))
    return replace(plan, not_modelled=told), sum(bool(run.pending) for run in runs), dict(sorted(found.items()))


def _told(plan: "IsolationPlan", runs: "Sequence[Run]") -> str:
    """Say how many rollouts were tried, and how many pods they leave pending."""
    from planner.simulate import SCALED

    scaled, left = sum(run.order in SCALED for run in runs), [sum(one.pods for one in run.pending) for run in runs]
    fewer = f", {scaled} of them while autoscalers have fewer pods" if scaled else ""
    said = f"{len(runs)} more in which all workloads roll out at the same time were simulated{fewer}"
    if not any(left):
        return f"{said}: no pod stayed pending"
    said += f": {sum(map(bool, left))} left pods pending, {max(left)} at most"
    return said if plan.policy.guide == REQUIRE else f"{said}; the policy's guide: require may hold pods on nodes of their own"


def _short(plan: "IsolationPlan") -> "dict[str, set[WorkloadId]]":
    """Return the rings that have pods pending, and whose pods, in the first order that leaves any."""
    from planner import simulate

    found: dict[str, set[WorkloadId]] = {}
    for order in simulate.ORDERS:
        found = found or _stuck(plan, simulate.foresee(plan, (order,)).runs)
    return found


def _stuck(plan: "IsolationPlan", runs: "Iterable[Run]") -> "dict[str, set[WorkloadId]]":
    """Return the rings of which runs leave more pods pending than the plan says, and whose pods of theirs."""
    from planner.simulate.pending_by_ring import pending_by_ring, promised

    found: dict[str, set[WorkloadId]] = {}
    for run in runs:
        left = pending_by_ring(plan, run) - promised(plan)
        for ring in (made.name for made in plan.rings if left[made.name]):
            mine = {one.workload for one in run.pending if plan.trust.members[str(one.workload)].ring == ring}
            found.setdefault(ring, set()).update(mine)
    return dict(sorted(found.items()))
