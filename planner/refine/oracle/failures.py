"""What each ring can lose, as kube-scheduler has it: packing the lost pods again is one thing, seeing it done is another."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.plan import IsolationPlan, Lost, Outlook
from models.disclosure import Disclosure, DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from models.solver.outcome import FEASIBLE
from planner.refine.tuning import TUNING, Tuning
from planner.wording.disclosures import said

if TYPE_CHECKING:
    from models.kubernetes.workload import WorkloadId
    from planner.simulate.scenarios.node_failure import Aftermath, Left, Seats

MANY_ORDERS = tuple(f"as they come {number}" for number in range(4, 28))
Place = tuple[str, frozenset[str]]
"""A node or a zone, and the nodes of the ring that are lost with it."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What was seen of losses; `short` is for each workload the most pods that a loss which must be survived leaves pending.

    `away` tells them apart by the zone that is lost; it is "" where a node is.
    """

    losses: tuple[Outlook, ...]
    short: "Counter[WorkloadId]" = field(default_factory=Counter)
    away: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)

    @property
    def misses(self) -> int:
        """Count the pods that are pending after losses that must be survived."""
        return self.short.total()


def simulate_failures(plan: IsolationPlan, only_wanted: bool = False, tuning: Tuning = TUNING) -> Foretold:
    """Play through what the plan's rings may lose, or only what they must survive, as far as the effort allows.

    What has been played through already stays as it is.
    """
    new = [loss for loss in plan.losses if not (loss.proven or loss.simulated)]
    asked = [outlook for outlook in new if is_wanted(plan, outlook) or not only_wanted]
    if not asked:
        return Foretold(plan.losses)
    stage = _Stage(plan, tuning)
    known = {(outlook.ring, outlook.of): stage.outlook(outlook) for outlook in asked}
    return Foretold(tuple(known.get((loss.ring, loss.of), loss) for loss in plan.losses), stage.short, stage.away)


def with_losses_repacked(plan: IsolationPlan) -> IsolationPlan:
    """Return the plan with its losses packed anew, where required guides keep pods from nodes that are left."""
    if not any(guide.required for guide in plan.guides):
        return plan
    from planner.verify import packed_losses

    return replace(plan, losses=packed_losses(plan))


def is_met(plan: IsolationPlan) -> bool:
    """Say whether packing finds a place for all pods after every loss that must be survived."""
    return not any(loss.failing and is_wanted(plan, loss) for loss in plan.losses)


def is_wanted(plan: IsolationPlan, outlook: Outlook) -> bool:
    """Say whether the policy wants these losses to be survived."""
    return bool({"node": plan.policy.survive.nodes, "zone": plan.policy.survive.zones}[outlook.of])


class _Stage:
    """One plan, the states in which a loss may find it, and what came out so far."""

    def __init__(self, plan: IsolationPlan, tuning: Tuning) -> None:
        from planner import simulate

        self.plan, self.tuning = plan, tuning
        self.pods = max(1, sum(workload.pods for workload in plan.cluster.workloads))
        self.few = simulate.FEW_ORDERS
        self.orders = simulate.ORDERS if self.pods <= tuning.many else self.few
        self.short: Counter[WorkloadId] = Counter()
        self.away: Counter[tuple[WorkloadId, str]] = Counter()
        self._bound: list[Seats] = []
        self._planned: Seats | None = None

    @property
    def planned_seats(self) -> "Seats":
        """Return where the plan puts the pods."""
        from planner.simulate.scenarios.node_failure import as_planned

        if self._planned is None:
            self._planned = as_planned(self.plan)
        return self._planned

    def outlook(self, outlook: Outlook) -> Outlook:
        """Add to an outlook what kube-scheduler makes of it."""
        wanted = is_wanted(self.plan, outlook)
        tuning = self.tuning
        work = tuning.failures_to_survive_work if wanted else tuning.failures_work
        if self.pods * tuning.failure_rules * len(self.plan.losses) > work:
            return outlook
        # What must be survived is tried from many states in few orders, all else from one state in many orders.
        starts = [self.planned_seats, *(self._seats_on_arrival() if wanted else ())]
        orders, ties = (self.few, 1) if wanted else (self.orders, tuning.failure_ties)
        if self.pods <= tuning.failure_few and not wanted:
            orders, ties = (*self.orders, *MANY_ORDERS), 1
        # So many places can be afforded: each costs its rules once, and pods in every run.
        most = work // len(self.plan.losses) // (self.pods * (tuning.failure_rules + len(starts) * len(orders) * ties))
        places = self._places(outlook)[: min(outlook.tried, most)]
        known = {lost.name: lost for lost in outlook.worst}
        proven, worse = 0, {}
        for place in places:
            left = self._worst_left(outlook.ring, place[1], lambda after: after.worst(starts, orders, ties))
            proven += left is None
            lost = known.get(place[0], Lost(place[0]))
            if left is not None and left.pods.total() > _count_packed(lost, left):
                worse[lost.name] = replace(lost, left=_by_name(left), order=left.order)
                if wanted:
                    self._note(left.pods - left.stranded, place[0] if outlook.of == "zone" else "")
        listed = [worse.get(lost.name, lost) for lost in outlook.worst]
        more = sorted((lost for lost in worse.values() if lost.name not in known), key=_badness)
        worst = (*listed, *more[: tuning.failures_named])
        return replace(outlook, worst=worst, proven=proven, simulated=len(places) - proven, stuck=len(worse))

    def _note(self, pods: "Counter[WorkloadId]", zone: str) -> None:
        self.short |= pods
        self.away |= Counter({(name, zone): count for name, count in pods.items()})

    def _seats_on_arrival(self) -> "list[Seats]":
        """Return where kube-scheduler has put the pods once all have come, for each order of arrival."""
        from planner.simulate.scenarios.node_failure import as_bound
        from planner.simulate.scheduler.arrival_orders import usual
        from planner.simulate.scheduler.pods import cast_of
        from planner.simulate.scheduler.rulebook import Rulebook
        from planner.simulate.scheduler.simulation import Simulation

        if not self._bound:
            cast = cast_of(self.plan)
            book = Rulebook(cast)
            self._bound = [as_bound(Simulation(book, order).run()) for order in usual(self.orders, cast)]
        return self._bound

    def _places(self, outlook: Outlook) -> list[Place]:
        """Return what the ring may lose, that with most pods first."""
        from planner.rules.placement.failure_repacking import zones

        inside = next(frozenset(ring.nodes) for ring in self.plan.rings if ring.name == outlook.ring)
        nodes = [node for node in self.plan.cluster.nodes if node.name in inside]
        alone = [(node.name, frozenset({node.name})) for node in nodes]
        places = alone if outlook.of == "node" else [(zone, frozenset(names)) for zone, names in zones(nodes)]
        seats = self.planned_seats
        return sorted(places, key=lambda place: (-sum(seats[name].total() for name in place[1] if name in seats), place[0]))

    def _worst_left(self, ring: str, gone: frozenset[str], play: "Callable[[Aftermath], Left]") -> "Left | None":
        """Return what is left pending in the worst case; None where it is proven that nothing ever is."""
        from planner.simulate.any_order_proof import why_not_proven
        from planner.simulate.scenarios.node_failure import Aftermath, without

        rest = without(self.plan, gone)
        if why_not_proven(rest, next(candidate for candidate in rest.rings if candidate.name == ring)) is None:
            return None
        return play(Aftermath(self.plan, gone))


def _count_packed(lost: Lost, left: "Left") -> int:
    """Count what the best packing leaves: as foretold, else those that no node takes any more."""
    return max(sum(lost.pending.values()) + sum(lost.tied.values()), left.stranded.total())


def _by_name(left: "Left") -> FrozenMap[int]:
    return FrozenMap({str(name): count for name, count in sorted(left.pods.items())})


def _badness(lost: Lost) -> tuple[int, str]:
    return -sum(lost.left.values()), lost.name


def as_packed(outlook: Outlook) -> Outlook:
    """Return the outlook as packing alone has it."""
    worst = tuple(replace(lost, left=FrozenMap(), order="") for lost in outlook.worst if lost.pending or lost.tied)
    return replace(outlook, worst=worst, proven=0, simulated=0, stuck=0)


def statement(plan: IsolationPlan) -> Iterator[Statement]:
    """Say what the foretelling of losses rests on, where the policy asks to survive them."""
    asked = [loss for loss in plan.losses if is_wanted(plan, loss)]
    count, tried = sum(outlook.count for outlook in asked), sum(outlook.simulated for outlook in asked)
    proven = sum(outlook.proven for outlook in asked)
    rest = count - tried - proven
    if asked and rest + tried:
        given = {"count": count, "proven": proven, "simulated": tried, "packed": rest}
        yield said(Disclosure.of(DisclosureCode.LOSSES_SIMULATED, "survive", **given))


def unsimulated() -> Statement:
    """Say that there was no time to play losses through, so that of each is said only what packing leaves."""
    return said(Disclosure.of(DisclosureCode.LOSSES_UNSIMULATED, "time limit"))


def may_be_unsimulated(plan: IsolationPlan) -> bool:
    """Say whether the plan tells of losses as packing alone has them, and none of them must be survived."""
    return bool(plan.losses) and all(loss == as_packed(loss) and not is_wanted(plan, loss) for loss in plan.losses)


def claims(plan: IsolationPlan, tuning: Tuning = TUNING) -> Iterator[Finding]:
    """Yield an error for each ring of which the plan foretells other than what is seen, or that does not survive what it must."""
    says = any(loss.simulated or loss.proven for loss in plan.losses) or any(ring.any_order for ring in plan.rings)
    must = plan.verdict == FEASIBLE and any(is_wanted(plan, loss) for loss in plan.losses)
    is_cut_short = unsimulated() in plan.not_modelled and may_be_unsimulated(plan)
    if plan.packing or is_cut_short or not (says or must):
        untrue = (loss for loss in plan.losses if loss != as_packed(loss))
        for loss in untrue:
            yield Finding.of(FindingCode.LOSSES_UNTRUE, ERROR, loss.ring, case="unplayed", of=loss.of)
        return
    said = {(loss.ring, loss.of): loss for loss in plan.losses}
    for loss in simulate_failures(replace(plan, losses=tuple(map(as_packed, plan.losses))), tuning=tuning).losses:
        claim = said[loss.ring, loss.of]
        if claim == loss:
            continue  # the ring's grade says that it is at risk where that must not be
        if is_wanted(plan, loss) and loss.stuck and not claim.stuck and plan.verdict == FEASIBLE:
            worst = max(loss.worst, key=lambda lost: sum(lost.left.values()))
            facts = {"pods": worst.left, "of": loss.of, "lost": worst.name, "order": worst.order}
            yield Finding.of(FindingCode.DOES_NOT_SURVIVE, ERROR, loss.ring, case="simulated", **facts)
        else:
            yield Finding.of(FindingCode.LOSSES_UNTRUE, ERROR, loss.ring, case="simulated", said=claim, true=loss)
