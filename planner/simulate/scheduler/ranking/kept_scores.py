"""Where there is room, and the scores that hang on what nodes have left, kept from pod to pod.

Of a node that has changed they are worked out with plain numbers; where many nodes have, for all nodes and several requests at
once: numpy needs a microsecond for a step, however little it works on.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from planner.simulate.arrays import Flags, Numbers
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.ranking.node_rows import holding
from planner.simulate.scheduler.ranking.scoring import resources
from planner.simulate.scheduler.ranking.tables import Request
from planner.simulate.scores import WEIGHTS, resources_at_once

NEVER = -1_000_000
"""No number to set: so many changes ago, so that all nodes have to be looked at."""
NO_FLAGS: Flags = np.zeros(0, dtype=bool)
NO_NUMBERS: Numbers = np.zeros(0, dtype=np.int64)


@dataclass(slots=True, eq=False)
class Kept:
    """Where there is room for a request, and the scores that hang on what the nodes have left, as of `seen` changes ago.

    More than a `few` changes are too many to look at one by one.
    """

    request: Request
    changes: list[int]
    roomy: Flags
    scores: Numbers
    few: int
    seen: int = NEVER

    @property
    def is_stale(self) -> bool:
        """Say whether so much has changed that all nodes have to be looked at."""
        return len(self.changes) - self.seen > self.few


class KeptScores:
    """Keeps that for every request of a run; requests of pods that come soon are looked at together."""

    def __init__(self, state: State, by_change: bool) -> None:
        """Know nothing yet."""
        self.state, self.by_change = state, by_change
        self._kept: dict[int, Kept] = {}
        self._changes: dict[int, list[int]] = {}
        self._listeners: list[list[tuple[list[int], int]]] = [[] for _ in state.arrived]
        self._told = 0
        self._lines: dict[int, deque[Kept]] = {}
        self._few, self._together = state.book.tuning.ranking.few, state.book.tuning.ranking.together

    def expect(self, requests: Iterable[Request]) -> None:
        """Be told whose pods come next."""
        self._lines = {}
        for request in requests:
            if request.is_plain:
                self._lines.setdefault(request.ground.number, deque()).append(self._kept_for(request))

    def _kept_for(self, request: Request) -> Kept:
        kept = self._kept.get(request.number)
        if kept is None:
            ground = request.ground
            # One list of changes for all requests of a ground: each keeps in `seen` how far it has read.
            if ground.number not in self._changes:
                changes = self._changes[ground.number] = []
                for position, node in enumerate(ground.members):
                    self._listeners[node].append((changes, position))
            changes = self._changes[ground.number]
            kept = self._kept[request.number] = Kept(request, changes, NO_FLAGS, NO_NUMBERS, self._few)
        return kept

    def of(self, request: Request) -> Kept:
        """Return what is known, after a look at what has changed."""
        self._listen()
        kept = self._kept_for(request)
        line = self._lines.get(request.ground.number)
        if line and line[0] is kept:
            line.popleft()
        if kept.seen < len(kept.changes):
            self._refresh(kept, line or ())
        return kept

    def _listen(self) -> None:
        """Note for every ground which of its nodes have changed."""
        touched = self.state.touched
        if self._told < len(touched):
            for node in touched[self._told :]:
                for changes, position in self._listeners[node]:
                    changes.append(position)
            self._told = len(touched)

    def _refresh(self, kept: Kept, line: Iterable[Kept]) -> None:
        # The short cuts need cpu and memory on every node, and a pod that asks for either; else the plug-ins are asked.
        if not kept.request.is_plain:
            self._look(kept)
        elif kept.is_stale:
            stale = (other for other in islice(line, self._together) if other.is_stale)
            self._look_together(list({other.request.number: other for other in (kept, *stale)}.values()))
        else:
            for position in kept.changes[kept.seen :]:
                self._look_at(kept, position)
            kept.seen = len(kept.changes)

    def _look(self, kept: Kept) -> None:
        nodes = kept.request.ground.nodes
        kept.roomy = holding(self.state.by_node.take(nodes, axis=0), kept.request.needed)
        parts = resources(self.state, kept.request.rules, nodes, self.by_change)
        kept.scores = np.asarray(sum(WEIGHTS[name] * scores for name, scores in parts))
        kept.seen = len(kept.changes)

    def _look_together(self, batch: list[Kept]) -> None:
        """Look at all nodes of one ground for several plain requests: it takes hardly longer than for one."""
        ground = batch[0].request.ground
        rows = self.state.by_node.take(ground.nodes, axis=0)
        roomy = holding(rows, np.array([[kept.request.needed] for kept in batch]))
        minuend = ground.there + np.array([[kept.request.added] for kept in batch])
        scores = resources_at_once.scores(rows[:, :6], minuend, ground.divisor, self.by_change)
        for row, kept in enumerate(batch):
            kept.roomy, kept.scores, kept.seen = roomy[row], scores[row], len(kept.changes)

    def _look_at(self, kept: Kept, position: int) -> None:
        """Look at one node for a plain request."""
        request = kept.request
        row = self.state.rows[request.ground.members[position]].tolist()
        fits = True
        for column, amount in request.asked:
            if row[column] < amount:
                fits = False
        kept.roomy[position] = fits
        kept.scores[position] = resources_at_once.score(row, request.adds, request.ground.pairs[position], self.by_change)
