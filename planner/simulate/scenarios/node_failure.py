"""What kube-scheduler makes of a loss: the pods that were on lost nodes come again, one by one, beside those that stay.

Lost is what planner/rules/placement/failure_repacking.py says: one node of a ring, or its nodes in one zone, with their Node
objects, DaemonSet pods and static pods. All other pods stay, unless they are put out for pods of higher priority.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.answer.plan import IsolationPlan
from models.kubernetes.pod import Pod
from models.kubernetes.workload import WorkloadId
from planner.simulate.scheduler.arrival_orders import procession, usual
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.pods import RESIDENT, Cast, cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation

Seat = tuple[WorkloadId, Pod]
Seats = Mapping[str, Counter[Seat]]
"""Which pods are on each node, DaemonSets and residents left out."""


@dataclass(frozen=True, slots=True)
class Left:
    """The pods that are pending after a loss, by workload; `stranded` of them have no node left that ever takes them."""

    order: str = ""
    pods: Counter[WorkloadId] = field(default_factory=Counter)
    stranded: Counter[WorkloadId] = field(default_factory=Counter)


def as_planned(plan: IsolationPlan) -> Seats:
    """Return where the plan puts the pods; those of a StatefulSet that differ by their volumes where these can be reached."""
    cast = cast_of(plan)
    book = Rulebook(cast)
    members: dict[WorkloadId, Counter[int]] = {}
    for group in (group for flow in cast.flow for group in flow):
        members.setdefault(cast.groups[group].workload, Counter())[group] += 1
    seats: dict[str, Counter[Seat]] = {}
    for placement in plan.placements:
        for node, count in placement.on.items() if placement.workload in members else ():
            for _ in range(count):
                nearest = _nearest(book, members[placement.workload], node)
                if nearest is not None:
                    seats.setdefault(node, Counter())[_seat(cast, nearest)] += 1
    return seats


def _nearest(book: Rulebook, left: Counter[int], node: str) -> int | None:
    """Take the group with fewest nodes to go to whose pod can be on the node."""
    index = book.cast.terrain.index[node]
    able = [group for group, count in left.items() if count and index in book.rules[group].reach]
    if not able:
        return None
    best = min(able, key=lambda group: (len(book.rules[group].reach), group))
    left[best] -= 1
    return best


def as_bound(simulation: Simulation) -> Seats:
    """Return where a simulation has bound the pods."""
    cast = simulation.book.cast
    daemons = {group for group, _ in cast.daemons}
    seats: dict[str, Counter[Seat]] = {}
    for number, there in enumerate(simulation.state.arrived):
        for group, times in there.items():
            if group not in daemons and cast.groups[group].workload != RESIDENT:
                seats.setdefault(cast.terrain.nodes[number].name, Counter())[_seat(cast, group)] += len(times)
    return seats


def _seat(cast: Cast, group: int) -> Seat:
    return cast.groups[group].workload, cast.groups[group].pod


def without(plan: IsolationPlan, gone: frozenset[str]) -> IsolationPlan:
    """Return the plan as if these nodes had never been, with all its pods."""
    cluster = plan.cluster
    nodes = tuple(node for node in cluster.nodes if node.name not in gone)
    residents = tuple(resident for resident in cluster.residents if resident.node not in gone)
    rings = tuple(replace(ring, nodes=tuple(name for name in ring.nodes if name not in gone)) for ring in plan.rings)
    return replace(plan, cluster=replace(cluster, nodes=nodes, residents=residents), rings=rings)


class Aftermath:
    """The cluster without some nodes, ready to be played through again and again."""

    def __init__(self, plan: IsolationPlan, gone: frozenset[str]) -> None:
        """Work out the rules of what is left."""
        self.gone = gone
        self.cast = cast_of(without(plan, gone))
        self.book = Rulebook(self.cast)
        flowing = {group for flow in self.cast.flow for group in flow}
        self.number = {_seat(self.cast, group): group for group in sorted(flowing)}

    def worst(self, starts: Sequence[Seats], orders: Iterable[str], ties: int) -> Left:
        """Let the lost pods come again, from each start in each order and with ties broken in several ways; return the worst."""
        states = [self._seated(seats) for seats in starts]
        runs = (
            self._play(starts[start], states[start].copy(), f"{start} {tie}", order)
            for start, order, tie in self._ways(len(starts), orders, ties)
        )
        # Those that are stranded are so in every run: they make none of them worse.
        return max(runs, key=lambda left: (left.pods - left.stranded).total(), default=Left())

    def _ways(self, starts: int, orders: Iterable[str], ties: int) -> Iterator[tuple[int, str, int]]:
        for start in range(starts):
            # DaemonSets' pods are not among those that come again, so no order has them last.
            for order in usual(orders, replace(self.cast, daemons=[])):
                yield from ((start, order, tie) for tie in range(ties))

    def _play(self, seats: Seats, state: State, luck: str, order: str) -> Left:
        simulation = Simulation(self.book, f"{order}, loss {luck}", state=state)
        flow = self._lost(seats)
        coming = replace(self.cast, flow=flow, first=[len(pods) for pods in flow], daemons=[])
        for act in procession(coming, order, self.book.tuning.arrivals):
            simulation.come(act)
        pods: Counter[WorkloadId] = Counter()
        stranded: Counter[WorkloadId] = Counter()
        for (group, only), count in simulation.pending.items():
            if only is None:
                pods[self.cast.groups[group].workload] += count
                stranded[self.cast.groups[group].workload] += 0 if len(self.book.rules[group].reach) else count
        for group, count in simulation.lost.items():
            pods[self.cast.groups[group].workload] += count
        return Left(order, +pods, +stranded)

    def _seated(self, seats: Seats) -> State:
        """Return the state with everybody where they were, but those on lost nodes."""
        state = State(self.book)
        for group, node in self.cast.daemons:
            state.put(group, node)
        for name, there in seats.items():
            for seat, count in there.items() if name not in self.gone else ():
                for _ in range(count):
                    state.put(self.number[seat], self.cast.terrain.index[name])
        return state

    def _lost(self, seats: Seats) -> list[list[int]]:
        """Return the groups of the pods on the lost nodes, workload by workload, in the order of their ordinals."""
        left: Counter[int] = Counter()
        for name in sorted(self.gone):
            for seat, count in seats.get(name, Counter()).items():
                left[self.number[seat]] += count
        flow = []
        for groups in self.cast.flow:
            mine = []
            for group in groups:
                if left[group]:
                    left[group] -= 1
                    mine.append(group)
            if mine:
                flow.append(mine)
        return flow
