"""Column generation to its end, then the best whole numbers of the columns: for rings whose nodes hold a few large pods each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.bound.lp_relaxation import MILLION, LpRelaxation
from planner.solve.buy.column_generation.master import GAIN, Column, Columns, spread_out
from planner.solve.buy.column_generation.pricing import Pricer
from planner.solve.buy.market.types import Market
from planner.solve.buy.pack.lp_guided import Bin
from planner.solve.runtime.cp_sat import SEARCH, Model
from planner.solve.runtime.deadline import Deadline
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.columns import ColumnTuning


@dataclass(slots=True)
class Convergence:
    """One ring; `left` are the nodes that it may have of each pool."""

    market: Market
    ring: int
    left: Ints
    deadline: Deadline
    work: float
    tuning: ColumnTuning
    columns: Columns = field(init=False)
    wanted: Ints = field(init=False)
    duals: Floats | None = None

    def __post_init__(self) -> None:
        """Start with no columns."""
        self.columns = Columns(self.market, self.tuning.left_out)
        self.wanted = np.where(self.market.ring_of == self.ring, self.market.counts, 0)

    def is_small(self) -> bool:
        """Say whether all patterns that matter are found soon."""
        types, kinds, limits = self.types(), self._kinds(), self.tuning.convergence
        return 0 < len(types) <= limits.most_types and 0 < len(kinds) <= limits.most_kinds

    def types(self) -> Ints:
        """Return the types of pods that the ring has."""
        return np.flatnonzero(self.wanted)

    def _kinds(self) -> Ints:
        m = self.market
        here = m.allowed[self.types()].any(axis=0)
        return np.flatnonzero((m.room[:, self.ring] >= 0).all(axis=1) & here & (self.left[m.pool] > 0))

    def learn(self, bins: Sequence[Bin]) -> None:
        """Take what the nodes of a packing hold as columns."""
        mine = [bin_ for bin_ in bins if bin_.ring == self.ring]
        rows = np.zeros((len(mine), len(self.wanted)), dtype=np.int64)
        for row, bin_ in zip(rows, mine, strict=True):
            for t, pods in bin_.pods:
                row[t] = pods
        self.columns.add((bin_.kind, bin_.ring, row) for bin_, row in zip(mine, rows, strict=True))

    def converge(self, bound: int) -> None:
        """Add patterns until none would make the sums over them cheaper; `duals` then say what a pod is worth at most.

        There are none where the sums come as low as the `bound` that is known, in a price's unit.
        """
        relaxed = LpRelaxation(self.market, self.wanted, self.left, np.array([self.ring])).relax()
        pricer = Pricer(self.market, self.wanted, relaxed.rates, self.deadline, self.tuning.pricing)
        types, smooth, kept = self.types(), None, self.tuning.convergence.smooth
        for _ in range(self.tuning.convergence.rounds):
            live = self.columns.useful(self.wanted, self.left)
            solved = self.columns.master(self.wanted, self.left, live)
            if solved is None or solved.cost * MILLION <= bound or self.deadline.over():
                return
            duals = spread_out(len(self.wanted), types, solved.duals[: len(types)].clip(min=0))
            rents = solved.duals[len(types) :].clip(min=0)
            smooth = duals if smooth is None else kept * smooth + (1 - kept) * duals
            if not self._add_columns(pricer, duals, smooth, rents):
                self.duals = duals
                return

    def _add_columns(self, pricer: Pricer, duals: Floats, smooth: Floats, rents: Floats) -> bool:
        """Add the best patterns by the duals that swing less, or, where those show none, by the duals themselves."""
        kinds = self._kinds()
        # each call draws other likings, so that the same worths twice give other patterns
        quick = [column for worth in (duals, smooth, smooth) for column in pricer.quick(self.ring, kinds, worth)]
        added = self.columns.add(column for column in quick if self._gains(column, duals, rents))
        for worth in (smooth, duals) if added < self.tuning.convergence.few else ():
            exact = [column for j in kinds.tolist() if (column := pricer.exact(self.ring, j, worth)) is not None]
            added += self.columns.add(column for column in exact if self._gains(column, duals, rents))
            if added:
                break
        return added > 0

    def _gains(self, column: Column, duals: Floats, rents: Floats) -> bool:
        kind, _, pods = column
        price = float(self.market.price[kind]) / MILLION + float(rents[self.market.pool[kind]])
        return float(pods @ duals) > price * (1 + GAIN)

    def choose(self, bins: Sequence[Bin], bound: int) -> list[Bin] | None:
        """Return the cheapest packing that whole numbers of the columns give, if the search finds a cheaper one than `bins`."""
        m, model, columns = self.market, Model(), self.columns
        cost = sum(int(m.price[bin_.kind]) * bin_.times for bin_ in bins)
        if cost <= bound:
            return None
        live = columns.useful(self.wanted, self.left).tolist()
        times = [model.integer(0, self._most(c)) for c in live]
        for t in self.types().tolist():
            here = [(int(columns.pods[t, c]), x) for c, x in zip(live, times, strict=True) if columns.pods[t, c]]
            # at least, not exactly: columns may hold pods too many, which `_bins` leaves out
            model.linear(here, low=int(self.wanted[t]))
        for pool in sorted({int(m.pool[columns.kinds[c]]) for c in live}):
            taken = [(1, x) for c, x in zip(live, times, strict=True) if m.pool[columns.kinds[c]] == pool]
            model.linear(taken, high=int(self.left[pool]))
        prices = [(int(m.price[columns.kinds[c]]), x) for c, x in zip(live, times, strict=True)]
        # with the proven bound in the model the search ends as soon as it is reached
        model.linear(prices, low=bound, high=cost - 1)
        model.minimize(prices)
        answer = model.solve(self.work, self.deadline, SEARCH)
        return self._bins([(c, answer.values[x]) for c, x in zip(live, times, strict=True)]) if answer.found else None

    def _most(self, column: int) -> int:
        pods = self.columns.pods[:, column]
        return int(max(-(-self.wanted[t] // pods[t]) for t in np.flatnonzero(pods)))

    def _bins(self, chosen: Sequence[tuple[int, int]]) -> list[Bin]:
        """Return the nodes of the columns chosen, without the pods that more of them hold than there are."""
        wanted, result = self.wanted.copy(), list[Bin]()
        for column, times in chosen:
            for _ in range(times):
                pods = np.minimum(self.columns.pods[:, column], wanted)
                wanted -= pods
                if pods.any():
                    inside = tuple((int(t), int(pods[t])) for t in np.flatnonzero(pods))
                    result.append(Bin(int(self.columns.kinds[column]), self.ring, inside))
        return result
