"""Which nodes fit a pod and how they are scored, kept from pod to pod: only what has changed is worked out anew.

The answers are those of filters.feasible and scoring.total, which begin from nothing each time.
"""

import numpy as np

from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import attracted
from planner.simulate.scheduler.nodes import Flags, Numbers
from planner.simulate.scheduler.scoring import total
from planner.simulate.scheduler.tables import SPREAD_WEIGHT, Barriers, Fitting, Lookup, Request
from planner.simulate.scores import WEIGHTS, interpodaffinity, noderesourcesbalancedallocation, noderesourcesfit, podtopologyspread

FEW = 8
"""So many nodes that changed are looked at one by one; more of them all at once."""


class Kept:
    """Where there is room for a request, and the scores that hang on what the nodes have left."""

    def __init__(self, state: State, request: Request, by_change: bool) -> None:
        """Look at all nodes."""
        self.state, self.request, self.by_change = state, request, by_change
        self.roomy: Flags = np.zeros(0, dtype=bool)
        self.scores: Numbers = np.zeros(0, dtype=np.int64)
        self._look()

    def refresh(self) -> None:
        """Look at the nodes that have changed since."""
        touched = self.state.touched
        if len(touched) - self._seen > FEW:
            self._look()
        else:
            for node in touched[self._seen :]:
                self._look_at(node)
            self._seen = len(touched)

    def _look(self) -> None:
        request = self.request
        self._seen = len(self.state.touched)
        rows = self.state.by_node.T.take(request.reach, axis=1)
        room = rows.take(request.columns, axis=0) >= request.amounts
        self.roomy = np.logical_and.reduce(room)
        self.scores = noderesourcesfit.score(rows[-2:] + np.array(request.weighed)[:, np.newaxis], request.capacity)
        if any(request.real):
            used = request.capacity.amounts - rows[:2]
            self.scores += noderesourcesbalancedallocation.score(used, request.real, request.capacity, self.by_change)

    def _look_at(self, node: int) -> None:
        request = self.request
        at = request.position[node]
        if at < 0:
            return
        row = self.state.by_node[node].tolist()
        fits = True
        for column, amount in request.asked:
            if row[column] < amount:
                fits = False
        self.roomy[at] = fits
        cpus, memories = there = request.there[at]
        cpu, memory = request.weighed
        score = noderesourcesfit.of_node(row[-2] + cpu, row[-1] + memory, cpus, memories)
        if any(request.real):
            used = (cpus - row[0], memories - row[1])
            score += noderesourcesbalancedallocation.of_node(used, request.real, there, self.by_change)
        self.scores[at] = score


class Ranking:
    """Ranks nodes for the pods of one run."""

    def __init__(self, state: State, by_change: bool) -> None:
        """Know nothing yet."""
        self.state, self.by_change = state, by_change
        self._tables = state.book.tables
        self._kept: dict[int, Kept] = {}
        self._last: tuple[Fitting, Kept] | None = None

    def feasible(self, group: int) -> Numbers:
        """Return the nodes that take one more pod of the group, in kube-scheduler's order."""
        lookup = self._tables.of(group)
        kept = self._kept.get(lookup.request.at)
        if kept is None:
            kept = self._kept[lookup.request.at] = Kept(self.state, lookup.request, self.by_change)
        else:
            kept.refresh()
        fits = kept.roomy if lookup.barriers is None else self._unbarred(lookup, lookup.barriers, kept.roomy)
        fitting = self._tables.fitting(lookup, fits)
        self._last = fitting, kept
        return fitting.nodes

    def _unbarred(self, lookup: Lookup, barriers: Barriers, fits: Flags) -> Flags:
        state, counted = self.state, self.state.counted
        if any(counted[slot] for slot in barriers.exclusive):
            return np.zeros(len(fits), dtype=bool)
        if barriers.taken is not None:
            taken = counted.take(barriers.taken)
            fits = fits & ((taken[0] if len(taken) == 1 else np.add.reduce(taken)) == 0)
        for bound in barriers.bounds:
            lowest = 0
            if bound.domains is not None:
                values = counted.take(bound.domains)
                lowest = int(values[values.argmin()])
            fits = fits & bound.bears & (counted.take(bound.slots) <= bound.above + lowest)
        if barriers.seeks:
            fits = fits & attracted(state, lookup.rules.joint, lookup.rules.reach)
        return fits

    def total(self, group: int, nodes: Numbers) -> Numbers:
        """Return the weighted sum of all scores of these nodes."""
        if self._last is None or self._last[0].nodes is not nodes:
            return total(self.state, self.state.book.rules[group], nodes, self.by_change)
        fitting, kept = self._last
        scores = kept.scores if fitting.positions is None else kept.scores.take(fitting.positions)
        if fitting.fixed is not None:
            scores = scores + fitting.fixed
        if fitting.spread is not None:
            scores = scores + self._spread(fitting)
        if fitting.pulls is not None:
            slots, weights = fitting.pulls
            raw = weights @ self.state.counted.take(slots)
            scores = scores + WEIGHTS["InterPodAffinity"] * interpodaffinity.normalise(raw)
        return scores

    def _spread(self, fitting: Fitting) -> Numbers:
        assert fitting.spread is not None  # noqa: S101
        slots, factors, summands = fitting.spread
        parts = self.state.counted.take(slots) * factors
        parts += summands
        raw = parts[0]
        for part in parts[1:]:
            raw += part
        scores = podtopologyspread.normalise(podtopologyspread.rounded(raw), fitting.ignored)
        scores *= SPREAD_WEIGHT
        return scores
