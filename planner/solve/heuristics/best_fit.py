"""Best-fit decreasing, for several resources: running pods stay, the others go where they fit best, the big ones first."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.instance.arrays import Bools, Ints, fits
from planner.solve.tuning.placement import FitTuning

Floats = npt.NDArray[np.float64]


class BestFit:
    """One packing of an occupancy.

    `quota[c]` caps how many pods of a class are tried before all others had their turn. A `lazy` packing gives nodes
    without a ring to the ring that needs them.
    """

    def __init__(self, cluster: ClusterState, tuning: FitTuning, quota: Ints | None = None, lazy: bool = False) -> None:
        """Weigh resources by how scarce they are in each ring."""
        self.cluster, self.facts, self.tuning = cluster, cluster.facts, tuning
        self.lazy = lazy
        self.quota = self.facts.counts if quota is None else quota
        self.largest = np.maximum(1, self.facts.capacity.max(axis=0, initial=1)).astype(np.float64)
        self.scarcity = self._scarcity()

    def _scarcity(self) -> Floats:
        facts = self.facts
        weights = np.zeros((len(facts.problem.rings) + 1, facts.requests.shape[1]))
        for r in range(len(facts.problem.rings)):
            mine = facts.ring_of_class == r
            asked = (facts.requests[mine] * facts.counts[mine, None]).sum(axis=0).astype(np.float64)
            have = facts.room[(self.cluster.ring_of == r) | (self.cluster.ring_of < 0), r].sum(axis=0)
            weights[r] = asked / np.maximum(1, have)
        # the last row is that of EVERYWHERE, which is -1
        weights[-1] = 1.0
        # no resource is free, and none outweighs all others
        return np.clip(weights, 0.01, 10.0)

    def keep(self, running: Ints, trusting: bool) -> None:
        """Leave running pods where they are as far as rings and room allow, and rules too unless they are trusted to hold.

        Those for which it counts more come first.
        """
        heaviest = sorted(self.facts.plain, key=lambda c: -self.facts.weights[c])
        left = {(c, int(n)): int(running[c, n]) for c in heaviest for n in np.flatnonzero(running[c])}
        # rules let in one pod of a kind at a time, and some only once their neighbour is there: hence rounds
        while left:
            kept = {place: self._keep(*place, count, trusting) for place, count in left.items()}
            if not any(kept.values()):
                break
            left = {place: count - kept[place] for place, count in left.items() if count > kept[place]}

    def _keep(self, c: int, node: int, count: int, trusting: bool) -> int:
        ring = self.facts.ring_of_class[c]
        if not self.facts.fit[c, node] or (ring >= 0 and ring != self.cluster.ring_of[node]):
            return 0
        here = np.array([node])
        limit = fits(self.cluster.free[here], self.facts.requests[c]) if trusting else self.cluster.limit(c, here)
        count = min(count, int(limit[0]), int(self.cluster.missing[c]))
        if not trusting and self.cluster.careful(c):
            # rules are asked anew after each pod
            count = min(count, 1)
        if count > 0:
            self.cluster.put(c, node, count)
        return max(count, 0)

    def fill(self) -> None:
        """Place what has no place yet: first within the quota, big before small; then the rest, small before big."""
        order = self.order()
        for _ in range(self.tuning.rounds):
            before = int(self.cluster.missing.sum())
            for c in order:
                kept_out = self.facts.counts[c] - self.quota[c]
                self.place(c, int(self.cluster.missing[c] - kept_out))
            if not before or int(self.cluster.missing.sum()) == before:
                break
        # whatever cannot all have a place: small pods first leaves fewest of them out
        for c in sorted(order, key=lambda c: (-self.facts.problem.classes[c].priority, self.size(c))):
            self.place(c, int(self.cluster.missing[c]))

    def place_all(self, ring: int) -> None:
        """Place what is missing in one ring."""
        for c in self.order():
            if self.facts.ring_of_class[c] == ring and self.cluster.missing[c]:
                self.place(c, int(self.cluster.missing[c]))

    def order(self) -> list[int]:
        """Order the classes: higher priority first, rules before none, big before small."""
        return sorted(
            self.facts.plain,
            key=lambda c: (-self.facts.problem.classes[c].priority, not self.cluster.careful(c), -self.size(c), c),
        )

    def size(self, c: int) -> float:
        """Return the largest share of any resource, weighed by scarcity, that one pod takes of the largest node."""
        shares = self.scarcity[self.facts.ring_of_class[c]] * self.facts.requests[c] / self.largest
        return float(shares.max(initial=0.0))

    def follow(self, shares: Mapping[tuple[int, int], int], type_of: Mapping[int, int], kind_of: Ints) -> None:
        """Place the classes on the kinds of node that the sums chose for them, as far as they fit there."""
        left = dict(shares)
        for c in self.order():
            t = type_of.get(c, -1)
            for g in sorted({kind for type_, kind in left if type_ == t}):
                before = int(self.cluster.missing[c])
                self.place(c, min(before, left[t, g]), kind_of == g)
                left[t, g] -= before - int(self.cluster.missing[c])

    def place(self, c: int, count: int, within: Bools | None = None) -> None:
        """Place up to `count` pods of a class on nodes of its ring, and then on nodes that have no ring yet."""
        count -= self._place_in_ring(c, count, within)
        ring = int(self.facts.ring_of_class[c])
        while count > 0 and self.lazy and ring >= 0:
            node = self._next_node(c, ring)
            if node is None:
                break
            self.cluster.give(node, ring)
            count -= self._place_in_ring(c, count, within)

    def _next_node(self, c: int, ring: int) -> int | None:
        """Choose the node without a ring that suits what the ring still has to place; None if none would help."""
        if self.cluster.is_full(ring):
            return None
        open_ = (self.cluster.ring_of < 0) & self.facts.usable[:, ring] & (self.facts.fit[c] > 0)
        nodes = np.flatnonzero(open_)
        for guard in self.cluster.guards[c]:
            nodes = nodes[guard.limit(c, nodes) > 0]
        if not len(nodes):
            return None
        mine = self.facts.ring_of_class == ring
        rest = (self.facts.requests[mine] * self.cluster.missing[mine, None]).sum(axis=0) / self.largest
        room = self.facts.room[nodes, ring] / self.largest
        useful = np.minimum(room, rest) @ self.scarcity[ring]
        wasted = (room - np.minimum(room, rest * room.max(axis=1, keepdims=True) / max(rest.max(), 1e-9))).sum(axis=1)
        return int(nodes[int(np.argmax(useful - wasted))])

    def _place_in_ring(self, c: int, count: int, within: Bools | None) -> int:
        if count <= 0:
            return 0
        if self.cluster.careful(c):
            return self._one_by_one(c, count)
        nodes, limit = self.cluster.room(c)
        if within is not None:
            nodes, limit = nodes[within[nodes]], limit[within[nodes]]
        left = count
        for i in np.argsort(self.waste(c, nodes), kind="stable"):
            take = min(left, int(limit[i]))
            self.cluster.put(c, int(nodes[i]), take)
            left -= take
            if not left:
                break
        return count - left

    def _one_by_one(self, c: int, count: int) -> int:
        for placed in range(count):
            nodes, _ = self.cluster.room(c)
            if not len(nodes):
                return placed
            self.cluster.put(c, int(nodes[int(np.argmin(self.waste(c, nodes)))]), 1)
        return count

    def waste(self, c: int, nodes: Ints) -> Floats:
        """Score nodes for a class, small is good: what would be left there, counted more where the class asks for none of it."""
        left = (self.cluster.free[nodes] - self.facts.requests[c]) / self.largest
        weights = self.scarcity[self.facts.ring_of_class[c]] * np.where(self.facts.requests[c] > 0, 1.0, self.tuning.waste)
        result: Floats = left @ weights
        return result
