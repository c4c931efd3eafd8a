"""Pods arrive one by one and are bound as kube-scheduler would bind them.

Source: pkg/scheduler/schedule_one.go. Who can never be bound is tried again when something has changed that may help: pods that
came after it, or pods put out for others. A pod that was put out comes back at the end.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain, islice

import numpy as np

from models.kubernetes.version import BALANCED_BY_CHANGE, known
from models.kubernetes.workload import WorkloadId
from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.arrival_orders import Arrival, procession
from planner.simulate.scheduler.cluster_state import State, Stay
from planner.simulate.scheduler.disruption_budgets import Budgets
from planner.simulate.scheduler.preemption import eviction
from planner.simulate.scheduler.ranking.front import Ranking
from planner.simulate.scheduler.ranking.scoring import nodes_to_score, sample
from planner.simulate.scheduler.rulebook import Rulebook


class Simulation:
    """One run: `pending` counts the pods that found no place, `lost` those put out that nobody makes again."""

    def __init__(
        self, book: Rulebook, order: str, progress: Callable[[str], None] = lambda _: None, state: State | None = None
    ) -> None:
        """Set the stage, with who is there by `state`. `progress` may end it all.

        Ties are broken by a generator for each workload, seeded with its name and the order's: what happens in one ring does not
        hang on who comes in another.
        """
        self.book, self.order, self.progress = book, order, progress
        self.state = state or State(book)
        by_change = known(book.cast.plan.cluster.kubernetes) >= BALANCED_BY_CHANGE
        self.ranking = Ranking(self.state, by_change)
        self.pending: Counter[Arrival] = Counter()
        self.lost: Counter[int] = Counter()
        self.preempted = 0
        self._lucks: dict[WorkloadId, random.Random] = {}
        self._luck_of: dict[int, random.Random] = {}
        self._budgets: Budgets | None = None
        self._ahead, self._told_every = book.tuning.ranking.ahead, book.tuning.told_every
        self._enough = nodes_to_score(len(book.cast.terrain.nodes))
        self._start = 0
        self._seen = 0
        self._returning: list[Arrival] = []
        self._tried: list[Arrival] = []
        self._hopeless: dict[Arrival, int] = {}
        self._ending: set[int] = set()
        self._homes = {(group, node) for group, node in book.cast.daemons}

    def run(self, acts: Sequence[Sequence[Sequence[Arrival]]] | None = None) -> "Simulation":
        """Let everybody arrive, as the order or `acts` say, but nobody more once an act leaves pods pending."""
        for act in procession(self.book.cast, self.order, self.book.tuning.arrivals) if acts is None else acts:
            if self.pending:
                break
            self.come(act)
        return self

    def come(self, act: Iterable[Sequence[Arrival]]) -> "Simulation":
        """Let these arrive beside whoever is there, and whoever is pending try again until nothing helps any more."""
        parts = iter(act)
        while batch := list(islice(parts, self._ahead)):
            if len(batch) > 1:
                self._expect(chain.from_iterable(batch))
            for part in batch:
                self._pass(part)
                self._wake()
        return self._settle()

    def linger(self, ending: Iterable[Stay]) -> None:
        """Know who keeps its room although it is to end: nobody makes these again if they are put out."""
        self._ending = {stay.since for stay in ending}

    def active(self, owner: WorkloadId, node: int) -> int:
        """Count the pods of a controller on a node that are not to end."""
        there = self.state.arrived[node]
        return sum(time not in self._ending for group in self.book.groups_of[owner] for time in there.get(group, ()))

    def leave(self, gone: Iterable[Stay]) -> None:
        """Let those of these pods end that are still there; whoever is pending has hope again."""
        for stay in gone:
            if self.state.has(stay):
                self.state.take(*stay)
                self._hopeless = {}

    def _wake(self) -> None:
        """Let those try again for whom others can make room by coming, the most important first."""
        groups, rules = self.book.cast.groups, self.book.rules
        if not any(rules[group].joint.may_come_true for group, _ in self.pending):
            return
        waiting = [arrival for arrival in self._in_turn() if rules[arrival[0]].joint.may_come_true]
        waiting.sort(key=lambda arrival: -groups[arrival[0]].pod.priority)
        failed: dict[Arrival, int] = {}
        before = -1
        while before < self.state.clock:
            before = self.state.clock
            left = []
            for arrival in waiting:
                # Nobody was bound since it failed: it would fail again.
                if failed.get(arrival) != self.state.clock and self._bind(*arrival):
                    self.pending[arrival] -= 1
                else:
                    failed[arrival] = self.state.clock
                    left.append(arrival)
            waiting = left
        self.pending = +self.pending

    def _in_turn(self) -> list[Arrival]:
        """Return those who are pending in the order in which they were tried last: so kube-scheduler takes them up again."""
        left = self.pending.copy()
        waiting = []
        for arrival in self._tried:
            if left[arrival]:
                left[arrival] -= 1
                waiting.append(arrival)
        self._tried = waiting
        return list(waiting)

    def _settle(self) -> "Simulation":
        """Let who is pending try again until nothing helps any more."""
        if not self.pending and not self._returning:
            self._tried = []
            return self
        while True:
            before = (self.state.clock, self.preempted)
            coming = [*self._returning, *self._in_turn()]
            self.pending, self._returning, self._tried = Counter(), [], []
            self._pass(sorted(coming, key=lambda arrival: -self.book.cast.groups[arrival[0]].pod.priority))
            # The clock ticks with every pod that is bound.
            if before == (self.state.clock, self.preempted) and not self._returning:
                return self

    def _pass(self, coming: Sequence[Arrival]) -> None:
        for begin in range(0, len(coming), self._ahead):
            batch = coming[begin : begin + self._ahead]
            if len(batch) > 1:
                self._expect(batch)
            for arrival in batch:
                self._take_up(arrival)

    def _expect(self, coming: Iterable[Arrival]) -> None:
        """Look once at what has changed for all of those that come next."""
        self.ranking.expect(islice((group for group, only in coming if only is None), self._ahead))

    def _take_up(self, arrival: Arrival) -> None:
        self._seen += 1
        if self._seen % self._told_every == 0:
            self.progress(f"foreseeing arrival {self.order}, {self._seen:,} pods so far")
        # Others that come take room and give none: who had none has none before somebody is put out, or ends (leave).
        if self._hopeless.get(arrival) == self.preempted or not self._bind(*arrival):
            self.pending[arrival] += 1
            self._tried.append(arrival)
            if not self.book.rules[arrival[0]].joint.may_come_true:
                self._hopeless[arrival] = self.preempted

    def _bind(self, group: int, only: int | None) -> bool:
        node = self._choose(group) if only is None else self._choose_pinned(group, only)
        if node is None:
            return False
        self.state.put(group, node)
        return True

    def _choose(self, group: int) -> int | None:
        """Return the node that kube-scheduler would take, after putting out others if it must."""
        fitting = self.ranking.feasible(group)
        if not len(fitting):
            return self._make_room(group)
        if len(fitting) > self._enough:
            fitting, self._start = sample(fitting, self._start, len(self.state.arrived))
        if len(fitting) == 1:
            return int(fitting[0])
        scores = self.ranking.total(group, fitting)
        # argmax takes a quarter of the time of max, and this is done for every pod.
        best = (scores == scores[scores.argmax()]).nonzero()[0]
        # Luck is drawn for ties only: a node that scores less changes no later draw.
        return int(fitting[best[self._luck(group).randrange(len(best)) if len(best) > 1 else 0]])

    def _luck(self, group: int) -> random.Random:
        if group not in self._luck_of:
            owner = self.book.cast.groups[group].workload
            if owner not in self._lucks:
                self._lucks[owner] = random.Random(f"{self.order} {owner}")  # noqa: S311  a choice among equals, not a secret
            self._luck_of[group] = self._lucks[owner]
        return self._luck_of[group]

    def _first_looked_at(self, group: int, nodes: int) -> int:
        """Choose where preemption begins to look; how often it was tried before in vain does not matter."""
        owner = self.book.cast.groups[group].workload
        return random.Random(f"{self.order} {owner} {self.state.clock}").randrange(nodes)  # noqa: S311  no secret

    def _choose_pinned(self, group: int, node: int) -> int | None:
        """Look at one node, after which the next pod's look begins one further."""
        self._start = (self._start + 1) % len(self.state.arrived)
        return node if self.ranking.fits(group, node) else self._make_room(group, np.array([node], dtype=np.int64))

    def _make_room(self, group: int, nodes: Numbers | None = None) -> int | None:
        if self._budgets is None:
            self._budgets = Budgets(self.book.cast)
        best = eviction(self.state, group, self._budgets, partial(self._first_looked_at, group), nodes)
        if best is None:
            return None
        for victim in best.victims:
            self.state.take(victim.group, best.node, victim.since)
            self.preempted += 1
            if victim.since in self._ending:
                continue
            if not self.book.cast.groups[victim.group].is_made_again:
                self.lost[victim.group] += 1
            elif (victim.group, best.node) in self._homes:
                self._returning.append((victim.group, best.node))
            else:
                self._returning.append((victim.group, None))
        return best.node
