"""Whether the rings of a placement survive the losses: by packing the lost pods again, and exactly where that is small."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from models.solver.problem import FailureDomain
from planner.solve.bound.counting import Counting
from planner.solve.exact.solve import ExactModel
from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.heuristics.feasibility_repair import restore
from planner.solve.instance.arrays import EVERYWHERE, Facts, Ints, facts_of
from planner.solve.instance.assignment import Assignment
from planner.solve.redundancy.after_failure import problem_after
from planner.solve.runtime.search_context import SearchContext


@dataclass(frozen=True, slots=True)
class Failure:
    """A loss (its index) that a ring does not survive as far as was found, and the pods of each class left over."""

    loss: int
    ring: int
    left: Counter[int]


def failures(facts: Facts, plan: Assignment, context: SearchContext) -> Iterator[Failure]:
    """Yield the losses after which no way was found to place the lost pods again; once time is over, one of them will do."""
    cluster = restore(facts, plan)
    packing = BestFit(cluster, context.tuning.placement.fit)
    small = int((facts.fit > 0).sum()) <= context.budget.exact
    for number, loss in enumerate(facts.problem.losses):
        for ring in sorted({plan.ring_of[n] for n in loss.nodes} - {EVERYWHERE}):
            left = left_over(cluster, packing, loss, ring)
            if left and not (small and _refits(facts, plan, (loss, ring), context)):
                yield Failure(number, ring, left)
                if context.deadline.over():
                    return


def is_refuted_after(facts: Facts, loss: FailureDomain) -> bool:
    """Say whether counting finds too little room once the nodes are lost, whichever rings they and all others are in."""
    gone = list(loss.nodes)
    fit, usable, counts = facts.fit.copy(), facts.usable.copy(), facts.counts.copy()
    fit[:, gone], usable[gone], counts[list(loss.tied)], counts[facts.ring_of_class < 0] = 0, False, 0, 0
    return Counting.of(replace(facts, fit=fit, usable=usable, counts=counts)).refutes(counts)


def left_over(cluster: ClusterState, packing: BestFit, loss: FailureDomain, ring: int) -> Counter[int]:
    """Pack the ring's lost pods into what it has left, and return those without a place; the cluster stays as it was."""
    scene = _FailedNodes(cluster, loss, ring)
    scene.lose()
    if scene.goes_to_one():
        scene.regain()
        return Counter()
    # three goes, each from where pods were: whole nodes together, large pods first, those with fewest nodes to go to first
    left = scene.pack(packing, packing.size, True)
    if left and scene.moved:
        scene.empty()
        left = scene.pack(packing, packing.size)
    if left:
        scene.empty()
        left = scene.pack(packing, lambda c: -float((cluster.facts.fit[c] > 0).sum()))
    scene.empty()
    scene.regain()
    return left


