"""Beam search for the last nodes of a ring: of many ways to go on the cheapest few are followed until all pods have a place."""

from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.bound.lp_relaxation import MILLION
from planner.solve.buy.market.types import Market
from planner.solve.buy.pack.fill_nodes import BatchFiller
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.buy import PackTuning

Node = tuple[int, tuple[tuple[int, int], ...]]


@dataclass(slots=True)
class Beam:
    """Some ways to go on: what each has spent, which pods and nodes it has left, and the nodes it took."""

    spent: Floats
    wanted: Ints
    left: Ints
    nodes: list[tuple[Node, ...]]


@dataclass(slots=True)
class BeamSearch:
    """The end of one ring; `worth` is what a pod of each of the `types` is worth by the sums, `rates[j, k]` a resource."""

    market: Market
    ring: int
    types: Ints
    worth: Floats
    rates: Floats
    tuning: PackTuning
    seed: int = 1
    best: tuple[float, tuple[Node, ...]] | None = None
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Draw the same every time."""
        self.rng = np.random.default_rng(self.seed)

    def search(self, wanted: Ints, left: Ints) -> tuple[Node, ...]:
        """Return the nodes of the cheapest end found, each a kind and its pods; if none was, those of the best way so far."""
        ways = Beam(np.zeros(1), wanted[None, self.types].copy(), left[None, :].copy(), [()])
        for _ in range(self.tuning.beam.most_steps):
            more = self._step(ways)
            if more is None:
                break
            ways = more
        return self.best[1] if self.best else ways.nodes[0]

    def _step(self, ways: Beam) -> Beam | None:
        """Add a node to each way in every manner, keep the best, and note those that are complete."""
        m, tuning = self.market, self.tuning.beam
        open_ = np.asarray((m.room[:, self.ring] >= 0).all(axis=1) & m.allowed[self.types].any(axis=0))
        of, kinds = np.nonzero((ways.left[:, m.pool] > 0) & open_[None, :])
        if not len(of):
            return None
        tries = max(1, min(tuning.tries, tuning.most_cells // (len(of) * len(self.types))))
        of, kinds = np.repeat(of, tries), np.repeat(kinds, tries)
        blur = np.exp((self.rng.random((len(of), len(self.types))) - 0.5) * 2 * tuning.blur)
        # the first try of each is not blurred, so that chance never makes it worse
        blur[::tries] = 1.0
        inside = BatchFiller(m, self.ring, self.types, kinds, self.rates[kinds], self.tuning.fill).fill(ways.wanted[of], blur)
        rest = ways.wanted[of] - inside
        spent = ways.spent[of] + m.price[kinds] / MILLION
        return self._keep_best(ways, of, kinds, inside, rest, spent)

    def _keep_best(self, ways: Beam, of: Ints, kinds: Ints, inside: Ints, rest: Ints, spent: Floats) -> Beam | None:
        tuning = self.tuning.beam
        score = np.where(inside.any(axis=1), spent + rest @ self.worth, np.inf)
        # ways that cost the same, but for rounding, are no gain
        limit = self.best[0] - 1e-9 if self.best else np.inf
        seen: set[bytes] = set()
        most = max(1, min(tuning.ways, tuning.most_cells // (len(self.types) * len(set(kinds.tolist())))))
        kept: list[int] = []
        for trial in np.argsort(score, kind="stable").tolist():
            if score[trial] >= limit or len(kept) >= most:
                break
            if not rest[trial].any():
                # ways are ordered by cost and the worth of what is left: those behind a complete one promise no less
                self.best = float(spent[trial]), (*ways.nodes[of[trial]], self._node(kinds[trial], inside[trial]))
                break
            # the first with this rest is the cheapest; that other nodes may be left to it is let pass
            key = rest[trial].tobytes()
            if key not in seen:
                seen.add(key)
                kept.append(trial)
        if not kept:
            return None
        left = ways.left[of[kept]]
        left[np.arange(len(kept)), self.market.pool[kinds[kept]]] -= 1
        nodes = [(*ways.nodes[of[trial]], self._node(kinds[trial], inside[trial])) for trial in kept]
        return Beam(spent[kept], rest[kept], left, nodes)

    def _node(self, kind: int, inside: Ints) -> Node:
        return int(kind), tuple((int(self.types[i]), int(inside[i])) for i in np.flatnonzero(inside))
