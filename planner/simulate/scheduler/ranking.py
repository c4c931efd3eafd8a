"""Which nodes fit a pod and how they are scored, kept from pod to pod: only what has changed is worked out anew.

The answers are those of filters.feasible and scoring.total, which begin from nothing each time.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import allowed, attracted
from planner.simulate.scheduler.node_rows import holding
from planner.simulate.scheduler.nodes import Flags, Numbers
from planner.simulate.scheduler.scoring import resources, total
from planner.simulate.scheduler.tables import SPREAD_WEIGHT, Barriers, Fitting, Lookup, Request, SoftSpreads
from planner.simulate.scores import WEIGHTS, interpodaffinity, podtopologyspread, resources_at_once

FEW = 12
"""So many nodes that changed are looked at one by one; more of them all at once."""
NEVER = -1_000_000
LOOKED_UP = 1_000
"""Up to this raw score of spread it is looked up what it becomes, which is faster than to multiply and divide."""
HALF = np.array(0.5)


class Kept:
    """Where there is room for a request, and the scores that hang on what the nodes have left."""

    def __init__(self, state: State, request: Request, by_change: bool) -> None:
        """Know nothing yet."""
        self.state, self.request, self.by_change = state, request, by_change
        self.roomy: Flags = np.zeros(0, dtype=bool)
        self.scores: Numbers = np.zeros(0, dtype=np.int64)
        self.seen = NEVER

    @property
    def is_stale(self) -> bool:
        """Say whether so much has changed that all nodes have to be looked at."""
        return len(self.state.touched) - self.seen > FEW

    def refresh(self) -> None:
        """Look at the nodes that have changed since."""
        touched = self.state.touched
        changes = len(touched) - self.seen
        if not changes:
            return
        if changes > FEW or not self.request.is_plain:
            self._look()
        else:
            for node in touched[self.seen :]:
                self._look_at(node)
        self.seen = len(touched)

    def _look(self) -> None:
        request, ground = self.request, self.request.ground
        rows = self.state.by_node.take(ground.nodes, axis=0)
        self.roomy = holding(rows, request.needed)
        if request.is_plain:
            minuend = ground.there + request.added
            self.scores = resources_at_once.scores(rows[:, :6], minuend, ground.divisor, self.by_change)
        else:
            parts = resources(self.state, request.rules, ground.nodes, self.by_change)
            self.scores = np.asarray(sum(WEIGHTS[name] * scores for name, scores in parts))

    def _look_at(self, node: int) -> None:
        request = self.request
        at = request.ground.position[node]
        if at < 0:
            return
        row = self.state.by_node[node].tolist()
        fits = True
        for column, amount in request.asked:
            if row[column] < amount:
                fits = False
        self.roomy[at] = fits
        self.scores[at] = resources_at_once.score(row, request.adds, request.ground.pairs[at], self.by_change)


def _look_together(state: State, kept: list[Kept], by_change: bool) -> None:
    """Look at all nodes for several plain requests: one step for all takes hardly longer than for one."""
    requests = [one.request for one in kept]
    sizes = [len(request.ground.nodes) for request in requests]
    rows = state.by_node.take(np.concatenate([request.ground.nodes for request in requests]), axis=0)
    roomy = holding(rows, np.repeat([request.needed for request in requests], sizes, axis=0))
    minuend = np.repeat([request.added for request in requests], sizes, axis=0)
    minuend += np.concatenate([request.ground.there for request in requests])
    divisor = np.concatenate([request.ground.divisor for request in requests])
    scores = resources_at_once.scores(rows[:, :6], minuend, divisor, by_change)
    end, now = 0, len(state.touched)
    for one, size in zip(kept, sizes, strict=True):
        begin, end = end, end + size
        one.roomy, one.scores, one.seen = roomy[begin:end], scores[begin:end], now


class Ranking:
    """Ranks nodes for the pods of one run."""

    def __init__(self, state: State, by_change: bool) -> None:
        """Know nothing yet."""
        self.state, self.by_change = state, by_change
        self._tables = state.book.tables
        self._kept: dict[int, Kept] = {}
        self._last: tuple[Fitting, Kept] | None = None

    def expect(self, groups: Iterable[int]) -> None:
        """Be told who comes next, so that what has changed much is looked at in one go."""
        known = (self._kept_for(self._tables.of(group).request) for group in groups)
        stale = {one.request.at: one for one in known if one.request.is_plain and one.is_stale}
        if len(stale) > 1:
            _look_together(self.state, list(stale.values()), self.by_change)

    def _kept_for(self, request: Request) -> Kept:
        kept = self._kept.get(request.at)
        if kept is None:
            kept = self._kept[request.at] = Kept(self.state, request, self.by_change)
        return kept

    def feasible(self, group: int) -> Numbers:
        """Return the nodes that take one more pod of the group, in kube-scheduler's order."""
        lookup = self._tables.of(group)
        kept = self._kept_for(lookup.request)
        kept.refresh()
        fits = kept.roomy if lookup.barriers is None else self._unbarred(lookup, lookup.barriers, kept.roomy)
        fitting = self._tables.fitting(lookup, fits)
        self._last = fitting, kept
        return fitting.nodes

    def fits(self, group: int, node: int) -> bool:
        """Say whether this node takes one more pod of the group, which may go there."""
        lookup = self._tables.of(group)
        if lookup.barriers is not None:
            return bool(allowed(self.state, lookup.rules, np.array([node], dtype=np.int64))[0])
        row = self.state.by_node[node].tolist()
        return all(row[column] >= amount for column, amount in lookup.request.asked)

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
            scores = scores + self._spread(fitting, fitting.spread)
        if fitting.pulls is not None:
            slots, weights = fitting.pulls
            raw = weights @ self.state.counted.take(slots)
            scores = scores + WEIGHTS["InterPodAffinity"] * interpodaffinity.normalise(raw)
        return scores

    def _spread(self, fitting: Fitting, soft: SoftSpreads) -> Numbers:
        parts = self.state.counted.take(soft.slots) * soft.factors
        parts += soft.summands
        raw = parts[0]
        for part in parts[1:]:
            raw += part
        raw += HALF
        rounded = raw.astype(np.int64)
        if fitting.ignored is not None:
            return SPREAD_WEIGHT * podtopologyspread.normalise(rounded, fitting.ignored)
        lowest, highest = rounded.item(rounded.argmin()), rounded.item(rounded.argmax())
        if highest > LOOKED_UP:
            return SPREAD_WEIGHT * podtopologyspread.normalise(rounded)
        return np.asarray(_spread_scores(lowest, highest).take(rounded))


@lru_cache(maxsize=LOOKED_UP)
def _spread_scores(lowest: int, highest: int) -> Numbers:
    """Return what each raw score up to the highest becomes."""
    scores = SPREAD_WEIGHT * podtopologyspread.normalise(np.arange(lowest, highest + 1, dtype=np.int64))
    return np.concatenate((np.zeros(lowest, dtype=np.int64), scores))
