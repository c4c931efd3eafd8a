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
SPANS = (0.0, 0.3, 1.0, 3.0)
"""Workloads that go on in the same span of time have pods away together; a workload's own follow each other within 1."""
HOURS = (1, 24)
"""In so many parts workloads roll out while autoscalers have fewer pods; in the next part those go on that have not yet."""
FEWER = 0.7
"""How often a workload that has an autoscaler has fewer pods for a time, where all roll out at once."""
OFTEN, BACK = 0.25, 0.5
"""How often an autoscaler changes its mind in an hour of many, and how often it wants all its pods again then."""
LINGERING = 0.5
"""How often pods that end keep their room until their successors have looked for theirs."""
LASTING = (0.0, 1.0, 4.0)
"""For how long, where a workload's next pods go within 1: the next may go while those before them still end."""
TOGETHER = 0.3
"""How often pods that are away together come back together, not one after the other."""


def simulated(book: Rulebook, order: str, luck: str = "", progress: Callable[[str], None] = lambda _: None) -> Simulation:
    """Let everybody arrive in an order, and roll out again where it says so; `luck` breaks ties and draws in its own way."""
    name = luck or order
    if not order.startswith(AS_THEY_ROLL):
        return Simulation(book, name, progress).run(procession(book.cast, order))
    made = Simulation(book, name, progress).run(procession(_steady(book.cast), order))
    if made.pending:
        return made
    return _scaled(made) if order.startswith(AS_THEY_SCALE) else _rolled_out(made)


