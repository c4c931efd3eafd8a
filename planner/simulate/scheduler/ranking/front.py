"""Which nodes fit a pod and how they are scored, kept from pod to pod: only what has changed is worked out anew.

The answers are those of filters.feasible and scoring.total, which begin from nothing each time.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from planner.simulate.arrays import Flags, Numbers
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import is_attracted, take_one_more
from planner.simulate.scheduler.ranking.kept_scores import Kept, KeptScores
from planner.simulate.scheduler.ranking.scoring import total
from planner.simulate.scheduler.ranking.tables import SPREAD_WEIGHT, Barriers, Fitting, Lookup, SoftSpreads
from planner.simulate.scores import WEIGHTS, interpodaffinity, podtopologyspread

HALF = np.array(0.5)


class Ranking:
    """Ranks nodes for the pods of one run."""

    def __init__(self, state: State, by_change: bool) -> None:
        """Know nothing yet."""
        self.state, self.by_change = state, by_change
        self._tables, self._looked_up = state.book.tables, state.book.tuning.ranking.looked_up
        self._kept = KeptScores(state, by_change)
        self._last: tuple[Fitting, Kept] | None = None

    def expect(self, groups: Iterable[int]) -> None:
        """Be told who comes next, so that what has changed much is looked at in one go."""
        self._kept.expect(self._tables.of(group).request for group in groups)

    def feasible(self, group: int) -> Numbers:
        """Return the nodes that take one more pod of the group, in kube-scheduler's order."""
        lookup = self._tables.of(group)
        kept = self._kept.of(lookup.request)
        fits = kept.roomy if lookup.barriers is None else self._without_barred(lookup, lookup.barriers, kept.roomy)
        fitting = self._tables.fitting(lookup, fits)
        self._last = fitting, kept
        return fitting.nodes

    def fits(self, group: int, node: int) -> bool:
        """Say whether this node takes one more pod of the group, which may go there."""
        lookup = self._tables.of(group)
        row, joint = self.state.rows[node].tolist(), lookup.rules.joint
        if not all(row[column] >= amount for column, amount in lookup.request.asked):
            return False
        if joint.spread or joint.attraction:
            return bool(take_one_more(self.state, lookup.rules, np.array([node], dtype=np.int64))[0])
        if lookup.barriers is not None and any(self.state.counted[slot] for slot in lookup.barriers.exclusive):
            return False
        counts = (*joint.ports, *joint.repels, *joint.repelled)
        return not any(self.state.values[count.number][count.look[node]] for count in counts if count.look[node] >= 0)

    def _without_barred(self, lookup: Lookup, barriers: Barriers, fits: Flags) -> Flags:
        state, counted = self.state, self.state.counted
        if any(counted[slot] for slot in barriers.exclusive):
            return np.zeros(len(fits), dtype=bool)
        if barriers.taken is not None:
            taken = counted.take(barriers.taken)
            # Counts are never negative: all are 0 where their sum is.
            fits = fits & ((taken[0] if len(taken) == 1 else np.add.reduce(taken)) == 0)
        for bound in barriers.bounds:
            lowest = 0
            if bound.domains is not None:
                values = counted.take(bound.domains)
                lowest = int(values[values.argmin()])
            fits = fits & bound.bears & (counted.take(bound.slots) <= bound.above + lowest)
        if barriers.seeks:
            fits = fits & is_attracted(state, lookup.rules.joint, lookup.rules.reach)
        return fits

    def total(self, group: int, nodes: Numbers) -> Numbers:
        """Return the weighted sum of all scores of these nodes."""
        # feasible() has just looked these up, unless sample() has cut them: then it is another array.
        if self._last is None or self._last[0].nodes is not nodes:
            return total(self.state, self.state.book.rules[group], nodes, self.by_change)
        return self._total(*self._last)

    def _total(self, fitting: Fitting, kept: Kept) -> Numbers:
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
        # To cut is to round halves up now, as Go does: raw scores are not negative.
        rounded = raw.astype(np.int64)
        if fitting.ignored is not None:
            return SPREAD_WEIGHT * podtopologyspread.normalise(rounded, fitting.ignored)
        lowest, highest = rounded.item(rounded.argmin()), rounded.item(rounded.argmax())
        if highest > self._looked_up:
            return SPREAD_WEIGHT * podtopologyspread.normalise(rounded)
        return np.asarray(_spread_scores(lowest, highest).take(rounded))


@lru_cache(maxsize=1_000)
def _spread_scores(lowest: int, highest: int) -> Numbers:
    """Return what each raw score up to the highest becomes."""
    # Only the lowest and the highest count where raw scores become scores, so two numbers are the key.
    scores = SPREAD_WEIGHT * podtopologyspread.normalise(np.arange(lowest, highest + 1, dtype=np.int64))
    return np.concatenate((np.zeros(lowest, dtype=np.int64), scores))
