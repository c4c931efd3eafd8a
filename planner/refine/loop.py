"""A packing becomes a promise: guides and room, until kube-scheduler leaves no pod pending in any order that was tried.

Part of the pipeline, which is why it may call every room.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import Guide, IsolationPlan, Reserve
from models.kubernetes.cluster import Statement
from models.solver.outcome import UNDECIDED
from planner.words import some

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, Run
    from models.kubernetes.workload import WorkloadId
    from planner.refine.hints.reservations import Wanted

ATTEMPTS = 6
FEW_ATTEMPTS = 2
ANYWHERE = 3
"""After so many attempts those that are spread over zones get their room in each zone, as only one may be open to them."""
MEANS = {"none": (), "prefer": (False,), "require": (False, True)}
"""Which guides to try, the gentle ones first: preferred, then required."""
EXACT = "exact"
DAEMON = "DaemonSet"
PROVEN, STUCK, TRIED = "proven", "stuck in ", "tried "
UNTRIED = "orders that were not tried are safe only where a ring is proven"
MORE_ORDERS = tuple(f"{kind}{number}" for number in range(4, 16) for kind in ("random ", "as they come "))
WORSE = 1_000_000
"""So many pods pending after a loss are not as bad as one that is pending at once."""
HARD = 12
"""So many runs are remembered that plans did not go through."""
SMALL = 400
"""Up to so many pods, many more orders are tried before a promise is given."""
ROLLED = 5_000
"""Up to so many pods, rollouts are tried where the policy counts them; of up to `SMALL` they are tried all the same."""


@dataclass(slots=True)
class Keeper:
    """Looks for a plan that kube-scheduler keeps; `again` plans once more with room for more pods, None if there is none.

    With `any_order` every ring must be proven, not only tried. `divided` may know a plan with the same nodes that is kept,
    `otherwise` one of another make, which is compared with what comes of more room; `nudged` is asked where that does not do.
    `hard` are runs in which pods of the plans that were tried last stayed pending.
    """

    again: "Callable[[Wanted], IsolationPlan | None]"
    progress: Callable[[str], None]
    any_order: bool = False
    otherwise: "Callable[[Keeper], IsolationPlan | None] | None" = None
    divided: "Callable[[Keeper, IsolationPlan], IsolationPlan | None] | None" = None
    nudged: "Callable[[Keeper, IsolationPlan], IsolationPlan | None] | None" = None
    wanted: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)
    hard: "tuple[Run, ...]" = ()
    _sure: "_Tried | None" = None
    _steady: "tuple[int, IsolationPlan] | None" = None

    def so_far(self, packing: IsolationPlan) -> IsolationPlan:
        """Return the steadiest or cheapest of the plans that were kept so far; if none was, the packing, marked as such."""
        if self._steady:
            return replace(self._steady[1], packing_goals=packing.goals)
        sure = self._sure
        if sure is None:
            return exact(packing)
        from planner.solve.runtime.interrupt import in_time

        told = in_time(lambda: _told(sure, self.any_order), 0) or _told(sure, self.any_order, foretells=False)
        return replace(told, packing_goals=packing.goals)

    def keep(self, packing: IsolationPlan) -> IsolationPlan:
        """Return the packing itself where kube-scheduler finds it, else the first plan that it keeps, else what comes closest."""
        from planner.refine.moves import node_pools

        best = self._led(packing)
        divided = self.divided(self, packing) if best.misses and self.divided else None
        if divided is not None:
            return replace(divided, packing_goals=packing.goals)
        other = self.otherwise(self) if best.misses and self.otherwise else None
        if other is not None and _pods(packing) > SMALL and node_pools.is_near(other, packing):
            return replace(other, packing_goals=packing.goals)
        best = self._with_room(packing, best)
        nudged = self.nudged(self, best.plan) if best.misses and self.nudged else None
        told = nudged or _told(best, self.any_order)
        return node_pools.cheaper(replace(other, packing_goals=packing.goals), told) if other else told

    def _with_room(self, packing: IsolationPlan, best: "_Tried") -> "_Tried":
        """Make room for what kube-scheduler wastes, until nothing is missed or no more can be made."""
        found = best
        attempts = FEW_ATTEMPTS if _is_large(packing) else ATTEMPTS
        for attempt in range(2, attempts + 1):
            short = self._short(found)
            if attempt > ANYWHERE:
                short = _in_each_zone(found.plan, short)
            if not best.misses or not short:
                break
            self.progress(f"making room for what kube-scheduler wastes, attempt {attempt}")
            made = self._roomier(short)
            if made is None:
                break
            found = self._led(replace(made, reserves=_reserves(made, self.wanted), packing_goals=packing.goals))
            best = min(best, found, key=lambda one: one.misses)
        return best

    def held(self, plan: IsolationPlan) -> "tuple[IsolationPlan, frozenset[str], Counter[WorkloadId]]":
        """Return a plan with what was foreseen of it, the rings that are not kept, and who is pending, also after a loss."""
        found = self._try(plan)
        self.note(found.forecast.runs)
        return _told(found, self.any_order), found.unkept(self.any_order), found.pending | found.bereft

    def note(self, runs: "Iterable[Run]") -> None:
        """Remember those of a plan's runs that leave most pods pending, and of those before as many as there is room for."""
        failed = sorted((run for run in runs if run.pending), key=lambda run: -sum(one.pods for one in run.pending))
        known: dict[tuple[str, str], Run] = {}
        for run in (*failed[:HARD], *self.hard):
            known.setdefault((run.order, run.luck), run)
        self.hard = tuple(known.values())[:HARD]

    def weigh(self, misses: int, plan: IsolationPlan) -> None:
        """Remember a plan that is kept, if none before left pods pending in as few of the further rollouts that were tried.

        The first one is of no more use than others if there were none, or it went through all.
        """
        if misses < self._steady[0] if self._steady else misses:
            self._steady = misses, plan

    def stuck(self, plan: IsolationPlan, forecast: "Forecast") -> frozenset[str]:
        """Return the rings that kube-scheduler does not keep as far as a forecast shows."""
        return _Tried.of(plan, forecast, self.any_order).unkept(self.any_order)

    def _roomier(self, short: "Counter[tuple[WorkloadId, str]]") -> IsolationPlan | None:
        """Plan with room for all who came short, or at least for one of them."""
        before = self.wanted
        one = Counter({max(sorted(short), key=lambda name: short[name]): 1})
        for more in (short, one) if short != one else (short,):
            self.wanted = before + more
            made = self.again(self.wanted)
            if made is not None:
                return made
        return None

    def _led(self, plan: IsolationPlan) -> "_Tried":
        """Lead the workloads of the rings that are not kept, and of no others."""
        from planner.refine.hints import guides
        from planner.refine.oracle import failures

        best = self._try(plan)
        for required in MEANS[plan.policy.guide]:
            more = guides(plan, best.unkept(self.any_order), required) if best.misses else ()
            if more:
                named = {guide.workload for guide in more}
                others = (guide for guide in best.plan.guides if guide.workload not in named)
                led = failures.guided(replace(plan, guides=tuple(sorted((*more, *others), key=_workload))))
                best = min(best, self._try(led), key=lambda one: one.misses) if failures.is_met(led) else best
        return best

    def _try(self, plan: IsolationPlan) -> "_Tried":
        """Foresee the usual orders; where those find nothing, many more if they are cheap, and the usual ones with other luck."""
        from planner import simulate
        from planner.refine.oracle import tie_breaks

        wide, lucky = orders(plan), lucky_orders(plan)
        found = _Tried.of(plan, simulate.foresee(plan, wide[: len(simulate.ORDERS)], progress=self.progress), self.any_order)
        ties = ties_of(plan)
        if found.misses or not ties or all(ring.any_order == PROVEN for ring in found.forecast.rings):
            return found.after_losses()
        before = self._sure
        if _pods(plan) > SMALL:  # of fewer pods all is tried in a second or two, and what the usual orders show is soon outdone
            self._remember(found)
        calm = simulate.foresee(plan, wide, progress=self.progress) if len(wide) > len(simulate.ORDERS) else found.forecast
        tempted = tie_breaks.tempted(plan, calm, lucky, ties, self.progress)
        lucky_or_not = replace(_Tried.of(plan, tempted, self.any_order), ways=ties + 1)
        self._sure = before
        if not lucky_or_not.misses:
            self._remember(lucky_or_not)
        return lucky_or_not.after_losses()

    def _remember(self, found: "_Tried") -> None:
        """Remember a plan that was kept so far, if it is the cheapest, and no losses must be survived that are tried later."""
        from planner.refine.moves import node_pools

        survive = found.plan.policy.survive
        if not (survive.nodes or survive.zones) and (
            self._sure is None or node_pools.cost(found.plan) < node_pools.cost(self._sure.plan)
        ):
            self._sure = found

    def _short(self, found: "_Tried") -> "Counter[tuple[WorkloadId, str]]":
        """Return for whom to make room, and outside which zone: who is pending at once or after a loss, else not proven.

        A DaemonSet's pod cannot have its room kept on its node; with more room in the ring the node is less likely to be full.
        """
        if found.pending or found.bereft or not self.any_order:
            return _short_of_room(found)
        if any(is_hopeless(found.plan, ring) for ring in sorted(found.unkept(True))):
            return Counter()
        return Counter((name, "") for name in _exposed(found))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A plan and what was foreseen of it.

    `pending` is for each workload the most pods that any order leaves pending, `bereft` the most that a loss does, which `away`
    tells apart by the zone that is lost; ties between nodes were broken in so many `ways`.
    """

    plan: IsolationPlan
    forecast: "Forecast"
    pending: "Counter[WorkloadId]"
    misses: int
    bereft: "Counter[WorkloadId]" = field(default_factory=Counter)
    away: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)
    ways: int = 1

    @classmethod
    def of(cls, plan: IsolationPlan, forecast: "Forecast", any_order: bool) -> "_Tried":
        """Count how far the plan is from its promise: pods left pending, and rings not proven where proof is asked for."""
        pending = _pending(forecast)
        unproven = sum(ring.any_order != PROVEN for ring in forecast.rings) if any_order else 0
        return cls(plan, forecast, pending, WORSE * (pending.total() + unproven))

    def after_losses(self) -> "_Tried":
        """Where nothing is missed so far, count what would be pending after a loss that must be survived."""
        from planner.refine.oracle import failures

        if self.misses:
            return self
        after = failures.foretold(self.plan, only_wanted=True)
        plan = replace(self.plan, losses=after.losses)
        return replace(self, plan=plan, bereft=after.short, away=after.away, misses=after.misses)

    def unkept(self, any_order: bool) -> frozenset[str]:
        """Return the rings of which kube-scheduler leaves pods pending, or that are not proven where that is asked for."""
        stuck = (ring.ring for ring in self.forecast.rings if ring.any_order.startswith(STUCK))
        return frozenset(ring.ring for ring in self.forecast.rings if ring.any_order != PROVEN) if any_order else frozenset(stuck)


def orders(plan: IsolationPlan) -> tuple[str, ...]:
    """Return the orders of arrival to try: the usual ones first, more of them where they are cheap."""
    from planner import simulate

    if _is_large(plan):
        return simulate.FEW_ORDERS
    found = (*simulate.ORDERS, *simulate.ROLLOUTS) if rolls_out(plan) else simulate.ORDERS
    return (*found, *MORE_ORDERS) if _pods(plan) <= SMALL else found


def lucky_orders(plan: IsolationPlan) -> tuple[str, ...]:
    """Return the orders that are tried with ties broken in other ways."""
    from planner import simulate

    found = simulate.ORDERS if _pods(plan) <= SMALL else simulate.AT_ONCE
    return (*found, *simulate.ROLLOUTS) if rolls_out(plan) else found


def ties_of(plan: IsolationPlan) -> int:
    """Return in how many other ways ties are broken."""
    from planner.refine.oracle import tie_breaks

    return 0 if _is_large(plan) else tie_breaks.ties(_pods(plan), len(lucky_orders(plan)))


def rolls_out(plan: IsolationPlan) -> bool:
    """Say whether rollouts are tried."""
    return _pods(plan) <= SMALL or (plan.policy.demand.surge and _pods(plan) <= ROLLED)


def _pods(plan: IsolationPlan) -> int:
    return sum(workload.pods for workload in plan.cluster.workloads)


def _workload(guide: Guide) -> "WorkloadId":
    return guide.workload


def _is_large(plan: IsolationPlan) -> bool:
    from planner import simulate

    return _pods(plan) > simulate.MANY_PODS


def _pending(forecast: "Forecast") -> "Counter[WorkloadId]":
    found: Counter[WorkloadId] = Counter()
    for run in forecast.runs:
        for one in run.pending:
            found[one.workload] = max(found[one.workload], one.pods)
    return found


def _short_of_room(found: _Tried) -> "Counter[tuple[WorkloadId, str]]":
    """Return who was left pending, but for a DaemonSet's pod one of the workload that has most pods in the ring of its node."""
    ring_of = {node: made.name for made in found.plan.rings for node in made.nodes}
    others = (placement for placement in found.plan.placements if placement.workload.kind != DAEMON)
    most = {other.ring: other.workload for other in sorted(others, key=lambda one: (one.pods, one.workload))}
    left = Counter({(name, ""): pods for name, pods in found.pending.items()}) or found.away
    short = Counter({(name, zone): pods for (name, zone), pods in left.items() if name.kind != DAEMON})
    nodes = {node for run in found.forecast.runs for one in run.pending for node in one.on}
    for ring in sorted({ring_of[node] for node in nodes if node in ring_of} & most.keys()):
        short[most[ring], ""] = max(short[most[ring], ""], 1)
    return short


