"""The LP relaxation: how many pods of each type go to each kind, and how many nodes of each kind to each ring."""

from dataclasses import dataclass

import numpy as np

from planner.solve.buy.market.types import MANY, Market
from planner.solve.runtime.lp import Floats, Ints, Linear, Solved

ENDLESS = float("inf")
MILLION = 1_000_000
"""A scale: prices are whole millionths of the currency, of which the sums know the whole."""
PER_RANK = 30.0
"""A weight of the model, which says what is asked: a pod that is left out counts so many times one of the priority below."""


@dataclass(frozen=True, slots=True)
class LpSolution:
    """The sums' answer: `pods` of type `types[i]` on kind `kinds[i]`; `nodes[j, r]`; what is missing per type.

    `rates[j, r, k]` is what a unit of a resource is worth there, `rents[p]` what one more node of a pool would save, and
    `extra[t, j]` what it is worth that a node holds a few pods of a type at most, in currency; together they are the sums' proof.
    """

    types: Ints
    kinds: Ints
    pods: Floats
    nodes: Floats
    missing: Floats
    rates: Floats
    rents: Floats
    extra: Floats
    cost: float


@dataclass(slots=True)
class LpRelaxation:
    """The model for some rings, given how many pods are still wanted and how many nodes are still there.

    `room` takes the place of the market's: less, where packing is to be left some play. With `spare` each ring has a node more
    than its pods need, of any kinds that may hold them.
    """

    market: Market
    wanted: Ints
    left: Ints
    rings: Ints
    room: Floats | None = None
    penalty: float = 4.0
    spare: bool = False

    def relax(self) -> LpSolution:
        """Solve it; where pods stay out only because that is cheaper than placing them, make it dearer."""
        relaxed = self._solve()
        for _ in range(4):
            if relaxed.missing.max(initial=0.0) <= 1e-6:
                break
            # with a high penalty from the start, prices would be small beside it, and lost in rounding
            self.penalty *= 30.0
            before, relaxed = relaxed, self._solve()
            if relaxed.missing.sum() >= before.missing.sum() - 1e-6:
                break
        return relaxed

    def _solve(self) -> LpSolution:
        model, types, kinds, slots = self.model()
        solved = model.solve() or self._nothing(model, len(types) + slots.shape[1])
        return self.read(solved.values, solved.duals, (types, kinds, slots), solved.cost)

    def _nothing(self, model: Linear, first: int) -> Solved:
        """Return the answer that leaves all pods out and proves nothing: the simplex gives up where amounts are absurd."""
        values = np.zeros(len(model.cost))
        wanted = self.wanted[np.isin(self.market.ring_of, self.rings) & (self.wanted > 0)]
        values[first : first + len(wanted)] = wanted
        return Solved(values, np.zeros(len(model.low)), 0.0)

    def model(self) -> tuple[Linear, Ints, Ints, Ints]:
        """Build columns (pods, nodes, missing) and rows (types, resources of kinds in rings, pools)."""
        m = self.market
        mine = np.isin(m.ring_of, self.rings) & (self.wanted > 0)
        types, kinds = np.nonzero(m.allowed & mine[:, None] & (self.left[m.pool] > 0))
        useful = m.allowed.any(axis=0) & (self.left[m.pool] > 0)
        usable = (m.room[:, self.rings] >= 0).all(axis=2) & np.asarray(useful)[:, None]
        node_kinds, positions = np.nonzero(usable)
        node_rings = self.rings[positions]
        slots = np.stack([node_kinds, node_rings])
        column_of = np.full((len(m.kinds), len(m.room[0]) if len(m.room) else 0), -1, dtype=np.int64)
        column_of[node_kinds, node_rings] = np.arange(len(node_kinds))
        return self._assemble(np.flatnonzero(mine), types, kinds, slots, column_of), types, kinds, slots

    def _assemble(self, wanted: Ints, types: Ints, kinds: Ints, slots: Ints, column_of: Ints) -> Linear:
        m, unit = self.market, self.unit()
        room = m.room if self.room is None else self.room
        width, pods, nodes = len(unit), len(types), slots.shape[1]
        row_of = np.full(len(m.counts), -1, dtype=np.int64)
        row_of[wanted] = np.arange(len(wanted))
        first, pools = len(wanted), len(wanted) + width * nodes
        home = first + width * column_of[kinds, m.ring_of[types]]
        rows = [row_of[types], np.arange(len(wanted)), pools + m.pool[slots[0]]]
        columns = [np.arange(pods), pods + nodes + np.arange(len(wanted)), pods + np.arange(nodes)]
        entries = [np.ones(pods), np.ones(len(wanted)), -np.ones(nodes)]
        for k in range(width):
            rows += [home + k, first + width * np.arange(nodes) + k]
            columns += [np.arange(pods), pods + np.arange(nodes)]
            entries += [-m.requests[types, k] / unit[k], room[slots[0], slots[1], k] / unit[k]]
        rows, columns, entries, alone = self._alone(types, kinds, column_of, pools + len(self.left), (rows, columns, entries))
        linear = Linear(
            cost=np.concatenate([np.zeros(pods), m.price[slots[0]] / MILLION, self._penalties(wanted)]),
            most=np.full(pods + nodes + len(wanted), ENDLESS),
            # limits are written as -nodes >= -left: with all rows alike no dual is below zero
            low=np.concatenate([self.wanted[wanted], np.zeros(width * nodes), -self.left.astype(np.float64), np.zeros(alone)]),
            high=np.full(pools + len(self.left) + alone, ENDLESS),
            rows=np.concatenate(rows),
            columns=np.concatenate(columns),
            entries=np.concatenate(entries),
        )
        return self._with_spare(linear, pods, slots, np.unique(column_of[kinds, m.ring_of[types]])) if self.spare else linear

    def _with_spare(self, linear: Linear, pods: int, slots: Ints, may: Ints) -> Linear:
        """Add columns for nodes that are there and hold nothing, which `may` be of these slots, and rows: each ring has one."""
        width, height = len(linear.cost), len(linear.low)
        idle_column = np.full(slots.shape[1], -1, dtype=np.int64)
        idle_column[may] = width + np.arange(len(may))
        copied = np.isin(linear.columns, pods + may) & (linear.entries > 0)  # in whatever limits what they hold, not in the pools
        rings, row = np.unique(slots[1][may], return_inverse=True)
        return Linear(
            cost=np.append(linear.cost, np.zeros(len(may))),
            most=np.append(linear.most, np.full(len(may), ENDLESS)),
            low=np.append(linear.low, np.ones(len(rings))),
            high=np.append(linear.high, np.full(len(rings), ENDLESS)),
            rows=np.concatenate([linear.rows, linear.rows[copied], height + row]),
            columns=np.concatenate([linear.columns, idle_column[linear.columns[copied] - pods], idle_column[may]]),
            entries=np.concatenate([linear.entries, -linear.entries[copied], np.ones(len(may))]),
        )

    def _alone(
        self, types: Ints, kinds: Ints, column_of: Ints, first: int, so_far: tuple[list[Ints], list[Ints], list[Floats]]
    ) -> tuple[list[Ints], list[Ints], list[Floats], int]:
        """Add rows: of some types a node holds a few pods at most."""
        m, pods = self.market, len(types)
        rows, columns, entries = so_far
        few = self._few_per_node(types)
        row = first + np.arange(len(few))
        rows += [row, row]
        columns += [few, pods + column_of[kinds[few], m.ring_of[types[few]]]]
        entries += [-np.ones(len(few)), m.per_node[types[few]].astype(np.float64)]
        return rows, columns, entries, len(few)

    def _few_per_node(self, types: Ints) -> Ints:
        """Return which of the columns of pods are of types of which a node holds a few at most."""
        result: Ints = np.flatnonzero(self.market.per_node[types] < MANY)
        return result

    def unit(self) -> Floats:
        """Return the largest room in each resource, which the model counts as one."""
        # bytes beside thousandths of a CPU would give the simplex entries that differ by orders of magnitude
        most = self.market.room.max(axis=(0, 1), initial=1)
        result: Floats = np.maximum(most, 1).astype(np.float64)
        return result

    def _penalties(self, wanted: Ints) -> Floats:
        """Price a pod that is left out above what placing it could cost, the more the higher its priority."""
        dearest = max(1.0, float(self.market.price.max(initial=0)) / MILLION)
        ranks = {p: n for n, p in enumerate(sorted(set(self.market.priority.tolist())))}
        # a higher power would drown the prices: above the third, priorities count the same
        rank = np.array([min(2, ranks[int(p)]) for p in self.market.priority[wanted]], dtype=np.float64)
        result: Floats = self.penalty * dearest * PER_RANK**rank
        return result

    def read(self, values: Floats, duals: Floats, named: tuple[Ints, Ints, Ints], cost: float) -> LpSolution:
        """Read values and duals."""
        types, kinds, slots = named
        m, unit = self.market, self.unit()
        mine = np.isin(m.ring_of, self.rings) & (self.wanted > 0)
        pods, nodes, width, wanted = len(types), slots.shape[1], len(unit), int(mine.sum())
        counts = np.zeros((len(m.kinds), len(m.problem.rings)))
        counts[slots[0], slots[1]] = values[pods : pods + nodes]
        rates = np.zeros((len(m.kinds), len(m.problem.rings), width))
        rates[slots[0], slots[1]] = duals[wanted : wanted + width * nodes].reshape(nodes, width).clip(min=0) / unit
        missing = np.zeros(len(m.counts))
        missing[mine] = values[pods + nodes : pods + nodes + wanted]
        alone = wanted + width * nodes + len(self.left)
        rents = duals[wanted + width * nodes : alone].clip(min=0)
        extra, few = np.zeros(m.allowed.shape), self._few_per_node(types)
        extra[types[few], kinds[few]] = duals[alone : alone + len(few)].clip(min=0)
        return LpSolution(types, kinds, values[:pods], counts, missing, rates, rents, extra, cost)