@dataclass(slots=True)
class _FailedNodes:
    """The nodes that a ring loses, and the pods that were on them: class -> node -> pods; of so many all `moved` together."""

    cluster: ClusterState
    loss: FailureDomain
    ring: int
    lost: list[int] = field(default_factory=list)
    guests: dict[int, dict[int, int]] = field(default_factory=dict)
    before: dict[int, Ints] = field(default_factory=dict)
    moved: int = 0

    def lose(self) -> None:
        """Take the nodes away."""
        cluster, plain = self.cluster, np.array(self.cluster.facts.plain, dtype=np.int64)
        self.lost = [n for n in self.loss.nodes if cluster.ring_of[n] == self.ring]
        for n in self.lost:
            for c in map(int, plain[cluster.counts[plain, n] > 0]):
                self.guests.setdefault(c, {})[n] = int(cluster.counts[c, n])
        # pods go before their node does, and come back after it: `give` says what is free as on an empty node
        self._move(-1)
        for n in self.lost:
            cluster.give(n, -1)
        self._daemons(-1)
        self.before = {c: cluster.counts[c].copy() for c in self.guests}

    def pack(self, packing: BestFit, order: Callable[[int], float], whole: bool = False) -> Counter[int]:
        """Place the pods, first those whose rules limit others, then in the given order; return those left over.

        If `whole`, the pods of a node that have no rules go to another together, where there is one with room for them all.
        """
        left: Counter[int] = Counter()
        missing = self.cluster.missing
        wanted = {c: sum(on.values()) for c, on in self.guests.items() if c not in self.loss.tied}
        already = {c: int(missing[c]) - count for c, count in wanted.items()}
        if whole:
            self._move_whole(packing)
        for c in sorted(wanted, key=lambda c: (not self.cluster.careful(c), -order(c), c)):
            packing.place(c, int(missing[c]) - already[c])
            if int(missing[c]) > already[c]:
                left[c] = int(missing[c]) - already[c]
        return left

    def goes_to_one(self) -> bool:
        """Say whether one node was lost whose pods another takes as they are, which is most often so where nodes stand by."""
        on = self._together()
        return len(on) == 1 and all(len(self._able(pods)) for pods in on.values())

    def _together(self) -> dict[int, dict[int, int]]:
        """Return the pods of each lost node that must find another, class by class."""
        on: dict[int, dict[int, int]] = {}
        for c, places in self.guests.items():
            for n, count in places.items() if c not in self.loss.tied else ():
                on.setdefault(n, {})[c] = count
        return on

    def _total_requests(self, pods: Mapping[int, int]) -> Ints:
        classes = list(pods)
        result: Ints = np.array(list(pods.values()), dtype=np.int64) @ self.cluster.facts.requests[classes]
        return result

    def _able(self, pods: Mapping[int, int]) -> Ints:
        """Return the nodes of the ring with room for all these pods; none where they have rules."""
        cluster, classes, asked = self.cluster, list(pods), self._total_requests(pods)
        if any(map(cluster.careful, classes)):
            return np.empty(0, dtype=np.int64)
        room = (cluster.free[:, asked > 0] >= asked[asked > 0]).all(axis=1) & (cluster.ring_of == self.ring)
        nodes = np.flatnonzero(room)
        result: Ints = nodes[(cluster.facts.fit[classes][:, nodes] > 0).all(axis=0)]
        return result

    def _move_whole(self, packing: BestFit) -> None:
        """Move the pods of each node to one that has room for them all, those of the fullest node first."""
        on = self._together()
        sizes = {n: float((self._total_requests(pods) / packing.largest).sum()) for n, pods in on.items()}
        for n in sorted(on, key=lambda n: (-sizes[n], n)):
            able = self._able(on[n])
            if len(able):
                tightest = int(able[int(np.argmin(self.cluster.free[able] @ (1 / packing.largest)))])
                for c, count in on[n].items():
                    self.cluster.put(c, tightest, count)
                self.moved += 1

    def empty(self) -> None:
        """Take the pods that were placed away again."""
        for c, counts in self.before.items():
            for n in map(int, np.flatnonzero(self.cluster.counts[c] != counts)):
                self.cluster.put(c, n, int(counts[n] - self.cluster.counts[c, n]))

    def regain(self) -> None:
        """Bring the nodes back with all that was on them."""
        self._daemons(1)
        for n in self.lost:
            self.cluster.give(n, self.ring)
        self._move(1)

    def _move(self, sign: int) -> None:
        for c, on in self.guests.items():
            for n, count in on.items():
                self.cluster.put(c, n, sign * count)

    def _daemons(self, sign: int) -> None:
        """Let the daemons of every ring go, and come back, with their nodes."""
        facts = self.cluster.facts
        for c in facts.daemons:
            if facts.ring_of_class[c] == EVERYWHERE:
                for n in set(self.lost).intersection(facts.problem.classes[c].candidates):
                    self.cluster.tally(c, n, sign)


def _refits(facts: Facts, plan: Assignment, lost: tuple[FailureDomain, int], context: SearchContext) -> bool:
    """Say whether the exact model finds a place for every lost pod; no answer in time is no place."""
    part = facts_of(problem_after(facts, plan, *lost))
    return ExactModel(part, context.with_budget(work=context.budget.work / context.tuning.redundancy.refitting)).place_all()