def _in_each_zone(plan: IsolationPlan, short: "Counter[tuple[WorkloadId, str]]") -> "Counter[tuple[WorkloadId, str]]":
    """Part what is wanted anywhere, where nodes are bought, into as much in each zone, for pods that must be spread over them."""
    from planner.refine.hints import inside
    from planner.rules.placement.failure_repacking import ZONE
    from planner.rules.plugins import podtopologyspread

    spread = {
        workload.id
        for workload in plan.cluster.workloads
        if any(one.topology_key == ZONE for one in podtopologyspread.hard(workload.template))
    }
    zones = sorted({zone for shape in plan.cluster.shapes for zone in shape.zones})
    found: Counter[tuple[WorkloadId, str]] = Counter()
    for (name, zone), pods in short.items():
        is_open = not zone and name in spread and zones
        found.update({(name, inside(each)): pods for each in zones} if is_open else {(name, zone): pods})
    return found


def _exposed(found: _Tried) -> "Iterator[WorkloadId]":
    """Yield for each ring that is not proven the workload whose pod may be kept out: certificates begin with its name."""
    said = [ring.because for ring in found.forecast.rings if ring.any_order != PROVEN]
    for workload in found.plan.cluster.workloads:
        if not workload.is_daemon and any(because.startswith((f"{workload.id} ", f"{workload.id}:")) for because in said):
            yield workload.id


