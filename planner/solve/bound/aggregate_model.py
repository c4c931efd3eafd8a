"""The aggregate model: how many nodes of each group go to each ring, and how many pods of each type to each kind, in sums.

The sums are a relaxation, so what CP-SAT proves about them is proven of the problem; and they guide the packing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.solver.problem import ENDLESS
from planner.solve.bound.node_spread import limit_pods_per_node
from planner.solve.instance.aggregate import Merged, per_node, stays
from planner.solve.instance.arrays import EVERYWHERE, Ints, units
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.instance.goal_values import in_small_units
from planner.solve.instance.ring_sizes import most_nodes_of
from planner.solve.runtime.cp_sat import SUMS, Answer, Model
from planner.solve.runtime.deadline import Deadline

Expression = tuple[tuple[int, int], ...]
FINE = 2**31
"""A fact of whole numbers: the largest room is counted in no more parts than this, so that CP-SAT can sum up all pods."""


@dataclass(frozen=True, slots=True)
class AggregateSolution:
    """What the sums say: nodes per group and ring, pods per type and kind, pods left out per type."""

    nodes: Mapping[tuple[int, int], int]
    pods: Mapping[tuple[int, int], int]
    left_out: tuple[int, ...]


@dataclass(slots=True)
class AggregateModel:
    """The model in sums; `reserve[r]` is the permille of every node's room in ring r that packing may waste."""

    merged: Merged
    detailed: bool = True
    reserve: Mapping[int, int] = field(default_factory=dict)
    idle: bool = False
    model: Model = field(default_factory=Model)
    nodes: dict[tuple[int, int], int] = field(default_factory=dict)
    others: dict[tuple[int, int], int] = field(default_factory=dict)
    pods: dict[tuple[int, int], int] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    groups_of: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Create variables and sums."""
        self.groups_of = [[] for _ in self.merged.kinds]
        for g, group in enumerate(self.merged.groups):
            self.groups_of[group.kind].append(g)
        self._give_rings()
        self._limit_rings()
        self.left_out = [self.model.integer(0, type_.count) for type_ in self.merged.types]
        requests, room = _coarse(self.merged)
        if not self.detailed:
            for r in range(len(self.merged.facts.problem.rings)):
                self._cover(r, requests, room)
            return
        self._place_types()
        for g, kind in enumerate(self.merged.kinds):
            for r in kind.rings:
                self._fill(g, r, requests, room)
        limit_pods_per_node(self)

    def _cover(self, r: int, requests: Ints, room: Ints) -> None:
        """Give a ring enough room for the pods that are not left out, whatever the kind of node."""
        mine = [t for t, type_ in enumerate(self.merged.types) if type_.ring == r]
        shrink = 1000 - self.reserve.get(r, 0)
        for k in range(requests.shape[1]):
            terms = [(1000 * int(requests[t, k]), self.left_out[t]) for t in mine if requests[t, k]]
            asked = sum(1000 * int(requests[t, k]) * self.merged.types[t].count for t in mine)
            for g, kind in enumerate(self.merged.kinds):
                if r in kind.rings and room[g, r, k]:
                    terms += [(shrink * int(room[g, r, k]) * count, v) for count, v in self.in_ring(g, r)]
            if asked:
                self.model.linear(terms, low=asked)

    def _give_rings(self) -> None:
        """Give each group of nodes rings that are home to some of them; the rest of a kind is divided as a whole."""
        rest: dict[int, list[tuple[int, int]]] = {}
        for g, group in enumerate(self.merged.groups):
            rings = [r for r in group.at_home if r in self.merged.kinds[group.kind].rings]
            for r in rings:
                self.nodes[g, r] = self.model.integer(0, len(group.nodes))
            mine = [(1, self.nodes[g, r]) for r in rings]
            if mine:
                self.model.linear(mine, high=len(group.nodes))
            rest.setdefault(group.kind, []).extend(mine)
        loose = self.idle or self.merged.facts.ringless_allowed
        for g, kind in enumerate(self.merged.kinds):
            for r in kind.rings:
                self.others[g, r] = self.model.integer(0, len(kind.nodes))
            terms = [*rest[g], *((1, self.others[g, r]) for r in kind.rings)]
            if kind.rings:
                self.model.linear(terms, low=0 if loose or kind.price else len(kind.nodes), high=len(kind.nodes))

    def _limit_rings(self) -> None:
        """Give no ring more nodes than it may have."""
        problem = self.merged.facts.problem
        for r in range(len(problem.sizes)):
            every = [term for g in range(len(self.merged.kinds)) for term in self.in_ring(g, r)]
            if every and most_nodes_of(problem, r) < ENDLESS:
                self.model.linear(every, high=most_nodes_of(problem, r))

    def _place_types(self) -> None:
        for t, type_ in enumerate(self.merged.types):
            for g in type_.kinds:
                most = per_node(self.merged.kinds[g], type_) * len(self.merged.kinds[g].nodes)
                self.pods[t, g] = self.model.integer(0, min(type_.count, most))
            terms = [(1, self.pods[t, g]) for g in type_.kinds]
            self.model.linear([*terms, (1, self.left_out[t])], low=type_.count, high=type_.count)

    def in_ring(self, kind: int, ring: int) -> Expression:
        """Return the number of nodes of a kind in a ring."""
        home = tuple((1, self.nodes[g, ring]) for g in self.groups_of[kind] if (g, ring) in self.nodes)
        return (*home, (1, self.others[kind, ring])) if (kind, ring) in self.others else home

    def _fill(self, g: int, r: int, requests: Ints, room: Ints) -> None:
        """Keep the pods of a ring on a kind within the room of the ring's nodes of the kind, in sums and in big pieces."""
        nodes = self.in_ring(g, r)
        mine = [t for t, type_ in enumerate(self.merged.types) if type_.ring == r and (t, g) in self.pods]
        shrink = 1000 - self.reserve.get(r, 0)
        for k in range(requests.shape[1]):
            asked = [(t, int(requests[t, k])) for t in mine if requests[t, k]]
            have = int(room[g, r, k])
            # of pods larger than a half of the room there is one, of those larger than a third two: plain sums do not see that
            sizes = [have // pieces + 1 for pieces in (2, 3, 4)] if asked and have else []
            for size in sorted({size for size in sizes if any(request >= size for _, request in asked)}):
                # rounding down proves nothing wrong: floors of requests add up to no more than the floor of their sum
                self._pack([(t, request // size) for t, request in asked], g, nodes, have // size, 1)
            self._pack([(t, 1000 * request) for t, request in asked], g, nodes, have, shrink)
        for t in mine:
            if self.merged.types[t].single:
                self._pack([(t, 1)], g, nodes, len(self.merged.types[t].classes), 1)

    def _pack(self, asked: Sequence[tuple[int, int]], g: int, nodes: Expression, have: int, shrink: int) -> None:
        terms = [(weight, self.pods[t, g]) for t, weight in asked if weight]
        if terms:
            self.model.linear([*terms, *((-have * shrink * count, v) for count, v in nodes)], high=0)

    def unplaced(self, priority: int | None) -> Expression:
        """Return the pods left out, of one priority or of all."""
        types = enumerate(self.merged.types)
        return tuple((1, self.left_out[t]) for t, type_ in types if priority in (None, type_.priority))

    def moves(self) -> Expression:
        """Return what the running pods count that are still wanted but cannot stay: their node goes to another ring."""
        # the model takes no constant: a literal that is always true carries it
        terms = [(_count_still_wanted(self.merged), self.model.true)]
        for r, most in enumerate(_can_stay(self.merged)):
            if most:
                # no more pods stay than are still wanted, however many the nodes could keep
                stay = self.model.integer(0, most)
                groups = enumerate(self.merged.groups)
                here = [(-group.staying[r], self.nodes[g, r]) for g, group in groups if (g, r) in self.nodes and group.staying[r]]
                self.model.linear([(1, stay), *here], high=0)
                terms.append((-1, stay))
        return tuple(terms)

    def relabels(self) -> Expression:
        """Return the nodes that lose the ring they carry."""
        terms: list[tuple[int, int]] = []
        for g, group in enumerate(self.merged.groups):
            if group.ring_today >= 0:
                terms.append((len(group.nodes), self.model.true))
                if (g, group.ring_today) in self.nodes:
                    terms.append((-1, self.nodes[g, group.ring_today]))
        return tuple(terms)

    def hold(self, terms: Expression, most: int) -> None:
        """Hold later questions to this value."""
        self.model.linear(terms, high=most)

    def minimize(self, terms: Expression, work: float, deadline: Deadline) -> Answer:
        """Minimise the terms."""
        self.model.minimize(terms)
        answer = self.model.solve(work, deadline, SUMS)
        self.model.forget_objective()
        return answer

    def start_from(self, plan: Assignment) -> None:
        """Suggest the sums of a placement."""
        merged, values = self.merged, {}
        for (group, r), variable in self.nodes.items():
            values[variable] = sum(plan.ring_of[n] == r for n in merged.groups[group].nodes)
        for (g, r), variable in self.others.items():
            home = sum(values[self.nodes[group, r]] for group in self.groups_of[g] if (group, r) in self.nodes)
            values[variable] = sum(plan.ring_of[n] == r for n in merged.kinds[g].nodes) - home
        left = count_missing(merged.facts.problem, plan)
        for t, type_ in enumerate(merged.types):
            values[self.left_out[t]] = sum(left[c] for c in type_.classes)
            on = Counter(int(merged.kind_of[n]) for c in type_.classes for n in Counter(plan.counts[c]).elements())
            values |= {self.pods[t, g]: on[g] for g in type_.kinds if (t, g) in self.pods}
        self.model.hint(values)

    def free_at_least(self, permille: int, work: float, deadline: Deadline) -> Answer:
        """Ask for a division that leaves every rated ring so much of each resource free."""
        # a copy: what this question demands must not bind the next one
        model = self.model.copy()
        facts = self.merged.facts
        requests, capacity, load = in_small_units(facts)
        for r in facts.rated:
            mine = [t for t, type_ in enumerate(self.merged.types) if type_.ring == r]
            for k in facts.amounts:
                terms, constant = [], 0
                for t in mine:
                    weight = 1000 * int(requests[self.merged.types[t].classes[0], k])
                    constant += weight * self.merged.types[t].count
                    terms.append((-weight, self.left_out[t]))
                for g, kind in enumerate(self.merged.kinds):
                    on = list(kind.nodes)
                    # the roomiest node stands for all of its kind: what even that refutes is refuted
                    free = int(((1000 - permille) * capacity[on, k] - 1000 * load[on, r, k]).max())
                    terms += [(-free * count, v) for count, v in self.in_ring(g, r)]
                if constant or load[:, r, k].any():
                    model.linear(terms, high=-constant)
        return model.solve(work, deadline, SUMS)

    def shares(self, values: Sequence[int]) -> AggregateSolution:
        """Read the answer."""
        return AggregateSolution(
            self._rings_per_group(values),
            {key: values[v] for key, v in self.pods.items()},
            tuple(values[v] for v in self.left_out),
        )

    def _rings_per_group(self, values: Sequence[int]) -> dict[tuple[int, int], int]:
        """Read how many nodes of each group go to each ring; what a kind gives away as a whole comes from its first groups."""
        result = {key: values[v] for key, v in self.nodes.items()}
        for g, kind in enumerate(self.merged.kinds):
            waiting = [r for r in kind.rings for _ in range(values[self.others[g, r]])]
            for group in self.groups_of[g]:
                left = len(self.merged.groups[group].nodes) - sum(result.get((group, r), 0) for r in kind.rings)
                for r in waiting[:left]:
                    result[group, r] = result.get((group, r), 0) + 1
                waiting = waiting[left:]
        return result


def _coarse(merged: Merged) -> tuple[Ints, Ints]:
    """Return requests per type and room per kind and ring, in units small enough for sums, rounded in favour of fitting."""
    facts = merged.facts
    unit = units(facts.requests)
    # requests are multiples of the unit, so what is cut off of a room could hold no pod
    room = np.array([kind.room for kind in merged.kinds]).reshape(len(merged.kinds), *facts.room.shape[1:]) // unit
    requests = np.array([t.requests for t in merged.types]).reshape(len(merged.types), len(unit)) // unit
    most = room.max(axis=(0, 1), initial=0)
    coarse = np.maximum(1, -(-most // FINE))
    return requests // coarse, -(-room // coarse)


def _count_still_wanted(merged: Merged) -> int:
    """Return what the running pods count that are still wanted, without those that can stay whatever the rings are."""
    facts = merged.facts
    still = np.minimum(facts.running.sum(axis=1), facts.counts) * facts.weights
    able = np.minimum(stays(facts).sum(axis=1), facts.counts) * facts.weights
    anywhere = able[facts.ring_of_class == EVERYWHERE]
    return int(still.sum() - anywhere.sum())


def _can_stay(merged: Merged) -> list[int]:
    """Return, per ring, what the running pods count that could stay if every node were in it."""
    facts = merged.facts
    able = np.minimum(stays(facts).sum(axis=1), facts.counts) * facts.weights
    return [int(able[facts.ring_of_class == r].sum()) for r in range(len(facts.problem.rings))]
