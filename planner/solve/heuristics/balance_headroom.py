"""Hands out nodes that hold no planned pods, so that the rings' head-room becomes as even as it can."""

import numpy as np

from planner.solve.instance.arrays import Bools, Facts, Ints
from planner.solve.instance.assignment import Assignment, count_missing, daemon_counts
from planner.solve.instance.goal_values import WHOLE
from planner.solve.instance.ring_sizes import most_nodes_of
from planner.solve.instance.validate import breaches

# more than any ring has: one that nothing is asked of is never the poorest
PLENTY = WHOLE + 1


class RingTotals:
    """What each ring has and what is asked of it; shares are in permille, and not rounded."""

    def __init__(self, facts: Facts, ring_of: Ints, placed: Ints) -> None:
        """Add up."""
        self.facts, self.amounts = facts, list(facts.amounts)
        self.nodes = np.zeros(len(facts.problem.rings), dtype=np.int64)
        rings, width = len(facts.problem.rings), facts.requests.shape[1]
        self.have = np.zeros((rings, width), dtype=np.int64)
        self.asked = np.zeros((rings, width), dtype=np.int64)
        for c in facts.plain:
            if facts.ring_of_class[c] >= 0:
                self.asked[facts.ring_of_class[c]] += facts.requests[c] * placed[c]
        for n, ring in enumerate(ring_of):
            if ring >= 0:
                self.move(n, int(ring), 1)

    def move(self, node: int, ring: int, sign: int) -> None:
        """Add a node to a ring, or take it out."""
        self.nodes[ring] += sign
        self.have[ring] += sign * self.facts.capacity[node].clip(min=0)
        self.asked[ring] += sign * self.facts.load[node, ring]

    def is_full(self, ring: int) -> bool:
        """Say whether the ring has all the nodes that it may have."""
        return int(self.nodes[ring]) >= most_nodes_of(self.facts.problem, ring)

    def share(self, ring: int, node: int | None = None, sign: int = 1) -> float:
        """Return a ring's free share of its scarcest resource, as it is or with (without) one node more; in permille."""
        have, asked = self.have[ring], self.asked[ring]
        if node is not None:
            have = have + sign * self.facts.capacity[node].clip(min=0)
            asked = asked + sign * self.facts.load[node, ring]
        have, asked = have[self.amounts], asked[self.amounts]
        if ring not in self.facts.rated or not asked.any():
            return PLENTY
        need = asked > 0
        return float(WHOLE * ((have[need] - asked[need]) / np.maximum(1, have[need])).min())


def hand_out(facts: Facts, ring_of: Ints, placed: Ints) -> Ints:
    """Give each node without a ring to the ring that is shortest, the largest nodes first."""
    ring_of = ring_of.copy()
    sums = RingTotals(facts, ring_of, placed)
    largest = np.maximum(1, facts.capacity.max(axis=0, initial=1))
    waiting = [int(n) for n in np.flatnonzero((ring_of < 0) & facts.usable.any(axis=1))]
    for n in sorted(waiting, key=lambda n: (-float((facts.capacity[n] / largest).sum()), n)):
        rings = [int(r) for r in np.flatnonzero(facts.usable[n]) if not sums.is_full(int(r))]
        if not rings:
            continue
        shares = {r: sums.share(r) for r in rings}
        # where DaemonSets take more than a node brings, it makes a ring poorer
        helped = [r for r in rings if sums.share(r, n) > shares[r]]
        ring = min(helped or rings, key=lambda r: (shares[r], r))
        sums.move(n, ring, 1)
        ring_of[n] = ring
    return ring_of


def even_out(facts: Facts, plan: Assignment) -> Assignment:
    """Move spare nodes from rings with much head-room to the one with least, while the lower of the two gains."""
    ring_of = np.array(plan.ring_of, dtype=np.int64)
    placed = np.array([sum(counts.values()) for counts in plan.counts], dtype=np.int64)
    sums, free = RingTotals(facts, ring_of, placed), spare_nodes(facts, plan)
    settled: set[int] = set()
    for _ in range(4 * len(ring_of)):
        poor = min((r for r in facts.rated if r not in settled), key=lambda r: (sums.share(r), r), default=None)
        if poor is None:
            break
        best = None if sums.is_full(poor) else _best_move(facts, sums, ring_of, free, poor)
        if best is None:
            settled.add(poor)
            continue
        sums.move(best, int(ring_of[best]), -1)
        sums.move(best, poor, 1)
        ring_of[best] = poor
    return accept_rings(facts, plan, ring_of)


def _best_move(facts: Facts, sums: RingTotals, ring_of: Ints, free: Bools, poor: int) -> int | None:
    """Find the spare node whose move leaves the lower of giver and taker highest, above what the taker has now."""
    # a tie is no gain: nodes would go to and fro
    node, best = None, sums.share(poor) + 1e-9
    seen = set()
    for n in np.flatnonzero(free & facts.usable[:, poor] & (ring_of != poor) & (ring_of >= 0)):
        # nodes that are alike promise the same: of each only the first is asked
        key = (int(ring_of[n]), facts.capacity[n].tobytes(), facts.load[n].tobytes())
        if key in seen:
            continue
        seen.add(key)
        lower = min(sums.share(poor, int(n)), sums.share(int(ring_of[n]), int(n), -1))
        if lower > best:
            node, best = int(n), lower
    return node


def spare_nodes(facts: Facts, plan: Assignment) -> Bools:
    """Say which nodes hold no planned pods, run none today, and carry no ring that a change would cost."""
    free = ~facts.running.any(axis=0)
    ring_of = np.array(plan.ring_of, dtype=np.int64)
    free &= (facts.ring_today < 0) | (facts.ring_today != ring_of)
    for c in facts.plain:
        free[list(plan.counts[c])] = False
    result: Bools = free
    return result


def accept_rings(facts: Facts, plan: Assignment, ring_of: Ints) -> Assignment:
    """Return the plan with other rings for spare nodes, or as it was if that would break a rule between pods."""
    rings = tuple(int(r) for r in ring_of)
    if rings == plan.ring_of:
        return plan
    problem = facts.problem
    counts = [daemon_counts(problem, rings, c) if k.daemon else plan.counts[c] for c, k in enumerate(problem.classes)]
    other = Assignment(rings, tuple(counts))
    same = count_missing(problem, other) == count_missing(problem, plan)
    return other if same and next(breaches(problem, rings, counts), None) is None else plan
