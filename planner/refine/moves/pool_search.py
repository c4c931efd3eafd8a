"""Searches for pools of nodes that kube-scheduler keeps: a local search over one way to buy for each ring.

What a way is, what it costs and what becomes of it is not known here: all of that is given as functions, or told by the loop.
"""

from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.kubernetes.workload import WorkloadId
    from planner.refine.oracle.candidate import Question
    from planner.solve.node_pools import PoolCandidate

Ways = Mapping[int, "PoolCandidate"]
"""The way to buy that each ring has, by the ring's number."""
Short = Mapping[str, "set[WorkloadId]"]
"""Whose pods are short of room, ring by ring."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a candidate: whose pods are `short` of room, and which rings only are since rollouts were tried (`rolling`).

    Where it is `kept` all the same, they are so in as many further rollouts as it has `strays`.
    """

    short: Short
    rolling: frozenset[str] = frozenset()
    effort: float = 1
    kept: bool = False
    strays: int = 0


@dataclass(frozen=True, slots=True)
class PoolMoves:
    """What can be done with ways: to ask for their `trial`, which is told None where they cannot be had together.

    `ways` finds those of rings that had none so far, as they seemed to be kept.
    To `grow` a way is to give it a node more for some workloads, to `hold` is to hold its pods on its nodes: None where not,
    or where the policy lets no hint be required.
    """

    trial: "Callable[[Ways, str], Question]"
    ways: "Callable[[Sequence[int]], dict[int, list[PoolCandidate]]]"
    grow: "Callable[[PoolCandidate, set[WorkloadId]], PoolCandidate | None]"
    hold: "Callable[[PoolCandidate], PoolCandidate | None] | None" = None


@dataclass(slots=True)
class PoolSearch:
    """`ways[r]` are the ways to buy for ring r that were not tried yet, cheap ones first; `chosen[r]` is the one that it has.

    `strayed` counts the ways of a ring that were stuck in rollouts since it had a node more.
    """

    rings: tuple[str, ...]
    ways: "dict[int, list[PoolCandidate]]"
    moves: PoolMoves
    tuning: Tuning = TUNING
    chosen: "dict[int, PoolCandidate]" = field(init=False)
    strayed: "Counter[str]" = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin with the cheapest way of each ring."""
        self.chosen = {r: ways.pop(0) for r, ways in self.ways.items()}

    def run(self) -> "Generator[Question, Trial | None, None]":
        """Try plans until one is kept; a ring that is not kept gets the cheapest way that is left.

        Where rollouts are counted, and one leaves pods of a ring pending, they are held on their nodes if the policy lets hints
        be required. A plan that is kept, but leaves pods pending in further ones, gets nodes to spare where pods cannot be held.
        """
        number = kept = 0
        effort, last = 0.0, float(self.tuning.pool_rounds)
        while effort < last:
            number += 1
            trial = yield self.moves.trial(self.chosen, f"trying such nodes and guides, attempt {number}")
            if trial is None:
                effort += 1
                if not self.give_way():
                    return
                continue
            effort += trial.effort if kept else 1
            if trial.kept:
                last = last if kept else min(last, effort + self.tuning.pool_rounds_once_kept)
                kept += 1
                if not trial.strays or kept > self.tuning.pool_growths:
                    return
            if not (self._hold(trial.rolling) or self._mend(trial)):
                return

    def give_way(self) -> bool:
        """Choose another way for the ring where that costs least, as those that are chosen cannot be had together."""
        more = {r: ways[0].cost - self.chosen[r].cost for r, ways in self.ways.items() if ways}
        if not more:
            return False
        ring = min(more, key=lambda r: (more[r], r))
        self.chosen[ring] = self.ways[ring].pop(0)
        return True

    def turn(self, short: Short) -> bool:
        """Choose another way for each of these rings, or a node more for the pools that are short; say whether each has one."""
        for ring, workloads in short.items():
            r = self.rings.index(ring)
            if r not in self.chosen:
                self.ways |= self.moves.ways([r])
            elif larger := self.moves.grow(self.chosen[r], workloads):
                self.ways[r].append(larger)
                self.ways[r].sort(key=lambda way: way.cost)
            if not self.ways.get(r):
                return False
            self.chosen[r] = self.ways[r].pop(0)
        return bool(short)

    def _hold(self, asked: Collection[str]) -> bool:
        """Hold the pods of these rings on the nodes that they prefer, where the policy lets them; say whether any ring can."""
        hold = self.moves.hold
        if hold is None:
            return False
        loose = [r for r, way in self.chosen.items() if self.rings[r] in asked and not way.firm]
        firm = {r: [tight for way in (self.chosen[r], *self.ways[r]) if (tight := hold(way))] for r in loose}
        for r, ways in firm.items():
            if ways:
                self.chosen[r], *self.ways[r] = sorted(dict.fromkeys(ways), key=lambda way: way.cost)
        return any(firm.values())

    def _mend(self, trial: Trial) -> bool:
        """Change what is short; where pods stray in rollouts, and nothing may hold them, ways that are as full are of no use."""
        if trial.kept:
            return self._grow(trial.short)
        self.strayed.update(trial.rolling)
        most = 1 if self.moves.hold is None else self.tuning.pool_stubborn
        strays = {ring: trial.short[ring] for ring in sorted(trial.rolling) if self.strayed[ring] >= most}
        if not self._grow(strays):
            return self.turn(trial.short)
        for ring in strays:
            del self.strayed[ring]
            r = self.rings.index(ring)
            self.ways[r] = [way for way in self.ways[r] if way.cost >= self.chosen[r].cost]
        return True

    def _grow(self, short: Short) -> bool:
        """Give each of these rings a node more for these workloads; say whether each has one."""
        number = {name: r for r, name in enumerate(self.rings)}
        larger = {
            number[ring]: self.moves.grow(self.chosen[number[ring]], workloads)
            for ring, workloads in short.items()
            if number[ring] in self.chosen
        }
        if len(larger) < len(short) or None in larger.values():
            return False
        self.chosen |= {r: way for r, way in larger.items() if way is not None}
        return bool(larger)
