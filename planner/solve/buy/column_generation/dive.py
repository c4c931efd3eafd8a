"""Column generation with diving: the LP over patterns is solved, what it uses as a whole is bought, and the rest asked again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.bound.lp_relaxation import MILLION, LpRelaxation, LpSolution
from planner.solve.buy.column_generation.master import GAIN, Column, Columns, spread_out
from planner.solve.buy.column_generation.pricing import Pricer
from planner.solve.buy.market.types import Market
from planner.solve.buy.pack.lp_guided import Bin, RingPacking
from planner.solve.runtime.deadline import Deadline
from planner.solve.runtime.lp import Floats, Ints, Solved
from planner.solve.tuning.buy import BuyTuning
from planner.solve.tuning.columns import DiveTuning


@dataclass(slots=True)
class Dive:
    """Rings that are packed together, from the columns of what was packed before."""

    market: Market
    rings: Sequence[int]
    wanted: Ints
    left: Ints
    deadline: Deadline
    tuning: BuyTuning
    columns: Columns = field(init=False)
    bins: list[Bin] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with no columns."""
        self.columns = Columns(self.market, self.tuning.columns.left_out)

    def learn(self, bins: Sequence[Bin]) -> None:
        """Take the pods of each bin as a column."""
        pods = [(bin_, np.zeros(len(self.wanted), dtype=np.int64)) for bin_ in bins]
        for bin_, row in pods:
            for t, count in bin_.pods:
                row[t] = count
        self.columns.add((bin_.kind, bin_.ring, row) for bin_, row in pods)

    def pack(self) -> None:
        """Buy what the columns use as a whole, until few nodes are left to come; those are chosen ring by ring."""
        first = True
        while self.wanted.any() and not self.deadline.over():
            solved, live = self._closer(first)
            if solved is None:
                break
            values = solved.values[: len(live)]
            # the simplex may fall a rounding short of a whole number
            whole = np.floor(values + 1e-6).astype(np.int64)
            # the last nodes are chosen together by a beam search, which whole columns would leave scraps
            if values.sum() <= self.tuning.packing.few:
                break
            if not whole.any():
                # nothing is used as a whole: without the most used column the dive would stand still
                whole[int(np.argmax(values))] = 1
            self._take(live, whole)
            first = False
        for r in self.rings:
            self._rest(r)

    def _take(self, live: Ints, whole: Ints) -> None:
        for i in np.flatnonzero(whole):
            kind, ring = int(self.columns.kinds[live[i]]), int(self.columns.rings[live[i]])
            for _ in range(int(whole[i])):
                pods = np.minimum(self.columns.pods[:, live[i]], self.wanted)
                if pods.any() and self.left[self.market.pool[kind]] > 0:
                    self.wanted = self.wanted - pods
                    self.left[self.market.pool[kind]] -= 1
                    self.bins.append(Bin(kind, ring, tuple((int(t), int(pods[t])) for t in np.flatnonzero(pods))))

    def _rest(self, ring: int) -> None:
        mine = self.market.ring_of == ring
        wanted, packing = np.where(mine, self.wanted, 0), self.tuning.packing
        rest = RingPacking(self.market, ring, wanted, self.left, packing, over=self.deadline.over)
        rest.pack()
        self.wanted = np.where(mine, rest.wanted, self.wanted)
        self.bins += rest.bins

    def _closer(self, first: bool) -> tuple[Solved | None, Ints]:
        """Add columns until they cost hardly more than the sums."""
        m, columns, tuning = self.market, self.columns, self.tuning.columns.dive
        relaxed = LpRelaxation(m, self.wanted, self.left, np.array(self.rings)).relax()
        pricer = Pricer(m, self.wanted, relaxed.rates, self.deadline, self.tuning.columns.pricing)
        worth = self._worth(relaxed)
        enough = relaxed.cost * (1 + (tuning.close if first else tuning.near))
        closely: list[float] = []
        for _ in range(tuning.many_rounds if first else tuning.few_rounds):
            live = columns.useful(self.wanted, self.left)
            solved = columns.master(self.wanted, self.left, live)
            if solved is None or solved.cost <= enough or self.deadline.over():
                break
            types = np.flatnonzero(self.wanted)
            duals = spread_out(len(worth), types, solved.duals[: len(types)].clip(min=0))
            rents = solved.duals[len(types) :].clip(min=0)
            new = columns.add(self._quick(pricer, duals, worth, rents))
            if new < tuning.new and first and not _is_tired(closely, tuning):
                closely.append(solved.cost)
                new += columns.add(self._exact(pricer, duals, worth, rents, relaxed))
            if not new:
                break
        return solved, live

    def _kinds(self, ring: int) -> Ints:
        m = self.market
        return np.flatnonzero((m.room[:, ring] >= 0).all(axis=1) & m.allowed.any(axis=0) & (self.left[m.pool] > 0))

    def _gains(self, column: Column, duals: Floats, rents: Floats) -> bool:
        kind, _, pods = column
        m = self.market
        return float(pods @ duals) > (float(m.price[kind]) / MILLION + float(rents[m.pool[kind]])) * (1 + GAIN)

    def _quick(self, pricer: Pricer, duals: Floats, worth: Floats, rents: Floats) -> list[Column]:
        columns = (
            column
            for mix in self.tuning.columns.dive.mixes
            for r in self.rings
            for column in pricer.quick(r, self._kinds(r), (1 - mix) * duals + mix * worth)
        )
        return [column for column in columns if self._gains(column, duals, rents)]

    def _exact(self, pricer: Pricer, duals: Floats, worth: Floats, rents: Floats, relaxed: LpSolution) -> list[Column]:
        """Look closely at the kinds that the sums use."""
        used = [(r, int(j)) for r in self.rings for j in self._kinds(r) if relaxed.nodes[j, r] > GAIN]
        mix = self.tuning.columns.dive.exact_mix
        mixed = (1 - mix) * duals + mix * worth
        columns = (pricer.exact(r, j, mixed) for r, j in used)
        return [column for column in columns if column is not None and self._gains(column, duals, rents)]

    def _worth(self, relaxed: LpSolution) -> Floats:
        """Return what a pod of each type is worth by the sums: the least that it is charged anywhere."""
        m = self.market
        worth = np.full(len(self.wanted), np.inf)
        for r in self.rings:
            mine = np.flatnonzero(m.ring_of == r)
            for j in self._kinds(r):
                charge = m.requests[mine] @ relaxed.rates[j, r]
                worth[mine] = np.where(m.allowed[mine, j], np.minimum(worth[mine], charge), worth[mine])
        # what no kind takes is charged nowhere: it is worth nothing, as no node is chosen for it
        return np.where(np.isfinite(worth), worth, 0.0)


def _is_tired(costs: Sequence[float], tuning: DiveTuning) -> bool:
    """Say whether the last rounds gained hardly anything."""
    patience = tuning.patience
    return len(costs) > patience and costs[-patience - 1] - costs[-1] < tuning.progress * costs[-1]
