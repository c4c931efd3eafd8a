"""What is left pending when every workload rolls out again, all of them at once, after all pods have come.

Autoscalers may have fewer pods meanwhile, and others may take their room before they have all of them again; or the workloads
roll out in the hours of a day, one after the other, while autoscalers have fewer pods and all of them by turns.

Source: pkg/controller/deployment/rolling.go, pkg/controller/replicaset/replica_set.go getPodsToDelete,
pkg/controller/statefulset/stateful_set_control.go, pkg/controller/daemon/update.go.

Where the plan counts what a rollout adds (Workload.surge), so many new pods come first. Then old ones end, as many as may be
away (Workload.away) and new ones more that run already, and others come for them. Chance decides when each workload goes on,
how many of them have pods away at the same time, and whether the pods of a ReplicaSet that end keep their room until their
successors have looked for theirs, or still while the next ones end and so on: successors are made as soon as the others are
told to end, run long before these have gone, and may take the room of somebody who is away. Where kube-scheduler spreads pods
as nobody asked, it counts those of the new ReplicaSet alone. Of pods that go at once all those go first that share the node
which has most of them. Pods that must be spread (DoNotSchedule) keep no room, since kube-scheduler does not count for that
those that end. Not modelled: updates that somebody has to ask for (OnDelete, partitions), more than one pod of a StatefulSet
or DaemonSet that may be away, that a volume keeps its pod where it is, what controller.kubernetes.io/pod-deletion-cost says,
and that nobody makes an old pod again that is put out once enough new ones are there.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Self

from models.kubernetes.workload import Workload, WorkloadId
from planner.rules.plugins import podtopologyspread
from planner.simulate.scheduler.arrival_orders import AS_THEY_ROLL, AS_THEY_SCALE, ROLLED, Arrival, procession
from planner.simulate.scheduler.cluster_state import Stay
from planner.simulate.scheduler.pods import Cast
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation

OVERLAPPING = ("Deployment", "Rollout")
"""Whose new ReplicaSets make pods while others end: StatefulSets and DaemonSets wait until a pod has gone."""


def simulate_order(book: Rulebook, order: str, luck: str = "", progress: Callable[[str], None] = lambda _: None) -> Simulation:
    """Let everybody arrive in an order, and roll out again where it says so; `luck` breaks ties and draws in its own way."""
    name = luck or order
    if not order.startswith(AS_THEY_ROLL):
        return Simulation(book, name, progress).run(procession(book.cast, order, book.tuning.arrivals))
    simulation = Simulation(book, name, progress).run(procession(_without_surge(book.cast), order, book.tuning.arrivals))
    if simulation.pending:
        return simulation
    return _roll_out_while_scaled(simulation) if order.startswith(AS_THEY_SCALE) else _roll_out(simulation)


def _without_surge(cast: Cast) -> Cast:
    """Leave out the pods that are there during a rollout only."""
    known = _workloads(cast)
    kept = [
        (pods[: len(pods) + beyond - added], first)
        for pods, first, beyond in zip(cast.flow, cast.first, cast.beyond, strict=True)
        if len(pods) + beyond > (added := known[cast.groups[pods[0]].workload].surge)
    ]
    return replace(cast, flow=[pods for pods, _ in kept], first=[min(first, len(pods)) for pods, first in kept])


def _workloads(cast: Cast) -> dict[WorkloadId, Workload]:
    return {workload.id: workload for workload in cast.plan.cluster.workloads}


@dataclass(slots=True)
class _Turn:
    """What is left to do for one workload, and when it goes on; `ahead` new pods have come before an old one ends."""

    workload: Workload
    old: list[Stay]
    luck: random.Random
    when: float
    away: int
    surge: int
    ahead: int = 0
    has_begun: bool = False
    is_renewed: bool = False

    @classmethod
    def of(cls, workload: Workload, old: list[Stay], luck: random.Random) -> Self:
        """Begin when luck has it; where the workload has fewer pods than the plan counts, fewer are away, and come first."""
        now, most = len(old), max(len(old), workload.steady)
        # As Kubernetes rounds for Deployments: maxUnavailable down, maxSurge up. Where any pod may be away, one still may.
        away = max(workload.away * now // most, min(1, workload.away))
        return cls(workload, old, luck, luck.random(), away, -(-workload.surge * now // most))

    @property
    def lingers(self) -> bool:
        """Say whether successors are made while those that they follow end."""
        is_spread = podtopologyspread.hard(self.workload.template)
        return self.workload.id.kind in OVERLAPPING and not self.workload.ends_first and not is_spread

    def can_go_on(self, pending: int) -> bool:
        """Say whether any old pods are left, and new ones may come or old ones end while so many of its pods are pending."""
        return bool(self.old) and (self._comes_first() or self._may_end(pending) > 0)

    def go_on(self, simulation: Simulation, pending: int) -> tuple[list[Stay], list[Arrival]]:
        """Return who ends, if not new ones have to come first, and who comes."""
        self.when += self.luck.random()
        if self.workload.id.kind in OVERLAPPING and not self.is_renewed:
            simulation.state.renew(self.workload.id)
            self.is_renewed = True
        self.old = [stay for stay in self.old if simulation.state.has(stay)]
        if not self.old:
            return [], []
        if self._comes_first():
            self.ahead = self.surge
            return [], [(stay.group, None) for stay in self.old[: self.ahead]]
        most = min(len(self.old), self._may_end(pending))
        count = self.luck.randint(1, most) if self.has_begun and most > 1 else most
        self.has_begun = True
        missing = max(0, len(self.old) - self.ahead)
        gone = self._end(simulation, count)
        return gone, [(stay.group, stay.node if self.workload.is_daemon else None) for stay in gone[:missing]]

    def _comes_first(self) -> bool:
        return bool(self.surge) and not self.ahead

    def _may_end(self, pending: int) -> int:
        """Count the pods that may end now: as many as may be away, and new ones more that run already."""
        if pending and self.workload.whole:
            return 0
        return self.away + min(self.ahead, len(self.old)) - pending

    def shrink(self, simulation: Simulation) -> list[Stay]:
        """Return who ends until there are as few pods as the workload begins with, or half of these."""
        least = self.luck.randint(max(1, self.workload.first // 2), max(1, self.workload.first))
        return self._end(simulation, max(0, len(self.old) - least))

    def _end(self, simulation: Simulation, count: int) -> list[Stay]:
        """Take out so many old pods as end together: the youngest of a StatefulSet.

        A ReplicaSet ranks its pods by how many of their controller are on their node, old ones and new ones, before the first of
        them ends, so that nodes that have most of them are emptied; then by their age, roughly.

        Source: pkg/controller/replicaset/replica_set.go getPodsToDelete, pkg/controller/controller_utils.go ActivePodsWithRanks.
        """
        if self.workload.id.kind == "StatefulSet":
            self.old.sort(key=lambda stay: -stay.since)
        else:
            beside = {node: simulation.active(self.workload.id, node) for node in {stay.node for stay in self.old}}
            # Ages count by their power of two, and chance decides between pods of about the same age.
            ranks = {
                stay: (-beside[stay.node], (simulation.state.clock - stay.since).bit_length(), self.luck.random())
                for stay in self.old
            }
            self.old.sort(key=ranks.__getitem__)
        gone, self.old = self.old[:count], self.old[count:]
        return gone


def _roll_out(simulation: Simulation) -> Simulation:
    """Let all workloads go on, each when its time comes, until none can; who has as many pending as may be away waits."""
    luck = random.Random(simulation.order)  # noqa: S311  a rollout to try, not a secret
    return _go_on_by_turns(simulation, list(_turns(simulation)), luck)


def _go_on_by_turns(simulation: Simulation, turns: list[_Turn], luck: random.Random) -> Simulation:
    tuning = simulation.book.tuning.rollouts
    span, together = luck.choice(tuning.spans), luck.random() < tuning.together
    lasting = luck.choice(tuning.lasting) if luck.random() < tuning.lingering else None
    ending: list[tuple[float, Stay]] = []
    while True:
        left = _pending(simulation)
        ready = sorted((turn for turn in turns if turn.can_go_on(left[turn.workload.id])), key=_turn_key)
        if not ready and not ending:
            return simulation
        now = ready[0].when if ready else math.inf
        if due := [pod for end, pod in ending if end <= now]:
            ending = [(end, pod) for end, pod in ending if end > now]
            simulation.leave(due)
            # Nobody arrives, but who is pending tries again with the room that is free now.
            simulation.come([])
            continue
        away: list[Arrival] = []
        for turn in [turn for turn in ready if turn.when // span == now // span] if span else ready[:1]:
            gone, coming = turn.go_on(simulation, left[turn.workload.id])
            away += coming
            if lasting is not None and turn.lingers:
                ending += [(turn.when + lasting, pod) for pod in gone]
            else:
                simulation.leave(gone)
        simulation.linger(pod for _, pod in ending)
        simulation.come([_by_priority(away, simulation)] if together else [[pod] for pod in away])


def _pending(simulation: Simulation) -> Counter[WorkloadId]:
    waiting: Counter[WorkloadId] = Counter()
    for (group, _), count in simulation.pending.items():
        waiting[simulation.book.cast.groups[group].workload] += count
    return waiting


def _turn_key(turn: _Turn) -> tuple[float, WorkloadId]:
    return turn.when, turn.workload.id


def _roll_out_while_scaled(simulation: Simulation) -> Simulation:
    """Let some autoscalers have fewer pods while workloads roll out, all at once or hour after hour, and all after that."""
    luck = random.Random(simulation.order)  # noqa: S311  a rollout to try, not a secret
    tuning = simulation.book.tuning.rollouts
    hours = luck.choice(tuning.hours)
    often = tuning.fewer if hours == 1 else tuning.often
    away: dict[WorkloadId, list[Arrival]] = {}
    for hour in range(hours):
        turns, is_slow = list(_turns(simulation, f"rescaled {hour}")), luck.random() < tuning.lingering
        _rescale(simulation, turns, away, often, is_slow)
        if simulation.pending:
            return simulation
        rolling = [turn for turn in _turns(simulation, f"rolled {hour}") if _hour(simulation, turn.workload.id, hours) == hour]
        if _go_on_by_turns(simulation, rolling, luck).pending:
            return simulation
    return simulation.come([[arrival] for arrival in _mix(simulation, away)])


def _rescale(
    simulation: Simulation, turns: list[_Turn], away: dict[WorkloadId, list[Arrival]], often: float, is_slow: bool
) -> None:
    """Let some autoscalers have fewer pods, and others all of theirs again, which may come before the others have gone."""
    coming: dict[WorkloadId, list[Arrival]] = {}
    ending: list[Stay] = []
    for turn in turns:
        name = turn.workload.id
        if not turn.workload.later or turn.luck.random() >= often:
            continue
        if away.get(name) and turn.luck.random() < simulation.book.tuning.rollouts.back:
            coming[name] = away.pop(name)
            continue
        gone = turn.shrink(simulation)
        away.setdefault(name, []).extend((pod.group, None) for pod in gone)
        if is_slow and turn.lingers:
            ending += gone
        else:
            simulation.leave(gone)
    simulation.linger(ending)
    simulation.come([[pod] for pod in _mix(simulation, coming)])
    simulation.leave(ending)
    simulation.come([])


def _hour(simulation: Simulation, name: WorkloadId, hours: int) -> int:
    """Draw when a workload rolls out, whoever else does."""
    return random.Random(f"{simulation.order} {name} hour").randrange(hours)  # noqa: S311  a rollout to try, not a secret


def _mix(simulation: Simulation, coming: dict[WorkloadId, list[Arrival]]) -> list[Arrival]:
    """Mix the pods of several workloads; where each of one comes among the others of its ring does not hang on who else comes."""
    timed: list[tuple[float, Arrival]] = []
    for name, pods in sorted(coming.items()):
        luck = random.Random(f"{simulation.order} {name} again")  # noqa: S311  a rollout to try, not a secret
        timed += [(luck.random(), pod) for pod in pods]
    return [arrival for _, arrival in sorted(timed)]


def _by_priority(away: list[Arrival], simulation: Simulation) -> list[Arrival]:
    return sorted(away, key=lambda arrival: -simulation.book.cast.groups[arrival[0]].pod.priority)


def _turns(simulation: Simulation, hour: str = "") -> Iterator[_Turn]:
    """Yield a turn for each workload that rolls out, which begins when its own luck has it, in each hour another."""
    cast, known = simulation.book.cast, _workloads(simulation.book.cast)
    old: dict[WorkloadId, list[Stay]] = {}
    for node, there in enumerate(simulation.state.arrived):
        for group, times in there.items():
            old.setdefault(cast.groups[group].workload, []).extend(Stay(group, node, since) for since in times)
    for name, pods in sorted(old.items()):
        if name in known and (known[name].is_daemon or name.kind in ROLLED):
            luck = random.Random(f"{simulation.order} {name}{hour}")  # noqa: S311  a rollout to try, not a secret
            yield _Turn.of(known[name], sorted(pods, key=lambda stay: stay.since), luck)