def is_hopeless(plan: IsolationPlan, ring: str) -> bool:
    """Say whether no number of nodes like the ring's own proves it."""
    from planner.simulate.any_order_proof import nodes_to_prove

    inside = frozenset(name for made in plan.rings if made.name == ring for name in made.nodes)
    kinds = {(node.allocatable, node.taints): node.name for node in plan.cluster.nodes if node.name in inside}
    return bool(kinds) and all(nodes_to_prove(plan, ring, name) is None for name in kinds.values())


def _reserves(plan: IsolationPlan, wanted: "Wanted") -> tuple[Reserve, ...]:
    from planner.refine.hints import anywhere

    rings = plan.trust.members
    return tuple(Reserve(rings[str(name)].ring, name, pods) for name, pods in sorted(anywhere(wanted).items()) if pods)


def _told(found: _Tried, any_order: bool, foretells: bool = True) -> IsolationPlan:
    """Write into the plan what was foreseen of each ring, of kube-scheduler as a whole, and, where it `foretells`, of losses."""
    from planner.refine.oracle import failures

    known = {ring.ring: ring for ring in found.forecast.rings}
    rings = []
    for made in found.plan.rings:
        one = known[made.name]
        never = any_order and one.any_order != PROVEN and is_hopeless(found.plan, made.name)
        because = f"{one.because}; no number of nodes like its own changes that" if never else one.because
        because = left_over(found.plan, found.forecast, made.name, one.any_order) or because
        rings.append(replace(made, any_order=one.any_order, because=because))
    mine = Statement("kube-scheduler", _simulated(found))
    others = (one for one in found.plan.not_modelled if one.subject != mine.subject)
    verdict = UNDECIDED if found.misses else found.plan.verdict
    losses = failures.foretold(found.plan).losses if foretells else found.plan.losses
    told = (mine, *others, *failures.statement(replace(found.plan, losses=losses)))
    return replace(found.plan, verdict=verdict, rings=tuple(rings), losses=losses, not_modelled=told)