def _steady(cast: Cast) -> Cast:
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

    def go_on(self, made: Simulation, pending: int) -> tuple[list[Stay], list[Arrival]]:
        """Return who ends, if not new ones have to come first, and who comes."""
        self.when += self.luck.random()
        if self.workload.id.kind in OVERLAPPING and not self.is_renewed:
            made.state.renew(self.workload.id)
            self.is_renewed = True
        self.old = [one for one in self.old if made.state.has(one)]
        if not self.old:
            return [], []
        if self._comes_first():
            self.ahead = self.surge
            return [], [(one.group, None) for one in self.old[: self.ahead]]
        most = min(len(self.old), self._may_end(pending))
        count = self.luck.randint(1, most) if self.has_begun and most > 1 else most
        self.has_begun = True
        missing = max(0, len(self.old) - self.ahead)
        gone = self._end(made, count)
        return gone, [(one.group, one.node if self.workload.is_daemon else None) for one in gone[:missing]]

    def _comes_first(self) -> bool:
        return bool(self.surge) and not self.ahead

    def _may_end(self, pending: int) -> int:
        """Count the pods that may end now: as many as may be away, and new ones more that run already."""
        if pending and self.workload.whole:
            return 0
        return self.away + min(self.ahead, len(self.old)) - pending

    def shrink(self, made: Simulation) -> list[Stay]:
        """Return who ends until there are as few pods as the workload begins with, or half of these."""
        least = self.luck.randint(max(1, self.workload.first // 2), max(1, self.workload.first))
        return self._end(made, max(0, len(self.old) - least))

    def _end(self, made: Simulation, count: int) -> list[Stay]:
        """Take out so many old pods as end together: the youngest of a StatefulSet.

        A ReplicaSet ranks its pods by how many of their controller are on their node, old ones and new ones, before the first of
        them ends, so that nodes that have most of them are emptied; then by their age, roughly.

        Source: pkg/controller/replicaset/replica_set.go getPodsToDelete, pkg/controller/controller_utils.go ActivePodsWithRanks.
        """
        if self.workload.id.kind == "StatefulSet":
            self.old.sort(key=lambda one: -one.since)
        else:
            beside = {node: made.active(self.workload.id, node) for node in {one.node for one in self.old}}
            ranks = {
                one: (-beside[one.node], (made.state.clock - one.since).bit_length(), self.luck.random()) for one in self.old
            }
            self.old.sort(key=ranks.__getitem__)
        gone, self.old = self.old[:count], self.old[count:]
        return gone


def _rolled_out(made: Simulation) -> Simulation:
    """Let all workloads go on, each when its time comes, until none can; who has as many pending as may be away waits."""
    luck = random.Random(made.order)  # noqa: S311  a rollout to try, not a secret
    return _gone_on(made, list(_turns(made)), luck)


def _gone_on(made: Simulation, turns: list[_Turn], luck: random.Random) -> Simulation:
    span, together = luck.choice(SPANS), luck.random() < TOGETHER
    lasting = luck.choice(LASTING) if luck.random() < LINGERING else None
    ending: list[tuple[float, Stay]] = []
    while True:
        left = _pending(made)
        ready = sorted((turn for turn in turns if turn.can_go_on(left[turn.workload.id])), key=_when)
        if not ready and not ending:
            return made
        now = ready[0].when if ready else math.inf
        if due := [one for end, one in ending if end <= now]:
            ending = [(end, one) for end, one in ending if end > now]
            made.leave(due)
            made.come([])
            continue
        away: list[Arrival] = []
        for turn in [turn for turn in ready if turn.when // span == now // span] if span else ready[:1]:
            gone, coming = turn.go_on(made, left[turn.workload.id])
            away += coming
            if lasting is not None and turn.lingers:
                ending += [(turn.when + lasting, one) for one in gone]
            else:
                made.leave(gone)
        made.linger(one for _, one in ending)
        made.come([_by_priority(away, made)] if together else [[one] for one in away])


def _pending(made: Simulation) -> Counter[WorkloadId]:
    found: Counter[WorkloadId] = Counter()
    for (group, _), count in made.pending.items():
        found[made.book.cast.groups[group].workload] += count
    return found


def _when(turn: _Turn) -> tuple[float, WorkloadId]:
    return turn.when, turn.workload.id


def _scaled(made: Simulation) -> Simulation:
    """Let some autoscalers have fewer pods while workloads roll out, all at once or hour after hour, and all after that."""
    luck = random.Random(made.order)  # noqa: S311  a rollout to try, not a secret
    hours = luck.choice(HOURS)
    away: dict[WorkloadId, list[Arrival]] = {}
    for hour in range(hours):
        _rescaled(made, list(_turns(made, f"rescaled {hour}")), away, FEWER if hours == 1 else OFTEN, luck.random() < LINGERING)
        if made.pending:
            return made
        rolling = [turn for turn in _turns(made, f"rolled {hour}") if _hour(made, turn.workload.id, hours) == hour]
        if _gone_on(made, rolling, luck).pending:
            return made
    return made.come([[one] for one in _mixed(made, away)])


def _rescaled(made: Simulation, turns: list[_Turn], away: dict[WorkloadId, list[Arrival]], often: float, is_slow: bool) -> None:
    """Let some autoscalers have fewer pods, and others all of theirs again, which may come before the others have gone."""
    coming: dict[WorkloadId, list[Arrival]] = {}
    ending: list[Stay] = []
    for turn in turns:
        name = turn.workload.id
        if not turn.workload.later or turn.luck.random() >= often:
            continue
        if away.get(name) and turn.luck.random() < BACK:
            coming[name] = away.pop(name)
            continue
        gone = turn.shrink(made)
        away.setdefault(name, []).extend((one.group, None) for one in gone)
        if is_slow and turn.lingers:
            ending += gone
        else:
            made.leave(gone)
    made.linger(ending)
    made.come([[one] for one in _mixed(made, coming)])
    made.leave(ending)
    made.come([])


def _hour(made: Simulation, name: WorkloadId, hours: int) -> int:
    """Draw when a workload rolls out, whoever else does."""
    return random.Random(f"{made.order} {name} hour").randrange(hours)  # noqa: S311  a rollout to try, not a secret


def _mixed(made: Simulation, coming: dict[WorkloadId, list[Arrival]]) -> list[Arrival]:
    """Mix the pods of several workloads; where each of one comes among the others of its ring does not hang on who else comes."""
    timed: list[tuple[float, Arrival]] = []
    for name, pods in sorted(coming.items()):
        luck = random.Random(f"{made.order} {name} again")  # noqa: S311  a rollout to try, not a secret
        timed += [(luck.random(), pod) for pod in pods]
    return [one for _, one in sorted(timed)]


def _by_priority(away: list[Arrival], made: Simulation) -> list[Arrival]:
    return sorted(away, key=lambda one: -made.book.cast.groups[one[0]].pod.priority)


def _turns(made: Simulation, hour: str = "") -> Iterator[_Turn]:
    """Yield a turn for each workload that rolls out, which begins when its own luck has it, in each hour another."""
    cast, known = made.book.cast, _workloads(made.book.cast)
    old: dict[WorkloadId, list[Stay]] = {}
    for node, there in enumerate(made.state.arrived):
        for group, times in there.items():
            old.setdefault(cast.groups[group].workload, []).extend(Stay(group, node, since) for since in times)
    for name, pods in sorted(old.items()):
        if name in known and (known[name].is_daemon or name.kind in ROLLED):
            luck = random.Random(f"{made.order} {name}{hour}")  # noqa: S311  a rollout to try, not a secret
            yield _Turn.of(known[name], sorted(pods, key=lambda one: one.since), luck)