def left_over(plan: IsolationPlan, forecast: "Forecast", ring: str, any_order: str) -> str:
    """Say whose pods an order leaves pending in a ring, in kube-scheduler's words; nothing where none does."""
    members = plan.trust.members
    ring_of = {node: made.name for made in plan.rings for node in made.nodes}
    left = [
        f"{one.workload}: {one.pods} ({one.message.removesuffix('.')})"
        for run in forecast.runs
        if any_order == f"{STUCK}{run.order}"
        for one in run.pending
        if ring in ({ring_of.get(node) for node in one.on} or {members[str(one.workload)].ring})
    ]
    return some(list(dict.fromkeys(left)))


def _simulated(found: _Tried) -> str:
    runs = tuple(dict.fromkeys(run.order for run in found.forecast.runs))
    return simulated(found.plan, runs, found.ways, found.pending.total())


def simulated(plan: IsolationPlan, runs: "Sequence[str]", ways: int, left: int) -> str:
    """Say for which orders kube-scheduler was simulated, in how many ways ties were broken, and how many pods it left."""
    from planner import simulate

    named = [order for order in runs if order not in MORE_ORDERS]
    more = len(runs) - len(named)
    named += [f"and {more} more random ones"] if more else []
    rolled = any(order in simulate.ROLLOUTS for order in runs)
    lucky = "the others" if more else f"those in which all pods come at once{', and rollouts,' if rolled else ''}"
    mixed = ", and pods mixed," if more else ""
    ties = f"; {lucky} with ties between nodes broken{mixed} in {ways} ways" if ways > 1 else ""
    pods = "1 pod" if left == 1 else f"{left} pods"
    ends = f"{pods} stayed pending in one of them or another" if left else "no pod of a ring stayed pending"
    ends += "" if rolled else ", and no rollout was tried"
    profiled = profile(plan.cluster.kubernetes)
    return f"{profiled} was simulated for {len(runs)} orders of arrival ({', '.join(named)}{ties}): {ends}; {UNTRIED}"


def profile(said: str) -> str:
    """Name the profile and the version that is simulated, and why that version if nobody said it."""
    from models.kubernetes import version

    followed = version.known(said)
    if not said:
        return (
            f"its default profile of Kubernetes {version.shown(followed)} (no node says its version: --kubernetes-version does)"
        )
    other = "" if version.parsed(said) == followed else f", the nearest known to {said},"
    return f"its default profile of Kubernetes {version.shown(followed)}{other}"


def exact(packing: IsolationPlan) -> IsolationPlan:
    """Mark a plan that promises a packing only."""
    return replace(packing, packing=EXACT)
